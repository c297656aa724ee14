"""Instances of others that AWS would not end, or that would come back: refused with the way on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.kinds.instance import OnDestroy
from elbplan.live.batch import BatchReader
from elbplan.live.server_endings import read_endings
from elbplan.planner.server_endings import unendable_servers

from ..spec.kit import stack

REQUEST = "sir-0abc1234"


def refusals(on_destroy: OnDestroy, spot: Mapping[str, Any] | None, **more: Any) -> list[tuple[str, str]]:
    """The refusals of a destroy with one Spot Instance. `spot` is its request; None if AWS denies reading it."""
    facts = {"InstanceId": "i-0aaa", "State": {"Name": "running"}, "VpcId": "vpc-0a"}
    instance = {**facts, "SpotInstanceRequestId": REQUEST, **more}
    requests = [{"SpotInstanceRequestId": REQUEST, **spot}] if spot else []
    answers = {
        "DescribeInstances": {"Reservations": [{"Instances": [instance]}]},
        "DescribeAddresses": {"Addresses": []},
        "DescribeTargetGroups": {"TargetGroups": []},
        "DescribeSpotInstanceRequests": {"SpotInstanceRequests": requests} if spot else {},
    }

    def send(call: Call) -> Any:
        return answers.get(call.operation, {})

    wanted = stack(f"name: x\ntargets: {{instances: [i-0aaa], on_destroy: {on_destroy}}}\n")
    (endings,) = BatchReader(send).run([read_endings("eu-west-1", [wanted])])
    return [(refused.what, refused.hint) for refused in unendable_servers(endings["x"])]


@pytest.mark.parametrize(
    ("on_destroy", "spot"),
    [
        ("terminate", {"Type": "one-time", "State": "active"}),
        ("terminate", {"Type": "persistent", "State": "cancelled"}),
        ("stop", {"Type": "persistent", "State": "active"}),
        ("stop", None),
        ("terminate", None),
        ("keep", {"Type": "persistent", "State": "active"}),
    ],
)
def test_a_spot_instance_that_ends_for_good_is_not_refused(on_destroy: OnDestroy, spot: Any) -> None:
    assert refusals(on_destroy, spot) == []


def test_a_spot_instance_that_comes_back_is_refused_with_the_command_that_cancels_its_request() -> None:
    ((what, hint),) = refusals("terminate", {"Type": "persistent", "State": "active"})
    assert what == f"cannot terminate i-0aaa: its persistent Spot request {REQUEST} would start a new instance"
    command = f"aws ec2 cancel-spot-instance-requests --region eu-west-1 --spot-instance-request-ids {REQUEST}"
    assert hint == f"run {command}; or write `on_destroy: keep`"


def test_a_spot_instance_of_one_request_cannot_stop() -> None:
    ((what, hint),) = refusals("stop", {"Type": "one-time", "State": "active"})
    assert what == "cannot stop i-0aaa: it is a Spot Instance of one request, so AWS can only terminate it"
    assert hint == "write `on_destroy: terminate`, or write `on_destroy: keep`"


def test_an_unknown_protection_is_no_refusal() -> None:
    """AWS may deny reading it; it then refuses the termination itself."""
    assert refusals("terminate", None, SpotInstanceRequestId="") == []
