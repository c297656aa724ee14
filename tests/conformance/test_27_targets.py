"""Targets: one call for all of a group, another port, zones, QUIC server ids, what others deregister comes back."""

from __future__ import annotations

from typing import Any

from elbplan.sandbox.box import Box

from ..e2e.fork_server import ForkServer
from ..e2e.stage import REGION
from .kit import Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
ADDRESSES = HEAD + "targets: {ips: [172.31.0.9, 172.31.16.9], port: 80}\n"


def health(case: Case) -> list[dict[str, Any]]:
    elb = case.client("elbv2")
    arn = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    found: list[dict[str, Any]] = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return found


def test_all_targets_of_a_group_are_registered_by_one_call(case: Case) -> None:
    ids = [case.box.create_fixture("instance", region=REGION, zone=zone) for zone in "ac"]
    spec = HEAD + f"targets: {{instances: [{', '.join(ids)}], port: 80}}\n"
    assert {target["Id"] for target in case.apply(spec).only("RegisterTargets")["Targets"]} == set(ids)
    case.destroy(spec)


def test_a_stopped_server_is_registered_when_it_runs(case: Case) -> None:
    spec = HEAD + "servers: {count: 1}\ntargets: {port: 80}\n"
    case.box.fault("error", action="RegisterTargets", code="InvalidTarget", limit=2, status=400)
    assert case.apply(spec).actions.count("RegisterTargets") == 3
    case.destroy(spec)


def test_another_port_is_registered_before_the_old_one_goes_with_its_port(case: Case) -> None:
    spec = HEAD + "targets: {ips: [{ip: 172.31.0.9, port: 81}], port: 80}\n"
    case.apply(spec)
    sent = case.apply(spec.replace("port: 81", "port: 82"))
    assert sent.position("RegisterTargets") < sent.position("DeregisterTargets")
    assert sent.only("RegisterTargets")["Targets"] == [{"Id": "172.31.0.9", "Port": 82}]
    assert sent.only("DeregisterTargets")["Targets"] == [{"Id": "172.31.0.9", "Port": 81}]
    case.destroy(spec)


def test_an_address_outside_the_vpc_has_a_zone_which_is_no_part_of_its_identity(case: Case) -> None:
    spec = HEAD + "targets: {ips: [{ip: 10.9.0.5, zone: all}], port: 80}\n"
    sent = case.apply(spec)
    assert sent.only("RegisterTargets")["Targets"] == [{"Id": "10.9.0.5", "AvailabilityZone": "all"}]
    moved = case.apply(spec.replace("zone: all", f"zone: {REGION}a"))
    assert "DeregisterTargets" not in moved.actions
    assert health(case)[0]["Target"]["AvailabilityZone"] == f"{REGION}a"
    case.destroy(spec)


def test_what_somebody_deregistered_is_registered_again(case: Case) -> None:
    case.apply(ADDRESSES)
    elb = case.client("elbv2")
    arn = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "172.31.0.9"}])
    assert case.apply(ADDRESSES).only("RegisterTargets")["Targets"] == [{"Id": "172.31.0.9"}]
    case.destroy(ADDRESSES)


def test_one_address_on_two_ports_is_two_targets(case: Case) -> None:
    spec = HEAD + "targets: {ips: [{ip: 172.31.0.9, port: 81}, {ip: 172.31.0.9, port: 82}], port: 80}\n"
    ports = [int(target["Port"]) for target in case.apply(spec).only("RegisterTargets")["Targets"]]
    assert sorted(ports) == [81, 82]
    case.destroy(spec)


def test_a_target_that_drains_counts_as_absent(nursery: ForkServer) -> None:
    with Box(slow=0, virtual=True, drain="real") as box:
        case = Case(box, nursery)
        case.apply(ADDRESSES)
        elb = case.client("elbv2")
        arn = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
        elb.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": "172.31.0.9"}])
        assert "draining" in {entry["TargetHealth"]["State"] for entry in health(case)}
        assert case.apply(ADDRESSES).only("RegisterTargets")["Targets"] == [{"Id": "172.31.0.9"}]


def test_killed_after_each_write_the_targets_are_those_of_the_spec(case: Case) -> None:
    case.crash_sweep(ADDRESSES, ADDRESSES.replace("172.31.16.9", "{ip: 172.31.16.9, port: 81}"))
