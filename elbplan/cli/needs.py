"""The IAM actions that the commands need, for `elbplan doctor`."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.call import is_read
from ..core.stack import Stack
from ..doctor.permissions import Needs
from ..kinds import KINDS


def needs_of(stacks: Sequence[Stack]) -> Needs:
    """Returns the actions of each command, for the kinds of these stacks; without stacks for all kinds."""
    kinds = {address.kind for stack in stacks for address in stack.resources} or set(KINDS)
    actions = sorted({str(action) for name in kinds for action in KINDS[name].permissions})
    reads = [action for action in actions if is_read(action.partition(":")[2])]
    return {"plan": reads, "apply": actions, "destroy": actions}
