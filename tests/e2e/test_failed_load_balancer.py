"""A load balancer that AWS could not set up never becomes active: elbplan replaces it."""

from __future__ import annotations

from pathlib import Path

from elbplan.core.address import Address
from elbplan.kinds.aws.load_balancer_gates import REPLACE
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import MigrationShell
from .stage import REGION, Stage

MAIN = Address("load_balancer", "main")
CREATE = "create load_balancer.main"
WITHOUT_DNS = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nlisteners: [{listen: 80/http, respond: 200}]\n"
"""A stack whose replacement does not wait until resolvers forget an address."""


def failed_apply(stage: Stage) -> None:
    """Applies the course's stack; its load balancer fails while AWS sets it up."""
    outcome = stage.run(
        stage.plan(specs.COURSE), when_made={CREATE: lambda: stage.box.fail("my-web", "no capacity in the zone")}
    )
    assert [(event.step.id, event.hint) for event in outcome.failed] == [
        ("wait load_balancer.main active", f"no capacity in the zone: {REPLACE}")
    ]


def test_the_next_apply_replaces_it(slow_stage: Stage) -> None:
    failed_apply(slow_stage)
    plan = slow_stage.plan(specs.COURSE)
    (change,) = [change for change in plan.changes if change.action == "replace"]
    assert (change.address, change.because.partition(":")[0]) == (MAIN, "state failed → active cannot change in place")
    assert plan.hazards == ()
    slow_stage.apply(specs.COURSE)
    (balancer,) = [
        raw
        for raw in slow_stage.client("elbv2").describe_load_balancers()["LoadBalancers"]
        if raw["LoadBalancerName"] != "my-web-2"
    ]
    assert balancer["State"]["Code"] == "active"


def test_a_run_that_is_killed_after_the_new_one_is_made_goes_on(slow_stage: Stage) -> None:
    failed_apply(slow_stage)
    plan = slow_stage.plan(specs.COURSE)
    slow_stage.box.fault("error", action="CreateListener", code="AccessDenied")
    assert not slow_stage.run(plan).complete
    slow_stage.box.clear_faults()
    slow_stage.apply(specs.COURSE)


def test_it_can_be_destroyed(slow_stage: Stage) -> None:
    failed_apply(slow_stage)
    slow_stage.destroy(specs.COURSE)


def test_with_files_revert_drift_replaces_it(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", WITHOUT_DNS)
    shell.save("first")
    assert shell.apply().code == 0
    box.fail("my-web")
    assert "load_balancer.main@old exists" in shell.status()
    assert shell.apply("--revert-drift").code == 0
    assert shell.plan().code == 0
    (balancer,) = box.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"]
    assert balancer["State"]["Code"] == "active"
