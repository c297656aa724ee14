"""The permissions of commands that only read an account: they are the same for every spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..doctor import permissions as doctor_permissions
from ..doctor import read as doctor_read
from ..importer import aliases, survey
from ..importer import find as importer_find
from ..importer.classic import read as classic_read
from ..leftovers import find, old_stacks, regions, stack_names
from ..permissions.policy import Policy, combined, policy, reading_policy
from ..starter import read as starter_read

STACKS = (*stack_names.PERMISSIONS, *old_stacks.PERMISSIONS, *regions.PERMISSIONS)

ACTIONS: Mapping[str, Sequence[str]] = {
    "list": STACKS,
    "leftovers": (*STACKS, *find.PERMISSIONS),
    "import": (
        *importer_find.PERMISSIONS,
        *survey.PERMISSIONS,
        *aliases.PERMISSIONS,
        *classic_read.PERMISSIONS,
    ),
    "init": starter_read.PERMISSIONS,
    "doctor": (*doctor_read.PERMISSIONS, *doctor_permissions.PERMISSIONS),
}
"""By the name of the command, the actions that its own modules declare."""

READS_STACKS = ("list", "leftovers", "import")
"""They read resources as `plan` does, of any stack."""


def reading_policy_of(command: str) -> Policy:
    """The least policy of a command of `ACTIONS`."""
    stacks = [policy(None, "plan")] if command in READS_STACKS else []
    return combined([*stacks, reading_policy(ACTIONS[command])])
