"""Network load balancers: changes that AWS refuses in place, or accepts only in a certain order."""

from __future__ import annotations

from . import specs
from .stage import Stage

SPEC = specs.HEAD + "type: network\ngroups: {web: {ips: [172.31.0.9], port: 80}}\nlisteners: [{listen: 80/tcp}]\n"
WITHOUT_GROUPS = SPEC + "overrides: {load_balancer: {security_groups: []}}\n"


def test_the_first_security_group_replaces_a_network_balancer(stage: Stage) -> None:
    stage.apply(WITHOUT_GROUPS)
    plan = stage.apply(SPEC)
    assert [step.id for step in plan.steps if step.do in ("create", "delete") and "load_balancer" in step.id] == [
        "create load_balancer.main",
        "delete load_balancer.main@old",
    ]
    stage.apply(WITHOUT_GROUPS)
    stage.destroy(WITHOUT_GROUPS)
