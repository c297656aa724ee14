"""`elbplan explain` while the spec wants a replacement that nobody has applied: it explains what AWS has now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_time import FakeRunClock

from .kit import Shell
from .test_explain_reasons import Stack

WORDS = (
    "targets.web", "target_group.web", "target_group.web@old", "listener.443", "load_balancer.main",
    "record.api.example.com", "api.example.com", "security_group.lb",
)  # fmt: skip


@pytest.fixture
def stack(shell: Shell) -> Stack:
    stack = Stack(shell)
    stack.spec = shell.write("web.yaml", stack.text(f"instances: [{stack.a}, {stack.c}]") + "domain: api.example.com\n")
    assert shell.run("apply", "--yes", stack.spec).code == 0
    return stack


def change(stack: Stack, old: str, new: str) -> None:
    file = Path(stack.spec)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert "+/-" in stack.shell.run("plan", stack.spec).out


def test_a_group_that_will_be_replaced_is_the_one_that_serves(stack: Stack) -> None:
    change(stack, "port: 80,", "port: 8080,")
    for word in WORDS:
        text = stack.explain(word)
        assert "No cause found" in text, word
        assert "@old" not in text.replace(word, ""), word
        assert "(old)" not in text, word
    text = stack.explain("targets.web")
    assert "listener 443 forwards to it" in text
    assert f"server-a ({stack.a}), port 80" in text
    assert "elbplan apply will replace it: port 80 → 8080" in text


def test_its_sick_target_is_still_explained(stack: Stack) -> None:
    change(stack, "port: 80,", "port: 8080,")
    stack.sick("Target.ResponseCodeMismatch", 500)
    text = stack.explain("api.example.com")
    assert "unhealthy: Target.ResponseCodeMismatch" in text
    assert "no listener" not in text
    assert "does not exist" not in text


def test_a_load_balancer_that_will_be_replaced(stack: Stack) -> None:
    change(stack, "domain:", "access: internal\ndomain:")
    for word in WORDS:
        text = stack.explain(word)
        assert "does not exist" not in text, word
        assert "not at" not in text, word
        assert "@old" not in text.replace(word, ""), word
        assert "(old)" not in text, word
    text = stack.explain("load_balancer.main")
    assert "load balancer main active" in text
    assert "elbplan apply will replace it: scheme internet-facing → internal" in text
    assert "points at load balancer main" in stack.explain("record.api.example.com")


def test_the_old_group_serves_while_the_new_one_is_not_healthy(stack: Stack) -> None:
    """In the middle of a replacement both groups exist: the new one has no requests, the old one is not missing."""
    change(stack, "port: 80,", "port: 8080,")
    shell = stack.shell
    result = shell.run("apply", "--yes", "--allow", "targets-unreachable", stack.spec, run_clock=FakeRunClock)
    assert result.code == 4, result.err
    text = stack.explain("targets.web")
    assert "listener 443 uses it with weight 0: it gets no requests yet" in text
    assert "unhealthy: Target.Timeout" in text
    text = stack.explain("listener.443")
    assert "does not exist" not in text
    assert "forwards to target group web (old)" in text
    assert f"server-a ({stack.a}), port 80 " in text
