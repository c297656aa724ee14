"""The permissions: by IAM's own simulation, or by calls that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.doctor.access import Identity
from elbplan.doctor.permissions import Needs, needs_of, permission_checks
from elbplan.errors import AwsProblem
from elbplan.permissions.statements import Statement
from elbplan.spec import load_text
from elbplan.spec.yaml.tree import Source

USER = Identity("123456789012", "arn:aws:iam::123456789012:user/anna")
ROLE = Identity("123456789012", "arn:aws:sts::123456789012:assumed-role/deploy/me")
ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012"
OWN = (("StringEquals", "aws:ResourceTag/elbplan:stack", ("web",)),)
READS = Statement(("ec2:DescribeInstances", "elasticloadbalancing:DescribeLoadBalancers"), ("*",))
CREATES = Statement(("ec2:CreateSecurityGroup",), ("*",))
CHANGES = Statement(
    ("elasticloadbalancing:CreateLoadBalancer",), (f"{ELB}:loadbalancer/*", f"{ELB}:targetgroup/*"), OWN
)
NEEDS = Needs(
    (READS, CREATES, CHANGES),
    {
        "plan": frozenset(READS.actions),
        "apply": frozenset((*READS.actions, *CREATES.actions, *CHANGES.actions)),
    },
    specs=("specs/my web.yaml",),
)


class Iam:
    """An account that answers the simulation, or denies it. `denied`: the actions without permission."""

    def __init__(self, denied: tuple[str, ...] = (), *, simulates: bool = True, reads_role: bool = True) -> None:
        self.denied, self.simulates, self.reads_role = denied, simulates, reads_role
        self.calls: list[Call] = []

    def send(self, call: Call) -> Any:
        self.calls.append(call)
        if call.operation == "GetRole":
            return (
                {"Role": {"Arn": "arn:aws:iam::123456789012:role/team/deploy"}}
                if self.reads_role
                else {"elbplan:denied": True}
            )
        if call.operation == "SimulatePrincipalPolicy":
            if not self.simulates:
                raise AwsProblem("denied", code="AccessDenied")
            return {"EvaluationResults": list(self._decisions(call.params))}
        if call.permission in self.denied:
            raise AwsProblem("denied", code="UnauthorizedOperation")
        if call.params.get("DryRun"):
            assert call.done_if == ("DryRunOperation",)
        return {}

    def _decisions(self, params: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        for action in params["ActionNames"]:
            for resource in params["ResourceArns"]:
                denied = action in self.denied or f"{action} {resource}" in self.denied
                decision = "implicitDeny" if denied else "allowed"
                yield {"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision}

    @property
    def operations(self) -> list[str]:
        return [call.operation for call in self.calls]


def test_the_root_user_needs_no_question() -> None:
    iam = Iam()
    (check,) = permission_checks(iam.send, Identity("123456789012", "arn:aws:iam::123456789012:root"), NEEDS)
    assert (check.state, iam.calls) == ("ok", [])


def test_iam_says_what_is_allowed() -> None:
    iam = Iam(("elasticloadbalancing:CreateLoadBalancer",))
    plan, apply = permission_checks(iam.send, USER, NEEDS)
    assert (plan.state, plan.text) == ("ok", "plan: all 2 actions are allowed")
    assert apply.state == "failed"
    assert apply.text == "apply: 1 of 4 actions are not allowed: elasticloadbalancing:CreateLoadBalancer"
    assert apply.command == "elbplan permissions 'specs/my web.yaml' apply"
    assert iam.operations == ["SimulatePrincipalPolicy"] * 3


def test_iam_is_asked_about_the_resources_and_conditions_of_each_statement() -> None:
    iam = Iam()
    assert {check.state for check in permission_checks(iam.send, USER, NEEDS)} == {"ok"}
    (asked,) = [call.params for call in iam.calls if call.params["ActionNames"] == list(CHANGES.actions)]
    assert asked["ResourceArns"] == list(CHANGES.resources)
    entry = {"ContextKeyName": OWN[0][1], "ContextKeyValues": ["web"], "ContextKeyType": "string"}
    assert asked["ContextEntries"] == [entry]


def test_an_action_that_is_allowed_for_one_of_its_resources_is_allowed() -> None:
    """A statement lists the resources of all its actions, and each action has only some of these types."""
    iam = Iam((f"elasticloadbalancing:CreateLoadBalancer {ELB}:targetgroup/*",))
    assert {check.state for check in permission_checks(iam.send, USER, NEEDS)} == {"ok"}


def test_what_elbplan_can_do_without_is_a_warning() -> None:
    needs = replace(NEEDS, optional=frozenset(CREATES.actions))
    plan, apply = permission_checks(Iam(CREATES.actions).send, USER, needs)
    assert (plan.state, apply.state) == ("ok", "warning")
    assert apply.text == "apply: not allowed, and elbplan can do without: ec2:CreateSecurityGroup"


def test_the_needs_of_any_stack_and_of_one() -> None:
    (stack,) = load_text(Source("web.yaml", "name: web\nregion: eu-west-1\ntargets: {ips: [10.0.0.1]}\n"))
    any_stack, one = needs_of([]), needs_of([replace(stack, file="web.yaml")], "123456789012")
    assert one.actions["apply"] < any_stack.actions["apply"]
    assert one.actions["plan"] < one.actions["apply"]
    assert (any_stack.specs, one.specs) == ((), ("web.yaml",))
    assert "route53:GetAccountLimit" in any_stack.actions["apply"] - one.actions["apply"]
    assert "servicequotas:GetServiceQuota" in one.optional
    arns = {resource for statement in one.statements for resource in statement.resources}
    assert any(arn.startswith("arn:aws:elasticloadbalancing:eu-west-1:123456789012:") for arn in arns)


def test_an_action_that_iam_does_not_judge_is_not_allowed() -> None:
    def send(call: Call) -> Any:
        return {"EvaluationResults": []}

    assert [check.state for check in permission_checks(send, USER, NEEDS)] == ["failed", "failed"]


@pytest.mark.parametrize(("reads_role", "path"), [(True, "team/"), (False, "")])
def test_the_session_of_a_role_is_judged_as_its_role(reads_role: bool, path: str) -> None:
    iam = Iam(reads_role=reads_role)
    assert {check.state for check in permission_checks(iam.send, ROLE, NEEDS)} == {"ok"}
    assert iam.calls[-1].params["PolicySourceArn"] == f"arn:aws:iam::123456789012:role/{path}deploy"


def test_without_the_simulation_some_calls_are_tried() -> None:
    iam = Iam(simulates=False)
    (check,) = permission_checks(iam.send, USER, NEEDS)
    assert check.state == "unknown"
    assert check.text == "3 of 4 actions tried, none is denied; the others are not checked"
    writes = [call for call in iam.calls if not call.reads and call.service != "iam"]
    assert [call.params["DryRun"] for call in writes] == [True]


def test_without_the_simulation_a_denied_call_fails() -> None:
    iam = Iam(("ec2:CreateSecurityGroup",), simulates=False)
    (check,) = permission_checks(iam.send, USER, NEEDS)
    assert (check.state, check.text[:6]) == ("failed", "apply:")


def failing(code: str) -> Callable[[Call], Any]:
    def send(call: Call) -> Any:
        raise AwsProblem("x", code=code)

    return send


def test_other_failures_are_no_missing_permissions() -> None:
    (check,) = permission_checks(failing("Throttling"), USER, NEEDS)
    assert check.state == "unknown"
