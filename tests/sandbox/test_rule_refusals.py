"""What AWS refuses of logins, token checks, regular expressions and rewrites of rules."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import Kit, forward, on_path, refused
from .test_logins import COGNITO, TOKENS, modify, oidc

SECRET = {"ClientSecret": "hunter2"}


@pytest.fixture
def group(kit: Kit) -> str:
    return kit.group()


@pytest.fixture
def secure(kit: Kit, group: str) -> str:
    balancer = kit.balancer()["LoadBalancerArn"]
    return kit.listener(balancer, group, 443, Protocol="HTTPS", Certificates=[{"CertificateArn": kit.issued()}])


@pytest.mark.parametrize("name", ["Issuer", "TokenEndpoint"])
@pytest.mark.parametrize("url", ["http://id.example.com", "id.example.com", "https:///a"])
def test_rule_22_urls_of_a_provider_are_full(kit: Kit, secure: str, group: str, name: str, url: str) -> None:
    modify(kit, secure, group, oidc(**SECRET))
    with refused("InvalidLoadBalancerAction"):
        modify(kit, secure, group, oidc(**SECRET, **{name: url}))


@pytest.mark.parametrize(
    "more",
    [
        {"AuthenticationRequestExtraParams": {f"p{n}": "x" for n in range(11)}},
        {"OnUnauthenticatedRequest": "ignore"},
        {"SessionTimeout": 604801},
    ],
)
def test_rule_22_the_session_of_a_login_has_limits(kit: Kit, secure: str, group: str, more: dict[str, Any]) -> None:
    first = {"Type": "authenticate-cognito", "Order": 1, "AuthenticateCognitoConfig": {**COGNITO, **more}}
    with refused("ValidationError"):
        modify(kit, secure, group, first)


def claim(**change: Any) -> dict[str, Any]:
    return {"Format": "single-string", "Name": "aud", "Values": ["web"], **change}


@pytest.mark.parametrize(
    "change",
    [
        {"Issuer": "i" * 257},
        {"AdditionalClaims": [claim()] * 11},
        {"AdditionalClaims": [claim(Values=["v"] * 11)]},
        {"AdditionalClaims": [claim(Name="exp")]},
        {"AdditionalClaims": [claim(Format="space-separated-values", Values=["a b"])]},
    ],
)
def test_rule_22_a_token_check_has_limits(kit: Kit, secure: str, group: str, change: dict[str, Any]) -> None:
    first = {"Type": "jwt-validation", "Order": 1, "JwtValidationConfig": {**TOKENS, **change}}
    with refused("ValidationError"):
        modify(kit, secure, group, first)


def rule(kit: Kit, listener: str, group: str, condition: dict[str, Any], **more: Any) -> None:
    kit.elb.create_rule(ListenerArn=listener, Priority=9, Conditions=[condition], Actions=[forward(group)], **more)


@pytest.mark.parametrize("regex", ["(?=a)", "(?<!a)b", r"(a)\1", "(?>a)", "a*+", "(?R)", r"\p{L}", "(a", "a" * 129])
def test_rule_21_expressions_that_the_engine_does_not_have(kit: Kit, secure: str, group: str, regex: str) -> None:
    with refused("ValidationError"):
        rule(kit, secure, group, {"Field": "path-pattern", "PathPatternConfig": {"RegexValues": [regex]}})


@pytest.mark.parametrize("name", ["Host", "X-*", "X" * 41, "X A", ""])
def test_rule_21_names_of_headers(kit: Kit, secure: str, group: str, name: str) -> None:
    config = {"HttpHeaderName": name, "Values": ["a"]}
    with refused("ValidationError"):
        rule(kit, secure, group, {"Field": "http-header", "HttpHeaderConfig": config})


@pytest.mark.parametrize(("regex", "replace"), [("(?=a)", "b"), ("a" * 1025, "b"), ("a", "b" * 1025)])
def test_rule_22_rewrites_have_limits(kit: Kit, secure: str, group: str, regex: str, replace: str) -> None:
    url = {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": regex, "Replace": replace}]}}
    with refused("ValidationError"):
        rule(kit, secure, group, on_path("/a"), Transforms=[url])


def test_rule_22_a_network_load_balancer_has_weights_and_no_stickiness(kit: Kit) -> None:
    balancer = kit.balancer("net", Type="network")["LoadBalancerArn"]
    groups = [{"TargetGroupArn": kit.group(name, Protocol="TCP"), "Weight": 1} for name in ("a", "b")]

    def listen(**sticky: Any) -> None:
        config = {"TargetGroups": groups, **sticky}
        actions = [{"Type": "forward", "ForwardConfig": config}]
        kit.elb.create_listener(LoadBalancerArn=balancer, Protocol="TCP", Port=80, DefaultActions=actions)

    with refused("InvalidLoadBalancerAction"):
        listen(TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 60})
    listen()
