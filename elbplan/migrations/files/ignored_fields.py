"""Fields that the spec leaves to another tool cannot be set by a file. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ...core.stack import Stack
from ...errors import Refused
from ..migration import Migration
from .notation import address_text


def refuse_ignored_fields(migration: Migration, stack: Stack) -> None:
    """Returns if no step sets what is ignored: whether it is done could not be seen. Raises Refused."""
    for number, entry in enumerate(migration.entries, 1):
        if entry.what is None or entry.do not in ("update", "shift"):
            continue
        fields = ["action"] if entry.do == "shift" else list(entry.set)
        for field in fields:
            said = f"{entry.what.kind}.{entry.what.name}.{field}"
            if any(fnmatchcase(said, pattern) for pattern in stack.ignore):
                raise Refused(
                    f"{migration.file}: step {number} sets {field} of {address_text(entry.what)}, "
                    "which the spec ignores",
                    hint=f"leave the step out, or take {said} out of `ignore:`",
                )
