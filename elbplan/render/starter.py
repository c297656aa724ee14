"""The screens of `elbplan init`: what the account has, the questions, the end; and its document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from ..starter.facts import AccountFacts
from ..starter.found import found_texts, similar_balancers
from ..starter.interview import Answers
from ..starter.questions import Question
from .layout import flow, flow_items, shortened
from .style import Style

LABEL = 8


@dataclass(frozen=True)
class NewSpec:
    """A spec that init wrote: where, from what, and the next command. `problem`: why no account was read."""

    file: str
    answers: Answers
    facts: AccountFacts
    next: str
    import_command: str
    problem: str = ""
    hint: str = ""


def found_rows(facts: AccountFacts, style: Style, place: str = "") -> list[Text]:
    """Returns what the account has, before the questions."""
    where = f"{facts.region} · account {facts.account}{place}"
    rows = [*flow(style, style.line(("elbplan init", "bold"), " · "), where)]
    rows += flow_items(
        style,
        style.line((f"{'Found':<{LABEL}}", "bold")),
        [f"{t}," for t in found_texts(facts)][:-1] + found_texts(facts)[-1:],
        gap=" ",
    )
    if facts.unread:
        rows += flow(style, style.line((f"{'Unread':<{LABEL}}", "yellow")), f"{', '.join(facts.unread)}: AWS denies it")
    return rows


def question_rows(question: Question[Any], style: Style) -> list[Text]:
    """Returns the lines above a question, each in one line of the screen."""
    ellipsis = "..." if style.ascii else "…"
    return [style.line(shortened(line, style.width, ellipsis)) for line in ("", *question.choices) if question.choices]


def end_rows(spec: NewSpec, style: Style) -> list[Text]:
    """Returns the last screen: the file, what to know, and the next command, in one line to be copied."""
    rows = flow(
        style,
        style.line(("✓", "green"), " "),
        f"{spec.file} is written: stack {spec.answers.name}, {_what(spec.answers)}",
    )
    for text in notes_of(spec):
        rows += flow(style, style.line(("  note  ", "yellow")), text)
    rows.append(style.line(("  next  ", "bold"), spec.next))
    return [*rows, *flow(style, style.line(" " * LABEL), NEXT_TEXT, "dim")]


NEXT_TEXT = "It shows what elbplan would do and what AWS would bill. It changes nothing and costs nothing."


def _what(answers: Answers) -> str:
    servers = answers.selection.servers
    name = f"https://{answers.domain}" if answers.serves_domain else "HTTP on the load balancer's own name"
    if not servers:
        return f"2 new servers, {name}"
    number = f"{len(servers)} server{'' if len(servers) == 1 else 's'}"
    return f"{number}{f' with tag {answers.selection.tag}' if answers.selection.tag else ''}, {name}"


def notes_of(spec: NewSpec) -> list[str]:
    """Returns what a person should know about the new spec."""
    return list(_notes(spec))


def _notes(spec: NewSpec) -> Iterator[str]:
    answers, facts = spec.answers, spec.facts
    if not facts.account:
        yield "Check the lines with the word CHECK: elbplan could not read your account."
    for balancer in similar_balancers(facts, answers):
        yield (
            f"The load balancer {balancer.name} already sends requests to these servers. To manage it with elbplan, "
            f"run `{spec.import_command} {balancer.name}` instead of this spec."
        )
    if facts.account and not answers.zones:
        yield f"{facts.region} has no two zones with public subnets for these servers: write `network:` and `zones:`."
    if len(answers.selection.servers) == 1:
        yield "One server: while it restarts, nobody gets an answer. A second one in another zone helps."
    if answers.domain and not answers.serves_domain:
        yield f"{answers.domain} keeps its record {answers.record}, so the spec leaves the domain out."


def init_document(spec: NewSpec) -> dict[str, Any]:
    """Returns the document of --json."""
    answers = spec.answers
    document: dict[str, Any] = {
        "schema": 1,
        "file": spec.file,
        "stack": answers.name,
        "region": answers.region,
        "account": spec.facts.account,
        "found": found_texts(spec.facts) if spec.facts.account else [],
        "unread": list(spec.facts.unread),
        "instances": [server.id for server in answers.selection.servers],
        "tag": answers.selection.tag,
        "domain": answers.domain if answers.serves_domain else "",
        "notes": notes_of(spec),
        "next": spec.next,
    }
    return document | ({"problem": spec.problem, "hint": spec.hint} if spec.problem else {})
