"""Permissions that the credentials lack: the statements that are missing, as text and in JSON documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ..core.stack import Stack
from ..errors import Denial
from ..permissions.policy import declared, missing_statements
from ..permissions.statements import Statement


def statements_for(denied: Denial, stack: Stack | str = "") -> tuple[Statement, ...]:
    """Returns the statements that allow what was denied: by the keys of the request, if they are known."""
    if denied.conditions:
        return (Statement((denied.action,), (denied.resource or "*",), denied.conditions),)
    return missing_statements(denied.action, stack, resource=denied.resource)


def denial_document(denied: Denial, stack: Stack | str = "") -> dict[str, Any]:
    """Returns the fields of a problem that tell which permission is missing."""
    statements = [statement.document for statement in statements_for(denied, stack)]
    document: dict[str, Any] = {"permission": denied.action}
    if denied.resource:
        document["resource"] = denied.resource
    return document | {"statement": statements[0] if len(statements) == 1 else statements}


def denial_lines(denials: Sequence[Denial], stack: Stack | str, command: str) -> Iterator[str]:
    """Returns what is missing, each with a statement to paste, and the command that prints the whole policy."""
    for denied in sorted(denials, key=lambda denied: (denied.action, denied.resource)):
        where = f" on {denied.resource}" if denied.resource else ""
        yield f"missing permission: {denied.action}{where}"
        lost = [permission.without_it for permission in declared(denied.action)]
        if lost and all(lost):
            yield f"  without it, elbplan {lost[0]}"
        yield "  this statement allows it:"
        for statement in statements_for(denied, stack):
            yield from (f"  {line}" for line in json.dumps(statement.document, indent=2).splitlines())
    yield f"all permissions: {command}"
