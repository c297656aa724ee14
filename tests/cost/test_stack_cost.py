"""What is counted, for each kind of resource and each change of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.cause import ServerFacts
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.core.resource import Resource
from elbplan.core.traffic_estimate import TrafficEstimate
from elbplan.cost import Consumption, CostSum, StackCost, bundled_prices, stack_cost
from elbplan.kinds.aws.mutual_tls import MutualTls
from tests.render.plans import REGION, WEB, WEB_INTERNAL, endings, lives, plan, stack

MAIN = "load_balancer.main"
SERVERS = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 2}\ntargets: {port: 80}\n"
NETWORK = "name: my-web\ntype: network\nzones: [a, c]\ntargets: {instances: [i-0aaa], port: 80}\n"


def cost(after: str | None, before: str | None = None, region: str = REGION, **more: Any) -> StackCost:
    """Returns the cost of a plan from one spec to another."""
    return stack_cost(replace(plan(after, before), region=region), bundled_prices(), **more)


def quantities(found: StackCost, address: str = MAIN) -> dict[str, Decimal | None]:
    return {item.what: item.quantity for item in found.items if item.address == address}


def edited(text: str, address: Address, **changes: Any) -> StackCost:
    """Returns the cost of a stack in which one resource has other values."""
    drawn = plan(text)
    resource = drawn.desired[address].model_copy(update=changes)
    return stack_cost(replace(drawn, desired={**drawn.desired, address: resource}), bundled_prices())


BALANCER = Address("load_balancer", "main")
INSTANCE = Address("instance", "web-1")


def test_a_public_load_balancer_has_an_address_in_each_zone() -> None:
    assert quantities(cost(WEB)) == {"application load balancer": 1, "public IPv4 of its 2 zones": 2}
    assert quantities(cost(NETWORK)) == {"network load balancer": 1, "public IPv4 of its 2 zones": 2}
    assert quantities(edited(WEB, BALANCER, ip_address_type="dualstack"))["public IPv4 of its 2 zones"] == 2


def test_an_internal_load_balancer_and_one_without_public_ipv4_have_none() -> None:
    assert quantities(cost(WEB_INTERNAL)) == {"application load balancer": 1}
    without = edited(WEB, BALANCER, ip_address_type="dualstack-without-public-ipv4")
    assert quantities(without) == {"application load balancer": 1}


def test_reserved_capacity_is_billed_by_the_hour_in_any_case() -> None:
    reserving = WEB + "capacity: 500\n"
    assert quantities(cost(reserving))["reserved capacity units"] == 500
    found = cost(reserving, region="eu-west-1")
    (item,) = [item for item in found.items if item.what == "reserved capacity units"]
    assert item.price_key == "reserved-lcu"
    assert item.assumed
    network = cost(NETWORK + "capacity: 500\n")
    assert any("reserved capacity units" in line for line in network.unknown), "no table has that price yet"
    assert "reserved capacity units" not in quantities(cost(WEB))


def test_a_gateway_load_balancer_has_no_public_address() -> None:
    gateway = edited(NETWORK, BALANCER, type="gateway")
    assert quantities(gateway) == {"gateway load balancer": 1}
    assert [use.price_key for use in gateway.capacity] == ["glcu"]


@pytest.mark.parametrize(("allocation", "ours", "others"), [("eipalloc-0a", 0, 2), ("spare", 1, 1)])
def test_the_elastic_ips_of_a_network_load_balancer_are_its_addresses(allocation: str, ours: int, others: int) -> None:
    text = (
        "name: my-web\nelastic_ip: {spare: {}}\nload_balancer: {main: {type: network, pins: "
        f"[{{subnet: subnet-0a, allocation: {allocation}}}, {{subnet: subnet-0b, allocation: eipalloc-0b}}]}}}}\n"
    )
    found = cost(text)
    addresses = [item.quantity for item in found.items if item.what.startswith("public IPv4")]
    assert addresses == [others]
    assert [item.quantity for item in found.items if item.what == "Elastic IP"] == [1]
    assert ours + others == 2


def test_an_instance_has_a_volume_and_an_address() -> None:
    assert quantities(cost(SERVERS), "instance.web-1") == {
        "t3.micro instance (Linux)": 1, "root volume (gp3)": 8, "public IPv4": 1
    }  # fmt: skip
    assumed = {item.what: bool(item.assumed) for item in cost(SERVERS).items if item.address == "instance.web-1"}
    assert assumed == {"t3.micro instance (Linux)": False, "root volume (gp3)": True, "public IPv4": True}


def test_an_elastic_ip_takes_the_place_of_the_address() -> None:
    found = cost(SERVERS.replace("count: 2", "count: 1, elastic_ip: true"))
    assert "public IPv4" not in quantities(found, "instance.web-1")
    assert quantities(found, "elastic_ip.web-1") == {"Elastic IP": 1}
    assert found.after.month == cost(SERVERS.replace("count: 2", "count: 1")).after.month


@pytest.mark.parametrize(
    ("image", "what", "size"),
    [("al2023", "gp3", 8), ("al2", "gp2", 8), ("ubuntu-22.04", "gp2", 8), ("ubuntu-24.04", "gp3", 8)],
)
def test_the_volume_follows_the_image(image: str, what: str, size: int) -> None:
    found = cost(SERVERS.replace("count: 2", f"image: {image}"))
    assert quantities(found, "instance.web-1")[f"root volume ({what})"] == size


def test_the_volume_of_another_image_is_unknown_and_not_guessed() -> None:
    found = cost(SERVERS.replace("count: 2", "image: ami-0123456789abcdef0"))
    (volume,) = [item for item in found.items if item.unit == "GB-month"]
    assert (volume.quantity, volume.hour, volume.month) == (None, None, None)
    assert found.unknown == ("root volume of instance.web-1: size unknown",)


def live_instance(found: Plan, facts: Mapping[str, str], state: str = "running") -> StackCost:
    """Returns the cost with a live server of these facts."""
    model = found.desired[INSTANCE].model_copy(update={"state": state})
    lives: dict[Address, LiveResource[Resource]] = {INSTANCE: LiveResource(INSTANCE, "i-0aaa", model, dict(facts))}
    return stack_cost(replace(found, lives=lives), bundled_prices())


def test_a_live_server_has_the_address_that_aws_reports() -> None:
    drawn = plan(SERVERS)
    for facts, expected in (({"address": "203.0.113.7"}, ["", "x"]), ({"address": ""}, ["x"])):
        found = live_instance(drawn, {"state": "running", **facts})
        own = [item for item in found.before_items if item.what == "public IPv4"]
        assert len(own) == len(expected) - 1
        assert not any(item.assumed for item in own)
        kept = [item for item in found.items if item.what == "public IPv4"]
        assert [bool(item.assumed) for item in kept] == [bool(mark) for mark in expected]


def test_a_stopped_server_costs_only_its_volume() -> None:
    found = live_instance(plan(SERVERS), {"state": "stopped", "address": ""}, state="stopped")
    assert [item.what for item in found.before_items] == ["root volume (gp3)"]


def test_a_trust_store_is_billed_by_the_hour() -> None:
    listener = Address("listener", "443")
    mutual = MutualTls(mode="verify", trust_store="arn:aws:elasticloadbalancing:x:1:truststore/a/b")
    found = edited(WEB, listener, mutual_authentication=mutual)
    assert quantities(found, "listener.443") == {"trust store for client certificates": 1}
    assert [item.unit_price for item in found.items if item.address == "listener.443"] == [Decimal("0.005")]


def test_the_names_of_an_exportable_certificate_are_billed_at_each_issue_and_in_no_month() -> None:
    spec = WEB.replace("domain: api.example.com", "domain: {name: api.example.com, export: true}")
    found = cost(spec)
    (item,) = [item for item in found.items if item.address == "certificate.main"]
    assert (item.quantity, item.unit, item.unit_price, item.month, item.hour) == (1, "issue", 7, 0, 0)
    assert (item.date, found.after) == ("2026-02-18", cost(WEB).after)
    certificate = Address("certificate", "main")
    both = edited(WEB, certificate, export=True, domains=("*.example.com", "a.example.com", "b.example.com"))
    assert quantities(both, "certificate.main") == {
        "exportable certificate, names": 2, "exportable certificate, wildcards": 1
    }  # fmt: skip


def test_hosted_zones_are_used_and_not_in_the_sum() -> None:
    found = cost(WEB)
    (zone,) = found.used
    assert (zone.month, zone.hour, zone.unit) == (Decimal("0.50"), Decimal(0), "month")
    assert found.after.month == sum(item.month or 0 for item in found.items)


def test_everything_else_is_free() -> None:
    assert {item.address for item in cost(WEB).items} == {MAIN}


def test_all_arithmetic_is_exact() -> None:
    found = cost(SERVERS)
    figures = [figure for item in found.items for figure in (item.quantity, item.unit_price, item.hour, item.month)]
    sums = [found.before.hour, found.after.hour, found.after.day, found.after.month, found.overlap, found.zones_saving]
    assert all(type(figure) is Decimal for figure in (*figures, *sums))
    assert found.after.hour * 24 == found.after.day


# Before and after


def test_a_new_stack_costs_nothing_before() -> None:
    assert cost(WEB).before.hour == 0
    assert cost(WEB).before_items == ()


def test_an_unchanged_stack_costs_the_same() -> None:
    found = cost(WEB, WEB)
    assert found.before == found.after


def test_a_destroy_ends_it() -> None:
    found = cost(None, SERVERS)
    assert (found.after, found.items) == (CostSum(), ())
    assert found.before == cost(SERVERS).after


def test_a_destroy_that_terminates_servers_of_others_ends_their_cost() -> None:
    ending = plan(None, WEB, endings=endings("terminate"))
    found = stack_cost(ending, bundled_prices())
    terminated = [item for item in found.before_items if item.what == "t3.micro instance (Linux)"]
    assert len(terminated) == 2
    assert [item.what for item in found.before_items].count("Elastic IP") == 1
    assert any("volumes" in text for text in found.unknown)


def test_a_replacement_bills_both_sides_for_an_hour() -> None:
    found = cost(WEB_INTERNAL, WEB)
    assert found.overlap == Decimal("0.0325")
    assert found.after.hour == Decimal("0.0225")
    assert cost(WEB, WEB).overlap == 0


# Zones


def test_more_than_two_zones_could_be_saved() -> None:
    four = edited(WEB, BALANCER, subnets=tuple(AwsId(f"subnet-0{letter}") for letter in "abcd"))
    assert four.zones_saving == Decimal("7.30")
    assert cost(WEB).zones_saving == 0
    internal = edited(WEB_INTERNAL, BALANCER, subnets=tuple(AwsId(f"subnet-0{letter}") for letter in "abcd"))
    assert internal.zones_saving == 0


@pytest.mark.parametrize(
    ("zones", "expected"), [("ac", ("a", "c")), ("aa", ()), ("abc", ()), (("a", ""), ()), ("", ())]
)
def test_the_zones_of_the_servers_are_named_if_there_are_two(zones: Any, expected: tuple[str, ...]) -> None:
    facts = {f"i-{n}": ServerFacts(zone=f"ap-northeast-2{zone}" if zone else "") for n, zone in enumerate(zones)}
    found = stack_cost(replace(plan(WEB), server_facts=facts), bundled_prices())
    assert found.zones == expected


# Unknown prices


@pytest.mark.parametrize("region", ["ap-east-2", "mx-central-1", "cn-north-1"])
def test_a_region_without_prices_is_said_to_have_none(region: str) -> None:
    found = cost(SERVERS, region=region)
    balancer = next(item for item in found.items if item.what == "application load balancer")
    assert (balancer.unit_price, balancer.hour, balancer.month, balancer.source) == (None, None, None, "")
    assert f"application load balancer: price unknown in {region}" in found.unknown
    assert f"capacity units: price unknown in {region}" in found.unknown


def test_an_unknown_instance_type_is_left_out_and_named() -> None:
    found = cost(SERVERS.replace("count: 2", "type: x9.huge"))
    assert found.unknown == ("x9.huge instance (Linux): price unknown in ap-northeast-2",)
    assert found.after.hour == cost(SERVERS.replace("count: 2", "count: 1")).after.hour - Decimal("0.013")


def test_a_region_without_a_price_of_capacity_units_says_so() -> None:
    found = cost(WEB, region="sa-east-1")
    assert found.unknown == ("capacity units: price unknown in sa-east-1",)
    assert found.capacity[0].unit_price is None
    assert found.after.hour == Decimal("0.044")


# Capacity units


def estimate(**amounts: str) -> TrafficEstimate:
    return TrafficEstimate(**{name: Decimal(text) for name, text in amounts.items()})


def units(text: str, traffic: TrafficEstimate) -> Decimal:
    (use,) = cost(text, traffic=traffic).capacity
    assert use.basis == "traffic"
    return use.typical


def test_without_an_estimate_there_is_a_range_outside_of_the_sum() -> None:
    found = cost(WEB)
    (use,) = found.capacity
    assert use.basis == "band"
    assert (use.low, use.typical, use.high) == (Decimal(0), Decimal(1), Decimal(10))
    assert not [item for item in found.items if item.what == "capacity units"]


RULES = ", ".join(f"{{path: /p{number}, respond: 404}}" for number in range(14))
WITH_RULES = f"{WEB}listeners:\n  - {{listen: 443, forward: web, rules: [{RULES}]}}\n"
FUNCTION = """
name: my-web
load_balancer: {main: {subnets: [a, b]}}
target_group: {code: {target_type: lambda, balancer: main}}
listener:
  "80": {load_balancer: main, port: 80, protocol: HTTP, action: {type: forward, groups: [{group: code}]}}
"""
TLS = (
    NETWORK + "listeners: [{listen: 443/tls, certificate: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/0a'}]\n"
)


@pytest.mark.parametrize(
    ("text", "traffic", "expected"),
    [
        (WEB, estimate(new_connections_per_second="50"), "2"),
        (WEB, estimate(active_connections_per_minute="1500"), "0.5"),
        (WEB, estimate(gb_per_hour="0.75"), "0.75"),
        (WEB, estimate(requests_per_second="5000"), "0"),
        (WITH_RULES, estimate(requests_per_second="1000"), "4"),
        (WITH_RULES, estimate(requests_per_second="100", gb_per_hour="3"), "3"),
        (FUNCTION, estimate(gb_per_hour="1"), "2.5"),
        (NETWORK, estimate(new_connections_per_second="400"), "0.5"),
        (NETWORK, estimate(active_connections_per_minute="150000", requests_per_second="9999"), "1.5"),
        (NETWORK.replace("port: 80", "port: 80, protocol: udp"), estimate(new_connections_per_second="400"), "1"),
        (TLS, estimate(new_connections_per_second="100"), "2"),
    ],
)
def test_the_largest_dimension_counts(text: str, traffic: TrafficEstimate, expected: str) -> None:
    assert units(text, traffic) == Decimal(expected)


def test_an_estimate_is_in_the_sum() -> None:
    found = cost(WEB, traffic=estimate(gb_per_hour="2"))
    (item,) = [item for item in found.items if item.what == "capacity units"]
    assert (item.quantity, item.hour) == (Decimal(2), Decimal("0.016"))
    assert found.after.hour == cost(WEB).after.hour + Decimal("0.016")


def test_live_load_balancers_count_their_rules_too() -> None:
    found = cost(WITH_RULES, WITH_RULES, traffic=estimate(requests_per_second="1000"))
    assert [item.quantity for item in found.before_items if item.what == "capacity units"] == [4]
    assert found.before == found.after


def test_live_resources_that_refer_to_each_other_by_id_are_counted_too() -> None:
    """A stack that could not be planned has its live resources as AWS describes them."""
    text = WITH_RULES.replace("instances: [i-0aaaaaaaaaaaaaaaa, i-0bbbbbbbbbbbbbbbb]", "servers: {elastic_ip: true}")
    unplanned = Plan("my-web", REGION, "", lives={live.address: live for live in lives(stack(text).resources)})
    found = stack_cost(unplanned, bundled_prices(), estimate(requests_per_second="1000"))
    assert [item.quantity for item in found.before_items if item.what == "capacity units"] == [4]
    assert [item.what for item in found.before_items if "IPv4" in item.what] == ["public IPv4 of its 2 zones"]
    assert [item.what for item in found.before_items].count("Elastic IP") == 1


def test_an_estimate_cannot_be_divided_between_two_load_balancers() -> None:
    drawn = plan(WEB)
    other = {**drawn.desired, Address("load_balancer", "other"): drawn.desired[BALANCER]}
    found = stack_cost(replace(drawn, desired=other), bundled_prices(), estimate(gb_per_hour="2"))
    assert [use.basis for use in found.capacity] == ["band", "band"]


def test_what_cloudwatch_reports_counts_before_an_estimate() -> None:
    consumed = {BALANCER: Consumption(Decimal("0.25"))}
    found = cost(WEB, WEB, traffic=estimate(gb_per_hour="2"), consumed=consumed)
    assert [(use.basis, use.typical) for use in found.capacity] == [("cloudwatch", Decimal("0.25"))]
    assert found.before.hour == cost(WEB).after.hour + Decimal("0.002")


def test_why_cloudwatch_does_not_say_more_is_kept() -> None:
    found = cost(WEB, WEB, consumed={BALANCER: Consumption(None, "no permission")})
    assert [(use.basis, use.problem) for use in found.capacity] == [("band", "no permission")]


# The prices


def test_the_date_is_that_of_the_oldest_price_of_the_region() -> None:
    assert (cost(WEB).date, cost(WEB).source) == ("2026-10-15", "AWS price list, AmazonEC2")
    older = cost(WEB, traffic=estimate(gb_per_hour="2"))
    assert older.date == "2026-10-01"
    assert cost(WEB, region="cn-north-1").date == ""
