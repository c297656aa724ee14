"""Target group replaced by port, protocol or name: new group, attributes, targets, switch, drain, delete."""

from __future__ import annotations

import pytest

from .kit import Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
SPEC = HEAD + "servers: {count: 2}\ntargets: {port: 80, health: /health, drain: 30s}\n"
OTHERS = {
    "port": SPEC.replace("port: 80", "port: 8080"),
    "protocol": SPEC.replace("port: 80", "port: 80, protocol: https"),
    "name": SPEC + "overrides: {target_group.web: {name: other}}\n",
    "control port": SPEC.replace("port: 80", "port: 80, control_port: 9000"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_requests_move_to_a_new_group_and_the_old_one_goes_when_it_has_drained(case: Case, what: str) -> None:
    case.apply(SPEC)
    name = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["DNSName"]
    sent = case.apply(OTHERS[what], watch=[(name, 80, "x", "/")])
    begins = ["CreateTargetGroup", "ModifyTargetGroupAttributes", "RegisterTargets"]
    ends = ["DeregisterTargets", "DeleteTargetGroup"]
    for order in ([*begins, *ends], ["CreateTargetGroup", "ModifyListener", *ends]):
        positions = [sent.position(action) for action in order]
        assert positions == sorted(positions)
    assert sent.only("CreateTargetGroup")["Tags"]
    assert len(sent.only("RegisterTargets")["Targets"]) == 2
    case.destroy(OTHERS[what])


def test_killed_after_each_write_no_request_is_lost(case: Case) -> None:
    case.crash_sweep(SPEC, OTHERS["port"])


def test_a_group_that_is_still_in_use_is_deleted_when_aws_allows_it(case: Case) -> None:
    case.apply(SPEC)
    case.box.fault("error", action="DeleteTargetGroup", code="ResourceInUse", limit=2, status=400)
    sent = case.apply(OTHERS["port"])
    assert sent.actions.count("DeleteTargetGroup") == 3
    case.destroy(OTHERS["port"])
