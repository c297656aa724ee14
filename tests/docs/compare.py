"""Compares what a command prints with what a page shows. A line `...` of the page stands for any lines."""

from __future__ import annotations

import re

ANY = "..."
CHANGING = [
    (r"\b([a-z-]+)-\d \(i-[0-9a-f]{17}\) in ([a-z0-9-]+)\w,", r"A SERVER of \1 in \2,"),
    (r"\b\d+ (s|min|h) ago\b", "N ago"),
    (r"(\d+ min )?\d+(\.\d+)? s\b", "N s"),
    (r"\d+ ms\b", "N ms"),
    (r"\b(s1|h)-[0-9a-f]{8}", r"\1-N"),
    (r"sha256:[0-9a-f]+", "sha256:N"),
    (r"\b(i|sg|vpc|subnet|eipalloc|ami)-[0-9a-f]{8,17}", r"\1-N"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "UUID"),
    (r"-\d{6,}\.", "-N."),
    (r"/[0-9a-f]{16}\b", "/N"),
    (r"\bby \w+@[\w.-]+", "by WHO"),
    (r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?Z)?", "DATE"),
    (r"\b\d\d:\d\d(:\d\d)?Z", "TIME"),
    (r"\b127\.0\.0\.1:\d+", "ADDRESS"),
    (r"\b\d+\.\d+\.\d+\.\d+\b", "ADDRESS"),
    (r"\bport \d{5}\b", "port N"),
    (r"\S+/sandbox-ca\.pem", "CA"),
    (r"\b\d+ days\b", "N days"),
    (r" {2,}", "  "),
]
"""Times, numbers of AWS, fingerprints, digests, and spaces that depend on their length."""


def comparable(output: str) -> str:
    """Returns the output without what differs between two runs."""
    for pattern, instead in CHANGING:
        output = re.sub(pattern, instead, output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())


def matches(shown: str, printed: str) -> bool:
    """Returns whether a page that shows this is right about what was printed."""
    lines = comparable(shown).splitlines()
    pattern = "".join(r"(?:.*\n)*?" if line == ANY else re.escape(line) + r"\n" for line in lines)
    return re.fullmatch(pattern, comparable(printed) + "\n") is not None


def has_gaps(shown: str) -> bool:
    """Returns whether the page leaves out a part of the output."""
    return ANY in shown.splitlines()
