"""Plans show the names of servers that elbplan did not create, also where the spec does not name them any more."""

from __future__ import annotations

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.render.documents import stack_document
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style
from elbplan.run import workflow

from .stage import Stage
from .test_external_servers import server, spec_of


def line(plan: Plan, verb: str = "plan") -> str:
    """The line of the targets, with its reason."""
    lines = [line.plain for line in plan_screen(plan, KINDS, Style(160), PlanView(verb))]
    number = next(number for number, line in enumerate(lines) if " targets " in line)
    return " ".join(lines[number : number + 2])


def asked_by_id(stage: Stage) -> int:
    """How often AWS was asked for instances by their ids."""
    described = [call for call in stage.box.calls if call.action == "DescribeInstances"]
    return sum("instance-id" in str(call.params) for call in described)


def ending(stage: Stage, spec: str) -> Plan:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    return plan


def test_plan_and_destroy_show_names(stage: Stage) -> None:
    first, second = server(stage), server(stage, zone="c", name="server-c")
    spec = spec_of(first, second)
    plan = stage.plan(spec)
    assert f"server-a ({first[:6]}…)" in line(plan)
    assert f"server-c ({second[:6]}…)" in line(plan)
    assert stack_document(plan)["servers"][second] == {"name": "server-c", "state": "running"}
    stage.apply(spec)
    stage.client("ec2").stop_instances(InstanceIds=[second])
    stage.box.clear_calls()
    assert f"server-c ({second[:6]}…, stopped)" in line(ending(stage, spec), "destroy")
    assert asked_by_id(stage) == 1
    stage.destroy(spec)


def test_a_server_that_left_the_spec_is_named_too(stage: Stage) -> None:
    first, second = server(stage), server(stage, zone="c", name="server-c")
    stage.apply(spec_of(first, second))
    stage.box.clear_calls()
    assert f"- server-c ({second[:6]}…)" in line(stage.plan(spec_of(first)))
    assert asked_by_id(stage) == 2


def test_a_plan_that_changes_no_targets_asks_for_no_names(stage: Stage) -> None:
    first, second = server(stage), server(stage, zone="c", name="server-c")
    stage.apply(spec_of(first, second))
    stage.box.clear_calls()
    assert stage.plan(spec_of(first, second)).servers == {}
    assert asked_by_id(stage) == 1


def test_names_are_no_reason_to_fail(stage: Stage) -> None:
    spec = spec_of(server(stage))
    stage.apply(spec)
    stage.box.fault("error", action="DescribeInstances", match="instance-id", code="UnauthorizedOperation")
    plan = ending(stage, spec)
    assert plan.servers == {}
    assert "i-" in line(plan, "destroy")
    stage.box.clear_faults()
    stage.destroy(spec)
