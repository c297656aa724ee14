"""Hazards of the servers that elbplan creates: protection-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.aws.server_settings import PROTECTIONS
from ...kinds.instance import Instance
from ..timeline import Timeline

KEYS = {"disable_api_termination": "termination_protection", "disable_api_stop": "stop_protection"}

WEAKER = (
    ("auto_recovery", "disabled", "AWS no longer recovers the server after a failure of its hardware"),
    ("instance_initiated_shutdown_behavior", "terminate", "a shutdown inside the server terminates it"),
)
"""Fields, their weaker values, and what is lost."""


def server_protection_removed(timeline: Timeline) -> Iterator[Hazard]:
    """The protection of a server is switched off, or its metadata service answers without a token again."""
    for transition in timeline.transitions:
        for address, before, server in transition.changed_to(Instance):
            if before is None:
                continue
            for field in PROTECTIONS:
                if getattr(before, field) and not getattr(server, field):
                    text = f"{KEYS[field].replace('_', ' ')} is switched off"
                    remedy = f"leave {KEYS[field]} as it is; if it must go, do it in a migration of its own"
                    yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
            for field, value, text in WEAKER:
                if getattr(server, field) == value != getattr(before, field):
                    remedy = f"leave {field} as it is; if it must go, do it in a migration of its own"
                    yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
            if before.http_tokens == "required" and server.http_tokens == "optional":
                text = "the metadata service answers without a token: IMDSv1 is switched on"
                remedy = "keep `imdsv2: required`, and use a program that asks for a token"
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
