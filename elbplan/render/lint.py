"""Findings of lint as text: where, the line itself, and how to do it without."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Problem
from .style import count


def finding_text(problem: Problem, word: str = "safe form", note: str = "") -> str:
    """One finding: `file:line:column  name: text`, its source line, and `safe form:` below."""
    head = f"{problem.file}:{problem.line}:{problem.column}  {problem.what}{note}"
    number = f"{problem.line:>4} | "
    lines = [head]
    if problem.source.strip():
        lines += [number + problem.source, " " * (len(number) + problem.column - 1) + "^" * max(1, problem.width)]
    lines += [f"  {word}: {line}" for line in problem.hint.splitlines()]
    return "\n".join(lines)


def counts_text(files: int, blocking: Sequence[object], allowed: int, idle: int) -> str:
    """The last line: `3 files: 1 finding blocks, 2 are allowed.`"""
    number = len(blocking)
    told = [f"{count(number, 'finding')} {'blocks' if number == 1 else 'block'}" if number else "no finding blocks"]
    if allowed:
        told.append(f"{allowed} {'is' if allowed == 1 else 'are'} allowed by allow and because")
    if idle:
        told.append(f"{idle} allow {'is' if idle == 1 else 'are'} unused")
    return f"{count(files, 'file')}: {', '.join(told)}."
