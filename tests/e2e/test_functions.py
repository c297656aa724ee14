"""Target groups of Lambda functions, which only the long form has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.sandbox.server.call_log import is_write

from .stage import REGION, Stage

FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:shop"
OTHER = f"{FUNCTION}:prod"
SPEC = f"""\
name: my-web
region: {REGION}
security_group: {{lb: {{vpc: default, ingress: [{{port: 80, cidr: 0.0.0.0/0}}]}}}}
load_balancer: {{main: {{subnets: [a, c], security_groups: [lb]}}}}
target_group: {{code: {{target_type: lambda, balancer: main}}}}
targets: {{code: {{group: code, members: [{{address: "{FUNCTION}"}}]}}}}
listener:
  "80": {{load_balancer: main, port: 80, protocol: HTTP, action: {{type: forward, groups: [{{group: code}}]}}}}
"""


def statements(stage: Stage, function: str = FUNCTION) -> list[dict[str, Any]]:
    """The statements of the function's policy."""
    client = stage.client("lambda")
    try:
        policy = client.get_policy(FunctionName=function)["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return []
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def test_a_function_gets_requests_and_a_second_plan_is_empty(stage: Stage) -> None:
    stage.apply(SPEC)
    group = stage.client("elbv2").describe_target_groups(Names=["my-web-code"])["TargetGroups"][0]["TargetGroupArn"]
    (statement,) = statements(stage)
    assert statement["Principal"] == {"Service": "elasticloadbalancing.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"] == group
    stage.destroy(SPEC)
    assert statements(stage) == []


def test_the_permission_is_there_before_the_function_is_registered(stage: Stage) -> None:
    stage.run(stage.plan(SPEC))
    writes = [call.action for call in stage.box.calls if is_write(call.action)]
    assert writes.index("AddPermission") < writes.index("RegisterTargets")


def test_a_permission_of_others_is_enough_and_stays(stage: Stage) -> None:
    stage.client("lambda").add_permission(
        FunctionName=FUNCTION,
        StatementId="by-hand",
        Action="lambda:InvokeFunction",
        Principal="elasticloadbalancing.amazonaws.com",
    )
    stage.box.fault("error", action="AddPermission", code="AccessDeniedException")
    stage.apply(SPEC)
    stage.destroy(SPEC)
    assert [statement["Sid"] for statement in statements(stage)] == ["by-hand"]


def test_a_missing_permission_is_named_with_the_command_that_gives_it(stage: Stage) -> None:
    stage.box.fault("error", action="AddPermission", code="AccessDeniedException")
    outcome = stage.run(stage.plan(SPEC))
    (failed,) = outcome.failed
    assert "does not have permission to invoke" in failed.text
    assert "lambda:AddPermission" in failed.hint
    assert "aws lambda add-permission" in failed.hint


@pytest.mark.parametrize("state", ["registered", "attached"])
def test_an_interrupted_apply_goes_on(stage: Stage, state: str) -> None:
    stage.box.fault("lost", action="AddPermission" if state == "registered" else "RegisterTargets", limit=1)
    stage.run(stage.plan(SPEC))
    stage.apply(SPEC)
    assert len(statements(stage)) == 1


def test_another_function_takes_the_place_of_the_old_one(stage: Stage) -> None:
    stage.apply(SPEC)
    other = SPEC.replace(f'"{FUNCTION}"', f'"{OTHER}"')
    plan = stage.apply(other)
    assert {step.address.kind for step in plan.steps} == {"targets"}
    assert statements(stage) == []
    assert len(statements(stage, OTHER)) == 1
    assert {hazard.name for hazard in plan.hazards} != set()
