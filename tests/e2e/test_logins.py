"""Logins with OpenID Connect: the secret goes to AWS only, and only when it must."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.sandbox.box import Box

from .stage import REGION, Stage

SECRET = "hunter2-S3CRET-of-the-login"
OIDC = """
      oidc:
        issuer: https://id.example.com
        authorization: https://id.example.com/authorize
        tokens: https://id.example.com/token
        user_info: https://id.example.com/user
        client_id: web
        client_secret: {reference}
"""
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
servers: {{count: 1}}
targets: {{port: 80}}
listeners:
  - listen: 443/https
    login:{login}
    rules:
      - {{name: api, path: {path}, token: {{issuer: me, keys: "https://id.example.com/keys", claims: {{aud: web}}}}, forward: web}}
"""


def spec(reference: str = "ssm:/web/oidc", path: str = "/api/*", more: str = "") -> str:
    return SPEC.format(login=OIDC.format(reference=reference) + more, path=path)


def put(stage: Stage, value: str = SECRET, name: str = "/web/oidc", kind: str = "SecureString") -> None:
    stage.client("ssm").put_parameter(Name=name, Value=value, Type=kind, Overwrite=True)


def sent(stage: Stage) -> list[dict[str, Any]]:
    """The configurations of OIDC logins that were sent since the calls were cleared."""
    calls = [call.params for call in stage.box.calls if call.action in ("CreateListener", "ModifyListener")]
    actions = [action for params in calls for action in params.get("DefaultActions") or ()]
    return [action["AuthenticateOidcConfig"] for action in actions if "AuthenticateOidcConfig" in action]


def test_a_login_is_made_changed_and_removed(stage: Stage) -> None:
    put(stage)
    stage.box.clear_calls()
    plan = stage.plan(spec())
    assert stage.run(plan).complete
    (config,) = sent(stage)
    assert "ClientSecret" in config and "UseExistingClientSecret" not in config
    stage.assert_settled(spec())
    stage.destroy(spec())
