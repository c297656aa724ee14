"""Records, zones and health checks: after each step AWS is as simulated, and migrations replay."""

from __future__ import annotations

import pytest

from .stage import Stage
from .test_simulation import watched

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {domain}
"""


def spec(domain: str) -> str:
    return SPEC.format(domain=domain)


POLICY = "{name: app.own.net, zone: {name: own.net, create: true}, policy: {weighted: 1}, health_check: /health}"
CHANGES = {
    "created": ("app.example.com", POLICY),
    "policy": ("app.example.com", "{name: app.example.com, policy: {weighted: 1}}"),
    "identifier": (
        "{name: app.example.com, policy: {weighted: 1}}",
        "{name: app.example.com, policy: {weighted: 1}, id: b}",
    ),
    "type": ("app.example.com", "{name: app.example.com, type: cname}"),
    "check": (POLICY, POLICY.replace("/health}", "{path: /ready, interval: 10s}}")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_aws_is_as_simulated_after_each_step(stage: Stage, name: str) -> None:
    before, after = CHANGES[name]
    stage.apply(spec(before))
    watched(stage, spec(after))
    stage.assert_settled(spec(after))
