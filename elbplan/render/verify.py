"""The checks of a stack: as a screen, as the short end of an apply, as lines of a log, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rich.text import Text

from ..verification.check import Check, CheckName, Verification
from .layout import flow, left_and_right
from .servers import DIGITS
from .style import Style, count, duration
from .words import words_for

MARKS: Mapping[str, tuple[str, str]] = {
    "ok": ("✓", "green"), "failed": ("✗", "bold red"), "skipped": ("·", "dim"), "warning": ("!", "yellow")
}  # fmt: skip
TITLES: Mapping[CheckName, str] = {
    "load-balancer": "load balancer",
    "listener": "listener",
    "certificate": "certificate",
    "security-path": "security",
    "targets": "target group",
    "delegation": "delegation",
    "dns": "DNS",
    "connection": "connection",
    "tls": "TLS",
    "redirect": "redirect",
    "answer": "answer",
    "rule": "rule",
}
TITLE_WIDTH = max(map(len, TITLES.values()))
NEXT = " " * 6
NO_ANSWER = 3
"""The exit code of a stack that does not answer."""

Redact = Callable[[str], str]

SERVER_ID = re.compile(rf"(\(i-[0-9a-f]{{{DIGITS}}})[0-9a-f]+\)")
"""The id of a server behind its name."""


def verify_screen(
    verification: Verification, style: Style, place: str, redact: Redact = str, *, short: bool = False
) -> list[Text]:
    """Returns a row for each check, and the result last. `short` leaves out the checks that passed."""
    where = " · ".join(part for part in (verification.stack, place) if part)
    *first, last = flow(style, style.line(("elbplan verify", "bold"), " · "), where)
    took = f"{count(len(verification.checks), 'check')} in {duration(verification.seconds)}"
    shown = [check for check in verification.checks if not short or check.state == "failed"]
    words = _words(verification, redact)
    rows = [row for check in shown for row in check_rows(check, style, redact, words)]
    result = result_rows(verification, style, redact)
    return result if short and not rows else [*first, *left_and_right(style, last, took), *rows, *result]


def _words(verification: Verification, redact: Redact = str) -> Redact:
    """Returns a function for texts: resources by their names, servers with the beginning of their ids."""
    named = words_for(verification.addresses)
    return lambda text: SERVER_ID.sub(r"\1…)", redact(named(text)))


def check_rows(check: Check, style: Style, redact: Redact, words: Redact) -> Iterator[Text]:
    """Yields a check with its result, and what to do next. A command stays in one line to be copied."""
    kind = "warning" if check.warning and check.state == "ok" else check.state
    mark, colour = MARKS[kind]
    head = style.line("  ", (mark, colour), f" {TITLES[check.name]:<{TITLE_WIDTH}}  ")
    plain = "dim" if check.state == "skipped" else ""
    yield from flow(style, head, _in_words(check, words), plain, back=4)
    if check.state != "skipped" and (check.fix or check.command):
        fix = check.fix or "run"
        yield from flow(style, style.line(NEXT, ("fix ", "green")), words(f"{fix}{':' if check.command else ''}"))
    if check.state != "skipped" and check.command:
        yield style.line(NEXT, "    ", redact(check.command))


def _sentence(check: Check) -> str:
    """The subject and the result; a result that begins with its subject stands alone."""
    return check.text if check.text.startswith(f"{check.subject} ") else f"{check.subject}: {check.text}"


def _in_words(check: Check, words: Redact) -> str:
    """The sentence, without the kind of its subject if that is the title of the row: `main: active`."""
    return words(_sentence(check)).removeprefix(f"{TITLES[check.name]} ")


def result_rows(verification: Verification, style: Style, redact: Redact = str) -> list[Text]:
    """Returns whether the stack answers: one line for each of its addresses, or one for what failed."""
    stack = verification.stack
    if verification.problem:
        return flow(style, style.line(MARKS["failed"], f" {stack}: "), redact(verification.problem))
    if failures := verification.failures:
        total = count(len(verification.checks), "check")
        text = f"does not answer as it should: {len(failures)} of {total} failed"
        return flow(style, style.line(MARKS["failed"], (f" {stack} ", "bold")), text)
    answers = [check for check in verification.checks if check.name == "answer" and check.state == "ok"]
    if answers:
        return [line for check in answers for line in _answer_row(check, style, redact)]
    if verification.state == "ok":
        return flow(style, style.line(MARKS["ok"], (f" {stack} ", "bold")), "accepts connections")
    words = _words(verification, redact)
    reason = next((check.text for check in verification.checks if check.name == "connection"), "nothing to ask")
    return flow(style, style.line(MARKS["skipped"], f" {stack} "), words(f"was not asked for an answer: {reason}"))


def _answer_row(check: Check, style: Style, redact: Redact) -> list[Text]:
    """`✓ https://api.example.com answers 200 in 48 ms`"""
    url = check.subject.removesuffix("/")
    text = check.text if check.text.startswith("http") else f"{url} {check.text}"
    return flow(style, style.line(MARKS["ok"], " "), redact(text))


def apply_rows(verification: Verification, style: Style, command: str, redact: Redact = str) -> list[Text]:
    """Returns the short block after an apply: the addresses that answer, or what failed and the next command."""
    if verification.answers:
        return result_rows(verification, style, redact)
    words = _words(verification, redact)
    rows = [row for check in verification.failures for row in check_rows(check, style, redact, words)]
    end = flow(style, style.line("  ", (f"{'next':<10}", "bold")), command)
    return [*result_rows(verification, style, redact), *rows, *end]


def changed_lines(before: Verification | None, now: Verification, redact: Redact = str) -> list[str]:
    """Returns a line for each check whose state changed, for a log."""
    known = {(check.name, check.subject): check.state for check in (before.checks if before else ())}
    changed = [check for check in now.checks if known.get((check.name, check.subject)) != check.state]
    if before is None:
        changed = [check for check in changed if check.state == "failed"]
    words = _words(now, redact)
    subjects = [words(check.subject).removeprefix(f"{TITLES[check.name]} ") for check in changed]
    lines = [
        f"{now.stack}: {TITLES[check.name]} {subject}: {check.state}: {words(check.text)}"
        for check, subject in zip(changed, subjects, strict=True)
    ]
    if now.problem and (before is None or before.problem != now.problem):
        lines.append(redact(f"{now.stack}: {now.problem}"))
    return lines


def verify_document(verification: Verification, redact: Redact = str) -> dict[str, Any]:
    """Returns the checks of one stack for JSON."""
    document = {
        "stack": verification.stack,
        "answers": verification.answers,
        "state": verification.state,
        "seconds": round(verification.seconds, 3),
        "checks": [_check_document(check, redact) for check in verification.checks],
    }
    return document | ({"problem": redact(verification.problem)} if verification.problem else {})


def answer_error(verification: Verification) -> dict[str, Any]:
    """Returns the error document of a stack that does not answer."""
    what = verification.problem or "; ".join(map(_sentence, verification.failures))
    hint = next((check.fix for check in verification.failures if check.fix), "")
    return {"what": what, "hint": hint, "code": NO_ANSWER, "kind": "no answer"}


def verify_end_document(verification: Verification, exit_code: int, redact: Redact = str) -> dict[str, Any]:
    """Returns the last line of `apply --json` for a stack with migrations: whether it answers after the last run."""
    checks = verify_document(verification, redact)
    document = {"schema": 1, "type": "verify", "stack": verification.stack, "verify": checks, "exit": exit_code}
    return document | ({} if verification.answers else {"error": answer_error(verification)})


def _check_document(check: Check, redact: Redact) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": check.name,
        "subject": redact(check.subject),
        "state": check.state,
        "warning": check.warning,
        "text": redact(check.text),
    }
    further = {"fix": redact(check.fix), "command": redact(check.command), **check.facts}
    return document | {key: value for key, value in further.items() if value not in ("", None)}
