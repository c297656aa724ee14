"""The output of `elbplan permissions`: the policy on stdout, what to know about it on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.permission import NO_RESOURCES
from ..permissions.policy import LARGEST_POLICY, Policy
from ..permissions.statements import Statement

SCHEMA = 1


def policy_text(policy: Policy) -> str:
    """Returns the policy as IAM reads it."""
    return json.dumps(policy.document, indent=2)


def policy_document(
    policy: Policy,
    stacks: Sequence[str],
    command: str,
    unlimited: Mapping[str, Sequence[str]],
    callers: Sequence[Statement] = (),
) -> dict[str, Any]:
    """Returns the document of `permissions --json`. `policies` has several if one would be too long for AWS.

    `caller` is what the credentials need that assume the roles of the specs; null without a role.
    """
    return {
        "schema": SCHEMA,
        "stacks": list(stacks),
        "command": command or "all",
        "policies": [{"characters": part.characters, "policy": part.document} for part in policy.parts],
        "unlimited": [{"why": why, "actions": list(actions)} for why, actions in unlimited.items()],
        "caller": Policy(tuple(callers)).document if callers else None,
    }


def notes(policy: Policy, unlimited: Mapping[str, Sequence[str]], part: int) -> Iterator[str]:
    """Yields what a person should know before AWS gets the policy."""
    if unlimited:
        yield "not limited to the resources of the stack:"
    for why, actions in unlimited.items():
        reads = f"{len(actions)} actions in the statement Read"
        yield f"  {reads if why == NO_RESOURCES else ', '.join(actions)}:"
        yield f"    {why}"
    number = len(policy.parts)
    if number > 1 and not part:
        flags = f"{', '.join(f'--part {index}' for index in range(1, number))} and --part {number}"
        yield (
            f"{policy.characters:,} characters, and AWS allows {LARGEST_POLICY:,} in a managed policy: "
            f"{flags} print {number} policies to attach together"
        )


def caller_notes(callers: Sequence[Statement]) -> Iterator[str]:
    """Yields the statements for the credentials that assume the roles of the specs, each ready to paste."""
    if callers:
        yield "the policy is for the role of the spec; the credentials that assume it need a statement of their own:"
    for statement in callers:
        yield from (f"  {line}" for line in json.dumps(statement.document, indent=2).splitlines())
