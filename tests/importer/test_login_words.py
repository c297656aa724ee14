"""Words for what stands around the action of a rule: the short form leads back to the same rule."""

from __future__ import annotations

import io
from typing import Any

import pytest
import yaml

from elbplan.core.address import Address
from elbplan.importer.login_words import leading_words, rewrite_words
from elbplan.importer.words import condition_words, has_words
from elbplan.kinds.aws.leading_actions import OtherAction
from elbplan.spec import load

OIDC = (
    "issuer: https://id.example.com, authorization: https://id.example.com/a, tokens: https://id.example.com/t, "
    "user_info: https://id.example.com/u, client_id: web"
)
POOL = "user_pool: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a', client_id: web, domain: example"
TOKEN = "issuer: me, keys: https://id.example.com/k"
RULES = (
    f"path: /a, login: {{oidc: {{{OIDC}}}}}",
    f"path: /a, login: {{oidc: {{{OIDC}, client_secret: 'ssm:/web/oidc', client_secret_version: 2}}}}",
    f"path: /a, login: {{oidc: {{{OIDC}, scope: openid email, session: 8h, cookie: c, unauthenticated: deny}}}}",
    f"path: /a, login: {{cognito: {{{POOL}, extra: {{prompt: login}}, unauthenticated: allow}}}}",
    f"path: /a, token: {{{TOKEN}}}",
    f"path: /a, token: {{{TOKEN}, claims: {{aud: web, scope: {{values: [a, b], format: words}}}}}}",
    f"path: /a, token: {{{TOKEN}, claims: {{aud: [a, b], r: {{values: x, format: list}}}}}}",
    "path: /a, rewrite: {path: {regex: '^/a(.*)', to: '/$1'}, host: {regex: a, to: ''}}",
    "path: {values: [/a, /b], regex: '^/v'}, host: {regex: ['^a', '^b']}",
    "header: {X-A: {regex: a}, X-B: b, X-C: {values: [c, d], regex: e}}",
    "query: ['=a=b', c], method: GET",
)  # fmt: skip


def rule(words: str) -> Any:
    text = (
        "name: x\ndomain: x.example.com\ntargets: {tag: app=web}\nlisteners:\n  - listen: 443/https\n    rules:\n"
        f"      - {{name: a, forward: web, {words}}}\n"
    )
    (stack,) = load(["-"], stdin=io.StringIO(text))
    return stack.resources[Address("rule", "443-a")]


@pytest.mark.parametrize("words", RULES)
def test_the_words_lead_back_to_the_same_rule(words: str) -> None:
    first = rule(words)
    assert has_words(first.conditions)
    found = condition_words(first.conditions) | (leading_words(first.leading_actions) or {})
    found |= rewrite_words(first.transforms) or {}
    written = yaml.safe_dump(found, default_flow_style=True, width=10_000).strip().removeprefix("{").removesuffix("}")
    assert rule(written) == first


def test_what_has_no_words_stays_in_the_long_form() -> None:
    assert leading_words((OtherAction(type="teleport"),)) is None
    assert rewrite_words([{"Type": "teleport"}]) is None
    two = [{"Regex": "a", "Replace": "b"}, {"Regex": "c", "Replace": "d"}]
    assert rewrite_words([{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": two}}]) is None
