"""Regular expressions of rules: what AWS's engine does not support. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html ("The regular expressions used
in rule conditions and rule transforms do not support the following features")
"""

from __future__ import annotations

import re
import warnings

UNSUPPORTED = {
    "lookaheads": r"\(\?[=!]",
    "lookbehinds": r"\(\?<[=!]",
    "backreferences": r"\\[1-9]|\\k[<{']|\(\?P=",
    "atomic groups": r"\(\?>",
    "possessive quantifiers": r"[*+?}]\+",
    "subroutines and recursion": r"\(\?(?:R|[0-9]+|&|P>)",
    "Unicode character classes": r"\\[pP]\{",
}
GROUP = re.compile(r"\$(\d+)")
BROKEN = (
    "unterminated",
    "missing )",
    "unbalanced parenthesis",
    "nothing to repeat",
    "multiple repeat",
    "bad escape (end",
)
"""Parts of Python's messages about expressions that no engine accepts. Its other limits are not those of AWS."""


def unusable(expression: str) -> str:
    """Why AWS cannot use the expression; empty if nothing is known against it."""
    bare = re.sub(r"\[(?:\\.|[^\]\\])+\]", "x", re.sub(r"\\\\", "x", expression))
    plain = re.sub(r"\\[^1-9kpP]", "x", bare)
    for feature, mark in UNSUPPORTED.items():
        if re.search(mark, plain):
            return f"AWS does not support {feature}"
    problem = _compiled(expression)
    return f"it is not a regular expression: {problem}" if isinstance(problem, str) else ""


def missing_group(expression: str, replacement: str) -> str:
    """The first `$3` of a replacement whose group the expression does not have; empty if it has all."""
    compiled = _compiled(expression)
    if not isinstance(compiled, re.Pattern):
        return ""
    return next((f"${n}" for n in GROUP.findall(replacement) if int(n) > compiled.groups), "")


def _compiled(expression: str) -> re.Pattern[str] | str | None:
    """Python's form of the expression; why no engine accepts it; None if only Python does not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(expression)
    except re.error as error:
        return error.msg if error.msg.startswith(BROKEN) else None
