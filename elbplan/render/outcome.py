"""The last screen of a run: result, failures, URLs, and the next command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from ..core.kind import Kinds
from ..core.plan import Plan
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.ingress_rules import IngressRules
from ..kinds.instance import ExternalInstance
from ..kinds.listener import Listener
from ..kinds.quotas import REACHED
from ..kinds.targets import Targets
from ..run.outcome import Event, Outcome
from .causes import full_rows
from .layout import flow
from .notes import remaining_rows
from .phases import step_text, subject_text
from .plan import nothing_to_do_reason
from .style import RESULT_MARKS, Style, count, duration


def stack_urls(plan: Plan, outcome: Outcome) -> list[str]:
    """Returns the URLs of the stack: its domains, or the load balancer's DNS name if it has no domain."""
    scheme = "https" if _has_https(plan) else "http"
    if plan.domains:
        return [f"{scheme}://{domain}" for domain in plan.domains if not domain.startswith("*")]
    names = [facts.get("dns_name") for a, facts in outcome.facts.items() if a.kind == "load_balancer"]
    return [f"{scheme}://{name}" for name in names if name]


def load_balancer_names(outcome: Outcome) -> list[str]:
    """Returns the DNS names of the load balancers."""
    return [f["dns_name"] for a, f in outcome.facts.items() if a.kind == "load_balancer" and f.get("dns_name")]


def _has_https(plan: Plan) -> bool:
    return any(
        isinstance(resource, Listener) and resource.protocol in ("HTTPS", "TLS") for resource in plan.desired.values()
    )


def unchanged_outcome(plan: Plan) -> Outcome:
    """Returns the outcome of an empty plan."""
    return Outcome(facts={address: dict(live.facts) for address, live in plan.lives.items()})


@dataclass(frozen=True)
class EndScreen:
    """Data for the last screen besides the plan and its outcome.

    retry_command    the same command, to continue an unfinished run
    rollback_command  the command that removes new resources again; empty if there is none
    destroy_command  the command that deletes the stack
    destroyed        True after a destroy
    billed           True for the real AWS, False for the sandbox
    """

    retry_command: str = ""
    destroy_command: str = ""
    destroyed: bool = False
    billed: bool = True
    rollback_command: str = ""


def outcome_screen(plan: Plan, outcome: Outcome, kinds: Kinds, style: Style, ending: EndScreen) -> list[Text]:
    """Returns the last screen of one stack's run."""
    if not outcome.complete:
        return list(_unfinished(plan, outcome, style, ending))
    if ending.destroyed:
        return list(_destroyed(plan, outcome, style, kinds))
    return list(_applied(plan, outcome, style, ending))


def _applied(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> Iterator[Text]:
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('apply')}")
    else:
        done = count(len(outcome.done), "step")
        yield style.line(RESULT_MARKS["done"], f" {plan.stack}: {done} done in {duration(outcome.seconds)}.")
    urls = stack_urls(plan, outcome)
    if urls:
        yield from flow(style, style.line("  reach it at    "), ", ".join(urls), "bold cyan")
    if plan.domains and load_balancer_names(outcome):
        yield from flow(style, style.line("  load balancer  "), ", ".join(load_balancer_names(outcome)), "dim")
    if ending.destroy_command and not plan.empty:
        note = "  (AWS bills the stack by the hour)" if ending.billed else ""
        yield from flow(style, style.line("  when finished  "), ending.destroy_command + note, "dim")


def _destroyed(plan: Plan, outcome: Outcome, style: Style, kinds: Kinds) -> Iterator[Text]:
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('destroy')}")
    else:
        yield style.line(RESULT_MARKS["done"], f" {plan.stack} is destroyed, after {duration(outcome.seconds)}.")
    for action, label in (("delete", "  deleted  "), ("stop", "  stopped  ")):
        if counts := _counts(plan, action, kinds):
            yield from flow(style, style.line(label), counts)
    for text in remaining_resources(plan, outcome):
        yield from flow(style, style.line(STAYS), text)
    for left in plan.remaining:
        yield from remaining_rows(left, style, STAYS)


STAYS = "  stays    "
SETS = (Targets.kind, IngressRules.kind)
"""Kinds whose resources stand for several things in AWS. Targets count with their group."""


def _counts(plan: Plan, action: str, kinds: Kinds) -> str:
    """Returns how many resources of each kind a change ended."""
    lives = [change.live for change in plan.changes if change.action == action and change.live]
    titles = Counter(kinds[live.address.kind].title for live in lives if live.address.kind not in SETS)
    rules = [rule for live in lives if isinstance(live.model, IngressRules) for rule in live.model.rules]
    titles += Counter({"ingress rule": len(rules)})
    return ", ".join(count(number, title) for title, number in titles.items())


def remaining_resources(plan: Plan, outcome: Outcome) -> list[str]:
    """Returns what was not deleted and why: by plan, or because a step saw that others use it."""
    kept = [facts["kept"] for facts in outcome.facts.values() if facts.get("kept")]
    return list(dict.fromkeys([*plan.stays, *(line for text in kept for line in text.splitlines())]))


def _not_switched(outcome: Outcome) -> bool:
    """True if a gate failed before traffic moved, so that the old resources still serve."""
    gates = [event for event in outcome.failed if event.step.do == "wait"]
    steps = [*outcome.skipped, *(event.step for event in gates)]
    switch_pending = any(step.phase == "switch" and step.before is not None for step in steps)
    return bool(gates) and switch_pending and not any(step.phase == "switch" for step in outcome.done)


def _advice(outcome: Outcome) -> str:
    """Returns what to do next. The command follows on the next line."""
    if any(event.code in REACHED for event in outcome.failed):
        return "a quota is reached: raise it or make the spec smaller, then run:"
    return f"run the same command again to continue ({count(len(outcome.skipped) + len(outcome.failed), 'step')} left):"


def _unfinished(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> Iterator[Text]:
    result = "interrupted" if outcome.interrupted and not outcome.failed else "not finished"
    numbers = f"{len(outcome.done)} done, {len(outcome.failed)} failed, {len(outcome.skipped)} skipped"
    yield style.line(
        RESULT_MARKS["failed"], (f" {plan.stack}: {result}", "bold"), f" after {duration(outcome.seconds)}: {numbers}."
    )
    for event in outcome.failed:
        yield from _failure(event, style)
    yield from flow(style, _label("then", style), _advice(outcome))
    yield style.line(" " * 10, ending.retry_command)
    if _not_switched(outcome):
        serves = "no traffic moved: the old resources still serve"
        remove = "; to remove the new ones:" if ending.rollback_command else ""
        yield from flow(style, _label("or" if remove else "", style), serves + remove)
        yield from [style.line(" " * 10, ending.rollback_command)] if remove else []


def _failure(event: Event, style: Style) -> Iterator[Text]:
    """Yields a failed step, why it failed, and what to do about that."""
    step = step_text(event.step) if event.step.do != "wait" else subject_text(event.step)
    yield from flow(style, style.line("  ", ("failed  ", "red")), f"{step}: {event.text}")
    if event.causes:
        yield from full_rows(event.causes, style, indent=2)
    elif event.hint:
        yield from flow(style, _label("fix", style), event.hint)


def _label(label: str, style: Style) -> Text:
    return style.line("  ", (f"{label:<8}", "bold"))


def resources_of_others(plan: Plan) -> str:
    """Returns how many resources that elbplan did not create a destroy ends: `2 instances and 1 Elastic IP`."""
    ended = [change.before for change in plan.changes]
    instances = sum(isinstance(resource, ExternalInstance) for resource in ended)
    addresses = sum(isinstance(resource, ExternalElasticIp) for resource in ended)
    counts = [count(number, noun) for number, noun in ((instances, "instance"), (addresses, "Elastic IP")) if number]
    return " and ".join(counts)
