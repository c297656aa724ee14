"""`elbplan permissions`, and what a command prints if a permission is missing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from elbplan.permissions.policy import Command, policy
from elbplan.sandbox.iam.policies import check_document
from elbplan.spec import load

from .kit import WEB, CommandResult, Shell


def without(shell: Shell, command: Command, action: str) -> None:
    """The caller may do everything that the command needs, except one action."""
    (stack,) = load([shell.spec])
    shell.box.policy(policy(stack, command).without(action).document)


def pasted(shell: Shell, command: Command, action: str, done: CommandResult) -> None:
    """The same, and an administrator adds the statement that the command printed."""
    (text,) = re.findall(r"allows? it:\n((?:  .*\n)+?)(?=all permissions|missing)", done.err)
    (stack,) = load([shell.spec])
    document: dict[str, Any] = policy(stack, command).without(action).document
    statements = json.loads("[" + text.replace("\n  }\n  {", "\n  },\n  {") + "]")
    shell.box.policy({**document, "Statement": [*document["Statement"], *statements]})


def test_the_policy_is_the_only_thing_on_stdout(shell: Shell) -> None:
    done = shell.run("permissions", shell.spec, "apply")
    assert done.code == 0
    check_document(done.document)
    assert "not limited to the resources of the stack:" in done.err
    assert "SetRulePriorities" not in done.out
    assert shell.box.calls == []


def test_the_old_and_the_new_spec_of_a_stack_have_one_policy(shell: Shell) -> None:
    text = WEB.replace("domain: api.example.com\n", "")
    done = shell.run("permissions", shell.write("new.yaml", text), shell.spec, "apply", "--json")
    assert done.document["stacks"] == ["my-web"]
    assert "acm:DeleteCertificate" in done.out


def test_without_a_spec_it_is_for_any_stack(shell: Shell) -> None:
    done = shell.run("permissions", "destroy", "--quiet")
    assert done.err == ""
    assert '"Null": {\n          "aws:ResourceTag/elbplan:stack": "false"' in done.out


def test_a_long_policy_comes_in_parts(shell: Shell) -> None:
    assert "--part 1, --part 2 and --part 3 print 3 policies" in shell.run("permissions").err
    parts = [shell.run("permissions", "--part", str(number)).document for number in (1, 2, 3)]
    whole = shell.run("permissions").document["Statement"]
    assert [statement for part in parts for statement in part["Statement"]] == whole
    assert shell.run("permissions", shell.spec, "plan", "--part", "2").code == 64


def test_the_document_has_the_reasons_too(shell: Shell) -> None:
    document = shell.run("permissions", shell.spec, "plan", "--json", "--account", "111122223333").document
    assert (document["schema"], document["stacks"], document["command"]) == (1, ["my-web"], "plan")
    assert "111122223333" in json.dumps(document["policies"][0]["policy"])
    assert {"why", "actions"} == set(document["unlimited"][0])


ROLE = "arn:aws:iam::111122223333:role/deploy"


def test_who_assumes_the_role_of_a_spec_needs_a_statement_of_its_own(shell: Shell) -> None:
    spec = shell.write("role.yaml", f"{WEB}role: {ROLE}\n")
    done = shell.run("permissions", spec, "apply")
    assert "sts:AssumeRole" not in done.out, "the policy is for the role itself"
    statement = json.loads(done.err.partition("a statement of their own:")[2].strip().rpartition("}")[0] + "}")
    assert (statement["Action"], statement["Resource"]) == ("sts:AssumeRole", ROLE)
    document = shell.run("permissions", spec, "apply", "--json").document
    assert document["caller"]["Statement"][0]["Resource"] == ROLE
    check_document(document["caller"])
    assert shell.run("permissions", shell.spec, "--json").document["caller"] is None


def test_a_command_that_only_reads_takes_no_spec(shell: Shell) -> None:
    done = shell.run("permissions", shell.spec, "leftovers")
    assert done.code == 64
    assert "the policy for leftovers is the same for every spec" in done.err
    check_document(shell.run("permissions", "leftovers").document)
    assert shell.run("permissions", "list", "--json").document["command"] == "list"
    assert shell.box.calls == []


@pytest.mark.parametrize(
    "action", ["ec2:DescribeInstances", "elasticloadbalancing:DescribeLoadBalancers", "route53:ListResourceRecordSets"]
)
def test_a_plan_without_a_read_names_the_statement_that_is_missing(shell: Shell, action: str) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "plan", action)
    done = shell.run("plan", shell.spec)
    assert done.code == 1
    assert f"the credentials need the permission {action}" in done.err
    assert f"missing permission: {action}" in done.err
    assert done.err.endswith(f"all permissions: elbplan permissions {shell.spec} plan\n")
    pasted(shell, "plan", action, done)
    assert shell.run("plan", shell.spec).code == 0


@pytest.mark.parametrize("action", ["tag:GetResources", "elasticloadbalancing:DescribeAccountLimits"])
def test_a_plan_says_without_what_it_goes_on(shell: Shell, action: str) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "plan", action)
    done = shell.run("plan", shell.spec)
    assert done.code == 0
    assert f"missing permission: {action}\n  without it, elbplan " in done.err


@pytest.mark.parametrize(
    "action",
    [
        "ec2:RunInstances", "ec2:CreateTags", "elasticloadbalancing:AddTags", "iam:CreateServiceLinkedRole",
        "acm:RequestCertificate", "route53:ChangeResourceRecordSets",
    ],
)  # fmt: skip
def test_an_apply_without_a_write_goes_on_with_the_statement_that_it_printed(shell: Shell, action: str) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "apply", action)
    done = shell.run("apply", shell.spec, "--yes")
    assert done.code == 4
    assert f"missing permission: {action}" in done.err
    pasted(shell, "apply", action, done)
    again = shell.run("apply", shell.spec, "--yes")
    assert (again.code, "missing permission" in again.err) == (0, False), again.err[-2000:]


def test_the_statement_is_in_the_events_and_in_the_error_of_json(shell: Shell) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "apply", "elasticloadbalancing:CreateTargetGroup")
    lines = shell.run("apply", shell.spec, "--yes", "--json").lines
    (failed,) = [line for line in lines if line["type"] == "failed"]
    assert failed["permission"] == "elasticloadbalancing:CreateTargetGroup"
    assert failed["statement"]["Condition"]["StringEquals"] == {"aws:RequestTag/elbplan:stack": "my-web"}
    assert lines[-1]["error"]["statement"]["Action"] == "elasticloadbalancing:CreateTargetGroup"


def test_the_long_message_of_ec2_is_cut_out(shell: Shell) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "apply", "ec2:CreateSecurityGroup")
    done = shell.run("apply", shell.spec, "--yes")
    assert "not authorized to perform: ec2:CreateSecurityGroup on resource" in done.err
    assert "Encoded" not in done.err + done.out


def test_a_denied_change_of_records_names_the_records(shell: Shell) -> None:
    shell.connect("ap-northeast-2")
    without(shell, "apply", "route53:ChangeResourceRecordSets")
    done = shell.run("apply", shell.spec, "--yes")
    assert '"route53:ChangeResourceRecordSetsNormalizedRecordNames": "_' in done.err
    assert '"route53:ChangeResourceRecordSetsActions": "UPSERT"' in done.err
