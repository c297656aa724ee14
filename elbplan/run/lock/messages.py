"""Messages about locks."""

from __future__ import annotations

from ...core.utc import time_text
from ...errors import AwsProblem, Refused
from .record import RunRecord


def run_title(record: RunRecord) -> str:
    """`run 42 (apply by bob@laptop, pid 4711)`."""
    return f"run {record.number} ({record.verb} by {record.who}{f', pid {record.pid}' if record.pid else ''})"


def taken_over(record: RunRecord, by: RunRecord) -> str:
    """The message for a run that lost its lock."""
    if by.number <= record.number:
        return f"run {record.number} of {record.stack} lost its lock: {by.note or run_title(by)}"
    return f"run {record.number} of {record.stack} was taken over by {run_title(by)}"


def watching_text(record: RunRecord) -> str:
    """The message while elbplan watches a run, with the longest time that this takes."""
    return (
        f"{record.stack}: watching whether {run_title(record)} is alive, for up to {record.lease_seconds:g} s; "
        "elbplan takes over if its record does not change"
    )


def still_alive(record: RunRecord) -> Refused:
    """The refusal because another run is alive."""
    return Refused(
        f"{record.stack} is being changed: {run_title(record)}, since {time_text(record.started)[:19]}Z, "
        "is alive: it has just written a heartbeat",
        hint="wait until it has ended; elbplan status shows it",
    )


def not_understood(record: RunRecord) -> Refused:
    """The refusal because the record of a run cannot be read, so the run may go on."""
    return Refused(
        f"{record.stack} is locked: the record of run {record.number} cannot be understood: {record.note}",
        hint="a newer elbplan may have written it; use that version. Only if that run has surely ended: "
        f"elbplan unlock {record.stack} --force",
    )


def not_watched(record: RunRecord, problem: AwsProblem) -> Refused:
    """The refusal because elbplan has no permission to watch a run that has the lock."""
    return Refused(
        f"{record.stack} is locked by {run_title(record)}, and elbplan cannot see whether it is alive: "
        f"{problem_text(problem)}",
        hint=f"allow ssm:GetParameter. Only if that run has surely ended: elbplan unlock {record.stack} --force",
    )


def problem_text(problem: AwsProblem) -> str:
    """The problem as one line."""
    return " ".join(problem.what.split())
