"""The page of AWS's input members: the key of the spec for each, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from . import markdown
from .markdown import code, table

INTRODUCTION = """Every input member of the AWS operations with which elbplan creates and changes resources, with the
key of the spec that sets it. `login`, `token`, `rewrite`, `forward`, `redirect` and `respond` stand at a listener or a
rule; what is said of `groups` holds for `targets` too; words in capital letters are names of your own. A test walks the
models of AWS and compares them with this page."""
UNREACHABLE = "## What a spec cannot set"


@dataclass(frozen=True)
class Row:
    """The key of the spec for a member; else what elbplan sets by itself, or the reason why a spec cannot set it."""

    key: str = ""
    own: str = ""
    reason: str = ""


FOLDER = Path(__file__).with_suffix("")
SEVERAL = "others"
"""The file with the services that have few operations; each other file has the name of its service."""


def _read() -> dict[str, dict[str, dict[str, Row]]]:
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}
    services = files.pop(SEVERAL) | files
    return {
        service: {name: dict(_rows_of(members, ())) for name, members in operations.items()}
        for service, operations in services.items()
    }


def _rows_of(members: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """The rows with the full names of their members. A structure without rows of its own has one row for all of it."""
    for name, value in members.items():
        inner = (*path, name)
        if isinstance(value, str):
            yield ".".join(inner), Row(key=value)
        elif "never" in value or "own" in value:
            yield ".".join(inner), Row(own=value.get("own", ""), reason=value.get("never", ""))
        else:
            yield from _rows_of(value, inner)


MEMBERS = _read()
"""By service and operation, the row of each member."""


def page() -> str:
    heads = ("operation", "member", "key of the spec")
    reachable = table((*heads, "what elbplan sets by itself"), _table(lambda row: (row.key and code(row.key), row.own)))
    reasons = table((*heads[:2], "why not"), _table(lambda row: (row.reason,)))
    return markdown.page("AWS's members", INTRODUCTION, reachable, UNREACHABLE, reasons)


def _table(cells: Callable[[Row], tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The rows with a text in at least one of these cells."""
    for service, operations in sorted(MEMBERS.items()):
        for name, rows in sorted(operations.items()):
            for member, row in sorted(rows.items()):
                if any(cells(row)):
                    yield code(f"{service}:{name}"), code(member), *cells(row)
