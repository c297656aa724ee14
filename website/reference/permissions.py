"""The page of all IAM actions of plan, apply and destroy, from what the kinds and the other calls declare."""

from __future__ import annotations

import re
from collections.abc import Iterator

from elbplan.core.permission import Permission
from elbplan.kinds import KINDS
from elbplan.permissions.policy import BESIDE_THE_KINDS, COMMANDS, VERBS

from . import markdown
from .markdown import code, table

COMMAND = re.compile(r"\b([a-z]+(?: --[a-z-]+)+)")
HEADS = ("action", "for", "commands", "limited to", "if AWS denies it")
INTRODUCTION = """The IAM actions of `plan`, `apply` and `destroy`, and the kinds of resource for which they call them.
A stack needs those of its own kinds only. `elbplan permissions` prints the least policy for a stack."""


def page() -> str:
    found: dict[str, list[tuple[str, Permission]]] = {}
    for kind, permission in declared():
        found.setdefault(permission.action, []).append((kind, permission))
    return markdown.page("Permissions", INTRODUCTION, table(HEADS, (row(name, found[name]) for name in sorted(found))))


def declared() -> Iterator[tuple[str, Permission]]:
    for name, kind in KINDS.items():
        for permission in kind.permissions:
            yield name.replace("_", " "), permission
    for permission in BESIDE_THE_KINDS:
        yield "every stack", permission


def row(action: str, uses: list[tuple[str, Permission]]) -> tuple[str, ...]:
    permissions = [permission for _, permission in uses]
    kinds = dict.fromkeys(kind for kind, _ in uses)
    verbs = {verb for permission in permissions for verb in permission.verbs}
    keys = dict.fromkeys(condition.key for permission in permissions for condition in permission.conditions)
    return (
        code(action),
        "every stack" if "every stack" in kinds else ", ".join(kinds),
        ", ".join(command for command in COMMANDS if VERBS[command] & verbs),
        ", ".join(map(code, keys)),
        COMMAND.sub(r"`\1`", "; ".join(dict.fromkeys(each.without_it for each in permissions if each.without_it))),
    )
