"""The pages of docs/reference, written from the code. tests/docs/test_reference.py compares them with the files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import commands, hazards, members, permissions, spec_keys

PAGES: Mapping[str, Callable[[], str]] = {
    "spec-keys.md": spec_keys.page,
    "commands.md": commands.page,
    "hazards.md": hazards.page,
    "permissions.md": permissions.page,
    "aws-members.md": members.page,
}
