"""The last screen of a run: result, failures, URLs, and the next command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from ..core.address import Address
from ..core.plan import Plan
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.aws.load_balancer_attributes import PROTECTION
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.ingress_rules import IngressRules
from ..kinds.instance import ExternalInstance
from ..kinds.load_balancer import LoadBalancer
from ..kinds.targets import Targets
from ..kinds.web_acl_association import WebAclAssociation
from ..run.outcome import Outcome
from .addresses import urls_at
from .follow import of_kind
from .layout import flow
from .name_servers import UNTIL_THEN, new_name_servers
from .notes import remaining_rows
from .plan import nothing_to_do_reason
from .step_words import USUAL_NAME
from .style import RESULT_MARKS, Style, count, duration, listed
from .unfinished import unfinished_rows
from .words import name_in_words, title_of


def stack_urls(plan: Plan, outcome: Outcome) -> list[str]:
    """Returns the URLs of the stack: its domains, or the load balancer's DNS name if it has no domain."""
    domains = [domain for domain in plan.domains if not domain.startswith("*")]
    names = [facts.get("dns_name") for a, facts in outcome.facts.items() if a.kind == "load_balancer"]
    return urls_at(domains if plan.domains else list(filter(None, names)), plan.desired.values())


def load_balancer_names(outcome: Outcome) -> list[str]:
    """Returns the DNS names of the load balancers."""
    return [f["dns_name"] for a, f in outcome.facts.items() if a.kind == "load_balancer" and f.get("dns_name")]


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
    part             the run ends at a hold, with more steps behind it
    brief            one line is enough: the job runs every night
    """

    retry_command: str = ""
    destroy_command: str = ""
    destroyed: bool = False
    billed: bool = True
    rollback_command: str = ""
    part: bool = False
    brief: bool = False


def outcome_screen(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> list[Text]:
    """Returns the last screen of one stack's run."""
    if not outcome.complete:
        again, rollback = ending.retry_command, ending.rollback_command
        return list(unfinished_rows(plan, outcome, style, again, rollback, destroys=ending.destroyed))
    if ending.destroyed and ending.brief:
        text = f" {plan.stack} in {plan.region} is destroyed, after {duration(outcome.seconds)}."
        return [style.line(RESULT_MARKS["done"], text)]
    if ending.destroyed:
        return list(_destroyed(plan, outcome, style))
    return list(_applied(plan, outcome, style, ending))


def _applied(plan: Plan, outcome: Outcome, style: Style, ending: EndScreen) -> Iterator[Text]:
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('apply')}")
    else:
        done = count(len(plan.steps), "step") + " done" if ending.part else summary_text(plan)
        result = f"{done} in {duration(outcome.seconds)}."
        yield from flow(style, style.line(RESULT_MARKS["done"], (f" {plan.stack}: ", "bold")), result, back=2)
    yield from _changed_rows(plan, style) if plan.lives and not ending.part else ()
    urls = stack_urls(plan, outcome) if not ending.part else []
    if urls:
        yield from flow(style, style.line("  reach it at    "), ", ".join(urls), "bold cyan", back=4)
    if plan.domains and load_balancer_names(outcome) and not ending.part:
        yield from flow(style, style.line("  load balancer  "), ", ".join(load_balancer_names(outcome)), "dim", back=4)
    for zone, servers in new_name_servers(plan, outcome.facts).items():
        yield from flow(style, style.line("  name servers   "), f"of {zone}: {servers}", "bold", back=4)
        yield from flow(style, style.line("    "), UNTIL_THEN, "yellow", back=4)
    if is_first_create(plan):
        yield from finished_rows(style, ending)


DONE_WORDS = {
    "adopt": "adopted",
    "create": "created",
    "update": "changed",
    "replace": "replaced",
    "stop": "stopped",
    "delete": "deleted",
}


def summary_text(plan: Plan) -> str:
    """Returns what a run did: `2 resources created, 1 changed`; without changes how many steps."""
    numbers = [(number, DONE_WORDS[action]) for action, number in plan.summary.items() if number]
    if not numbers:
        return f"{count(len(plan.steps), 'step')} done"
    (first, word), *others = numbers
    return ", ".join([f"{count(first, 'resource')} {word}", *(f"{number} {word}" for number, word in others)])


def _changed_rows(plan: Plan, style: Style) -> Iterator[Text]:
    """Names what a run changed in a stack that was there before."""
    for action, label in DONE_WORDS.items():
        names: dict[str, list[str]] = {}
        for change in plan.changes:
            if change.action == action:
                names.setdefault(title_of(change.address.kind), []).append(_name(change.address))
        words = [word for title, own in names.items() for word in of_kind(title, own)]
        if words:
            yield from flow(style, style.line(f"  {label:<13}  "), listed(words))


def _name(address: Address) -> str:
    return "" if address.label == USUAL_NAME else name_in_words(address)


def is_first_create(plan: Plan) -> bool:
    """True if the stack is new and nothing protects it: only then may somebody want to end it soon."""
    balancers = [resource for resource in plan.desired.values() if isinstance(resource, LoadBalancer)]
    protected = any(balancer.attributes.get(PROTECTION) == "true" for balancer in balancers)
    return not plan.empty and not plan.lives and not protected


def finished_rows(style: Style, ending: EndScreen) -> Iterator[Text]:
    """Yields the command that deletes the stack, if there is one."""
    if ending.destroy_command:
        note = "  (AWS bills the stack by the hour)" if ending.billed else ""
        yield from flow(style, style.line("  when finished  "), ending.destroy_command + note, "dim")


def _destroyed(plan: Plan, outcome: Outcome, style: Style) -> Iterator[Text]:
    if plan.empty:
        yield style.line((plan.stack, "bold"), f": nothing to do. {nothing_to_do_reason('destroy')}")
    else:
        yield style.line(RESULT_MARKS["done"], f" {plan.stack} is destroyed, after {duration(outcome.seconds)}.")
    for action, label in (("delete", "  deleted  "), ("stop", "  stopped  ")):
        if counts := _counts(plan, outcome, action):
            yield from flow(style, style.line(label), counts)
    yield from stays_rows(plan, outcome, style)


def stays_rows(plan: Plan, outcome: Outcome, style: Style) -> Iterator[Text]:
    """Yields what a destroy leaves: what was not deleted, and what AWS bills and elbplan did not create."""
    for text in remaining_resources(plan, outcome):
        yield from flow(style, style.line(STAYS), text)
    for left in plan.remaining:
        yield from remaining_rows(left, style, STAYS)


STAYS = "  stays    "
NOT_COUNTED = (Targets.kind, IngressRules.kind, WebAclAssociation.kind, AutoScalingAttachment.kind)
"""Targets count with their group, and rules one by one. A web ACL and an Auto Scaling group stay: see `stays`."""


def _counts(plan: Plan, outcome: Outcome, action: str) -> str:
    """Returns how many resources of each kind a change ended, without those that it had to leave."""
    left = {address for address, facts in outcome.facts.items() if facts.get("is_left")}
    ended = [change for change in plan.changes if change.action == action and change.address not in left]
    lives = [change.live for change in ended if change.live]
    titles = Counter(title_of(live.address.kind) for live in lives if live.address.kind not in NOT_COUNTED)
    rules = [rule for live in lives if isinstance(live.model, IngressRules) for rule in live.model.rules]
    titles += Counter({"ingress rule": len(rules)})
    return ", ".join(count(number, title) for title, number in titles.items())


def remaining_resources(plan: Plan, outcome: Outcome) -> list[str]:
    """Returns what was not deleted and why: by plan, or because a step saw that others use it."""
    kept = [facts["kept"] for facts in outcome.facts.values() if facts.get("kept")]
    return list(dict.fromkeys([*plan.stays, *(line for text in kept for line in text.splitlines())]))


def resources_of_others(plan: Plan) -> str:
    """Returns how many resources that elbplan did not create a destroy ends: `2 instances and 1 Elastic IP`."""
    ended = [change.before for change in plan.changes]
    instances = sum(isinstance(resource, ExternalInstance) for resource in ended)
    addresses = sum(isinstance(resource, ExternalElasticIp) for resource in ended)
    counts = [count(number, noun) for number, noun in ((instances, "instance"), (addresses, "Elastic IP")) if number]
    return " and ".join(counts)
