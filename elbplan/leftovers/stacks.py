"""The stacks of elbplan in one region: by the tags of resources, and by the run records in Parameter Store.

The tag index of AWS learns of changes late, and lists deleted resources for some time. So it only gives names: what a
stack has is then read like for a destroy, and decided by the tags of the resources themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import OLD, Address
from ..core.call import Answer, Call
from ..core.kind import LiveResource
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.stack import Stack
from ..errors import AwsProblem
from ..kinds import KINDS
from ..kinds.aws.expiry import Expiry, created_at, expiry_of
from ..live.batch import BatchReader
from ..live.observe import observe_each
from ..run.lock.record import RunRecord
from .asking import refuse_silence
from .leftover import NotChecked
from .stack_names import last_runs, tagged_names


@dataclass(frozen=True)
class AccountStack:
    """A stack as AWS has it in one region.

    lives     its resources
    last_run  the record of its last run; None without one, or if it cannot be read
    spec      the path of its spec, as far as that is recorded
    problem   why its resources cannot be read; empty if they can
    """

    name: str
    region: str
    account: str = ""
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)
    last_run: RunRecord | None = None
    spec: str = ""
    problem: str = ""

    @property
    def plan(self) -> Plan:
        """A plan that changes nothing, for the cost."""
        return Plan(self.name, self.region, self.account, lives=self.lives)

    @property
    def created(self) -> float | None:
        """The creation of its oldest resource, in seconds since 1970."""
        return created_at(self.lives.values())

    @property
    def expiry(self) -> Expiry | None:
        """When it expires; None if never."""
        return expiry_of({}, self.lives)

    def has(self, *kinds: str) -> list[Address]:
        """Its resources of these kinds."""
        return [address for address in self.lives if address.kind in kinds]


@dataclass(frozen=True)
class RegionStacks:
    """The stacks of a region, by name, and what could not be read."""

    stacks: Sequence[AccountStack] = ()
    not_checked: Sequence[NotChecked] = ()


def read_stacks(send: Callable[[Call], Answer], region: str, account: str = "") -> RegionStacks:
    """The stacks of a region that have resources, or a run that goes on. Raises AwsProblem only if nothing answers."""
    reader = BatchReader(send)
    tagged, ledger = reader.run([tagged_names(region), last_runs(region)])
    names, missing = sorted({*tagged.names, *ledger.runs, *ledger.specs}), [*tagged.not_checked, *ledger.not_checked]
    if not names:
        refuse_silence(region, missing)
        return RegionStacks((), missing)
    seen = observe_each(send, region, [Stack(name, None, {}) for name in names], KINDS, looking_up=False, reader=reader)
    stacks = []
    for name in names:
        observed = seen[name]
        problem = getattr(observed, "problem", None)
        stack = AccountStack(
            name,
            region,
            account,
            by_address(observed.live),
            ledger.runs.get(name),
            ledger.specs.get(name, ""),
            problem.what if isinstance(problem, AwsProblem) else "",
        )
        if stack.lives or stack.problem or (stack.last_run and stack.last_run.holds):
            stacks.append(stack)
    return RegionStacks(stacks, missing)


def by_address(lives: Iterable[LiveResource[Resource]]) -> dict[Address, LiveResource[Resource]]:
    """The resources by address. After an interrupted replacement, two of them can have the same one."""
    found: dict[Address, LiveResource[Resource]] = {}
    for live in lives:
        address, number = live.address, 1
        while address in found:
            address = live.address._replace(deposed=OLD if number == 1 else f"{OLD}{number}")
            number += 1
        found[address] = replace(live, address=address)
    return found
