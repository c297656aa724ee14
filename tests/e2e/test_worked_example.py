"""The worked example: migrates the shop from HTTP to two services with the migrations of the repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.migrations.apply.pending import Pending, PendingFinder
from elbplan.migrations.apply.plan_to import plan_to
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.run import workflow
from elbplan.sandbox.box import Box
from elbplan.spec import load as specs_of

from .crashing_aws import CrashingAws
from .stage import Stage

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "two-services.yaml"
ROUTES = [("shop.example.com", 443, "shop.example.com", "/"), ("shop.example.com", 80, "shop.example.com", "/")]


class Shop:
    """The example on its own sandbox, where time passes during waits."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.migrations = load(Folder.of("shop", ROOT / "migrations"))
        (self.stack,) = specs_of([str(SPEC)])
        self.shares: list[int] = []

    def look(self, *, upto: int = 4) -> Pending:
        """Returns the pending steps after all holds."""
        holds = [(m.id, n) for m in self.migrations for n, e in enumerate(m.entries) if e.do == "hold"]
        return PendingFinder(self.stage.aws, self.stack, passed=holds).next(self.migrations[:upto])

    def run(self, plan: Plan, aws: Any = None) -> bool:
        """Runs a plan and returns True if every step succeeded."""
        return workflow.apply(aws or self.stage.aws, plan, KINDS, lambda event: None, self.stage.clock).complete

    def towards(self, number: int) -> Plan:
        """Returns the plan to the end of a migration; to nothing for 0."""
        migration = self.migrations[number - 1] if number else None
        return plan_to(self.stage.aws, self.stack, migration)

    def upto(self, number: int) -> None:
        """Applies up to the end of a migration."""
        while not (pending := self.look(upto=number)).done:
            assert self.run(pending.plan)

    def settled(self) -> None:
        (plan,) = workflow.plan(self.stage.aws, [self.stack], KINDS)
        assert plan.empty, [step.id for step in plan.steps]
        self.stage.box.clear_calls()
        assert self.look().done
        assert self.stage.box.writes() == []

    def share(self) -> None:
        """Records the new target group's weight at listener 443 in percent."""
        elb = self.stage.client("elbv2")
        groups = {g["TargetGroupArn"]: g["Port"] for g in elb.describe_target_groups()["TargetGroups"]}
        for balancer in elb.describe_load_balancers()["LoadBalancers"]:
            for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
                if listener["Port"] == 443:
                    weights = {groups[g["TargetGroupArn"]]: g["Weight"]
                               for g in listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]}  # fmt: skip
                    self.shares.append(100 * weights.get(8080, 0) // max(1, sum(weights.values())))


@pytest.fixture
def shop(slow_box: Box) -> Iterator[Shop]:
    shop = Shop(Stage(slow_box))
    yield shop
    shop.stage.assert_foreign_unchanged()


def test_the_files_lead_to_the_spec_and_hold_no_id(shop: Shop) -> None:
    assert [m.name for m in shop.migrations] == ["http_only", "https", "app_on_8080", "second_service"]
    assert shop.migrations[-1].spec == shop.stack.spec_hash
    text = "".join((ROOT / "migrations" / "shop" / m.file).read_text() for m in shop.migrations)
    assert not any(sign in text for sign in ("arn:", "subnet-", "vpc-", "sg-", "i-0", "123456789012"))


def test_file_by_file_and_straight_end_alike(shop: Shop) -> None:
    for migration in shop.migrations:
        shop.upto(migration.number)
        place = PendingFinder(shop.stage.aws, shop.stack).position(shop.migrations)
        assert place.place.endswith(migration.id) or place.index == 0
        assert not place.drift
        if migration.number == 2:
            shop.stage.box.watch(ROUTES)
    assert shop.stage.box.unanswered() == []
    shop.settled()
    destroyed(shop)
    assert shop.run(shop.towards(4))
    place = PendingFinder(shop.stage.aws, shop.stack).position(shop.migrations)
    assert (place.place, place.drift) == ("the end of 0004_second_service", ())
    shop.settled()
    destroyed(shop)


def destroyed(shop: Shop) -> None:
    (plan,) = workflow.plan_destroy(shop.stage.aws, [shop.stack], KINDS)
    assert shop.run(plan)
    shop.stage.assert_nothing_left("shop")


def test_killed_after_each_write_of_each_file(shop: Shop) -> None:
    """Every run dies after one write, and the next run continues."""
    furthest = (0, 0)
    writes = 0
    while not (pending := shop.look()).done:
        assert pending.migration
        assert (pending.migration.number, pending.entry) >= furthest, "no step that is done is done again"
        furthest = (pending.migration.number, pending.entry)
        dying = CrashingAws(shop.stage.aws, 1)
        workflow.apply(dying, pending.plan, KINDS, lambda event: None, shop.stage.clock, parallel=1)
        writes += 1 - dying.left
        shop.share()
    assert writes > 40, "every write of four files"
    assert shop.shares == sorted(shop.shares), "a shift that is done is never taken back"
    assert {0, 10, 50, 100} <= set(shop.shares)
    shop.settled()
    destroyed(shop)


def test_the_reply_to_each_write_of_each_file_lost(shop: Shop) -> None:
    shop.stage.box.clear_calls()
    shop.stage.box.fault("lost", each_write=True)
    tries = 0
    while not (pending := shop.look()).done:
        shop.run(pending.plan)
        shop.share()
        tries += 1
        assert tries < 40
    lost = [call.action for call in shop.stage.box.calls if call.outcome.endswith("lost")]
    shop.stage.box.clear_faults()
    assert len(lost) > 40
    assert shop.shares == sorted(shop.shares)
    shop.settled()
    destroyed(shop)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_one_reply_lost_at_each_write_of_a_file(shop: Shop, number: int) -> None:
    """Runs the migration once for each of its writes, and loses the answer to that write."""
    file = shop.migrations[number - 1]
    write = 0
    while True:
        write += 1
        assert shop.run(shop.towards(number - 1))
        shop.stage.box.clear_calls()
        shop.stage.box.fault("lost", nth_write=write, limit=1)
        shop.shares.clear()
        tries = 0
        while not (pending := shop.look(upto=number)).done:
            shop.run(pending.plan)
            shop.share()
            tries += 1
            assert tries < 10, "every run gets further"
        struck = any(fault["fired"] for fault in shop.stage.box.faults())
        shop.stage.box.clear_faults()
        place = PendingFinder(shop.stage.aws, shop.stack).position(shop.migrations[:number])
        assert (place.place, place.drift) == (f"the end of {file.id}", ())
        assert shop.shares == sorted(shop.shares)
        if not struck:
            break
    assert write > sum(entry.writes for entry in file.entries), "every write of the file was struck"
    destroyed(shop)
