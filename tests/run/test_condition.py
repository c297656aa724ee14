"""What needs a look, in which order, and the exit code that tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.plan import Refusal
from elbplan.kinds.aws.expiry import with_expiry
from elbplan.run.condition import conditions_of, exit_code_of, rank_of
from elbplan.run.status import FileRow, StackMigrations, StackStatus
from tests.render.plans import WEB, WEB_8080
from tests.render.statuses import WEB_GROUP, broken, drifted, health, run_record, status


def files(*states: str, **more: Any) -> StackMigrations:
    return StackMigrations(tuple(FileRow(f"000{n}_x", state) for n, state in enumerate(states, 1)), **more)


def refused() -> StackStatus:
    found = status()
    return replace(found, plan=replace(found.plan, refusals=(Refusal("targets.web: i-1 does not exist"),)))


def failed_load_balancer() -> StackStatus:
    found = status()
    main = Address("load_balancer", "main")
    lives = {**found.plan.lives, main: replace(found.plan.lives[main], facts={"state": "failed"})}
    return replace(found, plan=replace(found.plan, lives=lives))


def expiring(moment: str) -> StackStatus:
    """A stack whose spec has this end; the status is of 2026-11-30T04:16:00Z."""
    found = status()
    plan = replace(found.plan, desired=with_expiry(found.plan.desired, moment))
    return replace(found, plan=plan)


CASES: dict[str, tuple[StackStatus, tuple[str, ...], int]] = {
    "fine": (status(), (), 0),
    "AWS cannot be read": (broken(), ("unreadable",), 2),
    "no target is healthy": (status(web=health(0, 2)), ("down",), 3),
    "a group without targets": (status(web=health(0, 0)), ("down",), 3),
    "a load balancer that AWS could not create": (failed_load_balancer(), ("down",), 3),
    "one of two is healthy": (status(web=health(1, 2)), ("degraded",), 3),
    "the last run failed": (status(WEB_8080, WEB, records=(run_record(3, "failed"),)), ("unfinished",), 2),
    "a failed run whose work is done": (status(records=(run_record(3, "failed"),)), (), 0),
    "the last run died": (status(records=(run_record(3, "running"),), dead=True), ("unfinished",), 2),
    "certificate expired": (status(expires="2026-11-30T04:15:59Z"), ("expired",), 3),
    "certificate ends in 29 days": (status(expires="2026-12-30T04:15:59Z"), ("expiring",), 0),
    "certificate ends in 30 days": (status(expires="2026-12-30T04:16:00Z"), (), 0),
    "drift": (drifted(), ("drifted",), 2),
    "drift and sick": (drifted(web=health(1, 2)), ("degraded", "drifted"), 3),
    "refused": (refused(), ("refused",), 2),
    "the spec changed": (drifted(spec="h-2"), ("pending",), 2),
    "not created": (status(WEB, None, records=()), ("pending",), 2),
    "held": (status(files=files("done", "held", "pending")), ("held",), 2),
    "a pending migration": (status(files=files("done", "pending")), ("pending",), 2),
    "a migration that stopped inside": (status(files=files("begun", "pending")), ("unfinished", "pending"), 2),
    "drift with migrations": (status(files=files("done", drift=("target_group.web health",))), ("drifted",), 2),
    "a spec beyond its migrations": (status(files=files("done", uncovered=("x",))), ("pending",), 2),
    "a wrong migration": (status(files=files(wrong="0001_x.yaml:1:1  no")), ("unreadable",), 2),
    "a run goes on": (status(WEB_8080, WEB, records=(run_record(3, "running"),)), ("locked",), 0),
    "past its end": (expiring("2026-11-30T04:15:59Z"), ("overdue",), 0),
    "before its end": (expiring("2026-11-30T04:16:01Z"), (), 0),
    "no spec": (status(specless=True), ("specless",), 0),
}


@pytest.mark.parametrize("name", CASES)
def test_conditions_and_exit_code(name: str) -> None:
    found, conditions, code = CASES[name]
    assert conditions_of(found) == conditions
    assert exit_code_of(found) == code


def test_the_worst_comes_first_and_the_next_worse_one_decides() -> None:
    fine, pending, sick = status(), drifted(spec="h-2"), status(web=health(1, 2))
    both = drifted(web=health(1, 2))
    ordered = sorted([fine, sick, pending, both, broken()], key=rank_of)
    assert [conditions_of(each) for each in ordered] == [
        ("unreadable",), ("degraded", "drifted"), ("degraded",), ("pending",), (),
    ]  # fmt: skip


def test_a_group_that_no_listener_uses_does_not_count() -> None:
    unused = replace(
        status(), health={WEB_GROUP: health(2, 2), WEB_GROUP._replace(name="next"): health(0, 2, in_use=False)}
    )
    assert conditions_of(unused) == ()


def test_a_stack_whose_only_group_no_listener_uses_is_down() -> None:
    assert conditions_of(status(web=health(0, 2, in_use=False))) == ("down",)


def test_targets_of_a_group_without_checks_are_well() -> None:
    assert conditions_of(status(web=replace(health(), states={"unavailable": 2}))) == ()
