"""Logins with OpenID Connect: the secret goes to AWS only, and only when it must."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell
from tests.fake_time import FakeRunClock
from tests.sandbox.visitor import Visitor

from .stage import Stage

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
      - name: api
        path: {path}
        token: {{issuer: me, keys: "https://id.example.com/keys", claims: {{aud: web}}}}
        forward: web
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
    assert config["ClientSecret"] == "(hidden)"
    assert "UseExistingClientSecret" not in config
    stage.assert_settled(spec())
    stage.destroy(spec())


def test_an_unrelated_change_keeps_the_secret_that_aws_has(stage: Stage) -> None:
    put(stage)
    stage.apply(spec())
    stage.client("ssm").delete_parameter(Name="/web/oidc")
    stage.box.clear_calls()
    changed = spec(more="        scope: openid email\n")
    assert stage.run(stage.plan(changed)).complete
    (config,) = sent(stage)
    assert (config["UseExistingClientSecret"], config["Scope"]) == (True, "openid email")
    assert "ClientSecret" not in config
    assert [call.params for call in stage.box.calls if call.params.get("Name") == "/web/oidc"] == []
    stage.assert_settled(changed)
    stage.destroy(changed)


def test_another_reference_or_mark_sends_the_secret(stage: Stage) -> None:
    put(stage)
    put(stage, name="/web/other")
    stage.apply(spec())
    for changed in (
        spec("ssm:/web/other"),
        spec("ssm:/web/other", more="        client_secret_version: 2\n"),
        spec("ssm:/web/other", more="        client_secret_version: 3\n"),
    ):
        stage.box.clear_calls()
        plan = stage.plan(changed)
        assert [change.fields for change in plan.changes if change.action == "update"] == [("leading_actions",)]
        assert stage.run(plan).complete
        assert [config.get("ClientSecret") for config in sent(stage)] == ["(hidden)"]
        stage.assert_settled(changed)
    stage.destroy(changed)


WITHOUT = [
    ("ssm:/web/none", "Parameter Store has no parameter /web/none"),
    ("ssm:/web/plain", "the parameter /web/plain is a String, not a SecureString"),
    ("secretsmanager:none#key", "Secrets Manager has no secret none"),
    ("env:ELBPLAN_TEST_NO_SECRET", "the environment has no variable ELBPLAN_TEST_NO_SECRET"),
]


@pytest.mark.parametrize(("reference", "why"), WITHOUT)
def test_a_missing_secret_is_refused_before_the_first_write(stage: Stage, reference: str, why: str) -> None:
    put(stage, name="/web/plain", kind="String")
    stage.box.clear_calls()
    with pytest.raises(Refused, match=why):
        stage.plan(spec(reference))
    assert stage.box.writes() == []


def test_a_secret_that_goes_after_the_plan_stops_the_run_before_its_first_write(stage: Stage) -> None:
    put(stage)
    plan = stage.plan(spec())
    stage.client("ssm").delete_parameter(Name="/web/oidc")
    stage.box.clear_calls()
    with pytest.raises(Refused, match="Parameter Store has no parameter /web/oidc"):
        stage.run(plan)
    assert stage.box.writes() == []


def test_the_environment_is_that_of_the_command(box: Box, tmp_path: Path) -> None:
    shell = Shell(box, tmp_path)
    path = shell.write("web.yaml", spec("env:WEB_OIDC"))
    refused = shell.run("apply", path, "--yes")
    assert (refused.code, "the environment has no variable WEB_OIDC" in refused.err) == (5, True), refused.err
    shell.environ["WEB_OIDC"] = SECRET
    made = shell.run("apply", path, "--yes", run_clock=FakeRunClock)
    assert made.code == 0, made.err
    assert SECRET not in made.out + made.err


def test_a_login_without_a_secret_is_not_created(stage: Stage) -> None:
    without = "\n".join(line for line in spec().splitlines() if "client_secret" not in line) + "\n"
    with pytest.raises(Refused, match="AWS needs the client secret of a new login"):
        stage.run(stage.plan(without))


def test_a_key_of_a_secret_is_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = stage.client("secretsmanager")
    secrets.create_secret(Name="web/oidc", SecretString=json.dumps({"client": SECRET, "number": 5}))
    with_key = spec("secretsmanager:web/oidc#client")
    stage.apply(with_key)
    stage.destroy(with_key)
    wrong = stage.run(stage.plan(spec("secretsmanager:web/oidc#number")))
    (failure,) = wrong.failed
    assert failure.text == "the secret web/oidc has no text with the key number"
    stage.destroy(with_key)


def test_an_import_of_the_login_keeps_its_secret(stage: Stage) -> None:
    """A spec that names no secret, for a login that exists, is no change."""
    put(stage)
    stage.apply(spec())
    without = "\n".join(line for line in spec().splitlines() if "client_secret" not in line) + "\n"
    stage.assert_settled(without)
    stage.destroy(spec())


def test_a_visitor_logs_in_shows_a_token_and_sees_the_rewritten_path(stage: Stage) -> None:
    put(stage)
    rewrite = "        rewrite: {path: {regex: '^/api', to: /v1}}\n        forward: web\n"
    rewriting = spec().replace("        forward: web\n", rewrite)
    stage.apply(rewriting)
    visitor, site = Visitor(stage.box), "https://api.example.com"
    login = visitor.get(f"{site}/")
    assert (login.status, login.headers["Location"].partition("?")[0]) == (302, "https://id.example.com/authorize")
    assert visitor.get(f"{site}/api/users").status == 401
    answer = visitor.get(f"{site}/api/users", Authorization="Bearer token")
    assert (answer.status, "GET /v1/users" in answer.text) == (200, True)
    stage.destroy(rewriting)
