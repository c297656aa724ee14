"""Turns PyYAML's errors into problems that a user understands."""

from __future__ import annotations

import re

import yaml

from .tree import Source, SourceSpan

WORD = re.compile(r"[^\s,\[\]{}#]+")


def explain_error(error: yaml.MarkedYAMLError, source: Source, last: SourceSpan) -> tuple[SourceSpan, str, str]:
    """Returns the place, what is wrong, and what to write."""
    mark = error.problem_mark or error.context_mark
    spot = SourceSpan(mark.line + 1, mark.column + 1) if mark else last
    problem, context = str(error.problem or ""), str(error.context or "")
    start = error.context_mark
    if "alias" in context or "anchor" in context:
        return _quote(source, SourceSpan(start.line + 1, start.column + 1) if start else spot)
    if "cannot start any token" in problem:
        return _bad_start(source, spot)
    if "quoted scalar" in context and "end of stream" in problem and start:
        opening = SourceSpan(start.line + 1, start.column + 1)
        return (
            opening,
            "this quote has no closing quote",
            "add the closing quote; inside single quotes, write '' for a quote",
        )
    if "${" in _line(source, spot) and "flow" in context:
        return spot, "a ${VARIABLE} inside [ ] or { } needs quotes", 'write ["${NAME}"]'
    if "got ':'" in problem:
        return spot, "a second colon inside { } or [ ]", 'quote text that contains a colon: {note: "a: b"}'
    return spot, *_known(problem, context)


def _quote(source: Source, spot: SourceSpan) -> tuple[SourceSpan, str, str]:
    word = WORD.match(_line(source, spot)[spot.column - 1 :])
    text = word[0].rstrip(":") if word else "*"
    sign = text[0]
    return (
        SourceSpan(spot.line, spot.column, len(text)),
        f"YAML reads {text} as {'an alias' if sign == '*' else 'an anchor'}, not as text",
        f'quote it: "{text}"',
    )


def _bad_start(source: Source, spot: SourceSpan) -> tuple[SourceSpan, str, str]:
    rest = _line(source, spot)[spot.column - 1 :]
    if rest.startswith("\t"):
        return spot, "YAML does not allow tabs for indentation", "use two spaces for each level"
    word = WORD.match(rest)
    text = word[0] if word else rest
    return (
        SourceSpan(spot.line, spot.column, max(1, len(text))),
        f"YAML does not allow text that starts with {text[:1]}",
        f'quote it: "{text}"',
    )


def _known(problem: str, context: str) -> tuple[str, str]:
    for part, what, hint in KNOWN:
        if part in problem or part in context:
            return what, hint
    return f"this is not valid YAML: {problem or context or 'unknown reason'}", ""


KNOWN = (
    (
        "mapping values are not allowed",
        "a key is not possible here, but there is a colon",
        'quote text that contains ": ", put a space after the colon of a key, and indent keys of one map alike',
    ),
    ("could not find expected ':'", "this key has no colon", "write key: value, with a space after the colon"),
    ("flow sequence", "this list is not closed, or a comma is missing", "close it with ]"),
    ("flow mapping", "this map is not closed, or a comma is missing", "close it with }"),
    ("flow node", "something is missing here", "close every [ and {"),
    (
        "unknown escape character",
        "this backslash does not escape anything",
        "write two backslashes, or use single quotes",
    ),
    (
        "<block end>",
        "the indentation of this line differs from the lines above",
        "use the same indentation for all keys of one map and all dashes of one list",
    ),
    (
        "did not find expected",
        "the indentation of this line differs from the lines around it",
        "use the same indentation",
    ),
    ("indentation", "text after | or > must start on the next line, indented", "move the text to its own line"),
    ("block sequence entries are not allowed", "a list cannot start here", "move the list to its own line"),
    ("incompatible YAML document", "elbplan does not support this version of YAML", "remove the %YAML line"),
    ("directive", "a line that starts with % is a YAML directive", "if this is text, quote it"),
)


def _line(source: Source, spot: SourceSpan) -> str:
    return source.lines[spot.line - 1] if spot.line <= len(source.lines) else ""
