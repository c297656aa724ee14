"""The waits for a trust store: until it is active, and until no listener uses it."""

from __future__ import annotations

from ...core.call import Call, GateStatus, ProbeProgram
from ...core.cause import Cause
from ...core.kind import StepContext
from ...core.resource import Resource
from .ownership import STACK, tag_mapping

GONE = ("TrustStoreNotFound",)
TAGS_A_CALL = 20
"""The largest number of resources in DescribeTags."""


def active(_: Resource, context: StepContext) -> ProbeProgram:
    """Ready when AWS has read the bundle: only then a listener can use the trust store."""
    params = {"TrustStoreArns": [context.id(context.address)]}
    answer = yield Call("elbv2", "DescribeTrustStores", params, retry_on=GONE, timeout=60)
    status = answer["TrustStores"][0].get("Status") if answer.get("TrustStores") else None
    return GateStatus("ready", "active") if status == "ACTIVE" else GateStatus("waiting", "being created")


def unused(arn: str, stack: str) -> ProbeProgram:
    """Asked before a delete is repeated: failed if a listener of somebody else uses the trust store."""
    answer = yield Call("elbv2", "DescribeTrustStoreAssociations", {"TrustStoreArn": arn}, done_if=GONE)
    users = [str(raw.get("ResourceArn")) for raw in answer.get("TrustStoreAssociations", [])]
    listeners = [user for user in users if ":listener/" in user][:TAGS_A_CALL]
    params = {"ResourceArns": listeners}
    tags = (yield Call("elbv2", "DescribeTags", params, done_if=("ListenerNotFound",))) if listeners else {}
    others = [
        described["ResourceArn"]
        for described in tags.get("TagDescriptions", [])
        if tag_mapping(described.get("Tags")).get(STACK) != stack
    ]
    if others:
        fix = "give those listeners another trust store, or none, and run the command again"
        return GateStatus("failed", "in use by others", (Cause(f"used by {', '.join(others)}", fix),))
    return GateStatus("waiting", f"{len(users)} listeners still use it")
