"""QUIC: the server ids of targets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html (QuicServerId)
"""

import re

from ..account import CallContext
from ..errors import validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup, forwards_to

PROTOCOLS = ("QUIC", "TCP_QUIC")
SERVER_ID = re.compile(r"0x[0-9a-f]{16}")


@rule(15)
def check_server_ids(context: CallContext, group: StoredGroup, targets: list[Params]) -> None:
    """Each target of a QUIC group has an id, and no other target: 0x and 16 hexadecimal digits in lower case.

    "The value must be unique at the listener level. You can't modify the server ID for a registered target." The page
    does not name the error codes.
    """
    given = {target["Id"]: target.get("QuicServerId") for target in targets}
    if group.fields.get("Protocol") not in PROTOCOLS:
        if any(given.values()):
            raise validation("A QUIC server ID can be specified only for QUIC and TCP_QUIC target groups")
        return
    for target, server in given.items():
        if not server:
            raise validation("A QUIC server ID must be specified for the targets of a QUIC target group")
        if not SERVER_ID.fullmatch(server):
            raise validation(f"The QUIC server ID '{server}' is not valid")
        _check_free(context, group, target, server)


def _check_free(context: CallContext, group: StoredGroup, target: str, server: str) -> None:
    for other in _neighbours(context, group):
        for known in other.targets.values():
            if known.drained_at is not None:
                continue
            if other is group and known.id == target and known.server_id != server:
                raise validation(f"The QUIC server ID of the registered target '{target}' cannot be modified")
            if known.server_id == server and known.id != target:
                raise validation(f"The QUIC server ID '{server}' is already in use")


def _neighbours(context: CallContext, group: StoredGroup) -> list[StoredGroup]:
    """The group, and the other groups of its listeners."""
    arns = {group.arn}
    for listener in context.elb.listeners.values():
        used = {arn for stored in listener.all_rules() for arn in forwards_to(stored.actions)}
        arns |= used if group.arn in used else set()
    return [context.elb.groups[arn] for arn in arns if arn in context.elb.groups]
