"""No request is dropped, whatever changes: asked of the data plane after every single write."""

from __future__ import annotations

import pytest

from . import specs
from .specs import ADMIN, API, NAMED, PLAIN
from .stage import Stage

CHANGES = {
    "http to https": (specs.HTTP, specs.COURSE, []),
    "target group port": (specs.COURSE, specs.PORT_8080, [NAMED, PLAIN]),
    "zone added": (specs.COURSE, specs.THREE_ZONES, [NAMED, PLAIN]),
    "zone removed": (specs.THREE_ZONES, specs.COURSE, [NAMED, PLAIN]),
    "server added": (specs.COURSE, specs.THREE_SERVERS, [NAMED, PLAIN]),
    "server removed": (specs.COURSE, specs.ONE_SERVER, [NAMED, PLAIN]),
    "server image": (specs.COURSE, specs.OTHER_IMAGE, [NAMED, PLAIN]),
    "scheme": (specs.INTERNAL, specs.COURSE, [NAMED, PLAIN]),
    "certificate names": (specs.COURSE, specs.TWO_NAMES, [NAMED, PLAIN]),
    "certificate names back": (specs.TWO_NAMES, specs.COURSE, [NAMED, PLAIN]),
    "elastic ips": (specs.COURSE, specs.ELASTIC, [NAMED, PLAIN]),
    "elastic ips and image": (specs.ELASTIC, specs.ELASTIC.replace("count: 2", "count: 2, image: al2"), [NAMED]),
    "rules reordered": (
        specs.SERVICES + specs.RULES + specs.A + specs.B + specs.C,
        specs.SERVICES + specs.RULES + specs.C + specs.A + specs.B,
        [NAMED, API, ADMIN],
    ),
    "rule inserted": (
        specs.SERVICES + specs.RULES + specs.A + specs.B,
        specs.SERVICES + specs.RULES + specs.C + specs.A + specs.B,
        [NAMED, API],
    ),
    "rule removed": (
        specs.SERVICES + specs.RULES + specs.A + specs.B + specs.C,
        specs.SERVICES + specs.RULES + specs.A + specs.C,
        [NAMED, API, ADMIN],
    ),
    "second service": (specs.COURSE, specs.SERVICES + specs.RULES + specs.A, [NAMED]),
    "second service away": (specs.SERVICES + specs.RULES + specs.A, specs.COURSE, [NAMED]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_route_goes_unanswered(slow_stage: Stage, change: str) -> None:
    stage = slow_stage
    before, after, routes = CHANGES[change]
    stage.apply(before)
    if change == "http to https":
        dns = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["DNSName"]
        routes = [(dns, 80, dns, "/")]
    assert all(stage.box.traffic(*route)["ok"] for route in routes)
    stage.apply(after, watch=routes)
    assert all(stage.box.traffic(*route)["ok"] for route in routes)
    stage.destroy(after)


def test_at_the_rule_limit_create_and_delete_alternate(slow_stage: Stage) -> None:
    stage = slow_stage
    before = specs.SERVICES + specs.RULES + specs.A + specs.B + specs.C
    after = specs.SERVICES + specs.RULES + specs.A + specs.B.replace("old", "older") + specs.C.replace("closed", "shut")
    stage.apply(before)
    stage.box.quota("rules_per_lb", 3)
    stage.apply(after, watch=[NAMED, API])
    stage.destroy(after)


RESPOND = specs.HEAD + "servers: {count: 2}\ngroups: {web: {servers: web, port: 80}}\nlisteners:\n"
FIXED = specs.HEAD + "listeners:\n  - {listen: 80/http, respond: {status: 200, body: soon}}\n"


def test_a_fixed_answer_gives_way_only_to_healthy_targets(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(FIXED)
    dns = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["DNSName"]
    stage.apply(RESPOND + "  - {listen: 80/http, forward: web}\n", watch=[(dns, 80, dns, "/")])
    stage.apply(FIXED, watch=[(dns, 80, dns, "/")])
    stage.destroy(FIXED)
