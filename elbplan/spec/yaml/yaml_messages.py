"""What YAML's own complaints mean, in plain words, with what to write."""

from __future__ import annotations

import re

import yaml

from .tree import Source, SourceSpan

WORD = re.compile(r"[^\s,\[\]{}#]+")


def explained(error: yaml.MarkedYAMLError, source: Source, last: SourceSpan) -> tuple[SourceSpan, str, str]:
    """Where to point, what is wrong, and what to write."""
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
        return opening, "this quote is never closed", "close it, or double it if it belongs to the text"
    if "${" in _line(source, spot) and "flow" in context:
        return spot, "a ${VARIABLE} inside [ ] or { } ends too early", 'quote it: ["${NAME}"]'
    if "got ':'" in problem:
        return spot, "a second colon inside { } or [ ]", 'quote text that holds a colon: {note: "a: b"}'
    return spot, *_known(problem, context)


def _quote(source: Source, spot: SourceSpan) -> tuple[SourceSpan, str, str]:
    word = WORD.match(_line(source, spot)[spot.column - 1 :])
    text = word[0].rstrip(":") if word else "*"
    sign = text[0]
    return (
        SourceSpan(spot.line, spot.column, len(text)),
        f"{text} is not text to YAML: {sign} starts {'a repeated value' if sign == '*' else 'an anchor'}",
        f'quote it: "{text}"',
    )


def _bad_start(source: Source, spot: SourceSpan) -> tuple[SourceSpan, str, str]:
    rest = _line(source, spot)[spot.column - 1 :]
    if rest.startswith("\t"):
        return spot, "a tab: YAML is indented with spaces", "use two spaces for each level"
    word = WORD.match(rest)
    text = word[0] if word else rest
    return (
        SourceSpan(spot.line, spot.column, max(1, len(text))),
        f"text cannot start with {text[:1]} in YAML",
        f'quote it: "{text}"',
    )


def _known(problem: str, context: str) -> tuple[str, str]:
    for part, what, hint in KNOWN:
        if part in problem or part in context:
            return what, hint
    return f"this is not YAML: {problem or context or 'it cannot be read'}", ""


KNOWN = (
    (
        "mapping values are not allowed",
        "a colon where no key can be",
        'quote text that holds ": ", put a space after the colon of a key, and indent keys of one map alike',
    ),
    ("could not find expected ':'", "a key without its colon", "write key: value, with a space after the colon"),
    ("flow sequence", "this list is not closed, or a comma is missing", "close it with ]"),
    ("flow mapping", "this map is not closed, or a comma is missing", "close it with }"),
    ("flow node", "something is missing here", "close every [ and {"),
    ("unknown escape character", "a backslash that escapes nothing", "double it, or use single quotes"),
    (
        "<block end>",
        "this line is indented differently from the ones above that it belongs to",
        "give all keys of one map, and all dashes of one list, the same indent",
    ),
    ("did not find expected", "this line is not indented like its neighbours", "use the same indent"),
    ("indentation", "text after | or > starts on the next line, indented", "start the text on a line of its own"),
    ("block sequence entries are not allowed", "a dash where no list can start", "put the list on a line of its own"),
    ("incompatible YAML document", "this version of YAML is not known", "remove the %YAML line"),
    ("directive", "a line that starts with % is a YAML directive", "quote the text if it is meant as such"),
)


def _line(source: Source, spot: SourceSpan) -> str:
    return source.lines[spot.line - 1] if spot.line <= len(source.lines) else ""
