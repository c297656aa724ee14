"""A migration as data: a plan that was kept, in the order in which it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from ..core.address import Address, Ref
from ..core.fingerprint import ABSENT
from ..core.resource import references
from ..core.simulate import State

StepKind = Literal["create", "update", "shift", "delete", "reorder", "wait", "hold", "moved", "adopt", "release"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)
APPROVAL = "approval"

OnFailure = Literal["stop", "rollback"]
"""What becomes of a run whose wait or hold came to nothing: it stops where it is, or goes back to the file's start."""


@dataclass(frozen=True)
class MigrationStep:
    """One step of a file.

    set      the fields of a create, the changed ones of an update, the priorities of a move, the weights of a shift
    until    the gate of a wait, `within` so many seconds; of a hold: what must stay so as long as it lasts
    hold     seconds to let the world be, or None until a person applies again
    id       what AWS calls that which is adopted, or `name:` and the name that AWS knows it by
    old      what that which is moved was called before
    on_failure   what to do when a wait or a hold comes to nothing
    allow    hazards that are taken on purpose, `because` of something
    then     the fingerprint after it; "" where nobody computed it yet
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
        """Does it change anything in AWS?"""
        return self.do not in ("wait", "hold")


@dataclass(frozen=True)
class Migration:
    """One file: from one fingerprint to another.

    states   S0 .. Sn as simulated, one more than there are entries; filled in when the chain is checked
    sha      the SHA-256 of the file as it was read; "" of what no file holds yet
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
        """The state it ends in."""
        return self.states[-1] if self.states else {}


def references_of(migrations: Iterable[Migration]) -> frozenset[Ref]:
    """Everything that the states of files point at."""
    states = (state for migration in migrations for state in migration.states)
    return frozenset(ref for state in states for resource in state.values() for ref in references(resource))
