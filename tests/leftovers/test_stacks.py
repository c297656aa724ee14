"""Stacks of the account: which of them are left over as a whole, and what a stack without a load balancer still has."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.stack import Stack
from elbplan.cost import bundled_prices
from elbplan.leftovers.find import priced
from elbplan.leftovers.left_stacks import left_stacks, without_parts
from elbplan.leftovers.leftover import Leftover
from elbplan.leftovers.old_stacks import recorded_stacks
from elbplan.leftovers.specs import SpecOf, spec_of
from elbplan.leftovers.stacks import AccountStack, RegionStacks, read_stacks
from elbplan.run.lock.record import RunRecord
from tests.e2e.stage import REGION, Stage
from tests.render.plans import WEB, plan

from .account import Account

SERVERS = f"name: my-web\nregion: {REGION}\nzones: [a, c]\nservers: {{count: 2}}\ntargets: {{port: 80, health: /}}\n"
NOW = 1_796_000_000.0


def stack(region: str = "eu-west-1", spec: str = "", **more: Any) -> AccountStack:
    return AccountStack("my-web", region, "123456789012", plan(WEB, WEB).lives, spec=spec, **more)


def spec(name: str = "my-web", region: str | None = None, file: str = "specs/web.yaml") -> Stack:
    return Stack(name, region, {}, file=file)


@pytest.mark.parametrize(
    ("recorded", "specs", "expected"),
    [
        ("", [], SpecOf("none")),
        ("", [spec()], SpecOf("here", "specs/web.yaml")),
        ("", [spec(region="eu-west-1")], SpecOf("here", "specs/web.yaml")),
        ("", [spec(region="eu-north-1")], SpecOf("other-region", "specs/web.yaml", "eu-north-1")),
        ("specs/web.yaml", [spec("shop")], SpecOf("renamed", "specs/web.yaml", "shop")),
        ("specs/web.yaml", [spec("shop", file="./specs/web.yaml")], SpecOf("renamed", "./specs/web.yaml", "shop")),
        ("specs/old.yaml", [spec("shop")], SpecOf("none")),
    ],
)
def test_the_spec_of_a_stack(recorded: str, specs: list[Stack], expected: SpecOf) -> None:
    assert spec_of(stack(spec=recorded), specs) == expected


def test_a_stack_of_another_region_is_left_over_only_if_its_own_file_moved() -> None:
    moved = [spec(region="eu-north-1")]
    (left,) = left_stacks([stack(spec="specs/web.yaml")], moved, NOW)
    assert left.why == "its spec specs/web.yaml is of eu-north-1 now"
    assert left_stacks([stack(spec="specs/other.yaml")], moved, NOW) == []


def test_a_stack_that_serves_is_not_left_over_because_its_spec_is_elsewhere() -> None:
    assert left_stacks([stack(), stack(spec="specs/web.yaml")], [spec("shop")], NOW) == []


def test_a_stack_that_is_being_created_is_not_left_over() -> None:
    record = RunRecord("my-web", 1, "0", "apply", "x", NOW, NOW)
    half = AccountStack("my-web", REGION, lives={a: v for a, v in stack().lives.items() if a.kind == "target_group"})
    assert len(left_stacks([half], [], NOW)) == 1
    going_on = AccountStack("my-web", REGION, lives=half.lives, last_run=record)
    assert left_stacks([going_on], [], NOW) == []


def test_what_ends_with_a_stack_is_not_listed_twice() -> None:
    whole = Leftover("stack", "a", REGION, "stack a", "", (), stack="a")
    part = Leftover("elastic_ip", "eipalloc-1", REGION, "", "", (), stack="a")
    elsewhere = Leftover("elastic_ip", "eipalloc-2", "eu-west-1", "", "", (), stack="a")
    foreign = Leftover("elastic_ip", "eipalloc-3", REGION, "", "", ())
    assert without_parts([part, elsewhere, foreign], [whole]) == [elsewhere, foreign]


def read(stage: Stage) -> RegionStacks:
    return read_stacks(stage.aws.send, REGION)


def test_the_orphans_of_a_stack_whose_load_balancer_was_deleted_by_hand(stage: Stage) -> None:
    stage.apply(SERVERS)
    assert left_stacks(read(stage).stacks, [], NOW) == []
    elb = stage.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    (left,) = left_stacks(read(stage).stacks, [], NOW)
    assert left.why == "it has no load balancer, only 2 instances, 1 target group, 2 security groups"
    assert left.commands == (f"elbplan destroy my-web --region {REGION}",)
    (entry,) = priced([left], bundled_prices(), REGION)
    assert {item.what for item in entry.items} == {"t3.micro instance (Linux)", "root volume (gp3)", "public IPv4"}
    stage.destroy(SERVERS)
    assert not read(stage).stacks


def test_what_costs_nothing_is_free_and_comes_last(stage: Stage) -> None:
    group = stage.client("ec2").create_security_group(
        GroupName="old",
        Description="old",
        TagSpecifications=[
            {
                "ResourceType": "security-group",
                "Tags": [
                    {"Key": "elbplan:stack", "Value": "old"},
                    {"Key": "elbplan:address", "Value": "security_group.lb"},
                ],
            }
        ],
    )["GroupId"]
    stage.apply(SERVERS)
    stage.box.advance(61)  # until then, the tag index does not know a resource that no run made
    left = left_stacks(read(stage).stacks, [], NOW)
    (entry,) = priced(left, bundled_prices(), REGION)
    assert (entry.leftover.id, entry.free, entry.month) == ("old", True, 0)
    stage.client("ec2").delete_security_group(GroupId=group)
    stage.destroy(SERVERS)


def test_the_inventory_records_the_path_of_the_spec(stage: Stage) -> None:
    stage.apply(SERVERS)
    assert recorded_stacks(stage.aws.send) == {"my-web": ""}  # the spec came from standard input
    stage.destroy(SERVERS)
    assert recorded_stacks(stage.aws.send) == {}


def test_the_permissions_of_the_docs_are_those_of_the_calls(account: Account) -> None:
    """And the policy names no call of another service."""
    import json
    import re
    from pathlib import Path

    from elbplan.leftovers import find, old_stacks, regions, stack_names

    text = (Path(__file__).parents[2] / "docs/leftovers.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    declared = {*find.PERMISSIONS, *old_stacks.PERMISSIONS, *regions.PERMISSIONS, *stack_names.PERMISSIONS}
    assert set(json.loads(block)["Action"]) == declared
    account.balancer("idle")
    account.classic("used", account.instance())
    account.address(NetworkInterfaceId=account.interface())
    account.nat_gateway()
    account.find()
    names = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}
    used = {f"{names.get(s, s)}:{a}" for s, _, a in (call.partition(":") for call in account.calls)}
    assert used <= declared
