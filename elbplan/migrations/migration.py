"""A migration as data: the steps of a saved plan, in the order in which elbplan applies them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from ..core.address import Address, Lookup, Ref
from ..core.fingerprint import ABSENT
from ..core.resource import references
from ..core.simulate import State

StepKind = Literal["create", "update", "shift", "delete", "reorder", "wait", "hold", "moved", "adopt", "release"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
APPROVAL = "approval"

OnFailure = Literal["stop", "rollback"]
"""What a run does when a wait or a hold fails: stop there, or roll back to the start of the file."""


@dataclass(frozen=True)
class MigrationStep:
    """One step of a file.

    set         create: the fields; update: the changed fields; reorder: the priorities; shift: the weights
    until       wait: the gate to reach; hold: the gate that must stay ready during the hold (`while:` in the file)
    timeout     wait: seconds until the wait fails
    hold        seconds to wait, or None to wait until a person runs apply again
    id          adopt: the AWS id of the resource, or `name:` and its name in AWS
    old         moved: the old address
    on_failure  what to do when a wait or a hold fails
    allow       hazards that the author accepts
    because     the reason why the author accepts them
    then        the fingerprint after the step; "" before it is computed
    """

    do: StepKind
    what: Address | None = None
    set: Mapping[str, Any] = field(default_factory=dict)
    until: str = ""
    timeout: float = 0
    hold: float | None = 0
    id: str = ""
    old: Address | None = None
    on_failure: OnFailure = "stop"
    why: str = ""
    allow: tuple[str, ...] = ()
    because: str = ""
    then: str = ""

    @property
    def writes(self) -> bool:
        """True if the step changes something in AWS."""
        return self.do not in ("wait", "hold")

    @property
    def text(self) -> str:
        """`update listener.443`, `wait targets.web healthy`"""
        words = [self.do, str(self.what) if self.what else "", self.until]
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Migration:
    """One migration file: the steps that lead from one fingerprint to another.

    start, end  the fingerprints before the first and after the last step
    spec        the hash of the spec that the file was saved from
    states      the simulated states S0 .. Sn, one more than there are entries; computed when the chain is loaded
    sha         the SHA-256 of the file's text; "" before the migration is saved
    """

    stack: str
    number: int
    name: str
    title: str = ""
    start: str = ABSENT
    end: str = ABSENT
    spec: str = ""
    entries: tuple[MigrationStep, ...] = ()
    states: tuple[State, ...] = ()
    sha: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """`0004_app_on_8080`"""
        return f"{self.number:04d}_{self.name}"

    @property
    def file(self) -> str:
        return f"{self.id}.yaml"

    @property
    def last(self) -> State:
        """The state after the last step."""
        return self.states[-1] if self.states else {}


def references_of(migrations: Iterable[Migration]) -> frozenset[Ref]:
    """Every reference in the states of these migrations, and the resources that they adopt by name."""
    migrations = list(migrations)
    states = (state for migration in migrations for state in migration.states)
    named = frozenset(
        Lookup(entry.what.kind, entry.id)
        for migration in migrations
        for entry in migration.entries
        if entry.what and entry.id.startswith("name:")
    )
    return named | {ref for state in states for resource in state.values() for ref in references(resource)}
