"""Which of several stacks goes first: only where one uses a resource of another that changes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.change import Change
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.kinds.target_group import TargetGroup
from elbplan.planner.stack_order import stack_order
from elbplan.spec import load

GROUP = Address("target_group", "web")
LISTENER = Address("listener", "80")
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shared/1"
SPEC = """
name: user
region: eu-west-1
listener:
  "80": {load_balancer: arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1, port: 80, protocol: HTTP,
         action: {type: forward, groups: [{group: GROUP}]}}
""".replace("GROUP", ARN)


def empty(stack: str, region: str = "eu-west-1") -> Plan:
    return Plan(stack, region, "123456789012")


def user(stack: str) -> Plan:
    """A stack whose listener forwards to the group."""
    (spec,) = load(["-"], stdin=io.StringIO(SPEC), env={})
    return replace(empty(stack), desired=spec.resources)


def owner(stack: str, action: Any) -> Plan:
    """A stack with the group, and a change of it."""
    live = LiveResource(GROUP, ARN, TargetGroup(port=80, protocol="HTTP"), {})
    change = Change(action, GROUP, live.model, live.model, live)
    return replace(empty(stack), lives={GROUP: live}, changes=[change])


def test_stacks_that_share_nothing_have_no_order() -> None:
    assert stack_order([empty("a"), empty("b"), user("c")]) == {"a": set(), "b": set(), "c": set()}


@pytest.mark.parametrize("plans", [("owner", "user"), ("user", "owner")])
@pytest.mark.parametrize(("action", "first"), [("update", "owner"), ("delete", "user"), ("replace", "user")])
def test_a_stack_that_uses_a_changed_resource_goes_after_its_owner_and_before_a_delete(
    plans: tuple[str, str], action: str, first: str
) -> None:
    made = {"owner": owner("owner", action), "user": user("user")}
    then = "user" if first == "owner" else "owner"
    assert stack_order([made[name] for name in plans]) == {first: set(), then: {first}}


def test_a_resource_that_stays_as_it_is_makes_no_order() -> None:
    unchanged = replace(owner("owner", "update"), changes=())
    assert stack_order([unchanged, user("user")]) == {"owner": set(), "user": set()}


def test_other_regions_and_accounts_are_other_resources() -> None:
    for other in ({"region": "eu-west-2"}, {"account": "210987654321"}):
        assert not any(stack_order([owner("owner", "update"), replace(user("user"), **other)]).values())


def test_two_stacks_that_use_each_other_keep_the_order_of_the_command() -> None:
    both = [replace(owner(name, "update"), desired=user(name).desired) for name in ("a", "b", "c")]
    order = stack_order(both)
    assert not order["a"]
    done: set[str] = set()
    while len(done) < 3:
        ready = {name for name, before in order.items() if before <= done} - done
        assert ready, "nobody can begin"
        done |= ready
