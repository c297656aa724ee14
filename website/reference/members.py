"""The page of AWS's input members: the key of the spec for each, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from . import markdown
from .markdown import code, table

INTRODUCTION = """Every input member of the AWS operations with which elbplan creates and changes resources, with the key of
the spec that sets it. A test walks the models of AWS and compares them with this page."""
UNREACHABLE = "## What a spec cannot set"


@dataclass(frozen=True)
class Row:
    """The key of the spec for a member, or the reason why there is none."""

    key: str = ""
    reason: str = ""


def _row(value: Any) -> Row:
    return Row(reason=value["no"]) if isinstance(value, Mapping) else Row(key=value)


def _read() -> dict[str, dict[str, dict[str, Row]]]:
    tables = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {
        service: {name: {member: _row(value) for member, value in rows.items()} for name, rows in operations.items()}
        for service, operations in tables.items()
    }


MEMBERS = _read()
"""By service and operation, the row of each member."""


def page() -> str:
    reachable = table(("operation", "member", "key of the spec"), (row for row in _rows("key")))
    reasons = table(("operation", "member", "why not"), (row for row in _rows("reason")))
    return markdown.page("AWS's members", INTRODUCTION, reachable, UNREACHABLE, reasons)


def _rows(field: str) -> Iterator[tuple[str, ...]]:
    for service, operations in sorted(MEMBERS.items()):
        for name, rows in sorted(operations.items()):
            for member, row in sorted(rows.items()):
                text = getattr(row, field)
                if text:
                    yield code(f"{service}:{name}"), code(member), code(text) if field == "key" else text
