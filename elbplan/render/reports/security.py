"""The security path for the page: each connection that security groups must let in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.plan import ServerLabel


@dataclass(frozen=True)
class SecurityRow:
    """A connection: `open`, `missing` or `unknown`, with the rule that is missing and the command that adds it."""

    source: str
    port: str
    destination: str
    groups: str
    state: str
    why: str = ""
    fix: str = ""
    command: str = ""


def security_rows(edges: Sequence[Any], servers: Mapping[str, ServerLabel]) -> list[SecurityRow]:
    """The rows, in the order of a request."""
    return []
