"""Reads of services that a stack may not need: without `domain:`, a user of ELB and EC2 only can plan it."""

from __future__ import annotations

from dataclasses import replace

from ...core.call import Call


def unless_denied(call: Call, *, needed: bool) -> Call:
    """The call; if it is not needed, AWS may deny it."""
    return call if needed else replace(call, may_be_denied=True)


def denied_text(what: str, call: Call) -> str:
    """A note that elbplan cannot see resources that the spec does not want."""
    return f"{what}: AWS denies {call.permission}. The spec wants none; those that the stack made before stay"
