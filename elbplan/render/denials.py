"""Permissions that the credentials lack: the statements that are missing, as text and in JSON documents."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.stack import Stack
from ..errors import Denial
from ..permissions.policy import declared, missing_statements
from ..permissions.statements import Statement, grouped


def statements_for(denied: Denial, stack: Stack | str = "") -> tuple[Statement, ...]:
    """Returns the statements that allow what was denied: those of the spec, or by the keys of the request."""
    found = missing_statements(denied.action, stack, resource=denied.resource)
    if denied.conditions and not (isinstance(stack, Stack) and any(_allows(s, denied) for s in found)):
        return (Statement((denied.action,), (denied.resource or "*",), denied.conditions),)
    return found


def _allows(statement: Statement, denied: Denial) -> bool:
    """True if the statement names the values of the request."""
    patterns = {key: values for _, key, values in statement.conditions}
    return all(
        any(fnmatch.fnmatchcase(value, pattern) for pattern in patterns.get(key, ("*",)))
        for _, key, values in denied.conditions
        for value in values
    )


def denial_document(denied: Denial, stack: Stack | str = "") -> dict[str, Any]:
    """Returns the fields of a problem that tell which permission is missing."""
    statements = [statement.document for statement in statements_for(denied, stack)]
    document: dict[str, Any] = {"permission": denied.action}
    if denied.resource:
        document["resource"] = denied.resource
    return document | {"statement": statements[0] if len(statements) == 1 else statements}


def denial_lines(denials: Sequence[Denial], stack: Stack | str, command: str) -> Iterator[str]:
    """Returns what is missing, with statements to paste, and the command that prints the whole policy."""
    by_action: dict[str, list[Denial]] = {}
    for denied in sorted(denials, key=lambda denied: (denied.action, denied.resource)):
        by_action.setdefault(denied.action, []).append(denied)
    if len(by_action) > FEW:
        yield from _many_lines(by_action, stack)
    else:
        for action, several in by_action.items():
            yield from _action_lines(action, several, stack)
    yield f"all permissions: {command}"


FEW = 3
"""Permissions of which each is explained. Whoever lacks more has no policy for elbplan at all."""


def _many_lines(by_action: Mapping[str, Sequence[Denial]], stack: Stack | str) -> Iterator[str]:
    """The names of all, and few statements, a line each."""
    yield f"missing permissions: {', '.join(by_action)}"
    yield "  these statements allow them:"
    for statement in grouped(s for several in by_action.values() for d in several for s in statements_for(d, stack)):
        yield f"  {json.dumps(statement.document)}"


def _action_lines(action: str, several: Sequence[Denial], stack: Stack | str) -> Iterator[str]:
    yield f"missing permission: {action}{_where(several)}"
    lost = [permission.without_it for permission in declared(action)]
    if lost and all(lost):
        yield f"  without it, elbplan {lost[0]}"
    statements = dict.fromkeys(s for denied in several for s in statements_for(denied, stack))
    yield "  this statement allows it:" if len(statements) == 1 else "  these statements allow it:"
    for statement in statements:
        yield from (f"  {line}" for line in json.dumps(statement.document, indent=2).splitlines())


def _where(several: Sequence[Denial]) -> str:
    """Returns the first resource, and how many more there are."""
    resources = list(dict.fromkeys(denied.resource for denied in several if denied.resource))
    more = f" and {len(resources) - 1} more" if len(resources) > 1 else ""
    return f" on {resources[0]}{more}" if resources else ""
