"""The screens of `leftovers`, `list` and the end of a destroy, at common widths, and at any width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from elbplan.cost import bundled_prices, stack_cost
from elbplan.cost.quantity import Quantity
from elbplan.leftovers.find import priced
from elbplan.leftovers.leftover import EVERYWHERE, Leftover, NotChecked
from elbplan.leftovers.regions import RegionProblem
from elbplan.leftovers.specs import SpecOf
from elbplan.leftovers.stacks import AccountStack
from elbplan.render.leftovers import LeftoversView, leftovers_screen, still_billing_rows
from elbplan.render.leftovers_document import leftovers_document
from elbplan.render.stacks import StackRow, StacksView, stacks_screen
from elbplan.render.style import Style
from elbplan.run.lock.record import RunRecord

from .golden import assert_golden
from .plans import WEB, plan

REGION, OTHER = "ap-northeast-2", "eu-central-1"
NOW = 1_796_000_000.0
ARN = f"arn:aws:elasticloadbalancing:{OTHER}:123456789012:loadbalancer/app/forgotten/50dc6c495c0c9188"
SERVERS = WEB.replace("instances: [i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb]", "servers: {count: 2}")


def one(key: str, unit: str = "hour", number: int = 1) -> Quantity:
    return Quantity("x", key, key.replace("-", " "), Decimal(number), unit)


def leftovers(name: str = "old server") -> list[Leftover]:
    nat, address, volume = "nat-0abc1234def567890", "eipalloc-0abc1234def567890", "vol-0abc1234def567890"
    return [
        Leftover(
            "stack",
            "course",
            REGION,
            "stack course",
            "its spec says `expires: 8h`",
            (f"elbplan destroy course --region {REGION}",),
            [one("application-hour"), one("public-ipv4-hour", number=2)],
            "2026-11-29T20:00:00Z",
            "expired",
            "course",
        ),
        Leftover(
            "nat_gateway",
            nat,
            REGION,
            f"NAT gateway {nat}",
            "no route leads to it",
            (
                f"aws ec2 delete-nat-gateway --region {REGION} --nat-gateway-id {nat}",
                f"aws ec2 release-address --region {REGION} --allocation-id {address}",
            ),
            [one("nat-hour"), one("public-ipv4-hour")],
            "2026-11-01T08:00:00Z",
            "created",
        ),
        Leftover(
            "volume",
            volume,
            REGION,
            f"volume {name} ({volume}), 50 GB io2",
            f"its instance {name} (i-0abc1234def567890) is stopped",
            (f"aws ec2 terminate-instances --region {REGION} --instance-ids i-0abc1234def567890",),
            [one("io2-gb-month", "GB-month", 50)],
        ),
        Leftover(
            "load_balancer",
            ARN,
            OTHER,
            "application load balancer forgotten",
            "none of its 2 targets is healthy",
            (f"aws elbv2 delete-load-balancer --region {OTHER} --load-balancer-arn {ARN}",),
            [one("application-hour"), one("public-ipv4-hour", number=3)],
            "2026-10-01T08:00:00Z",
            "created",
        ),
        Leftover(
            "stack",
            "half",
            OTHER,
            "stack half",
            "it has no load balancer, only 1 target group, 2 security groups",
            (f"elbplan destroy half --region {OTHER}",),
            stack="half",
        ),
        Leftover(
            "hosted_zone",
            "Z0123456789ABCDEF",
            EVERYWHERE,
            "hosted zone example.com (Z0123456789ABCDEF)",
            "it has no records besides its own NS and SOA; keep it if you will use the name",
            ("aws route53 delete-hosted-zone --id Z0123456789ABCDEF",),
            [one("hosted-zone-month", "month")],
        ),
    ]


def view(found: Sequence[Leftover]) -> LeftoversView:
    return LeftoversView(
        (REGION, OTHER, "us-east-1"),
        "123456789012",
        priced(found, bundled_prices(), REGION),
        [
            *(NotChecked("NAT gateways", region, "needs ec2:DescribeNatGateways") for region in (OTHER, "us-east-1")),
            NotChecked(
                "the tag index", OTHER, "needs tag:GetResources; elbplan read the tags of all load balancers instead"
            ),
        ],
        [RegionProblem("us-east-1", "AWS does not answer in us-east-1")],
        NOW,
        1.4,
        [("No spec", "2 stacks have no spec here: shop, blog; `elbplan list` shows them")],
    )


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_of_leftovers(width: int) -> None:
    assert_golden(f"leftovers-{width}", leftovers_screen(view(leftovers()), Style(width)))


def test_the_screen_of_leftovers_in_ascii() -> None:
    lines = leftovers_screen(view(leftovers()), Style(80, ascii=True))
    assert all(line.plain.isascii() for line in lines)


def test_nothing_is_left_over_only_if_everything_could_be_read() -> None:
    clean = replace(view(()), not_checked=(), problems=(), notes=())
    assert leftovers_screen(clean, Style(80))[2].plain == "✓ nothing is left over"
    partly = replace(clean, not_checked=[NotChecked("volumes", REGION, "needs ec2:DescribeVolumes")])
    assert "· nothing is left over in what elbplan could read" in [
        line.plain for line in leftovers_screen(partly, Style(80))
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_the_end_of_a_destroy(width: int) -> None:
    found = priced([*leftovers()[1:4], *leftovers()[1:4]], bundled_prices(), REGION)
    command = f"elbplan leftovers --region {REGION}"
    assert_golden(f"leftovers-destroy-{width}", still_billing_rows(REGION, found, command, Style(width)))


def test_sums_are_texts_and_leave_out_what_has_no_price() -> None:
    document = leftovers_document(view(leftovers()))
    assert document["total"]["unknown"] == ["io2 gb month"]
    months = [entry["cost"] and entry["cost"]["month"] for entry in document["leftovers"]]
    assert months == ["46.72", "30.66", "23.73", "0.50", None, None]
    assert document["total"]["month"] == "101.61"
    assert document["prices"]["date"] == "2026-10-15"


def stack(name: str, region: str = REGION, expires: str = "", **more: object) -> AccountStack:
    lives = plan(SERVERS, SERVERS + (f"expires: {expires}\n" if expires else "")).lives
    record = RunRecord(name, 3, "0" * 32, "apply", "ann@laptop", NOW - 7200, NOW - 7100, "done", ended=NOW - 7100)
    return AccountStack(name, region, "123456789012", lives, record, **more)  # type: ignore[arg-type]


def row(stack: AccountStack, spec: SpecOf) -> StackRow:
    cost = stack_cost(stack.plan, bundled_prices())
    return StackRow(stack, cost, spec, f"elbplan destroy {stack.name} --region {stack.region}")


def stacks() -> StacksView:
    rows = [
        row(stack("shop"), SpecOf("here", "specs/shop.yaml")),
        row(stack("course", expires="2026-11-29T20:00:00Z"), SpecOf("here", "specs/course.yaml")),
        row(stack("svc-00"), SpecOf("renamed", "specs/svc.yaml", "svc-01")),
        row(stack("web", OTHER), SpecOf("other-region", "specs/web.yaml", REGION)),
        row(AccountStack("locked-away", OTHER, problem="AWS refused ListCertificates"), SpecOf("none")),
    ]
    return StacksView((REGION, OTHER), "123456789012", rows, (), (), NOW, 0.9)


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_of_stacks(width: int) -> None:
    assert_golden(f"list-{width}", stacks_screen(stacks(), Style(width)))


COMMAND = re.compile(r"^ +(aws|elbplan|--)")


def too_long(lines: Sequence[Text], width: int) -> list[str]:
    """The lines that do not fit, without commands, which are never cut."""
    return [line.plain for line in lines if cell_len(line.plain) > width and not COMMAND.match(line.plain)]


@example("X" * 9 + "가" * 11, 60, False)
@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="가힣서버abcXYZ -_.", min_size=1, max_size=63), st.integers(60, 200), st.booleans())
def test_no_screen_breaks(name: str, width: int, ascii: bool) -> None:
    style = Style(width, ascii)
    assert too_long(leftovers_screen(view(leftovers(name)), style), width) == []
    found = priced(leftovers(name), bundled_prices(), REGION)
    assert too_long(list(still_billing_rows(REGION, found, "elbplan leftovers", style)), width) == []
    named = replace(stacks(), rows=[row(stack(name), SpecOf("none"))])
    assert too_long(stacks_screen(named, style), width) == []
