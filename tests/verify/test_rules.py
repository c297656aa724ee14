"""Each rule's sample request, and what its answer must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from elbplan.core.address import Address
from elbplan.kinds.aws.leading_actions import LeadingAction
from elbplan.kinds.rule import Rule
from elbplan.verification.stack import ServedStack

from .kit import NAME, answering, failures, found, served, verified

RULE = Address("rule", "one")
FORWARD = {"type": "forward", "groups": [{"group": "web"}]}


def with_rule(
    action: Mapping[str, Any], *conditions: Mapping[str, Any], leading: Mapping[str, Any] | None = None
) -> ServedStack:
    """The stack with one more rule on port 443."""
    conditions = conditions or ({"field": "path-pattern", "values": ["/old/*"]},)
    rule = Rule.model_validate({"listener": "443", "priority": 1, "conditions": conditions, "action": action})
    if leading:
        rule = rule.model_copy(update={"leading_actions": (TypeAdapter(LeadingAction).validate_python(leading),)})
    stack = served()
    return replace(stack, resources={**stack.resources, RULE: rule})


class Application:
    """Answers one path in a way of its own, and remembers the requests."""

    def __init__(self, path: str = "", status: int = 200, **headers: str) -> None:
        self.path, self.reply = path, (status, headers)
        self.requests: list[tuple[str, str, Mapping[str, str]]] = []

    def __call__(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
        self.requests.append((method, path, headers))
        return self.reply if path == self.path else (200, {"Server": "nginx"})


def checked(stack: ServedStack, application: Application) -> tuple[str, str]:
    """State and text of the check of the rule."""
    with answering(application) as network:
        (check,) = found(verified(network, stack), "rule")
    return check.state, check.text.split(" in ")[0]


def test_a_forward_answers() -> None:
    application = Application()
    assert checked(with_rule(FORWARD), application) == ("ok", f"GET https://{NAME}/old/ answers 200")
    assert sorted(path for _, path, _ in application.requests) == ["/", "/old/"]


def test_a_forward_without_a_target_fails() -> None:
    state, text = checked(with_rule(FORWARD), Application("/old/", 503, Server="awselb/2.0"))
    assert (state, text) == ("failed", f"GET https://{NAME}/old/ answers 503: no target can answer")


def test_headers_query_and_method_are_sent() -> None:
    conditions: list[dict[str, Any]] = [
        {"field": "http-header", "name": "X-Beta", "values": ["yes"]},
        {"field": "query-string", "values": ["v=2"]},
        {"field": "http-request-method", "values": ["HEAD"]},
    ]
    application = Application()
    assert checked(with_rule(FORWARD, *conditions), application)[0] == "ok"
    ((method, path, headers),) = [request for request in application.requests if "X-Beta" in request[2]]
    assert (method, path, headers["X-Beta"], headers["Host"]) == ("HEAD", "/?v=2", "yes", NAME)


@pytest.mark.parametrize(("status", "state"), [(410, "ok"), (200, "failed")])
def test_a_fixed_response_has_its_status(status: int, state: str) -> None:
    action = {"type": "fixed-response", "status": "410"}
    assert checked(with_rule(action), Application("/old/", status))[0] == state


def test_a_fixed_response_of_503_is_as_the_spec_says() -> None:
    action = {"type": "fixed-response", "status": "503"}
    everything = {"field": "path-pattern", "values": ["*"]}
    with answering(lambda *_: (503, {"Server": "awselb/2.0"})) as network:
        verification = verified(network, with_rule(action, everything))
    assert failures(verification) == {}
    assert [check.text for check in found(verification, "answer")] == ["answers 503, as the spec says"]


@pytest.mark.parametrize(
    ("location", "state"), [(f"https://{NAME}/new", "ok"), (f"https://{NAME}/other", "failed"), ("", "failed")]
)
def test_a_redirect_leads_where_the_rule_says(location: str, state: str) -> None:
    action = {"type": "redirect", "path": "/new", "query": "", "code": 302}
    assert checked(with_rule(action), Application("/old/", 302, Location=location))[0] == state


OIDC = {
    "type": "authenticate-oidc",
    "issuer": "https://id.example.net",
    "authorization_endpoint": "https://login.example.net/authorize",
    "token_endpoint": "https://id.example.net/token",
    "user_info_endpoint": "https://id.example.net/user",
    "client_id": "web",
}
COGNITO = {
    "type": "authenticate-cognito",
    "user_pool_arn": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_a",
    "user_pool_client_id": "web",
    "user_pool_domain": "pool",
}
DENY = {**OIDC, "on_unauthenticated_request": "deny"}
TOKENS = {"type": "jwt-validation", "issuer": "id", "jwks_endpoint": "https://id.example.net/keys"}


@pytest.mark.parametrize(
    ("leading", "status", "location", "result"),
    [
        (OIDC, 302, "https://login.example.net/authorize?state=s3cret", "ok"),
        (OIDC, 302, "https://evil.example.org/authorize", "failed"),
        (OIDC, 200, "", "failed"),
        (COGNITO, 302, "https://pool.auth.eu-central-1.amazoncognito.com/oauth2", "ok"),
        (DENY, 401, "", "ok"),
        (DENY, 200, "", "failed"),
        (TOKENS, 401, "", "ok"),
    ],
)
def test_a_login_leads_to_its_issuer(leading: dict[str, Any], status: int, location: str, result: str) -> None:
    headers = {"Location": location, "Set-Cookie": "AWSALBAuthNonce=s3cret"} if location else {}
    state, text = checked(with_rule(FORWARD, leading=leading), Application("/old/", status, **headers))
    assert state == result
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"field": "http-request-method", "values": ["POST"]}, "elbplan sends no POST: it could change something"),
        ({"field": "source-ip", "values": ["10.0.0.0/8"]}, "only for clients with the ip 10.0.0.0/8"),
        ({"field": "host-header", "values": ["shop.example.org"]}, "no TLS for shop.example.org: "),
    ],
)
def test_what_cannot_be_asked_is_skipped(condition: dict[str, Any], reason: str) -> None:
    application = Application()
    state, text = checked(with_rule(FORWARD, condition), application)
    assert (state, text[: len(reason)]) == ("skipped", reason)
    assert [method for method, *_ in application.requests] == ["GET"]
