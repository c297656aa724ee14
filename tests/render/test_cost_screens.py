"""The cost on the screens, at common widths, and as JSON."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.plan import Plan, Remaining
from elbplan.core.traffic_estimate import TrafficEstimate
from elbplan.cost import Consumption, StackCost, bundled_prices, stack_cost
from elbplan.kinds import KINDS
from elbplan.render.cost import cost_notes, status_note
from elbplan.render.cost_detail import cost_table
from elbplan.render.cost_document import cost_document
from elbplan.render.cost_stays import with_prices
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.reports.cost import summary
from elbplan.render.style import Style

from .golden import assert_golden
from .plans import WEB, WEB_INTERNAL, endings, plan

SERVERS = WEB.replace("instances: [i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb]", "servers: {count: 2}")
BALANCER = Address("load_balancer", "main")
BUSY = TrafficEstimate(gb_per_hour=Decimal("0.4"))


def in_four_zones(text: str) -> Plan:
    drawn = plan(text)
    subnets = tuple(AwsId(f"subnet-0{letter}") for letter in "abcd")
    balancer = drawn.desired[BALANCER].model_copy(update={"subnets": subnets})
    return replace(drawn, desired={**drawn.desired, BALANCER: balancer})


PLANS: dict[str, tuple[Plan, dict[str, Any]]] = {
    "create": (in_four_zones(WEB), {}),
    "servers": (plan(SERVERS), {}),
    "replace": (plan(WEB_INTERNAL, WEB), {}),
    "destroy": (plan(None, SERVERS), {}),
    "unknown": (replace(plan(SERVERS), region="ap-east-2"), {}),
    "traffic": (plan(WEB), {"traffic": BUSY}),
    "measured": (plan(WEB, WEB), {"consumed": {BALANCER: Consumption(Decimal("0.04"))}}),
    "denied": (plan(WEB, WEB), {"consumed": {BALANCER: Consumption(None, "CloudWatch was not read: no permission")}}),
}


def cost_of(name: str) -> StackCost:
    drawn, more = PLANS[name]
    return stack_cost(drawn, bundled_prices(), **more)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ["create", "destroy"])
def test_the_screen_of_a_plan_with_its_cost(name: str, width: int) -> None:
    verb = "destroy" if name == "destroy" else "plan"
    view = PlanView(verb, 1.8, cost=cost_notes(cost_of(name), verb))
    assert_golden(f"cost-{name}-{width}", plan_screen(PLANS[name][0], KINDS, Style(width), view))


@pytest.mark.parametrize(("name", "width"), [*((name, 80) for name in PLANS), ("servers", 60), ("servers", 120)])
def test_the_table_of_the_items(name: str, width: int) -> None:
    assert_golden(f"cost-table-{name}-{width}", cost_table(cost_of(name), Style(width)))


@pytest.mark.parametrize("name", list(PLANS))
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_of_the_table_is_wider_than_the_screen(name: str, width: int) -> None:
    for ascii in (False, True):
        lines = cost_table(cost_of(name), Style(width, ascii))
        assert [line.plain for line in lines if line.cell_len > width] == []
        assert not ascii or all(line.plain.isascii() for line in lines)


def texts(name: str, verb: str = "plan") -> list[str]:
    return [text for _, text in cost_notes(cost_of(name), verb)]


def test_a_new_stack_says_what_fewer_zones_save() -> None:
    assert texts("create") == [
        "$0.0425/h · $1.02/day · $31/month (ALB + 4 IPv4; zones: with two zones saves $7)",
        "+ $0 to $6/month for traffic, up to 1 capacity unit (LCU)",
    ]


def test_the_zones_of_the_servers_are_named() -> None:
    cost = replace(cost_of("create"), zones=("a", "c"))
    assert cost_notes(cost, "plan")[0][1].endswith("(ALB + 4 IPv4; zones: [a, c] saves $7)")


def test_a_change_shows_before_and_after() -> None:
    assert texts("replace")[:2] == [
        "$0.0325/h → $0.0225/h · $0.78 → $0.54/day · $24 → $16/month (ALB)",
        "while both sides of a replacement exist: $0.0325/h more, for one hour at least",
    ]


def test_a_destroy_shows_what_ends_and_that_an_hour_is_billed_in_full() -> None:
    first, second = texts("destroy", "destroy")
    assert first == "$0.0705/h → $0 · saves $1.69/day, $51/month"
    assert second == "AWS bills a part of an hour as a full hour, also the first"


def test_an_unknown_price_is_said_with_the_command_that_reads_it() -> None:
    *_, prices, command = texts("unknown")
    assert prices == (
        "+ price unknown: application load balancer, t3.micro instance (Linux), root volume (gp3), capacity units; "
        "to read it:"
    )
    assert command == "elbplan prices refresh --region ap-east-2"


def test_a_report_has_the_notes_in_one_line() -> None:
    text = summary(cost_of("unknown"), "plan")
    assert "to read it: elbplan prices refresh" in text
    assert ":;" not in text
    assert "; +" not in text


def test_without_any_known_price_there_is_no_sum() -> None:
    cost = stack_cost(replace(plan(WEB_INTERNAL), region="ap-east-2"), bundled_prices())
    assert cost_notes(cost, "plan") == [
        ("Cost", "price unknown: application load balancer, capacity units; to read it:"),
        ("", "elbplan prices refresh --region ap-east-2"),
    ]


def test_an_unknown_size_is_named() -> None:
    drawn = plan(SERVERS.replace("count: 2", "count: 1, image: ami-0123456789abcdef0"))
    notes = [text for _, text in cost_notes(stack_cost(drawn, bundled_prices()), "plan")]
    assert "+ root volume of instance web-1: size unknown" in notes
    assert not [text for text in notes if "refresh" in text]


def test_an_estimate_is_a_part_of_the_sum() -> None:
    assert texts("traffic") == ["$0.0357/h · $0.86/day · $26/month (ALB + 2 IPv4 + 0.4 LCU)"]


def test_the_status_has_one_figure() -> None:
    assert status_note(cost_of("replace")) == [("cost", "$0.0325/h · $0.78/day · $24/month (ALB + 2 IPv4)")]
    assert status_note(cost_of("create")) == []


def remaining(on_destroy: Any, region: str = "ap-northeast-2") -> list[Remaining]:
    drawn = replace(plan(None, WEB, endings=endings(on_destroy)), region=region)
    return list(with_prices(drawn, bundled_prices()).remaining)


def test_what_stays_has_its_price() -> None:
    server, address, _, zone = remaining("keep")
    assert server.text.endswith("running: AWS bills $0.0130/h, $9.49/month, plus its volumes and public address")
    assert (server.facts["hour"], server.facts["month"]) == ("0.013", "9.49")
    assert address.text.endswith("AWS bills $0.0050/h, $3.65/month")
    assert "AWS bills $0.50/month; delete it only if" in zone.text
    assert (zone.facts["month"], zone.facts.get("hour")) == ("0.50", None)


def test_a_stopped_server_that_stays_has_no_price_of_hours() -> None:
    assert remaining("stop")[0].text.endswith("stopped: AWS bills its volumes")


def test_what_stays_without_a_known_price_says_so() -> None:
    assert remaining("keep", "ap-east-2")[0].text.endswith("AWS bills it (price unknown)")


def test_the_words_of_a_name_tag_are_not_replaced() -> None:
    left = Remaining("elastic_ip", "eipalloc-0a", "Elastic IP of AWS bills it (i-0a): AWS bills it", "aws ...")
    drawn = replace(plan(None, WEB), remaining=[left])
    (priced,) = with_prices(drawn, bundled_prices()).remaining
    assert priced.text == "Elastic IP of AWS bills it (i-0a): AWS bills $0.0050/h, $3.65/month"


def test_the_document_has_texts_for_amounts() -> None:
    document = cost_document(cost_of("servers"))
    assert document["after"] == {"hour": "0.070499", "day": "1.69", "month": "51.46"}
    assert document["before"] == {"hour": "0", "day": "0.00", "month": "0.00"}
    assert document["items"][0] == {
        "address": "load_balancer.main", "what": "application load balancer", "quantity": "1", "unit": "hour",
        "unit_price": "0.0225", "hour": "0.0225", "month": "16.43", "source": "AWS price list, AmazonEC2",
        "date": "2026-10-15", "assumed": "",
    }  # fmt: skip
    assert document["prices"] == {"date": "2026-10-15", "source": "AWS price list, AmazonEC2"}
    assert document["capacity"][0]["month"] == {"low": "0.00", "typical": "5.84", "high": "58.40"}


def test_the_document_has_null_for_what_is_unknown() -> None:
    document = cost_document(cost_of("unknown"))
    assert document["items"][0]["unit_price"] is document["items"][0]["month"] is None
    assert "application load balancer: price unknown in ap-east-2" in document["unknown"]
    assert document["capacity"][0]["month"] == {"low": None, "typical": None, "high": None}
