"""Plans as Markdown for the comment of a pull request. The text is always short enough for GitHub."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core.plan import Plan
from ..downtime import downtime
from ..notes import ignored_texts
from ..style import SYMBOLS, count
from .cost import cost_notes
from .inline import code, escaped_text, in_html
from .map import CHANGE_WORDS, Node, StackMap
from .mermaid import mermaid
from .page import Report, Section

LIMIT = 60_000
"""The longest text. GitHub allows 65,536 characters in a comment, Azure DevOps and GitLab more."""

SEVERAL = "*"
"""The name in the marker of a text about several stacks. No stack has this name."""

MOST_NODES = 60
"""The most boxes of a map in a comment."""


@dataclass(frozen=True)
class Detail:
    """How much of each stack a text shows. Each level leaves out more than the one before."""

    details: int = 10_000
    map: bool = True
    rows: int = 10_000
    hazards: int = 10_000


LEVELS = (
    Detail(),
    Detail(details=40),
    Detail(details=10),
    Detail(details=0),
    Detail(details=0, map=False),
    Detail(details=0, map=False, rows=100),
    Detail(details=0, map=False, rows=20, hazards=20),
    Detail(details=0, map=False, rows=5, hazards=5),
    Detail(details=0, map=False, rows=0, hazards=1),
)


def markdown(report: Report) -> str:
    """The text for one comment, with a hidden marker first, so that the next run finds the comment again."""
    names = [section.plan.stack for section in report.sections]
    head = [marker(names[0] if len(names) == 1 else SEVERAL, report.verb)]
    if len(names) > 1:
        head += [f"## elbplan {report.verb}: {count(len(names), 'stack')}", "", *_overview(report)]
    for level in LEVELS:
        note = _cut_note() if level != LEVELS[0] else "\n"
        text = _within_limit(head, report, level, LIMIT - len(note))
        if text is not None:
            return text + note
    return _hard_cut(head)


def _within_limit(head: Sequence[str], report: Report, level: Detail, most: int) -> str | None:
    """The text; None as soon as it is too long."""
    lines, length = list(head), sum(len(line) + 1 for line in head)
    for section in report.sections:
        for line in _section(section, report, level):
            lines.append(line)
            length += len(line) + 1
            if length > most:
                return None
    return "\n".join(lines)


def _hard_cut(head: Sequence[str]) -> str:
    """As many one-line stacks as fit."""
    note = _cut_note()
    text = "\n".join(head)
    return text if len(text) + len(note) <= LIMIT else text[: LIMIT - len(note)].rpartition("\n")[0] + note


def _cut_note() -> str:
    return (
        "\n\n> [!NOTE]\n> This comment is cut, because a comment can only have 65,536 characters. "
        "`elbplan plan --format html` shows everything.\n"
    )


def marker(stack: str, verb: str = "plan") -> str:
    """The hidden first line of a comment: `<!-- elbplan:plan:web -->`."""
    safe = "".join(character if character.isalnum() or character in "._*-" else "_" for character in stack)
    return f"<!-- elbplan:{verb}:{safe.replace('--', '-_')} -->"


def _overview(report: Report) -> Iterator[str]:
    yield "| stack | create | change | replace | delete | |"
    yield "|---|---:|---:|---:|---:|---|"
    for section in report.sections:
        summary = section.plan.summary
        numbers = " | ".join(str(summary[action]) for action in ("create", "update", "replace", "delete"))
        yield f"| {code(section.plan.stack)} | {numbers} | {_state(section)} |"


def _state(section: Section) -> str:
    if section.error:
        return "✗ " + escaped_text(section.error, 200)
    if section.plan.refusals:
        return f"✗ {count(len(section.plan.refusals), 'refusal')}"
    if section.plan.hazards:
        return f"⚠ {count(len(section.plan.hazards), 'hazard')}"
    return "" if section.plan.changes else "no change"


def _section(section: Section, report: Report, level: Detail) -> Iterator[str]:
    plan = section.plan
    if len(report.sections) > 1:
        yield ""
        yield marker(plan.stack, report.verb)
    yield f"### {heading(section, report.verb)}"
    yield ""
    yield f"{escaped_text(plan.region)} · account {escaped_text(plan.account)} · {escaped_text(report.when)}"
    if section.error:
        yield f"\n> ✗ {escaped_text(section.error)}"
        return
    for label, text in section.notes:
        yield f"- **{escaped_text(label)}** {escaped_text(text)}"
    for label, text in cost_notes(section.cost, report.verb):
        yield f"- **{escaped_text(label)}** {escaped_text(text)}"
    if plan.changes:
        yield f"- **Downtime** {escaped_text(downtime(plan))}"
    for text in tuple(ignored_texts(plan))[: level.hazards]:
        yield f"- **Ignored** {escaped_text(text)}"
    yield from _risks(section, level)
    yield from _table(section.map, level)
    if level.map and section.map.nodes and (plan.changes or report.verb == "map"):
        yield from ("", "```mermaid", mermaid(section.map, MOST_NODES).rstrip(), "```")
    yield from _details(section.map, level)
    yield ""


def heading(section: Section, verb: str) -> str:
    """`my-web: 7 to create, 1 to change`"""
    plan = section.plan
    words = {
        "create": "create",
        "update": "change",
        "replace": "replace",
        "delete": "delete",
        "stop": "stop",
        "adopt": "adopt",
    }
    parts = [f"{number} to {words[action]}" for action, number in plan.summary.items() if number]
    text = ", ".join(parts) or ("no plan" if section.error else "no change")
    return f"{code(plan.stack)}: {text}" if verb == "plan" else code(plan.stack)


def _risks(section: Section, level: Detail) -> Iterator[str]:
    plan: Plan = section.plan
    for refusal in plan.refusals[: level.hazards]:
        hint = f" — {refusal.hint}" if refusal.hint else ""
        yield f"- ✗ **refused** {escaped_text(refusal.what + hint)}"
    for hazard in plan.hazards[: level.hazards]:
        remedy = f" Safe form: {hazard.remedy}" if hazard.remedy else ""
        yield f"- ⚠ **{hazard.name}** {code(str(hazard.address))} {escaped_text(f'{hazard.text}.{remedy}')}"
    for warning in plan.warnings[: level.hazards]:
        yield f"- ⚠ {escaped_text(warning)}"
    left = sum(max(0, len(risks) - level.hazards) for risks in (plan.refusals, plan.hazards, plan.warnings))
    if left:
        yield f"- and {left} more"


def changed(map: StackMap) -> list[Node]:
    """One box for each resource that changes, and one for each target."""
    return [node for node in map.nodes if node.change != "keep" and not node.id.endswith("/default")]


def _table(map: StackMap, level: Detail) -> Iterator[str]:
    nodes = changed(map)
    if not nodes or not level.rows:
        return
    yield from ("", "| | resource | | why |", "|---|---|---|---|")
    for node in nodes[: level.rows]:
        what = " · ".join(node.lines)
        why = "" if node.change == "create" else node.reason
        name = f"{node.kind} {code(node.title)}"
        yield f"| {code(SYMBOLS[node.change])} | {name} | {escaped_text(what, 300)} | {escaped_text(why, 300)} |"
    if len(nodes) > level.rows:
        yield f"| | and {len(nodes) - level.rows} more | | |"


def _details(map: StackMap, level: Detail) -> Iterator[str]:
    nodes = [node for node in changed(map) if node.notes or any(row.changed for row in node.fields)]
    for node in nodes[: level.details]:
        title = f"{SYMBOLS[node.change]} {CHANGE_WORDS[node.change]} {node.kind} {node.title}"
        yield f"\n<details><summary>{in_html(title)}</summary>\n"
        if node.reason and node.change != "create":
            yield f"{escaped_text(node.reason)}\n"
        yield from (f"- {escaped_text(note)}" for note in node.notes)
        rows = [row for row in node.fields if row.changed]
        if rows:
            yield from ("\n| field | before | after |", "|---|---|---|")
            for row in rows:
                yield f"| {escaped_text(row.name)} | {code(row.before)} | {code(row.after)} |"
        yield "\n</details>"
