"""What people read about locks."""

from __future__ import annotations

from ...errors import AwsProblem, Refused
from .record import RunRecord, time_text


def run_title(record: RunRecord) -> str:
    """`run 42 (apply by bob@laptop, pid 4711)`."""
    return f"run {record.number} ({record.verb} by {record.who}{f', pid {record.pid}' if record.pid else ''})"


def taken_over(record: RunRecord, by: RunRecord) -> str:
    """What happened to a run that lost its lock."""
    if by.number <= record.number:
        return f"run {record.number} of {record.stack} lost its lock: {by.note or run_title(by)}"
    return f"run {record.number} of {record.stack} was taken over by {run_title(by)}"


def watching_text(record: RunRecord) -> str:
    """What is waited for, and how long at most."""
    return (
        f"{record.stack}: watching whether {run_title(record)} lives: up to {record.lease_seconds:g} s; "
        "it is taken over if its record stands still"
    )


def still_alive(record: RunRecord) -> Refused:
    """Why nobody else may run: it was seen to live."""
    return Refused(
        f"{record.stack} is being changed: {run_title(record)}, since {time_text(record.started)[:19]}Z, "
        "lives: it just wrote a heartbeat",
        hint="wait until it has ended; elbplan status shows it",
    )


def not_understood(record: RunRecord) -> Refused:
    """Why nobody else may run: nobody knows whether the run has ended."""
    return Refused(
        f"{record.stack} is locked: the record of run {record.number} cannot be understood: {record.note}",
        hint="a later elbplan may have written it: use that one. Only if nobody runs it: "
        f"elbplan unlock {record.stack} --force",
    )


def not_watched(record: RunRecord, problem: AwsProblem) -> Refused:
    """Why nobody else may run: its record says that it runs, and may not be watched."""
    return Refused(
        f"{record.stack} is locked by {run_title(record)}, and whether it lives cannot be seen: "
        f"{problem_text(problem)}",
        hint=f"allow ssm:GetParameter; only if it is surely dead: elbplan unlock {record.stack} --force",
    )


def problem_text(problem: AwsProblem) -> str:
    """One line of a problem."""
    return " ".join(problem.what.split())
