"""The order of a plan as a short numbered list: `1 create new target group  2 wait until 1 of 1 is healthy`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..core.address import Address
from ..core.kind import PHASES, Kinds
from ..core.plan import Plan, Step
from ..kinds.certificate import Certificate
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from .follow import followers, of_kind
from .phases import DRAINED, HEALTHY, displayed_phases, gate_of, gate_text
from .style import count, listed
from .switches import moves_traffic, shares_text
from .words import name_in_words, title_of

MOST = 3
"""How many resources one moment names."""

UNSEEN = ("insync", "records", "terminated", "interfaces")
"""Waits that a person need not know of: they take seconds, or nothing depends on them."""

ROUTES = (Listener.kind, Rule.kind)

WAIT, SWITCH = "wait", "switch"

DELAY = "deregistration_delay.timeout_seconds"


@dataclass(frozen=True)
class Moment:
    """One part of a plan's order: the steps that belong together, in a few words."""

    text: str
    switches: bool = False


def moments(plan: Plan, kinds: Kinds) -> list[Moment]:
    """Returns the parts of the plan in their order, without what only prepares or cleans up."""
    words = _Words(plan, kinds)
    return [moment for together, steps in _parts(plan) for moment in words.moments(steps, together=together)]


def step_sentences(plan: Plan, kinds: Kinds) -> dict[str, str]:
    """Returns each step by its id in the words of the order: `create new target group web`, `switch listener 443`."""
    words = _Words(plan, kinds, named=True)
    texts = {step.id: words.sentence(step) for step in plan.steps}
    numbers = Counter(texts.values())
    return {
        step.id: f"{text} ({name_in_words(step.address)})" if numbers[text := texts[step.id]] > 1 else text
        for step in plan.steps
    }


def _parts(plan: Plan) -> Iterator[tuple[bool, list[Step]]]:
    """The steps of each part, and whether all of its steps with the same verb belong together, or only neighbours.

    Deletes that something new waits for are a part of their own, and come first. A migration keeps its own order.
    """
    if any(step.entry is not None for step in plan.steps):
        yield False, list(plan.steps)
        return
    phases = displayed_phases(plan.steps)
    early = {step.id for step in needed_by(plan, [step for step in plan.steps if step.do == "create"])}
    yield False, [step for step in plan.steps if step.id in early and phases[step.id] == "contract"]
    for phase in PHASES:
        steps = [step for step in plan.steps if phases[step.id] == phase]
        yield phase != "contract", [step for step in steps if phase != "contract" or step.id not in early]


class _Words:
    """The words for the steps of a plan. `named`: also the only replaced resource has its name."""

    def __init__(self, plan: Plan, kinds: Kinds, *, named: bool = False) -> None:
        self.plan, self.kinds, self.named = plan, kinds, named
        following = [change for changes in followers(plan, kinds).values() for change in changes]
        self.following = {address for c in following for address in (c.address, c.live.address if c.live else None)}
        self.new = {change.address for change in plan.changes if change.action == "replace"} - self.following
        self.created = {step.address for step in plan.steps if step.do == "create"}
        self.moved = {step.address for step in plan.steps if moves_traffic(step, plan)}
        self.additions = {step.id for step in plan.steps if step.do == "update" and step.phase != "contract"}
        self.updates: dict[Address, list[str]] = {}
        for step in plan.steps:
            if step.do == "update":
                self.updates.setdefault(step.address, []).append(step.id)

    def moments(self, steps: Sequence[Step], *, together: bool) -> Iterator[Moment]:
        """Returns a moment for each group of steps with the same verb; the waits of a part are one."""
        groups: list[tuple[str, list[Step]]] = []
        for step in steps:
            verb = self._verb(step)
            alike = [own for other, own in (groups if together else groups[-1:]) if other == verb]
            if verb and alike:
                alike[0].append(step)
            elif verb:
                groups.append((verb, [step]))
        for verb, own in groups:
            yield Moment(self._waits(own) if verb == WAIT else self._text(verb, own), verb == SWITCH)

    def sentence(self, step: Step) -> str:
        """Returns one step; also one that the order does not show."""
        if step.do == "wait" and step.until != DRAINED:
            return self._waits([step])
        return self._text(self._verb(step) or self._unshown(step), [step])

    def _unshown(self, step: Step) -> str:
        """The verb of a step that only prepares or cleans up."""
        if step.do != "update":
            return step.do
        if isinstance(step.after, Certificate) and step.phase == "expand":
            return "add validation records to" if step.after.by_records else "change"
        ends = {"expand": "attach the new target group to", "contract": "detach the old target group from"}
        return ends.get(step.phase, "change") if step.address.kind in ROUTES else "change"

    def _verb(self, step: Step) -> str:
        """The verb of a step; empty if the order does not show it."""
        if step.do == "wait":
            return "" if step.until in UNSEEN else DRAINED if step.until == DRAINED else WAIT
        if step.do == "update":
            return self._update(step)
        if step.do in ("create", "delete") and step.address in self.following:
            return ""
        if moves_traffic(step, self.plan):
            return SWITCH
        return {"reorder": "reorder the rules of", "moved": "rename to"}.get(step.do, step.do)

    def _update(self, step: Step) -> str:
        if moves_traffic(step, self.plan):
            return SWITCH
        if step.phase == "protect":
            return "protect"
        if step.address in self.created or step.address in self.moved or step.address in self.following:
            return ""
        first, *_, last = ids if len(ids := self.updates[step.address]) > 1 else ("", "")
        if first and first not in self.additions:
            return "change"
        return {first: "add to", last: "remove from"}.get(step.id, "change")

    def _text(self, verb: str, steps: Sequence[Step]) -> str:
        if verb == DRAINED:
            old = all(step.address.deposed for step in steps)
            names = "old" if old else listed([name_in_words(step.address) for step in steps], MOST)
            return f"drain {names}{self._drain_time(steps)}"
        addresses = list(dict.fromkeys(step.address for step in steps))
        if verb in ("create", "adopt") and len(addresses) > MOST + 1:
            return f"{verb} {count(len(addresses), 'resource')}"
        return f"{verb} {listed(self._objects(steps), MOST)}"

    def _waits(self, steps: Sequence[Step]) -> str:
        """`wait until the load balancer is active, 2 of 2 targets are healthy`"""
        gates: dict[str, list[Step]] = {}
        for step in steps:
            gates.setdefault(step.until, []).append(step)
        texts = [text for until, own in gates.items() for text in self._conditions(until, own)]
        return f"wait until {', '.join(texts)}"

    def _conditions(self, until: str, steps: Sequence[Step]) -> Iterator[str]:
        """What these waits wait for, each condition once. The targets that elbplan registers are counted together."""
        counted = [step for step in steps if until == HEALTHY and isinstance(step.after, Targets)]
        if counted:
            yield healthy_text(counted)
        yield from dict.fromkeys(gate_text(step, self.kinds) for step in steps if step not in counted)

    def _objects(self, steps: Sequence[Step]) -> list[str]:
        """`new target group web`, `new instances web-1`, `web-2`; without the name of the only replaced resource."""
        objects: dict[str, list[str]] = {}
        for step in steps:
            title, name = self._object(step)
            name += shares_text(step) if moves_traffic(step, self.plan) else ""
            if name not in objects.setdefault(title, []):
                objects[title].append(name)
        return [word for title, names in objects.items() for word in of_kind(title, names)]

    def _object(self, step: Step) -> tuple[str, str]:
        address, record = step.address, step.after or step.before
        title = title_of(address.kind)
        if isinstance(record, Record):
            return "", f"{record.type} {record.name}"
        alone = not self.named and {address._replace(deposed="")} == self.new
        if address.deposed:
            return f"old {title}", "" if alone else address.name
        if step.do == "create" and address in self.new:
            return f"new {title}", "" if alone else address.name
        return title, address.name

    def _drain_time(self, steps: Sequence[Step]) -> str:
        seconds = {seconds for step in steps if (seconds := self._delay(step)) is not None}
        if len(seconds) == 1:
            (only,) = seconds
            return f" ({only // 60} min)" if only and only % 60 == 0 else f" ({only} s)"
        gate = gate_of(steps[0], self.kinds)
        return f" ({gate.usual})" if gate and gate.usual and not seconds else ""

    def _delay(self, step: Step) -> int | None:
        """The seconds for which AWS lets requests in flight finish, as the group has it."""
        live = self.plan.lives.get(step.address)
        group = live.model.group if live and isinstance(live.model, Targets) else None
        owner = self.plan.lives.get(group) if isinstance(group, Address) else None
        delay = owner.model.attributes.get(DELAY, "") if owner and isinstance(owner.model, TargetGroup) else ""
        return int(delay) if str(delay).isdigit() else None


def healthy_text(steps: Sequence[Step]) -> str:
    """Returns `2 of 2 targets are healthy`, or `the targets are healthy` if their number is not known."""
    members = [step.after.members for step in steps if isinstance(step.after, Targets)]
    if len(members) < len(steps):
        return "the targets are healthy"
    number = sum(map(len, members))
    return f"{number} of {count(number, 'target')} {'is' if number == 1 else 'are'} healthy"


def needed_by(plan: Plan, steps: Sequence[Step]) -> list[Step]:
    """Returns the steps that must be done before these, in their order."""
    by_id = {step.id: step for step in plan.steps}
    todo, found = [need for step in steps for need in step.needs], set[str]()
    while todo:
        id = todo.pop()
        if id in by_id and id not in found:
            found.add(id)
            todo += by_id[id].needs
    return [step for step in plan.steps if step.id in found]
