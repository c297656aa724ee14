"""verify and what stands in front of an answer: a login, a token, a web ACL."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from elbplan.verification.check import Check

from .kit import SPEC, answering, found, served, verified

LOGIN = """
listeners:
  - listen: 443/https
    login:
      oidc:
        issuer: https://id.example.com
        authorization: https://id.example.com/authorize
        tokens: https://id.example.com/token
        user_info: https://id.example.com/user
        client_id: web
        client_secret: ssm:/web/oidc
    forward: web
"""
COGNITO = """
listeners:
  - listen: 443/https
    login:
      cognito:
        user_pool: arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_aB1
        client_id: web
        domain: shop
    forward: web
"""
TOKEN = """
listeners:
  - {listen: 443/https, token: {issuer: me, keys: "https://id.example.com/keys"}, forward: web}
"""
WEB_ACL = "web_acl: arn:aws:wafv2:ap-northeast-2:123456789012:regional/webacl/shield/0a1b\n"
CLOSED = SPEC[: SPEC.index("servers:")] + "listeners: [{listen: 443/https, respond: {status: 403, body: no}}]\n"
LOGIN_OF_COGNITO = "https://shop.auth.x.amazoncognito.com/"
ELSEWHERE = "answers 302, not with the login at id.example.com"
TO_LOGIN = "https://id.example.com/authorize?client_id=web&state=secret"
BY_BALANCER = {"Server": "awselb/2.0"}


def answer(more: str, status: int, headers: Mapping[str, str], spec: str = SPEC) -> Check:
    """The check of the answer of a stack whose listener answers so."""
    with answering(lambda *_: (status, headers)) as network:
        (check,) = found(verified(network, served(spec + more)), "answer")
    return check


DENIED = "see the login in the spec"


@pytest.mark.parametrize(
    ("more", "status", "location", "result"),
    [
        (LOGIN, 302, TO_LOGIN, ("ok", "leads to the login at id.example.com", "")),
        (LOGIN, 200, "", ("failed", "answers 200, not with the login at id.example.com", DENIED)),
        (LOGIN, 302, "https://evil.example.org/", ("failed", ELSEWHERE, DENIED)),
        (COGNITO, 302, LOGIN_OF_COGNITO, ("ok", "leads to the login at shop.auth.x.amazoncognito.com", "")),
        (TOKEN, 401, "", ("ok", "answers 401 without a token", "")),
        (TOKEN, 200, "", ("failed", "answers 200 without a token, not 401", "see token in the spec")),
    ],
)  # fmt: skip
def test_a_client_without_a_login_or_token_gets_no_answer(
    more: str, status: int, location: str, result: tuple[str, str, str]
) -> None:
    check = answer(more, status, {"Location": location} if location else {})
    assert (check.state, check.text, check.fix) == result


BEFORE_A_TOKEN = (
    LOGIN
    + """
    rules:
      - name: api
        path: {regex: "^/api/v[0-9]+/"}
        token: {issuer: me, keys: "https://id.example.com/keys"}
        forward: web
"""
)


@pytest.mark.parametrize(
    ("status", "location", "text"),
    [
        (302, TO_LOGIN, "https://api.example.com/ answers 302 to https://id.example.com/authorize"),
        (401, "", "answers 401 in "),
    ],
)
def test_either_answer_is_right_where_a_regular_expression_decides(status: int, location: str, text: str) -> None:
    check = answer(BEFORE_A_TOKEN, status, {"Location": location} if location else {})
    assert (check.state, check.text[: len(text)]) == ("ok", text)


@pytest.mark.parametrize(
    ("more", "headers", "text"),
    [
        (WEB_ACL, BY_BALANCER, "answers 403: the web ACL shield blocks it"),
        ("", BY_BALANCER, "answers 403: a web ACL that the spec does not have blocks it"),
        (WEB_ACL, {"Server": "nginx"}, "answers 403 in "),
    ],
)
def test_a_web_acl_explains_a_403_of_the_load_balancer(more: str, headers: Mapping[str, str], text: str) -> None:
    check = answer(more, 403, headers)
    assert (check.state, check.text[: len(text)], check.warning) == ("ok", text, headers == BY_BALANCER)


def test_a_fixed_response_with_this_status_is_no_web_acl() -> None:
    check = answer(WEB_ACL, 403, BY_BALANCER, CLOSED)
    assert (check.text, check.warning, check.fix) == ("answers 403, as the spec says", False, "")


def test_the_rule_of_a_blocked_request_has_the_same_words() -> None:
    rules = "listeners: [{listen: 443/https, forward: web, rules: [{name: api, path: /api/*, forward: web}]}]\n"
    with answering(lambda *_: (403, BY_BALANCER)) as network:
        (check,) = found(verified(network, served(SPEC + WEB_ACL + rules)), "rule")
    assert check.text == "GET https://api.example.com/api/ answers 403: the web ACL shield blocks it"
