"""The page of all IAM actions that elbplan calls, from what the kinds declare."""

from __future__ import annotations

from typing import Any

from elbplan.kinds import KINDS
from elbplan.kinds.aws import parameter_store

from . import markdown
from .markdown import code, table

INTRODUCTION = """The IAM actions that elbplan calls, and the kinds of resource for which it calls them. A stack needs
those of its own kinds only."""


def page() -> str:
    kinds: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        for permission in kind.permissions:
            kinds.setdefault(action(permission), []).append(name.replace("_", " "))
    for name in parameter_store.PERMISSIONS.replace(" and ", ", ").split(", "):
        kinds.setdefault(name, []).append("the lock and the run records")
    rows = ((code(name), ", ".join(dict.fromkeys(kinds[name]))) for name in sorted(kinds))
    return markdown.page("Permissions", INTRODUCTION, table(("action", "needed for"), rows))


def action(permission: Any) -> str:
    """Returns the name of the action, from a text or from a permission with limits."""
    return str(getattr(permission, "action", permission))
