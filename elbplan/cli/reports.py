"""Writes reports: chooses the format, and prints the text or writes it to a file."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ..api.planning import Planned
from ..core.address import Address
from ..core.plan import Plan
from ..errors import ElbplanError, UsageProblem
from ..kinds.target_states import TargetState
from ..render.documents import plan_document
from ..render.reports.markdown import markdown
from ..render.reports.mermaid import mermaid, mermaid_of_all
from ..render.reports.page import Report, Section, section_of
from ..run.result import RunResult
from ..version import __version__
from .context import App
from .costs import cost_of

FORMATS = ("text", "html", "md", "mermaid", "json")
STDOUT = "-"

F = TypeVar("F", bound=Callable[..., Any])


def report_options(command: F) -> F:
    """Adds the options --format and --output to a command."""
    format = click.option(
        "--format", "format", type=click.Choice(FORMATS), default=None, metavar="FORMAT",
        help="text (default), html, md, mermaid or json.",
    )  # fmt: skip
    output = click.option("-o", "--output", metavar="FILE", help="Write to this file instead of stdout.")
    return format(output(command))


def format_of(app: App, format: str | None) -> str:
    """The format; --json is another word for `--format json`. Raises UsageProblem if the two do not agree."""
    if app.options.json and format not in (None, "json"):
        raise UsageProblem(f"--json does not go with --format {format}", hint="leave one of them out")
    app.options.json = app.options.json or format == "json"
    return "json" if app.options.json else format or "text"


def report_of(
    app: App,
    verb: str,
    stack_plans: Sequence[Planned],
    states: Mapping[str, Mapping[Address, Sequence[TargetState]]] | None = None,
) -> Report:
    """The report of several stacks. `states` has the health of targets, by stack and target group."""
    when = datetime.fromtimestamp(app.wall(), UTC).strftime("%Y-%m-%d %H:%M UTC")
    place = " (sandbox)" if app.options.sandbox else ""
    known = states or {}
    sections = tuple(_section(app, verb, stack_plan, known.get(stack_plan.plan.stack)) for stack_plan in stack_plans)
    return Report(verb, when, sections, place, __version__)


def _section(
    app: App, verb: str, stack_plan: Planned, states: Mapping[Address, Sequence[TargetState]] | None
) -> Section:
    state = stack_plan.undone or stack_plan.idle
    notes = [*stack_plan.notes, *([("State", state)] if state and stack_plan.plan.empty else [])]
    error = _error_text(app, stack_plan.problem) if stack_plan.problem else ""
    cost = cost_of(app, _billed(verb, stack_plan.plan)) if stack_plan.plan.region else None
    return section_of(stack_plan.plan, states, notes=notes, error=error, cost=cost)


def write_runs(app: App, results: Sequence[RunResult], output: str) -> None:
    """Writes what the runs of a command did, with the time of each step, as a page. Raises UsageProblem."""
    sections = tuple(section_of(result.plan, cost=cost_of(app, result.plan), times=result.times) for result in results)
    document = plan_document([result.plan for result in results])
    write(app, rendered("html", replace(report_of(app, "plan", ()), sections=sections), document), output)


def _billed(verb: str, plan: Plan) -> Plan:
    """The plan whose cost counts. A live stack stays as it is."""
    models = {address: live.model for address, live in plan.lives.items()}
    return replace(plan, desired=models) if verb == "map" else plan


def _error_text(app: App, problem: ElbplanError) -> str:
    hint = f"\n{problem.hint}" if problem.hint else ""
    return app.terminal.redacted(f"{problem.what}{hint}")


def rendered(format: str, report: Report | None, document: Mapping[str, Any]) -> str:
    """The report as HTML, Markdown or Mermaid; without a report, the document as JSON."""
    if report is None:
        return json.dumps(document, indent=2) + "\n"
    if format == "html":
        from ..render.reports.html import html  # Jinja2 takes 0.05 s to import

        return html(report, document)
    if format == "md":
        return markdown(report)
    maps = [section.map for section in report.sections]
    return mermaid(maps[0]) if len(maps) == 1 else mermaid_of_all(maps)


def write(app: App, text: str, output: str | None) -> None:
    """Writes a report to stdout or to a file. Raises UsageProblem if the file cannot be written."""
    if output in (None, STDOUT):
        app.terminal.out(text.removesuffix("\n"))
        return
    path = Path(str(output))
    try:
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    except OSError as problem:
        hint = "create the folder first" if not path.parent.is_dir() else "choose another file with -o FILE"
        raise UsageProblem(f"cannot write {path}: {os.strerror(problem.errno or 0)}", hint=hint) from problem
    app.terminal.err(f"wrote {path}")


class TextFile(io.StringIO):
    """A stream for a text screen that goes to a file: it is no terminal, and knows every character."""

    encoding = "utf-8"
