"""Looks for leftovers in all regions of a command, with their prices."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..leftovers.find import GLOBAL, find, priced
from ..leftovers.left_stacks import left_stacks, without_parts
from ..leftovers.leftover import Finding, Leftover
from ..leftovers.specs import spec_of
from ..leftovers.stacks import AccountStack, RegionStacks, read_stacks
from ..render.leftovers import LeftoversView
from ..render.style import count, listed
from ..run.workflow import Cloud
from .account_regions import AccountRegions
from .context import App
from .price_files import price_table


@dataclass(frozen=True)
class RegionLook:
    """What one region has: what is left over, and the stacks of elbplan."""

    finding: Finding
    stacks: RegionStacks


def read_leftovers(app: App, account: AccountRegions) -> LeftoversView:
    """Everything that is left over in these regions, and in what belongs to no region."""
    answers, seconds = account.ask(app, partial(_look, account=account.account))
    looks = [answer.answer for answer in answers if answer.answer]
    everywhere = find(account.reach(account.home).send, account.home, GLOBAL)
    stacks = [stack for look in looks for stack in look.stacks.stacks]
    left = left_stacks(stacks, account.specs, app.wall())
    found = [leftover for look in looks for leftover in look.finding.leftovers]
    every = [*left, *without_parts(found, left), *everywhere.leftovers]
    missing = [entry for look in looks for entry in (*look.finding.not_checked, *look.stacks.not_checked)]
    return LeftoversView(
        account.regions,
        account.account,
        priced(as_typed(app, every), price_table(app), account.home),
        [*missing, *everywhere.not_checked],
        [answer.problem for answer in answers if answer.problem],
        app.wall(),
        seconds,
        list(_notes(stacks, account, {leftover.stack for leftover in left})),
        account.others,
    )


def as_typed(app: App, leftovers: Sequence[Leftover]) -> list[Leftover]:
    """The leftovers with commands for the same account: a profile, and the simulator if it was read."""
    return [replace(each, commands=[_for_account(app, command) for command in each.commands]) for each in leftovers]


def _for_account(app: App, command: str) -> str:
    own = command.startswith("elbplan ")
    sandbox = ["--sandbox"] if own and app.options.sandbox else []
    profile = ["--profile", app.options.profile] if app.options.profile else []
    return shlex.join([*shlex.split(command), *sandbox, *profile])


def _look(cloud: Cloud, *, account: str) -> RegionLook:
    return RegionLook(find(cloud.send, cloud.region), read_stacks(cloud.send, cloud.region, account))


def _notes(stacks: Sequence[AccountStack], account: AccountRegions, left: set[str]) -> Iterator[tuple[str, str]]:
    """A line about stacks that no spec of this folder wants: they may serve, so they are not in the sum."""
    names = [s.name for s in stacks if s.name not in left and spec_of(s, account.specs).state != "here"]
    if names:
        has = "has" if len(names) == 1 else "have"
        yield (
            "No spec",
            f"{count(len(names), 'stack')} {has} no spec here: {listed(names, 3)}; `elbplan list` shows them",
        )
