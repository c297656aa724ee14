"""Reads the health of every target of a stack, and the names of the servers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..core.address import Address, AwsId
from ..core.call import Answer, Call
from ..core.kind import LiveResource
from ..core.plan import ServerLabel
from ..errors import AwsProblem
from ..kinds.aws.ownership import tag_mapping
from ..kinds.aws.queries import instances_in
from ..kinds.aws.target_ids import group_arn_of
from ..kinds.target_group import TargetGroup
from ..kinds.target_states import TargetState, target_states
from ..kinds.targets import Targets
from .filters import batches, filter_by
from .worker_threads import WorkerThreads

Send = Callable[[Call], Answer]


def read_target_states(
    lives: Mapping[Address, LiveResource[Any]], send: Send, parallel: int = 8
) -> dict[Address, Sequence[TargetState]]:
    """The targets of each group. A group without an answer is left out: it may be gone."""
    groups = {address: live.id for address, live in lives.items() if address.kind == TargetGroup.kind}
    with WorkerThreads(parallel) as threads:
        answers = {address: threads.submit(_states, group_arn_of(id), send) for address, id in groups.items()}
        states = {address: answer.result() for address, answer in answers.items()}
    return {address: found for address, found in states.items() if found is not None}


def _states(arn: str, send: Send) -> Sequence[TargetState] | None:
    try:
        answer = send(Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}))
    except AwsProblem:
        return None
    return tuple(target_states(answer.get("TargetHealthDescriptions", ())))


def read_server_labels(
    lives: Iterable[LiveResource[Any]], states: Iterable[Sequence[TargetState]], send: Send
) -> dict[str, ServerLabel]:
    """The name and the state of each instance that is a target. Nothing depends on the answer."""
    members = [m for live in lives if isinstance(live.model, Targets) for m in live.model.members]
    ids = {member.instance.value for member in members if isinstance(member.instance, AwsId)}
    ids |= {state.id for found in states for state in found if state.id.startswith("i-")}
    labels: dict[str, ServerLabel] = {}
    for ids_of_call in batches(sorted(ids)):
        answer = send(Call("ec2", "DescribeInstances", filter_by("instance-id", ids_of_call), optional=True))
        for raw in instances_in(answer):
            name = tag_mapping(raw.get("Tags")).get("Name", "")
            labels[raw["InstanceId"]] = ServerLabel(name, raw["State"]["Name"])
    return labels
