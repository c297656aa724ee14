"""The waits of a record: for the name servers of Route 53, and for resolvers that cache the old answer."""

from __future__ import annotations

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.kind import Gate, StepContext
from ...core.resource import Resource


def insync(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when all name servers of Route 53 answer with the new record."""
    change = context.fact(context.address, "change")
    if not change:
        return GateStatus("ready", KNOWN)
    answer = yield Call("route53", "GetChange", {"Id": change.rsplit("/", 1)[-1]}, done_if=("NoSuchChange",))
    status = answer.get("ChangeInfo", {}).get("Status", "INSYNC")
    if status == "INSYNC":
        return GateStatus("ready", KNOWN)
    return GateStatus("waiting", "Route 53 sends it to its name servers")


KNOWN = "all name servers know it"


ALIAS_TTL = 60
"""Seconds for which a resolver may cache an alias to a load balancer."""


def forgotten(_: Resource, context: StepContext) -> ProbeProgram:
    """Always ready: the gate only waits for `min_seconds`."""
    yield from ()
    return GateStatus("ready", "resolvers no longer cache the old address")


GATES = (
    # "Changes generally propagate to all Route 53 name servers managing the hosted zone within 60 seconds":
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    Gate("insync", "all name servers know the record", 600, insync, after=("create", "update"), usual="< 1 min"),
    Gate("resolvers", "resolvers no longer cache the old address", 300, forgotten, after=(), min_seconds=ALIAS_TTL),
)
