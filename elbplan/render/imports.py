"""What `elbplan import` says: the file, what it has, what it does not have, and the next commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ..importer.owners import TERRAFORM
from ..importer.source import ImportSource
from .layout import flow
from .style import Style, count
from .words import title_of

SCHEMA = 1


@dataclass(frozen=True)
class ImportRow:
    """What `import --all` did with one load balancer.

    title, id  the load balancer: for a person, and in AWS
    file       the spec; empty if it has none
    source     what the spec has
    why, hint  why it has none, and what to do
    code       the exit code; 0 also for one that is left out on purpose
    """

    title: str
    id: str
    file: str = ""
    source: ImportSource | None = None
    why: str = ""
    hint: str = ""
    code: int = 0


def imports_screen(
    rows: Sequence[ImportRow], region: str, note: str, commands: Sequence[tuple[str, str]], style: Style
) -> list[Text]:
    """Returns one line for each load balancer, the files first, and the next commands."""
    return list(_rows(rows, region, note, commands, style))


def _rows(
    rows: Sequence[ImportRow], region: str, note: str, commands: Sequence[tuple[str, str]], style: Style
) -> Iterator[Text]:
    for row in sorted(rows, key=lambda row: (not row.file, row.code == 0)):
        if row.source:
            yield from flow(style, style.line("  ", (row.file, "bold"), "  "), f"{row.title}: {_content(row.source)}")
        else:
            word, colour = ("failed  ", "red") if row.code else ("left out", "yellow")
            hint = f" ({row.hint})" if row.hint else ""
            yield from flow(style, style.line("  ", (word, colour), "  "), f"{row.title}: {row.why}{hint}")
    written = sum(bool(row.file) for row in rows)
    yield style.line(
        f"{count(written, 'spec')} written, {count(len(rows) - written, 'load balancer')} left out, {region}"
    )
    if note:
        yield from flow(style, style.line("  ", ("note", "dim"), "  "), note)
    for command, what in commands:
        yield from flow(style, style.line("  ", ("next", "bold"), "  "), f"{command} # {what}")


def _content(source: ImportSource) -> str:
    """`12 resources, 2 left alone`; for a Classic one `7 resources, 3 differences`."""
    resources, left = count(len(source.resources), "resource"), len(source.not_imported)
    if not left:
        return resources
    return f"{resources}, {left} left alone" if source.ids else f"{resources}, {count(left, 'difference')}"


def imports_document(rows: Sequence[ImportRow], account: str, region: str) -> dict[str, Any]:
    """Returns the document of `import --all --json`."""
    return {
        "schema": SCHEMA,
        "account": account,
        "region": region,
        "written": [
            {
                "file": row.file,
                "load_balancer": row.id,
                "resources": [str(address) for address in row.source.resources],
                "not_imported": _not_imported(row.source),
            }
            for row in rows
            if row.source
        ],
        "left_out": [
            {
                "load_balancer": row.id,
                "title": row.title,
                "why": row.why,
                "hint": row.hint or None,
                "exit_code": row.code,
            }
            for row in rows
            if not row.source
        ],
    }


def _not_imported(source: ImportSource) -> list[dict[str, str]]:
    return [{"what": left.what, "why": left.why} for left in source.not_imported]


def import_screen(source: ImportSource, commands: Sequence[tuple[str, str]], style: Style) -> list[Text]:
    """Returns what the spec has and does not have. `commands` are the next ones, each with what it does."""
    return list(_lines(source, commands, style))


def _lines(source: ImportSource, commands: Sequence[tuple[str, str]], style: Style) -> Iterator[Text]:
    kinds = Counter(title_of(address.kind) for address in source.resources)
    parts = ", ".join(kind if number == 1 else count(number, kind) for kind, number in kinds.items())
    verb = "imported" if source.ids else "translated"
    yield from flow(style, style.line("  ", (f"{verb:<10}", "bold"), "  "), f"{source.title}: {parts}")
    if source.owner:
        yield from flow(style, style.line("  ", ("owner     ", "yellow"), "  "), f"{source.owner.name} manages it too")
    word = "left alone" if source.ids else "differs   "
    for left in source.not_imported:
        yield from flow(style, style.line("  ", (word, "yellow"), "  "), str(left))
    if source.ids and not source.owner:
        yield from flow(style, style.line("  ", ("note      ", "dim"), "  "), TERRAFORM)
    for command, what in commands:
        yield from flow(style, style.line("  ", ("next      ", "bold"), "  "), f"{command} # {what}")


def import_document(source: ImportSource, stack: str, file: str, text: str) -> dict[str, Any]:
    """Returns the document of `import --json`. `file` is empty if no file was written."""
    return {
        "schema": SCHEMA,
        "stack": stack,
        "file": file or None,
        "spec": text,
        "load_balancer": source.arn,
        "account": source.account,
        "region": source.region,
        "owner": source.owner.name if source.owner else None,
        "resources": [str(address) for address in source.resources],
        "adopt": {str(address): id for address, id in source.ids.items()},
        "not_imported": _not_imported(source),
    }
