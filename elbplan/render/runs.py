"""The runs of a stack as a table, as one line, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from ..core.address import Address
from ..core.utc import time_text
from ..kinds import KINDS
from ..run.lock.record import UNKNOWN_STATE, RunRecord, RunStep
from ..run.status import StackRuns
from .layout import column, flow, padded, shortened_inside
from .style import Style, count, duration
from .words import address_words, in_words

STATE_COLOURS: Mapping[str, str] = {"running": "cyan", "held": "cyan", "done": "green", "failed": "red"}
"""The colours of run states. Other states are yellow."""

STEP_EXTRA = 22
"""The columns beside the words of a step: the time of day, and how long it took."""

GATES: Mapping[str, str] = {"insync": "known"}
"""The words for gates whose names are private."""

STEP_VERBS = ("create", "update", "delete", "stop", "reorder", "moved", "wait", "adopt", "release")
"""The first words of the ids of steps."""

STEP_RESULTS = ("done", "failed", "skipped")


def runs_screen(runs: StackRuns, style: Style, *, steps: bool = False, every: bool = False) -> list[Text]:
    """Returns a row for each run, newest first; with `steps`, those of the last run, and with `every`, of each run."""
    if runs.unknown:
        return flow(style, style.line((runs.stack, "bold"), ": elbplan cannot read the runs: "), runs.unknown)
    if not runs.records:
        return [style.line((runs.stack, "bold"), ": no runs.")]
    shown = runs.records if every else runs.records[-1:] if steps else ()
    title = style.line((runs.stack, "bold"), f": {count(len(runs.records), 'run')}")
    return [title, *_table(runs, style), *_steps_of_runs(shown, style)]


def _steps_of_runs(records: Sequence[RunRecord], style: Style) -> Iterator[Text]:
    for record in reversed([record for record in records if record.steps]):
        yield Text()
        yield style.line((f"  steps of run {record.number}, {time_text(record.started)[:10]}", "dim"))
        yield from step_lines(record, style)


def _table(runs: StackRuns, style: Style) -> Iterator[Text]:
    rows = [_cells(record, runs) for record in reversed(runs.records)]
    heads = ("run", "verb", "state", "started", "took", "by")
    widths = [column([row[index] for row in rows] + [head], 40) for index, head in enumerate(heads)]
    titles = "  ".join(f"{head:<{width}}" for head, width in zip(heads, widths, strict=True))
    yield style.line((f"  {titles}".rstrip(), "dim"))
    for row, record in zip(rows, reversed(runs.records), strict=True):
        cells = [f"{style.clean(cell):<{width}}" for cell, width in zip(row, widths, strict=True)]
        head = style.line(f"  {cells[0]}  {cells[1]}  ", (cells[2], STATE_COLOURS.get(record.state, "yellow")))
        head.append("  " + "  ".join(cells[3:]))
        yield from flow(style, head.append("  "), "; ".join(_details(record)), "dim", back=8)


def step_lines(record: RunRecord, style: Style, *, indent: int = 2, most: int = 0) -> Iterator[Text]:
    """Yields when each step of a run started, how long it took, and why it failed; with `most`, only the last ones."""
    steps = sorted(record.steps[-most:] if most else record.steps, key=lambda step: step.start)
    ended = sum(record.counts.get(end, 0) for end in ("done", "failed"))
    if missing := max(ended, len(record.steps)) - len(steps):
        yield style.line(" " * indent, (f"{count(missing, 'earlier step')}", "dim"))
    width = min(column([step_words(step) for step in steps], 44), max(20, style.width - indent - STEP_EXTRA))
    for step in steps:
        clock, colour = time_text(record.started + step.start)[11:19], "red" if step.failure else "dim"
        took = duration(step.took)
        words = padded(shortened_inside(style.clean(step_words(step)), width, "..." if style.ascii else "…"), width)
        head = style.line(" " * indent, (f"{clock}Z  ", "dim"), f"{words}  ", (took, "dim"))
        yield from flow(style, head.append("  "), address_words(step.failure), colour, back=indent + 11)


def step_words(step: RunStep) -> str:
    """Returns `create target group web`, or `wait for targets web (healthy)`."""
    return _id_words(step.id)


def note_words(note: str) -> str:
    """Returns the note of a run, which may begin with the id of a step: `wait for targets web (healthy): 0 of 2`."""
    id, colon, text = note.partition(": ")
    is_step = bool(address_words(id) != id and id.split()[0] in STEP_VERBS)
    return (_id_words(id) + colon if is_step else address_words(id + colon)) + address_words(text)


def _id_words(id: str) -> str:
    verb, _, rest = id.partition(" ")
    resource, _, gate = rest.partition(" ")
    kind, dot, name = resource.partition(".")
    subject = in_words(Address(kind, name).marked()) if dot and kind in KINDS else kind.replace("_", " ") + dot + name
    if verb != "wait":
        return f"{verb} {subject} {gate}".rstrip()
    return f"wait for {subject} ({GATES.get(gate, gate)})"


def _cells(record: RunRecord, runs: StackRuns) -> tuple[str, ...]:
    dead = record is runs.holder and runs.dead
    end = record.ended or record.renewed
    started = time_text(record.started)[:16].replace("T", " ") + "Z" if record.started else "?"
    took = duration(max(0.0, end - record.started)) if end else "?"
    return str(record.number), record.verb, "dead" if dead else record.state, started, took, record.who


def _details(record: RunRecord) -> Iterator[str]:
    steps = [f"{record.counts[end]} {end}" for end in STEP_RESULTS if record.counts.get(end)]
    if steps:
        yield ", ".join(steps)
    if record.file:
        yield f"{record.file} {record.mode}".strip()
    if record.takes:
        yield f"took over from run {record.takes}"
    yield from (address_words(f"{address} replaced {text}") for address, text in record.replaced.items())
    if record.note:
        yield note_words(record.note)


def lock_text(runs: StackRuns) -> str:
    """Returns the state of the lock in one line."""
    holder = runs.holder
    if runs.unknown:
        return f"unknown: {runs.unknown}"
    if holder is None:
        return "free"
    written = written_text(holder)
    if holder.state == UNKNOWN_STATE:
        return f"held by run {holder.number}, {written}; elbplan cannot read its record: {holder.note}"
    if runs.dead:
        return f"run {holder.number} by {holder.who} died, {written}; the next apply takes over"
    pid = f", pid {holder.pid}" if holder.pid else ""
    return f"held by run {holder.number} ({holder.verb} by {holder.who}{pid}), {written}"


def written_text(record: RunRecord) -> str:
    """Returns the time of a record's last write. One read cannot tell whether the run is alive."""
    if not record.modified:
        return "last written at ?"
    return f"last written at {time_text(record.modified)[:19]}Z by AWS's clock"


def last_run_text(runs: StackRuns) -> str:
    """Returns the last run in one line."""
    last = runs.last
    if last is None:
        return "none"
    if last.state == UNKNOWN_STATE:
        return f"{last.number}, but elbplan cannot read its record"
    if last.state == "running":
        return f"{last.number} {last.verb} by {last.who}, not finished, started {ago(runs.now - last.started)}"
    when = ago(runs.now - (last.ended or last.started))
    note = f": {note_words(last.note)}" if last.note and last.state != "done" else ""
    return f"{last.number} {last.verb} by {last.who}, {last.state} {when}{note}"


def ago(seconds: float) -> str:
    """Returns `12 s ago`, `5 min ago`, `3 h ago` or `2 days ago`."""
    whole = max(0, round(seconds))
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if whole >= size:
            number = whole // size
            return f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''} ago"
    return f"{whole} s ago"


def run_document(record: RunRecord) -> dict[str, Any]:
    """Returns a run as a document."""
    return {
        "run": record.number, "verb": record.verb, "state": record.state, "by": record.who, "pid": record.pid,
        "started": time_text(record.started), "heartbeat": time_text(record.renewed),
        "ended": time_text(record.ended) or None,
        "written": time_text(record.modified) or None,
        "counts": dict(record.counts), "took_over": record.takes or None, "note": record.note,
        "spec": record.spec, "version": record.version,
        "file": record.file, "at": record.at, "mode": record.mode, "replaced": dict(record.replaced),
        "steps": [step_document(step, record.started) for step in record.steps],
    }  # fmt: skip


def step_document(step: RunStep, started: float) -> dict[str, Any]:
    """Returns the end of a step as a document; `failure` only if it failed."""
    document = {"id": step.id, "started": time_text(started + step.start), "took": step.took}
    return document | ({"failure": step.failure} if step.failure else {})


def lock_document(runs: StackRuns) -> dict[str, Any]:
    """Returns the lock as a document; its state is `free`, `held`, `dead` or `unknown`."""
    return {
        "state": runs.lock,
        "holder": run_document(runs.holder) if runs.holder else None,
        "problem": runs.unknown,
    }


def runs_document(runs: StackRuns, region: str) -> dict[str, Any]:
    """Returns the runs of one stack in `runs --json`, newest first."""
    documents = [run_document(record) for record in reversed(runs.records)]
    return {"stack": runs.stack, "region": region, "lock": lock_document(runs), "runs": documents}
