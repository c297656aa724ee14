"""OIDC rule.

A create sends the secret; an unrelated change sends UseExistingClientSecret; the secret is in no plan.
"""

from __future__ import annotations

from typing import Any

from elbplan.core.plan import Plan
from elbplan.kinds.aws.leading_actions import SECRET_TAG

from ..e2e.test_simulation import watched
from .kit import NOTHING, Case, Writes

SECRET = "hunter2-S3CRET-of-the-rule"
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
targets: {{ips: [172.31.0.5], port: 80}}
listeners:
  - listen: 443/https
    rules:
      - name: admin
        path: {path}
        forward: web
        login:
          oidc:
            issuer: https://id.example.com
            authorization: https://id.example.com/authorize
            tokens: https://id.example.com/token
            user_info: https://id.example.com/user
            client_id: web
            client_secret: ssm:/web/oidc
            client_secret_version: {version}
            scope: {scope}
"""


def spec(path: str = "/admin/*", version: int = 1, scope: str = "openid") -> str:
    return SPEC.format(path=path, version=version, scope=scope)


def put(case: Case) -> None:
    case.client("ssm").put_parameter(Name="/web/oidc", Value=SECRET, Type="SecureString", Overwrite=True)


def logins(sent: Writes) -> list[dict[str, Any]]:
    actions = [action for params in sent.of("CreateRule", "ModifyRule") for action in params.get("Actions") or ()]
    return [action["AuthenticateOidcConfig"] for action in actions if "AuthenticateOidcConfig" in action]


def test_a_create_sends_the_secret_and_a_change_elsewhere_does_not(case: Case) -> None:
    put(case)
    created = case.apply(spec())
    assert [(c.get("ClientSecret"), "UseExistingClientSecret" in c) for c in logins(created)] == [("(hidden)", False)]
    assert logins(case.apply(spec(path="/staff/*"))) == []
    (changed,) = logins(case.apply(spec(path="/staff/*", scope="openid email")))
    assert ("ClientSecret" in changed, changed["UseExistingClientSecret"]) == (False, True)
    case.destroy(spec())


def test_another_mark_sends_it_again_and_then_remembers_the_mark(case: Case) -> None:
    put(case)
    case.apply(spec())
    sent = case.apply(spec(version=2))
    assert sent.actions == ["ModifyRule", "AddTags"]
    assert [config.get("ClientSecret") for config in logins(sent)] == ["(hidden)"]
    assert sent.only("AddTags")["Tags"] == [{"Key": SECRET_TAG, "Value": "ssm:/web/oidc version=2"}]
    case.destroy(spec())


def test_after_each_step_aws_is_as_simulated(case: Case) -> None:
    put(case)
    watched(case.stage, spec())
    watched(case.stage, spec(version=2, scope="openid email"))
    watched(case.stage, spec(path="/staff/*", version=3))
    case.destroy(spec())


def test_the_secret_is_in_no_plan(case: Case) -> None:
    put(case)
    plan: Plan = case.plan(spec())
    assert plan.steps
    assert SECRET not in repr(plan)


def test_a_run_that_ends_before_the_mark_is_remembered_sends_it_again(case: Case) -> None:
    """AWS has no call that changes the actions and the tags of a rule together."""
    put(case)
    case.apply(spec())
    case.box.fault("error", action="AddTags", code="ServiceUnavailable", status=503, limit=1)
    case.stage.run(case.plan(spec(version=2)))
    sent = case.apply(spec(version=2))
    assert set(sent.actions) <= {"ModifyRule", "AddTags"}
    case.destroy(spec())


def test_a_create_that_is_killed_is_continued(case: Case) -> None:
    """A killed run is a process of its own: the reference is a variable that every process has."""
    case.crash_sweep(NOTHING, spec().replace("ssm:/web/oidc", "env:PATH"))
