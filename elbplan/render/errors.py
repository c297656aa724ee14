"""Errors as JSON documents. This module imports nothing heavy: every command can fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import AwsProblem, ElbplanError, SpecProblem

if TYPE_CHECKING:
    from ..core.stack import Stack

Redact = Callable[[str], str]
"""Returns a text without the values of variables."""


def error_document(problem: ElbplanError, redact: Redact, kind: str = "", stack: Stack | str = "") -> dict[str, Any]:
    """Returns a problem in a JSON document: `code` is the exit code. That of a wrong spec lists every place.

    A missing permission has the statement that allows it, for the stack if it is known.
    """
    document: dict[str, Any] = {
        "what": redact(problem.what),
        "hint": redact(problem.hint),
        "code": problem.exit_code,
        "kind": kind or kind_of(problem),
    }
    if isinstance(problem, AwsProblem) and problem.code:
        document["aws_code"] = problem.code
    if isinstance(problem, AwsProblem) and problem.denied:
        from .denials import denial_document  # needs the kinds, which take long to import

        document |= denial_document(problem.denied, stack)
    if isinstance(problem, SpecProblem):
        document["problems"] = [
            {"file": p.file, "line": p.line, "column": p.column, "what": redact(p.what), "hint": redact(p.hint)}
            for p in problem.problems
        ]
    return document


def failure_document(error: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Returns the document of a command that failed; in a stream of events it is the last line."""
    return {"schema": 1, "type": "error", "at": at, "error": error}


def kind_of(problem: ElbplanError) -> str:
    """Returns the class of a problem in words: `aws problem`, `refused`, `usage problem`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(problem).__name__).lower()
    return words.removeprefix("elbplan ")
