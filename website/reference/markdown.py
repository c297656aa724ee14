"""Tables and code of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- `make golden` writes this page from the code. -->"


def page(title: str, *parts: str) -> str:
    """Returns a page with this title. Parts are separated by empty lines."""
    return "\n\n".join([f"# {title}", GENERATED, *parts]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table. A column that is empty in every row is left out."""
    cells = [list(row) for row in rows]
    used = [number for number, _ in enumerate(heads) if any(row[number] for row in cells)]
    lines = [[heads[number] for number in used], ["---" for _ in used]]
    lines += [[escaped(row[number]) for number in used] for row in cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    return " ".join(text.replace("|", r"\|").split())


def code(text: object) -> str:
    """Returns the text as code in a line."""
    return f"`{text}`"
