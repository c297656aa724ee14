"""`plan --detail` of a create has the settings of the spec in its words: no defaults, no secrets."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.render.plan import plan_screen
from elbplan.render.plan_view import PlanView
from elbplan.render.style import Style

from .plans import WEB, plan

LOGIN = """
listeners:
  - listen: 443/https
    tls: modern
    hsts: 365d
    login:
      oidc:
        issuer: https://id.example.com
        authorization: https://id.example.com/a
        tokens: https://id.example.com/t
        user_info: https://id.example.com/u
        client_id: members
        client_secret: ssm:/members/oidc
        session: 12h
        extra: {prompt: hidden-value}
    forward: web
"""
CHECKED = WEB.replace("health: /health", "health: {path: /health, timeout: 7s, codes: 200}\n  drain: 60s")


def screen(spec: str, *, detail: bool = True) -> str:
    lines = plan_screen(plan(spec), KINDS, Style(120), PlanView(detail=detail))
    return " ".join(" ".join(line.plain for line in lines).split())


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (WEB + "attributes: {idle_timeout: 120s}\n", "idle timeout (s): 120"),
        (CHECKED, "check with timeout 7 s, codes 200; drain (s): 60"),
        (WEB + LOGIN, "TLS policy: ELBSecurityPolicy-TLS13-1-3-2021-06; Strict-Transport-Security: max-age=31536000"),
        (WEB + LOGIN, "session: 12 h"),
    ],
)
def test_what_the_spec_gives_stands_below_the_row(spec: str, text: str) -> None:
    assert text in screen(spec)
    assert text not in screen(spec, detail=False)


def test_nothing_of_a_spec_without_settings() -> None:
    shown = screen(WEB)
    assert not [word for word in ("idle timeout", "TLS policy", "check with", "drain (s)", "scope") if word in shown]


def test_no_secret_and_no_parameter_of_a_login() -> None:
    shown = screen(WEB + LOGIN)
    assert "hidden-value" not in shown
    assert "/members/oidc" not in shown
