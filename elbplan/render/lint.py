"""The last line of lint: how many findings there are."""

from __future__ import annotations

from collections.abc import Sequence

from .style import count


def counts_text(files: int, blocking: Sequence[object], allowed: int, idle: int) -> str:
    """The last line: `3 files: 1 finding blocks, 2 are allowed.`"""
    number = len(blocking)
    told = [f"{count(number, 'finding')} {'blocks' if number == 1 else 'block'}" if number else "no finding blocks"]
    if allowed:
        told.append(f"{allowed} {'is' if allowed == 1 else 'are'} allowed by allow and because")
    if idle:
        told.append(f"{idle} allow {'is' if idle == 1 else 'are'} unused")
    return f"{count(files, 'file')}: {', '.join(told)}."
