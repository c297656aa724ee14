"""What `elbplan import` says: the file, what it has, what it does not have, and the next commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from ..importer.source import ImportSource
from .layout import flow
from .style import Style, count
from .words import title_of

SCHEMA = 1


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
    for left in source.not_imported:
        yield from flow(style, style.line("  ", ("left alone", "yellow"), "  "), str(left))
    for command, what in commands:
        yield from flow(style, style.line("  ", ("next      ", "bold"), "  "), f"{command}   {what}")


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
        "not_imported": [{"what": left.what, "why": left.why} for left in source.not_imported],
    }
