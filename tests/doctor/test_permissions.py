"""The permissions: by IAM's own simulation, or by calls that change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.doctor.access import Identity
from elbplan.doctor.permissions import permission_checks
from elbplan.errors import AwsProblem

USER = Identity("123456789012", "arn:aws:iam::123456789012:user/anna")
ROLE = Identity("123456789012", "arn:aws:sts::123456789012:assumed-role/deploy/me")
NEEDS = {
    "plan": ["ec2:DescribeInstances", "elasticloadbalancing:DescribeLoadBalancers"],
    "apply": ["ec2:CreateSecurityGroup", "ec2:DescribeInstances", "elasticloadbalancing:CreateLoadBalancer"],
}


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
            return {"EvaluationResults": list(self._decisions(call.params["ActionNames"]))}
        if call.permission in self.denied:
            raise AwsProblem("denied", code="UnauthorizedOperation")
        if call.params.get("DryRun"):
            assert call.done_if == ("DryRunOperation",)
        return {}

    def _decisions(self, actions: list[str]) -> Iterator[dict[str, str]]:
        for action in actions:
            decision = "implicitDeny" if action in self.denied else "allowed"
            yield {"EvalActionName": action, "EvalDecision": decision}

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
    assert apply.text == "apply: 1 of 3 actions are not allowed: elasticloadbalancing:CreateLoadBalancer"
    assert apply.command == "elbplan permissions apply"
    assert iam.operations == ["SimulatePrincipalPolicy"]


def test_an_action_that_iam_does_not_judge_is_not_allowed() -> None:
    def send(call: Call) -> Any:
        return {"EvaluationResults": []}

    assert [check.state for check in permission_checks(send, USER, NEEDS)] == ["failed", "failed"]


@pytest.mark.parametrize(("reads_role", "path"), [(True, "team/"), (False, "")])
def test_the_session_of_a_role_is_judged_as_its_role(reads_role: bool, path: str) -> None:
    iam = Iam(reads_role=reads_role)
    assert {check.state for check in permission_checks(iam.send, ROLE, NEEDS)} == {"ok"}
    assert iam.calls[-1].params["PolicySourceArn"] == f"arn:aws:iam::123456789012:role/{path}deploy"


def test_many_actions_are_asked_in_batches() -> None:
    iam = Iam()
    needs = {"apply": [f"ec2:Describe{number}" for number in range(250)]}
    (check,) = permission_checks(iam.send, USER, needs)
    assert check.text == "apply: all 250 actions are allowed"
    assert [len(call.params["ActionNames"]) for call in iam.calls] == [100, 100, 50]


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
