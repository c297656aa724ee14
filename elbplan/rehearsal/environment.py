"""Where a rehearsal plays: a double, the files, and the real ways to look, to run and to go back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.resource import WRITE_ONLY, Resource, marked_fields, rebuilt
from ..core.stack import Stack
from ..errors import Refused
from ..live.observe import observe
from ..live.portable import PortableNames
from ..migrations.apply.journal import HoldPlace
from ..migrations.apply.pending import Pending, find_pending
from ..migrations.apply.plan_to import plan_to
from ..migrations.migration import Migration, references_of
from ..migrations.position.locator import LiveResources, Locator
from ..run.outcome import Event, Outcome, Tell
from ..run.workflow import Cloud, apply
from .external_targets import ExternalTargets, externally_filled
from .fake_aws import FakeAws, FakeAwsClock
from .fixtures import create_surroundings, without_deposed

SETTLED = 600
"""Seconds after which the targets that others brought are healthy."""


@dataclass(frozen=True)
class Snapshot:
    """A look at the double: what lives there, in a file's words, and where it is not as it should be."""

    differs: tuple[str, ...]
    lives: LiveResources
    symbols: PortableNames


@dataclass
class RehearsalEnvironment:
    """A double with one stack in it. `aws` reaches the double and nothing else.

    laid    by a file's number, what live has in fields that files leave open: laid over where that file begins
    stands  the number of the file at whose end the double is; None: who knows
    """

    double: FakeAws
    aws: Cloud
    stack: Stack
    chain: Sequence[Migration]
    kinds: Kinds
    laid: Mapping[int, Mapping[Address, Mapping[str, Any]]] = field(default_factory=dict)
    stands: int | None = None
    clock: FakeAwsClock = field(init=False)
    outsider: ExternalTargets = field(init=False)

    def __post_init__(self) -> None:
        self.clock = FakeAwsClock(self.double)
        self.chain = [create_instead_of_adopt(migration) for migration in self.chain]
        self.outsider = self._outsider()

    def _outsider(self) -> ExternalTargets:
        names = externally_filled(state for one in self.chain for state in one.states)
        return ExternalTargets(self.double, self.aws, self.stack.name, names)

    def before(self, migration: Migration) -> Migration | None:
        """The file that this one begins after; what live has besides is laid over its end."""
        if migration.number == 1:
            return None
        previous = self.chain[migration.number - 2]
        laid = self.laid.get(migration.number, {})
        end = {a: resource.model_copy(update=dict(laid.get(a, {}))) for a, resource in previous.last.items()}
        return replace(previous, states=(*previous.states[:-1], end)) if laid else previous

    def begin(self, migration: Migration) -> None:
        """Stand where a file begins, anew if need be. Raises Refused if that cannot be reached."""
        previous = self.before(migration)
        if self.stands != migration.number - 1:
            self.double.reset()
            self.double.switch("new_attributes", bool(self.laid))
            self.outsider = self._outsider()
            states = [state for one in self.chain for state in one.states]
            create_surroundings(self.double, self.aws.region, states, self.stack.resources)
            self._reach(previous)
        self.stands = None

    def _reach(self, previous: Migration | None) -> None:
        if previous is None:
            return
        if any(address.deposed for address in previous.last):  # old and new side by side come from files alone
            for one in self.chain[: previous.number]:
                self.play(one)
        else:
            self._built(previous, self.back(previous))
        if self.outsider.busy:
            self.clock.sleep(SETTLED)
        if wrong := self.sight(previous, len(previous.entries)).differs:
            raise self._unbuilt(previous, f"{', '.join(wrong)} differs")

    def _built(self, previous: Migration, outcome: Outcome) -> None:
        """Raises Refused, with what went wrong first, for a run that did not get there."""
        for event in outcome.failed[:1]:
            hint = f" ({event.hint.splitlines()[0]})" if event.hint else ""
            raise self._unbuilt(previous, f"{event.step.do} {event.step.address}: {event.text}{hint}")

    def _unbuilt(self, previous: Migration, why: str) -> Refused:
        return Refused(f"{self.stack.name}: the end of {previous.id} cannot be built on the local AWS simulator: {why}")

    def look(self, migration: Migration, passed: set[HoldPlace]) -> Pending:
        """What apply would do next for the files up to this one."""
        chain = self.chain[: migration.number]
        return find_pending(self.aws, self._spec(migration), chain, self.kinds, passed=passed, begin=True)

    def run(self, plan: Plan, tell: Tell, cloud: Cloud | None = None, stop: threading.Event | None = None) -> Outcome:
        """A plan, one step after the other; others do meanwhile what they are asked to."""

        def heard(event: Event) -> None:
            self.outsider.hear(event)
            tell(event)

        return apply(cloud or self.aws, plan, self.kinds, heard, self.clock, parallel=1, stop=stop)

    def play(
        self,
        migration: Migration,
        tell: Tell = lambda event: None,
        *,
        found: Callable[[Pending], None] = lambda pending: None,
        cloud: Cloud | None = None,
        until: int = -1,
    ) -> Outcome | None:
        """A file to its end, or up to the step `until`, past all holds; the run that came to nothing, or None.

        `found` is told of each look that was taken. Raises Refused where apply would refuse.
        """
        passed: set[HoldPlace] = set()
        stop = threading.Event()

        def heard(event: Event) -> None:
            tell(event)
            if event.what == "done" and step_index(event) == until:
                stop.set()

        while not stop.is_set():
            pending = self.look(migration, passed)
            found(pending)
            if pending.done:
                break
            outcome = self.run(pending.plan, heard, cloud, stop)
            if stop.is_set():
                break
            if not outcome.complete:
                return outcome
            self._pass(pending, passed)
        return None

    def _pass(self, pending: Pending, passed: set[HoldPlace]) -> None:
        if pending.hold is None and pending.plan.empty:  # or this would go round for ever
            raise Refused(f"{self.stack.name}: nothing of {pending.place} can be done, and it is not done either")
        if pending.hold is not None:
            self.clock.sleep(pending.seconds or 0)
            passed.add(pending.hold)

    def back(self, previous: Migration | None) -> Outcome:
        """Straight to where a file ends, or to nothing. Raises Refused where that is not possible."""
        plan = plan_to(self.aws, self._spec(previous), previous, self.kinds)
        return self.run(plan, lambda event: None)

    def sight(self, migration: Migration | None, index: int) -> Snapshot:
        """The double, compared with a file's state after so many steps; without a file, with nothing."""
        stack = self._spec(migration)
        told = references_of(self.chain[: migration.number if migration else 0])
        (seen,) = observe(self.aws.send, self.aws.region, [stack], self.kinds, everywhere=True, told=told).values()
        if migration is None:
            return Snapshot(tuple(sorted({str(live.address) for live in seen.live})), {}, seen.symbols)
        differs, lives = Locator(seen.live, seen.symbols, self.kinds, self.stack.ignore).against(migration, index)
        return Snapshot(differs, lives, seen.symbols)

    def off(self, migration: Migration, lives: LiveResources, symbols: PortableNames) -> tuple[str, ...]:
        """Where a look that was taken already is not the start of a file."""
        return Locator((), symbols, self.kinds).differing(migration, migration.states[0], lives)

    def _spec(self, migration: Migration | None) -> Stack:
        """The spec as it was when a file was saved; without secrets, for which a double has no use."""
        if migration is None:
            return replace(self.stack, resources={})
        resources = without_deposed(migration.last)
        if migration.spec == self.stack.spec_hash:
            resources = dict(self.stack.resources)
        return replace(self.stack, resources={a: _open(resource) for a, resource in resources.items()})


def create_instead_of_adopt(migration: Migration) -> Migration:
    """The file with everything made that it adopts: a double does not have what somebody once made by hand."""
    entries = (replace(one, do="create", id="") if one.do == "adopt" else one for one in migration.entries)
    return replace(migration, entries=tuple(entries))


def _open(resource: Resource) -> Resource:
    """Without what is only ever written; a digest of it stays."""
    fields = type(resource).model_fields
    return rebuilt(resource, **{name: fields[name].get_default() for name in marked_fields(type(resource), WRITE_ONLY)})


def step_index(event: Event) -> int:
    """Which step of its file this is about, counted from 0: its id begins with the number."""
    number = event.step.id.partition(" ")[0]
    return int(number) - 1 if number.isdigit() else -1
