"""No change drops a request. Probes the data plane after every write."""

from __future__ import annotations

import pytest

from . import specs
from .specs import ADMIN, API, NAMED, PLAIN
from .stage import Stage

CHANGES = {
    "http to https": (specs.HTTP, specs.COURSE, []),
    "target group port": (specs.COURSE, specs.PORT_8080, [NAMED, PLAIN]),
    "port of a sticky group": (specs.STICKY, specs.STICKY.replace("port: 80,", "port: 8080,"), [NAMED, PLAIN]),
    "port of a group that becomes sticky": (
        specs.COURSE,
        specs.STICKY.replace("port: 80,", "port: 8080,"),
        [NAMED, PLAIN],
    ),
    "port of a group that is no longer sticky": (specs.STICKY, specs.PORT_8080, [NAMED, PLAIN]),
    "port of a weighted sticky group": (
        specs.STICKY_WEIGHTS,
        specs.STICKY_WEIGHTS.replace("port: 80,", "port: 81,"),
        [NAMED],
    ),
    "groups behind weights become sticky": (specs.WEIGHTS, specs.STICKY_WEIGHTS, [NAMED]),
    "groups behind weights are no longer sticky": (specs.STICKY_WEIGHTS, specs.WEIGHTS, [NAMED]),
    "from weights to a sticky group": (
        specs.WEIGHTS + specs.A,
        specs.STICKY_WEIGHTS.replace("forward: {groups: {web: 90, api: 10}, sticky: 1h}", "forward: web") + specs.A,
        [NAMED],
    ),
    "from a sticky group to weights": (
        specs.STICKY_WEIGHTS.replace("forward: {groups: {web: 90, api: 10}, sticky: 1h}", "forward: web") + specs.A,
        specs.WEIGHTS + specs.A,
        [NAMED],
    ),
    "client certificates and headers": (specs.COURSE, specs.MUTUAL_TLS, [PLAIN]),
    "no more client certificates and headers": (specs.MUTUAL_TLS, specs.COURSE, [PLAIN]),
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
    "server type": (specs.COURSE, specs.COURSE.replace("count: 2", "count: 2, type: t3.small"), [NAMED, PLAIN]),
    "protocol version": (specs.COURSE, specs.COURSE.replace("{port: 80,", "{port: 80, version: HTTP2,"), [NAMED]),
    "group protocol": (specs.COURSE, specs.COURSE.replace("{port: 80,", "{port: 443, protocol: HTTPS,"), [NAMED]),
    "balancer name": (specs.COURSE, specs.COURSE + "overrides: {load_balancer: {name: other-web}}\n", [NAMED, PLAIN]),
    "certificate key": (
        specs.COURSE,
        specs.COURSE + "overrides: {certificate: {key: EC_prime256v1}}\n",
        [NAMED, PLAIN],
    ),
    "weights": (
        specs.SERVICES + specs.RULES.replace("forward: web", "forward: {web: 90, api: 10}") + specs.B,
        specs.SERVICES + specs.RULES.replace("forward: web", "forward: {web: 10, api: 90}") + specs.B,
        [NAMED],
    ),
    "everything at once": (
        specs.INTERNAL,
        specs.SERVICES.replace("port: 80,", "port: 81,").replace("[a, c]", "[a, b]") + specs.RULES + specs.C + specs.A,
        [NAMED],
    ),
    "maintenance page to site": (specs.CLOSED, specs.SERVICES + specs.RULES + specs.A, [NAMED, API, PLAIN]),
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


LONG = (
    specs.HEAD
    + "servers: {count: 2}\ngroups: {web: {servers: web, port: 80}}\nlisteners: [{listen: 80/http, forward: web}]\n"
)
SECOND = """
listener:
  side: {load_balancer: main, port: 8080, protocol: HTTP, action: {type: forward, groups: [{group: web}]}}
"""


def test_a_listener_that_moves_to_another_port_opens_the_new_one_first(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(LONG + SECOND)
    plan = stage.apply(LONG + SECOND.replace("8080", "9090"))
    order = [step.id for step in plan.steps if step.address.name == "side"]
    assert order[0] == "create listener.side"
    assert order[1].startswith("delete listener.side@")
    stage.destroy(LONG + SECOND.replace("8080", "9090"))


def test_a_server_ends_only_after_its_requests_are_finished(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(specs.COURSE)
    group = stage.client("elbv2").describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    draining: list[int] = []

    def look() -> None:
        health = stage.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        draining.append(sum(target["TargetHealth"]["State"] == "draining" for target in health))

    plan = stage.plan(specs.ONE_SERVER)
    deregister = next(step.id for step in plan.steps if step.do == "update" and step.phase == "contract")
    end = next(step.id for step in plan.steps if step.do == "delete" and step.address.kind == "instance")
    assert stage.run(plan, when_made={deregister: look, end: look}).complete
    assert draining == [1, 0], "it drains when it is let go, and has drained when its server ends"
    stage.destroy(specs.ONE_SERVER)


def test_the_end_of_a_stack_waits_for_no_draining(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(specs.COURSE)
    assert not [step.id for step in stage.destroy(specs.COURSE).steps if step.until == "drained"]
