"""The runs of a stack as a table, as a line, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..run.lock.record import UNKNOWN_STATE, RunRecord, time_text
from ..run.status import StackRuns
from .layout import column, flow
from .style import Style, count, duration

STATE_COLOURS: Mapping[str, str] = {"running": "cyan", "held": "cyan", "done": "green", "failed": "red"}
"""Any other state is yellow."""

STEP_RESULTS = ("done", "failed", "skipped")


def runs_screen(runs: StackRuns, style: Style) -> list[Text]:
    """A row for each run, the newest first, and who has the lock."""
    if runs.unknown:
        return flow(style, style.line((runs.stack, "bold"), ": the runs cannot be read: "), runs.unknown)
    if not runs.records:
        return [style.line((runs.stack, "bold"), ": no runs are kept.")]
    return [style.line((runs.stack, "bold"), f": {count(len(runs.records), 'run')} kept"), *_table(runs, style)]


def _table(runs: StackRuns, style: Style) -> Iterator[Text]:
    rows = [_cells(record, runs) for record in reversed(runs.records)]
    heads = ("run", "verb", "state", "started", "took", "by")
    wide = [column([row[place] for row in rows] + [head], 40) for place, head in enumerate(heads)]
    yield style.line(("  " + "  ".join(f"{head:<{w}}" for head, w in zip(heads, wide, strict=True)).rstrip(), "dim"))
    for row, record in zip(rows, reversed(runs.records), strict=True):
        cells = [f"{style.clean(cell):<{w}}" for cell, w in zip(row, wide, strict=True)]
        head = style.line(f"  {cells[0]}  {cells[1]}  ", (cells[2], STATE_COLOURS.get(record.state, "yellow")))
        head.append("  " + "  ".join(cells[3:]))
        yield from flow(style, head.append("  "), "; ".join(_told(record)), "dim", back=8)


def _cells(record: RunRecord, runs: StackRuns) -> tuple[str, ...]:
    dead = record is runs.holder and runs.dead
    end = record.ended or record.renewed
    started = time_text(record.started)[:16].replace("T", " ") + "Z" if record.started else "?"
    took = duration(max(0.0, end - record.started)) if end else "?"
    return str(record.number), record.verb, "dead" if dead else record.state, started, took, record.who


def _told(record: RunRecord) -> Iterator[str]:
    steps = [f"{record.counts[end]} {end}" for end in STEP_RESULTS if record.counts.get(end)]
    if steps:
        yield ", ".join(steps)
    if record.file:
        yield f"{record.file} {record.mode}".strip()
    if record.takes:
        yield f"took over from run {record.takes}"
    if record.note:
        yield record.note


def lock_text(runs: StackRuns) -> str:
    """Who has the lock, in a line."""
    holder = runs.holder
    if runs.unknown:
        return f"unknown: {runs.unknown}"
    if holder is None:
        return "free"
    heard = written_text(holder)
    if holder.state == UNKNOWN_STATE:
        return f"held by run {holder.number}, {heard}; its record cannot be understood: {holder.note}"
    if runs.dead:
        return f"run {holder.number} by {holder.who} died, {heard}; the next apply takes over"
    pid = f", pid {holder.pid}" if holder.pid else ""
    return f"held by run {holder.number} ({holder.verb} by {holder.who}{pid}), {heard}"


def written_text(record: RunRecord) -> str:
    """When a record was last written. Whether its run lives takes two looks, a silence apart."""
    return (
        f"last written at {time_text(record.modified)[:19]}Z by AWS's clock" if record.modified else "last written at ?"
    )


def last_run_text(runs: StackRuns) -> str:
    """The last run, in a line."""
    last = runs.last
    if last is None:
        return "none is kept"
    if last.state == UNKNOWN_STATE:
        return f"{last.number}, whose record cannot be understood"
    if last.state == "running":
        return f"{last.number} {last.verb} by {last.who}, not ended, began {ago(runs.now - last.started)}"
    when = ago(runs.now - (last.ended or last.started))
    note = f": {last.note}" if last.note and last.state != "done" else ""
    return f"{last.number} {last.verb} by {last.who}, {last.state} {when}{note}"


def ago(seconds: float) -> str:
    """`12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`."""
    whole = max(0, round(seconds))
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if whole >= size:
            number = whole // size
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''} ago"
    return f"{whole} s ago"


def run_document(record: RunRecord) -> dict[str, Any]:
    """A run for programs."""
    return {
        "run": record.number, "verb": record.verb, "state": record.state, "by": record.who, "pid": record.pid,
        "started": time_text(record.started), "heartbeat": time_text(record.renewed),
        "ended": time_text(record.ended) or None,
        "written": time_text(record.modified) or None,
        "counts": dict(record.counts), "took_over": record.takes or None, "note": record.note,
        "spec": record.spec, "version": record.version,
        "file": record.file, "at": record.at, "mode": record.mode,
    }  # fmt: skip


def lock_document(runs: StackRuns) -> dict[str, Any]:
    """The lock for programs: `free`, `held`, `dead` or `unknown`."""
    return {
        "state": runs.lock,
        "holder": run_document(runs.holder) if runs.holder else None,
        "problem": runs.unknown,
    }


def runs_document(runs: StackRuns, region: str) -> dict[str, Any]:
    """One stack's part of `runs --json`, the newest run first."""
    kept = [run_document(record) for record in reversed(runs.records)]
    return {"stack": runs.stack, "region": region, "lock": lock_document(runs), "runs": kept}
