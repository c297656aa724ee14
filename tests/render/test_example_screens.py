"""The screens of plans for examples of specs/: login, web ACL and logs, Auto Scaling, mutual TLS, canary by DNS."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.text import Text

from elbplan.kinds import KINDS
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style

from .golden import assert_golden
from .plans import plan

SPECS = Path(__file__).parents[2] / "specs"

CHANGES: dict[str, tuple[str, dict[str, str] | None]] = {
    "login-create": ("login", None),
    "login-change": ("login", {"12h": "1h", "email": "email profile", "members-api": "members-api-v2"}),
    "web-acl-change": ("web-acl-and-logs", {"edge": "other", "connection: true, keep: 90d": "keep: 30d"}),
    "auto-scaling-create": ("auto-scaling", None),
    "mutual-tls-create": ("mutual-tls", None),
    "mutual-tls-change": ("mutual-tls", {"advertise_names": "allow_expired", "365d": "30d"}),
    "canary-change": ("canary-blue", {"weighted: 90": "weighted: 50"}),
    "function-change": ("function", {"hello:live": "hello:next"}),
    "fixed-addresses-create": ("network-with-elastic-ips", None),
}
"""The example, and what changes in it; None: it is new."""


def screen(name: str, width: int) -> list[Text]:
    example, changes = CHANGES[name]
    before = (SPECS / f"{example}.yaml").read_text(encoding="utf-8")
    after = before
    for old, new in (changes or {}).items():
        assert old in after
        after = after.replace(old, new)
    made = plan(after, before if changes else None)
    return list(plan_screen(made, KINDS, Style(width, False), PlanView("plan", 1.8)))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", CHANGES)
def test_the_screen_is_the_approved_one(name: str, width: int) -> None:
    lines = screen(name, width)
    assert_golden(f"example-{name}-{width}", lines)
    assert max(line.cell_len for line in lines) <= width


def test_no_screen_has_the_reference_of_the_secret() -> None:
    assert not any("ssm:" in line.plain or "/members/oidc" in line.plain for line in screen("login-create", 80))
