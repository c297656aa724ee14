"""Reserved capacity, IPAM pools and customer-owned pools: reserved before traffic, ended when the spec drops them."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.kinds.aws.capacity_reservation import RESERVED, provisioned
from elbplan.kinds.load_balancer import KIND
from elbplan.sandbox.box import Box

from ..kinds.kit import BALANCER, at, play
from .fork_server import ForkServer
from .killed_runs import NOTHING, kill_again_and_again
from .stage import Stage
from .test_simulation import watched

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
RESERVING = SPEC + "capacity: 500\n"
POOL = SPEC + "ipam_pool: ipam-pool-0a\n"


def arn(stage: Stage) -> str:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return str(balancer["LoadBalancerArn"])


def reserved(stage: Stage) -> Any:
    answer = stage.client("elbv2").describe_capacity_reservation(LoadBalancerArn=arn(stage))
    return (answer.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits")


def test_capacity_is_there_before_the_listeners(stage: Stage) -> None:
    plan = stage.apply(RESERVING)
    ids = [step.id for step in plan.steps]
    (wait,) = [step for step in plan.steps if step.until == "provisioned"]
    assert ids.index(wait.id) < ids.index("create listener.80")
    assert reserved(stage) == 500


def test_it_grows_in_place_and_ends_with_its_line(stage: Stage) -> None:
    stage.apply(RESERVING)
    stage.apply(RESERVING.replace("500", "800"))
    assert reserved(stage) == 800
    stage.apply(SPEC)
    assert reserved(stage) is None
    (described,) = stage.client("elbv2").describe_tags(ResourceArns=[arn(stage)])["TagDescriptions"]
    assert RESERVED not in {tag["Key"] for tag in described["Tags"]}


def test_a_reservation_of_a_person_stays(stage: Stage) -> None:
    stage.apply(SPEC)
    stage.client("elbv2").modify_capacity_reservation(
        LoadBalancerArn=arn(stage), MinimumLoadBalancerCapacity={"CapacityUnits": 300}
    )
    assert stage.plan(SPEC).empty
    assert reserved(stage) == 300


def test_a_reservation_that_a_person_changed_is_shown(stage: Stage) -> None:
    stage.apply(RESERVING)
    stage.client("elbv2").modify_capacity_reservation(LoadBalancerArn=arn(stage), ResetCapacityReservation=True)
    (change,) = [change for change in stage.plan(RESERVING).changes if change.action == "update"]
    assert change.fields == ("minimum_capacity_units",)
    stage.apply(RESERVING)
    assert reserved(stage) == 500


def test_nobody_reads_the_reservations_of_other_stacks(stage: Stage) -> None:
    stage.apply(SPEC)
    stage.box.clear_calls()
    stage.plan(SPEC)
    assert "DescribeCapacityReservation" not in [call.action for call in stage.box.calls]


def test_a_pool_changes_in_place_and_aws_chooses_again_without_its_line(stage: Stage) -> None:
    stage.apply(SPEC)
    stage.apply(POOL)
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    assert balancer["IpamPools"] == {"Ipv4IpamPoolId": "ipam-pool-0a"}
    stage.box.clear_calls()
    stage.apply(SPEC)
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    assert "IpamPools" not in balancer


def test_a_new_load_balancer_gets_its_pools_with_the_create_call(stage: Stage) -> None:
    stage.apply(POOL + "outpost_pool: ipv4pool-coip-0a\n")
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    assert balancer["IpamPools"] == {"Ipv4IpamPoolId": "ipam-pool-0a"}
    assert balancer["CustomerOwnedIpv4Pool"] == "ipv4pool-coip-0a"
    (change,) = [change for change in stage.plan(POOL).changes if change.address.kind == "load_balancer"]
    assert (change.action, change.fields) == ("replace", ("customer_owned_ipv4_pool",))


def test_after_each_step_aws_is_as_simulated(stage: Stage) -> None:
    for spec in (SPEC, RESERVING + "ipam_pool: ipam-pool-0a\n", SPEC):
        watched(stage, spec)


@pytest.mark.parametrize(("before", "after"), [(NOTHING, RESERVING), (RESERVING, SPEC)], ids=["created", "ended"])
def test_killed_after_each_write(box: Box, nursery: ForkServer, before: str, after: str) -> None:
    kill_again_and_again(box, nursery, before, after)


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        (("provisioned", "provisioned"), "ready"),
        (("provisioned", "pending"), "waiting"),
        (("rebalancing", "provisioned"), "waiting"),
        (("failed", "provisioned"), "failed"),
        ((), "waiting"),
    ],
)
def test_what_the_states_of_the_zones_mean(codes: tuple[str, ...], state: str) -> None:
    states = [{"State": {"Code": code, "Reason": "no room" if code == "failed" else ""}} for code in codes]
    answer = {"CapacityReservationState": states, "MinimumLoadBalancerCapacity": {"CapacityUnits": 500}}
    _, status = play(provisioned(None, at(KIND, "main", id=BALANCER)), {"DescribeCapacityReservation": answer})
    assert status.state == state
    assert ("no room" in status.cause) is (state == "failed")
