"""The permissions for secrets name exactly the secrets of the spec, for the commands that send them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from elbplan.permissions.policy import policy
from elbplan.sandbox.iam.policies import check_document
from elbplan.spec import load

from .test_policy import WEB, statements

SPEC = f"""{WEB}
listeners:
  - listen: 443/https
    login:
      oidc:
        issuer: https://id.example.com
        authorization: https://id.example.com/authorize
        tokens: https://id.example.com/token
        user_info: https://id.example.com/user
        client_id: web
        client_secret: %s
"""
REGION = "ap-northeast-2:123456789012"
NAMED = f"arn:aws:secretsmanager:{REGION}:secret:web/oidc-??????"
BY_ARN = f"arn:aws:secretsmanager:{REGION}:secret:web/oidc-a1B2c3"


def resources(reference: str, action: str, command: Any = "apply") -> list[Any]:
    (stack,) = load(["-"], stdin=io.StringIO(SPEC % reference))
    given = policy(stack, command)
    check_document(given.document)
    return [statement["Resource"] for statement in statements(given, action)]


def test_a_parameter() -> None:
    own, other = resources("env:OIDC", "ssm:GetParameter"), resources("ssm:/web/oidc:3", "ssm:GetParameter")
    assert str(own).count("arn:") + 1 == str(other).count("arn:")
    assert f"'arn:aws:ssm:{REGION}:parameter/web/oidc'" in str(other)
    assert resources("ssm:/web/oidc", "ssm:DescribeParameters") == ["*"]
    assert resources("ssm:/web/oidc", "secretsmanager:GetSecretValue") == []


@pytest.mark.parametrize(
    ("reference", "arn"), [("secretsmanager:web/oidc#client", NAMED), (f"secretsmanager:{BY_ARN}", BY_ARN)]
)
@pytest.mark.parametrize("action", ["GetSecretValue", "DescribeSecret"])
def test_a_secret(reference: str, arn: str, action: str) -> None:
    assert resources(reference, f"secretsmanager:{action}") == [arn]


@pytest.mark.parametrize(
    ("reference", "service"), [("ssm:/web/oidc", "ssm"), ("secretsmanager:web/oidc", "secretsmanager")]
)
def test_a_key_is_used_through_its_service_only(reference: str, service: str) -> None:
    (stack,) = load(["-"], stdin=io.StringIO(SPEC % reference))
    (statement,) = statements(policy(stack, "apply"), "kms:Decrypt")
    assert statement["Condition"] == {"StringLike": {"kms:ViaService": f"{service}.ap-northeast-2.amazonaws.com"}}


@pytest.mark.parametrize("command", ["plan", "destroy"])
@pytest.mark.parametrize("action", ["secretsmanager:GetSecretValue", "kms:Decrypt"])
def test_only_a_write_reads_a_secret(command: str, action: str) -> None:
    assert resources("secretsmanager:web/oidc", action, command) == []


@pytest.mark.parametrize("action", ["secretsmanager:GetSecretValue", "kms:Decrypt"])
def test_a_variable_needs_nothing(action: str) -> None:
    assert resources("env:OIDC", action) == []
