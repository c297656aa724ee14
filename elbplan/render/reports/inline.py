"""Foreign text inside Markdown: it never becomes markup, a mention of a person, or a link."""

from __future__ import annotations

import re

LONGEST_TEXT, LONGEST_CODE = 1000, 500
INVISIBLE = "&#8203;"
"""A space without width: after `@` and `#`, GitHub no longer finds a person or an issue; in `://` no link."""


def escaped_text(text: str, most: int = LONGEST_TEXT) -> str:
    """The text as one line of Markdown that shows exactly these characters, at most `most`."""
    line = _cut(text, most)
    escaped = re.sub(r"[<>&]", lambda match: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}[match[0]], line)
    escaped = re.sub(r"([\\`*_\[\]|~$])", r"\\\1", escaped)
    escaped = re.sub(r"([@#])(?=\w)", rf"\1{INVISIBLE}", escaped)
    escaped = escaped.replace("://", f":{INVISIBLE}//").replace("www.", f"www{INVISIBLE}.")
    return re.sub(r"^([-+=#>])", r"\\\1", escaped)


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def in_html(text: str) -> str:
    """The text inside an HTML element of Markdown, whose characters have no meaning as Markdown there."""
    line = " ".join(text.split())
    escaped = line.translate({ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"})
    return re.sub(r"([@#])(?=\w)", rf"\1{INVISIBLE}", escaped)


def code(text: str) -> str:
    """The text as a code span, also inside a table; empty for an empty text."""
    line = _cut(text, LONGEST_CODE)
    if not line:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}".replace("|", "\\|")
