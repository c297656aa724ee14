"""The least policy: what a spec needs for a command, with the limits of its names, tags and references."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.permissions.policy import (
    BESIDE_THE_KINDS,
    LARGEST_POLICY,
    Policy,
    combined,
    missing_statement,
    missing_statements,
    policy,
)
from elbplan.sandbox.iam.policies import check_document
from elbplan.spec import load

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))
WEB = """
name: my-web
region: ap-northeast-2
account: "123456789012"
zones: [a, c]
domain: ["*.Example.com"]
servers: {count: 1, key: me}
targets: {port: 80}
"""


def stack(text: str = WEB) -> Stack:
    (loaded,) = load(["-"], stdin=io.StringIO(text))
    return loaded


def statements(given: Policy, action: str) -> list[dict[str, Any]]:
    """The statements with an action, as IAM reads them."""
    found = [s.document for s in given.statements if action in s.actions]
    return [{key: value for key, value in each.items() if key not in ("Sid", "Effect", "Action")} for each in found]


def conditions(given: Policy, action: str) -> list[Any]:
    return [each.get("Condition") for each in statements(given, action)]


@pytest.mark.parametrize("command", [None, "plan", "apply", "destroy"])
@pytest.mark.parametrize("text", ["", WEB])
def test_iam_accepts_every_policy_and_the_order_is_stable(command: Any, text: str) -> None:
    of = stack(text) if text else None
    check_document(policy(of, command).document)
    assert json.dumps(policy(of, command).document) == json.dumps(policy(of, command).document)
    assert policy(of, command).actions == tuple(sorted(set(policy(of, command).actions)))


def test_plan_only_reads_and_destroy_creates_nothing() -> None:
    reads = ("Describe", "Get", "List")
    assert all(action.partition(":")[2].startswith(reads) for action in policy(None, "plan").actions)
    makes = ("Create", "Run", "Allocate", "Request")
    created = {a for a in policy(stack(), "destroy").actions if a.partition(":")[2].startswith(makes)}
    assert created == set()


def test_the_place_of_the_stack_is_in_the_arns() -> None:
    (found,) = statements(policy(stack(), "destroy"), "ec2:DeleteSecurityGroup")
    assert found["Resource"] == "arn:aws:ec2:ap-northeast-2:123456789012:*"
    assert found["Condition"] == {"StringEquals": {"aws:ResourceTag/elbplan:stack": "my-web"}}
    china = policy(None, "destroy", region="cn-north-1")
    assert "arn:aws-cn:ec2:cn-north-1:*:*" in json.dumps(china.document)


def test_a_record_is_limited_to_its_name_as_route_53_writes_it() -> None:
    key = "route53:ChangeResourceRecordSetsNormalizedRecordNames"
    names = {
        condition["ForAllValues:StringLike"][key]
        for condition in conditions(policy(stack(), "apply"), "route53:ChangeResourceRecordSets")
    }
    assert names == {"\\052.example.com", "_*.example.com"}


def test_a_tag_in_a_create_call_names_the_create_call() -> None:
    (new,) = [c for c in conditions(policy(stack(), "apply"), "ec2:CreateTags") if "RequestTag" in str(c)]
    assert new["StringEquals"]["ec2:CreateAction"] == ["CreateSecurityGroup", "RunInstances"]


def test_only_what_the_spec_has_is_in_the_policy() -> None:
    apply = policy(stack(), "apply")
    assert "ec2:AllocateAddress" not in apply.actions
    assert "lambda:AddPermission" not in apply.actions
    assert "iam:PassRole" not in apply.actions
    assert any("key-pair/me" in str(s) for s in statements(apply, "ec2:RunInstances"))
    plain = stack(WEB.replace("key: me", "elastic_ip: true").replace('domain: ["*.Example.com"]\n', ""))
    assert "ec2:AllocateAddress" in policy(plain, "apply").actions
    assert "acm:RequestCertificate" not in policy(plain, "apply").actions


FUNCTION = "arn:aws:lambda:ap-northeast-2:123456789012:function:hello"


CODE = f"""
name: code
region: ap-northeast-2
load_balancer: {{main: {{subnets: [a, b]}}}}
target_group: {{code: {{target_type: lambda, balancer: main}}}}
targets: {{code: {{group: code, members: [{{address: "{FUNCTION}"}}]}}}}
listener:
  "80": {{load_balancer: main, port: 80, protocol: HTTP, action: {{type: forward, groups: [{{group: code}}]}}}}
"""


def test_a_function_is_named_by_its_arn() -> None:
    (found,) = statements(policy(stack(CODE), "apply"), "lambda:AddPermission")
    assert found["Resource"] == FUNCTION
    assert found["Condition"] == {"StringEquals": {"lambda:Principal": "elasticloadbalancing.amazonaws.com"}}


@pytest.mark.parametrize(
    ("targets", "resource", "condition"),
    [
        ("instances: [i-0aaa1111]", "arn:aws:ec2:ap-northeast-2:123456789012:instance/i-0aaa1111", None),
        ("tag: app=web", "arn:aws:ec2:ap-northeast-2:123456789012:instance/*", {"aws:ResourceTag/app": "web"}),
    ],
)
def test_servers_that_a_destroy_ends_are_named(targets: str, resource: str, condition: Any) -> None:
    spec = WEB.replace("servers: {count: 1, key: me}\n", "").replace(
        "targets: {port: 80}", f"targets: {{{targets}, port: 80, on_destroy: terminate}}"
    )
    found = [
        s
        for s in statements(policy(stack(spec), "destroy"), "ec2:TerminateInstances")
        if s.get("Condition") != {"StringEquals": {"aws:ResourceTag/elbplan:stack": "my-web"}}
    ]
    assert found == [{"Resource": resource} | ({"Condition": {"StringEquals": condition}} if condition else {})]


def test_several_stacks_share_statements() -> None:
    both = combined([policy(stack(), "apply"), policy(stack(WEB.replace("my-web", "other")), "apply")])
    assert both.characters < policy(stack(), "apply").characters * 1.5
    (found,) = statements(both, "elasticloadbalancing:DeleteListener")
    assert found["Condition"] == {"StringEquals": {"aws:ResourceTag/elbplan:stack": ["my-web", "other"]}}


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_policy_of_two_stacks_has_every_action_of_each(path: Path) -> None:
    """The same statement may have another name in the two policies."""
    each = [policy(stack(), "apply"), *(policy(other, "apply") for other in load([str(path)]))]
    actions = {action for own in each for s in own.statements for action in s.actions}
    assert {action for s in combined(each).statements for action in s.actions} == actions


def test_a_long_policy_has_parts_that_allow_the_same() -> None:
    whole = policy(None)
    assert whole.characters > LARGEST_POLICY
    assert all(part.characters <= LARGEST_POLICY for part in whole.parts)
    assert tuple(statement for part in whole.parts for statement in part.statements) == whole.statements
    assert len(policy(stack(), "plan").parts) == 1


def test_an_adopted_resource_may_be_tagged_although_it_has_no_tag() -> None:
    adopting = stack(f"{WEB}adopt: {{security_group.lb: sg-0abc, security_group.servers: sg-0def}}\n")
    found = statements(policy(adopting, "apply"), "ec2:CreateTags")
    (adopted,) = [s for s in found if "Null" in str(s)]
    arn = "arn:aws:ec2:ap-northeast-2:123456789012"
    assert adopted["Resource"] == [f"{arn}:security-group/sg-0{name}" for name in ("abc", "def")], "and of nobody else"
    assert adopted["Condition"]["StringEquals"] == {"aws:RequestTag/elbplan:stack": "my-web"}


def test_a_denied_adoption_names_the_statement_for_the_resource() -> None:
    adopting = stack(f"{WEB}adopt: {{security_group.lb: sg-0abc}}\n")
    group = "arn:aws:ec2:ap-northeast-2:123456789012:security-group/sg-0abc"
    missing = missing_statements("ec2:CreateTags", adopting, resource=group)
    assert any(statement.adopts and statement.resources == (group,) for statement in missing)


def test_plan_and_destroy_may_not_adopt() -> None:
    adopting = stack(f"{WEB}adopt: {{security_group.lb: sg-0abc}}\n")
    for command in ("plan", "destroy"):
        assert not any(statement.adopts for statement in policy(adopting, command).statements)  # type: ignore[arg-type]


def test_the_missing_statement_of_a_call_has_the_limits_of_the_stack() -> None:
    call = Call("elbv2", "DeleteListener", {"ListenerArn": "x"})
    missing = missing_statement(call, "my-web", region="eu-west-1").document
    assert missing == {
        "Effect": "Allow",
        "Action": "elasticloadbalancing:DeleteListener",
        "Resource": "arn:aws:elasticloadbalancing:eu-west-1:*:listener/*",
        "Condition": {"StringEquals": {"aws:ResourceTag/elbplan:stack": "my-web"}},
    }
    assert missing_statement("s3:GetObject").document == {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def test_a_resource_that_aws_names_selects_the_statement() -> None:
    image = "arn:aws:ec2:eu-west-1::image/ami-0abc"
    assert missing_statement("ec2:RunInstances", stack(), resource=image).conditions == ()
    server = "arn:aws:ec2:ap-northeast-2:123456789012:instance/*"
    assert "RequestTag" in str(missing_statement("ec2:RunInstances", stack(), resource=server).conditions)


def test_every_permission_without_a_tag_has_a_reason() -> None:
    every = [*BESIDE_THE_KINDS, *(permission for kind in KINDS.values() for permission in kind.permissions)]
    bare = {
        p.action for p in every if not p.conditions and not p.why and "{stack}" not in str(p.on) and p.on != ("{}",)
    }
    assert bare == set()
    assert len(every) > 100
