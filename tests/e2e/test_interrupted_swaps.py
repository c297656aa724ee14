"""A swap of servers that is killed after each write: the old ones go only when the new ones are healthy."""

from __future__ import annotations

from . import specs
from .stage import REGION, Stage
from .test_auto_scaling_traffic import sweep

SPEC = specs.HEAD + specs.DOMAIN + "targets: {{instances: [{server}], port: 80, health: /health}}\n"


def test_the_run_after_a_kill_waits_for_the_server_that_stays(slow_stage: Stage) -> None:
    stage = slow_stage
    old, new = (stage.box.create_fixture("instance", region=REGION, zone=zone) for zone in "ac")
    after = SPEC.format(server=new)
    assert sweep(stage, SPEC.format(server=old), after) > 1
    stage.destroy(after)


def test_a_sick_server_goes_without_a_wait(slow_stage: Stage) -> None:
    """Nothing serves in any case, so the wait would only hold up the change."""
    stage = slow_stage
    old, new = (stage.box.create_fixture("instance", region=REGION, zone=zone) for zone in "ac")
    stage.apply(SPEC.format(server=f"{old}, {new}"))
    (group,) = stage.client("elbv2").describe_target_groups(Names=["my-web-web"])["TargetGroups"]
    stage.box.sick(group["TargetGroupArn"])
    plan = stage.plan(SPEC.format(server=new))
    assert not [step.id for step in plan.steps if step.until == "healthy"]
    assert stage.run(plan).complete
