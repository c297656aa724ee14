"""How a run ended: what is done, what is not and why, where it answers, what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from ..core.kind import Kinds
from ..core.plan import Plan
from ..kinds.quotas import REACHED
from ..run.outcome import Outcome
from .layout import flow
from .phases import step_text
from .plan import nothing_to_do_reason
from .style import RESULT_MARKS, Style, count, duration


def stack_urls(plan: Plan, outcome: Outcome) -> list[str]:
    """The addresses under which the stack is reached; without a domain the balancer's own name."""
    scheme = "https" if _has_https(plan) else "http"
    if plan.domains:
        return [f"{scheme}://{domain}" for domain in plan.domains if not domain.startswith("*")]
    names = [facts.get("dns_name") for a, facts in outcome.facts.items() if a.kind == "load_balancer"]
    return [f"{scheme}://{name}" for name in names if name]


def load_balancer_names(outcome: Outcome) -> list[str]:
    """The balancers' own names in the DNS."""
    return [f["dns_name"] for a, f in outcome.facts.items() if a.kind == "load_balancer" and f.get("dns_name")]


def _has_https(plan: Plan) -> bool:
    return any(getattr(resource, "protocol", "") in ("HTTPS", "TLS") and address.kind == "listener"
               for address, resource in plan.desired.items())  # fmt: skip


def unchanged_outcome(plan: Plan) -> Outcome:
    """The outcome of a plan that had nothing to do."""
    return Outcome(facts={address: dict(live.facts) for address, live in plan.lives.items()})


@dataclass(frozen=True)
class EndScreen:
    """What an end's screen needs besides the plan and its outcome.

    retry_command     the command that was run, to go on from here
    destroy_command    the command that removes the stack
    destroyed was this a destroy?
    billed    is it the real AWS, which sends a bill?
    """

    retry_command: str = ""
    destroy_command: str = ""
    destroyed: bool = False
    billed: bool = True


def outcome_screen(plan: Plan, outcome: Outcome, kinds: Kinds, style: Style, ending: EndScreen) -> list[Text]:
    """The end of a run of one stack."""
    if not outcome.complete:
        return list(_partly(plan, outcome, style, ending))
    if ending.destroyed:
        return list(_gone(plan, outcome, style, kinds))
    return list(_reached(plan, outcome, style, ending))


def _reached(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> Iterator[Text]:
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('apply')}")
    else:
        done = count(len(outcome.done), "step")
        yield style.line(RESULT_MARKS["done"], f" {plan.stack}: {done} done in {duration(outcome.seconds)}.")
    where = stack_urls(plan, outcome)
    if where:
        yield from flow(style, style.line("  reach it at    "), ", ".join(where), "bold cyan")
    if plan.domains and load_balancer_names(outcome):
        yield from flow(style, style.line("  load balancer  "), ", ".join(load_balancer_names(outcome)), "dim")
    if ending.destroy_command and not plan.empty:
        bill = "  (until then AWS bills it by the hour)" if ending.billed else ""
        yield from flow(style, style.line("  when finished  "), ending.destroy_command + bill, "dim")


def _gone(plan: Plan, outcome: Outcome, style: Style, kinds: Kinds) -> Iterator[Text]:
    gone = Counter(kinds[live.address.kind].title for live in plan.lives.values() if live.address.kind != "targets")
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('destroy')}")
        return
    yield style.line(RESULT_MARKS["done"], f" {plan.stack} is gone, after {duration(outcome.seconds)}.")
    if gone:
        told = ", ".join(count(number, title) for title, number in gone.items())
        yield from flow(style, style.line("  deleted  "), told)
    for text in remaining_resources(plan, outcome):
        yield from flow(style, style.line("  stays    "), text)


def remaining_resources(plan: Plan, outcome: Outcome) -> list[str]:
    """What is still there, with the reason: what the plan leaves, and what a step found that others need."""
    kept = [facts["kept"] for facts in outcome.facts.values() if facts.get("kept")]
    return list(dict.fromkeys([*plan.stays, *(line for text in kept for line in text.splitlines())]))


def _not_switched(outcome: Outcome) -> bool:
    """A gate failed while something of before still serves."""
    gates = [event for event in outcome.failed if event.step.do == "wait"]
    steps = [*outcome.skipped, *(event.step for event in gates)]
    waiting = any(step.phase == "switch" and step.before is not None for step in steps)
    return bool(gates) and waiting and not any(step.phase == "switch" for step in outcome.done)


def _next(outcome: Outcome) -> str:
    """What to do, in words; the command itself follows."""
    if any(event.code in REACHED for event in outcome.failed):
        return "a quota is reached, and trying again changes nothing: raise it or make the spec smaller, then run:"
    return "run the same command again; it goes on from here:"


def _partly(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> Iterator[Text]:
    what = "interrupted" if outcome.interrupted and not outcome.failed else "not finished"
    numbers = f"{len(outcome.done)} done, {len(outcome.failed)} failed, {len(outcome.skipped)} skipped"
    yield style.line(
        RESULT_MARKS["failed"], (f" {plan.stack}: {what}", "bold"), f" after {duration(outcome.seconds)}: {numbers}."
    )
    for event in outcome.failed:
        yield from flow(style, style.line("  ", ("failed  ", "red")), f"{step_text(event.step)}: {event.text}")
        if event.hint:
            yield from flow(style, style.line("          hint: "), event.hint)
    if _not_switched(outcome):
        yield from flow(style, style.line("          "), "nothing has switched: what served before still serves; ")
        yield from flow(style, style.line("          "), "add --rollback to the command to take back what was made")
    yield from flow(style, style.line(("  next    ", "bold")), _next(outcome))
    yield from flow(style, style.line("          "), ending.retry_command)
