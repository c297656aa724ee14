"""What of a stack's files is still to be done, from one look at AWS."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..core.guards import physical_names, protected
from ..core.hazards import hazards
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import Refused
from ..live.observe import Observed, observe
from ..run.workflow import Cloud, account_of
from .locate import Locator, Nowhere, Standing
from .migration import Entry, Migration, spoken
from .steps import Maker

Held = tuple[str, int]
"""A hold: the file and the index of its step."""


@dataclass(frozen=True)
class Pending:
    """The next thing to do.

    plan     the steps up to the next hold; empty if there is none before it
    entry    where in `migration` it begins; `migration` is None if every file is done
    hold     the hold it leads to, with its seconds (None: until a person comes)
    """

    plan: Plan
    migration: Migration | None = None
    entry: int = 0
    hold: Held | None = None
    seconds: float | None = 0

    @property
    def done(self) -> bool:
        """Every file is applied."""
        return self.migration is None

    @property
    def place(self) -> str:
        """`step 6 of 9`, the hold's if there is one."""
        assert self.migration is not None
        index = self.hold[1] if self.hold else self.entry
        return f"step {index + 1} of {len(self.migration.entries)}"

    @property
    def allowed(self) -> tuple[str, ...]:
        """The hazards that the file takes on purpose."""
        entries = self.migration.entries if self.migration else ()
        return tuple(name for entry in entries if entry.because for name in entry.allow)


def look(
    aws: Cloud,
    stack: Stack,
    migrations: Sequence[Migration],
    kinds: Kinds,
    passed: Collection[Held] = (),
    *,
    begin: bool = False,
) -> Pending:
    """What is next. Holds in `passed` are over; with `begin` also those that live stands at, if they wait for a person.

    Raises Refused if live is none of the files' states.
    """
    seen = observe(aws.send, aws.region, [stack], kinds, everywhere=True, told=spoken(migrations))
    observed = seen[stack.name]
    found = Locator(observed.live, observed.symbols, kinds).find(migrations)
    if isinstance(found, Nowhere):
        raise nowhere(stack.name, found)
    account = account_of(aws, seen)
    empty = Plan(stack.name, aws.region, account, lives=found.lives, desired=observed.desired, domains=stack.domains)
    while found.index == len(found.migration.entries):
        later = [one for one in migrations if one.number == found.migration.number + 1]
        if not later:
            return Pending(empty)
        found = _opened(observed, later[0], kinds)
    return _segment(found, empty, stack, observed, kinds, passed, begin)


def nowhere(stack: str, found: Nowhere) -> Refused:
    """AWS was changed by hand, or by another spec."""
    differs = ", ".join(found.differs)
    return Refused(
        f"{stack}: AWS is in none of the states of its migrations; nearest is {found.nearest}, but for {differs}",
        hint="somebody changed AWS by hand; put it back, or take it into the spec and save a migration",
    )


def _opened(observed: Observed, migration: Migration, kinds: Kinds) -> Standing:
    """The start of the next file, which is where live stands: seen with its own eyes."""
    found = Locator(observed.live, observed.symbols, kinds).find([migration])
    assert isinstance(found, Standing), "a file begins where the one before it ends"
    return found


def _segment(
    found: Standing, empty: Plan, stack: Stack, observed: Observed, kinds: Kinds, passed: Collection[Held], begin: bool
) -> Pending:
    migration = found.migration
    entries: list[tuple[int, Entry]] = []
    for index in range(found.index, len(migration.entries)):
        entry = migration.entries[index]
        if entry.do == "hold":
            held = (migration.id, index)
            over = held in passed or (begin and entry.hold is None and not any(e.writes for _, e in entries))
            if not over:
                plan = _plan(found, entries, empty, stack, observed, kinds)
                return Pending(plan, migration, found.index, held, entry.hold)
        entries.append((index, entry))
    return Pending(_plan(found, entries, empty, stack, observed, kinds), migration, found.index)


def _plan(
    found: Standing, entries: Sequence[tuple[int, Entry]], empty: Plan, stack: Stack, observed: Observed, kinds: Kinds
) -> Plan:
    refusals = list(protected(found.comparison))
    if refusals:
        raise Refused("\n".join(r.what for r in refusals), hint=refusals[0].hint)
    names = physical_names(stack.name, found.comparison, kinds, observed.taken)
    maker = Maker(found.migration, found.lives, stack.resources, names, observed.symbols, kinds)
    steps = maker.steps(entries)
    risks = tuple(hazards(found.comparison, kinds))
    desired = {address: observed.symbols.unfold(resource) for address, resource in found.migration.last.items()}
    return replace(
        empty, lives=found.lives, steps=steps, changes=found.comparison.pending, hazards=risks, desired=desired
    )
