"""The waits for instances: until they run, and until they are gone."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.cause import because
from ...core.kind import Gate, StepContext
from ...core.resource import Resource, differing_fields
from .queries import TERMINATED, instances_in
from .volume_gate import volumes_changed, volumes_differ


def _probe(context: StepContext, failed: Sequence[str], wanted: str, missing: GateStatus) -> ProbeProgram:
    filters = {"Filters": [{"Name": "instance-id", "Values": [context.id(context.address)]}]}
    answer = yield Call("ec2", "DescribeInstances", filters)
    states = list(instances_in(answer))
    if not states:
        return missing
    state = states[0]["State"]["Name"]
    if state == wanted:
        return GateStatus("ready", state)
    reason = states[0].get("StateTransitionReason") or states[0].get("StateReason", {}).get("Message", "")
    return GateStatus("failed" if state in failed else "waiting", state, because(reason))


def running(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when the instance runs: only then AWS registers it as a target."""
    return (yield from _probe(context, (*TERMINATED, "stopped"), "running", GateStatus("waiting", "not visible yet")))


def is_started(before: Resource | None, after: Resource) -> bool:
    """True for a new instance, and if the update starts a stopped one."""
    return before is None or "state" in differing_fields(before, after)


def gone(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when the instance is terminated: only then AWS deletes its security groups."""
    return (yield from _probe(context, (), "terminated", GateStatus("ready", "terminated")))


GATES = (
    Gate("running", "the server runs", 600, running, after=("create", "update"), needed=is_started, usual="< 1 min"),
    Gate("volumes", "its volumes have changed", 3600, volumes_changed, ("update",), needed=volumes_differ,
         usual="< 1 min"),
    Gate("terminated", "the server is gone", 900, gone, after=("delete",), usual="< 2 min"),
)  # fmt: skip
