"""Answers to RunInstances, AllocateAddress and CreateSecurityGroup are lost, and EC2's filters lag behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import specs
from .stage import Stage


@pytest.fixture
def lagging(slow_stage: Stage) -> Iterator[Stage]:
    """A stage where new resources are not found by their tags for eight seconds."""
    slow_stage.box.switch("tag_lag", 8)
    yield slow_stage
    slow_stage.box.switch("tag_lag", 0)


def number_of(stage: Stage, kind: str) -> int:
    ec2 = stage.client("ec2")
    if kind == "addresses":
        return len(ec2.describe_addresses()["Addresses"])
    reservations = ec2.describe_instances()["Reservations"]
    return sum(i["State"]["Name"] != "terminated" for r in reservations for i in r["Instances"])


@pytest.mark.parametrize("action", ["RunInstances", "AllocateAddress", "CreateSecurityGroup"])
@pytest.mark.parametrize("fault", ["lost", "cut"])
def test_elbplan_looks_again_until_the_filters_find_it(lagging: Stage, action: str, fault: str) -> None:
    lagging.box.fault(fault, action=action, nth=1, limit=1)
    outcome = lagging.run(lagging.plan(specs.ELASTIC))
    lagging.box.clear_faults()
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    assert (number_of(lagging, "instances"), number_of(lagging, "addresses")) == (2, 2)
    lagging.box.advance(8)
    lagging.assert_settled(specs.ELASTIC)


def test_the_next_run_launches_no_second_server_although_it_does_not_see_the_first(slow_stage: Stage) -> None:
    slow_stage.box.switch("tag_lag", 600)
    slow_stage.box.fault("cut", action="RunInstances")
    assert not slow_stage.run(slow_stage.plan(specs.COURSE)).complete
    slow_stage.box.clear_faults()
    second = slow_stage.run(slow_stage.plan(specs.COURSE))
    assert second.complete, [(event.step.id, event.text) for event in second.failed]
    slow_stage.box.switch("tag_lag", 0)
    assert number_of(slow_stage, "instances") == 2
    slow_stage.assert_settled(specs.COURSE)


def test_a_server_that_was_terminated_is_not_returned_for_the_same_launch(stage: Stage) -> None:
    spec = specs.COURSE.replace("count: 2", "count: 1")
    launched = set()
    for _ in range(3):
        stage.apply(spec)
        (id,) = [live.id for address, live in stage.plan(spec).lives.items() if address.kind == "instance"]
        launched.add(id)
        stage.client("ec2").terminate_instances(InstanceIds=[id])
    assert len(launched) == 3
