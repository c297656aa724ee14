"""Target groups: every default is known, so that a second plan is empty and drift is seen."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.resource import differing_fields, rebuilt
from elbplan.kinds.aws.health_check import HealthCheck, full_health
from elbplan.kinds.target_group import KIND, TargetGroup, defaults

from .kit import BALANCER, GROUP, at, one, operations, owned, play, read

VPC = AwsId("vpc-1")
WEB = TargetGroup(port=80, vpc=VPC)
DESCRIBED = {
    "TargetGroupArn": GROUP, "TargetGroupName": "shop-web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1",
    "HealthCheckProtocol": "HTTP", "HealthCheckPort": "traffic-port", "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2, "HealthCheckPath": "/", "Matcher": {"HttpCode": "200"}, "LoadBalancerArns": [],
    "TargetType": "instance", "ProtocolVersion": "HTTP1", "IpAddressType": "ipv4",
}  # fmt: skip


def live(attributes=None, **rest):
    said = [{"Key": key, "Value": value} for key, value in (attributes or {}).items()]
    answers = {
        "DescribeTargetGroups": {"TargetGroups": [{**DESCRIBED, **rest}]},
        "DescribeTargetHealth": {"TargetHealthDescriptions": []},
        "DescribeTargetGroupAttributes": {"Attributes": said},
        "tags": {GROUP: owned("target_group.web")},
    }
    return one(read(KIND, answers))


def change(want, have):
    """The fields that differ once AWS has had its say."""
    return differing_fields(have, KIND.with_live_defaults(want, have))


def test_a_plain_group_is_as_aws_makes_it():
    assert change(WEB, live().model) == ()
    assert change(WEB, live(dict(defaults(WEB))).model) == ()


def test_an_attribute_nobody_named_means_the_default_and_drift_is_seen():
    assert change(WEB, live({"deregistration_delay.timeout_seconds": "60"}).model) == ("attributes",)


def test_an_attribute_nobody_has_heard_of_is_left_alone():
    assert change(WEB, live({"brand.new": "7"}).model) == ()


def test_a_health_check_that_says_nothing_means_the_defaults_and_drift_is_seen():
    assert change(WEB, live(HealthCheckPath="/other").model) == ("health",)
    assert change(WEB, live(HealthCheckIntervalSeconds=10).model) == ("health",)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (WEB, HealthCheck(protocol="HTTP", path="/", interval=30, timeout=5, healthy=5, unhealthy=2, codes="200")),
        (
            TargetGroup(port=443, vpc=VPC, protocol="HTTPS"),
            HealthCheck(protocol="HTTPS", path="/", interval=30, timeout=5, healthy=5, unhealthy=2, codes="200"),
        ),
        (
            TargetGroup(port=80, vpc=VPC, protocol_version="GRPC"),
            HealthCheck(
                protocol="HTTP",
                path="/AWS.ALB/healthcheck",
                interval=30,
                timeout=5,
                healthy=5,
                unhealthy=2,
                codes="12",
            ),
        ),
        (
            TargetGroup(port=5432, vpc=VPC, protocol="TCP"),
            HealthCheck(protocol="TCP", interval=30, timeout=10, healthy=5, unhealthy=2),
        ),
        (
            TargetGroup(port=53, vpc=VPC, protocol="UDP", health=HealthCheck(protocol="HTTP", path="/", codes="200")),
            HealthCheck(protocol="HTTP", path="/", interval=30, timeout=6, healthy=5, unhealthy=2, codes="200"),
        ),
        (
            TargetGroup(port=53, vpc=VPC, protocol="UDP", health=HealthCheck(protocol="HTTPS", path="/", codes="200")),
            HealthCheck(protocol="HTTPS", path="/", interval=30, timeout=10, healthy=5, unhealthy=2, codes="200"),
        ),
        (
            TargetGroup(port=6081, vpc=VPC, protocol="GENEVE"),
            HealthCheck(protocol="TCP", port="80", interval=10, timeout=5, healthy=5, unhealthy=2),
        ),
        (TargetGroup(target_type="lambda", protocol=None), HealthCheck()),
        (
            TargetGroup(target_type="lambda", protocol=None, health=HealthCheck(enabled=True, interval=60)),
            HealthCheck(path="/", interval=60, timeout=30, healthy=5, unhealthy=5, codes="200", enabled=True),
        ),
        (
            TargetGroup(target_type="alb", port=80, protocol="TCP"),
            HealthCheck(protocol="HTTP", path="/", interval=30, timeout=6, healthy=5, unhealthy=2, codes="200-399"),
        ),
    ],
    ids=[
        "http",
        "https",
        "grpc",
        "tcp",
        "http check of udp",
        "https check of udp",
        "geneve",
        "lambda",
        "lambda with a check",
        "alb",
    ],
)
def test_defaults_of_the_health_check(group, expected):
    assert full_health(group) == expected


def test_what_the_spec_says_of_health_stands_beside_the_defaults():
    said = TargetGroup(port=80, vpc=VPC, health=HealthCheck(path="/health", codes="200-299"))
    health = full_health(said)
    assert (health.path, health.codes, health.interval) == ("/health", "200-299", 30)


def test_every_default_is_said_to_aws_since_its_pages_disagree():
    calls, facts = play(
        KIND.create(WEB, at(KIND)), {"CreateTargetGroup": {"TargetGroups": [{"TargetGroupArn": GROUP}]}}
    )
    assert operations(calls) == ["CreateTargetGroup"]
    params = calls[0].params
    assert params["HealthyThresholdCount"] == 5
    assert params["Matcher"] == {"HttpCode": "200"}
    assert facts["id"] == GROUP


def test_only_attributes_that_differ_are_sent():
    want = TargetGroup(
        port=80,
        vpc=VPC,
        attributes={"deregistration_delay.timeout_seconds": "60", "stickiness.enabled": "false"},
    )
    calls, _ = play(KIND.create(want, at(KIND)), {"CreateTargetGroup": {"TargetGroups": [{"TargetGroupArn": GROUP}]}})
    assert calls[1].params["Attributes"] == [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]


def test_a_lambda_group_has_neither_port_nor_network():
    group = TargetGroup(target_type="lambda", protocol=None, ip_address_type=None)
    calls, _ = play(KIND.create(group, at(KIND)), {"CreateTargetGroup": {"TargetGroups": [{"TargetGroupArn": GROUP}]}})
    assert not {"Port", "VpcId", "Protocol", "HealthCheckPort"} & set(calls[0].params)


def test_a_grpc_group_is_checked_by_grpc_codes():
    group = TargetGroup(port=80, vpc=VPC, protocol_version="GRPC")
    calls, _ = play(KIND.create(group, at(KIND)), {"CreateTargetGroup": {"TargetGroups": [{"TargetGroupArn": GROUP}]}})
    assert calls[0].params["Matcher"] == {"GrpcCode": "12"}


def test_health_attributes_and_tags_change_in_place():
    want = WEB.model_copy(update={"health": HealthCheck(path="/x"), "attributes": {"a": "1"}, "tags": {"team": "web"}})
    calls, _ = play(KIND.update(WEB, want, at(KIND, id=GROUP)))
    assert operations(calls) == ["ModifyTargetGroup", "ModifyTargetGroupAttributes", "AddTags"]


def test_a_group_serves_one_balancer_only():
    mine, other = Address("load_balancer", "main"), AwsId(BALANCER)
    want = TargetGroup(port=80, vpc=VPC, balancer=mine)
    free, busy = live().model, live(LoadBalancerArns=[BALANCER]).model
    assert "balancer" not in change(want, free)
    assert busy.balancer == other
    assert "balancer" in change(want, busy)


def test_a_group_just_let_go_may_be_held_for_a_moment():
    calls, _ = play(KIND.delete(WEB, at(KIND, id=GROUP)))
    assert calls[0].retry_on == ("ResourceInUse",)
    assert calls[0].done_if == ("TargetGroupNotFound",)


def test_a_check_that_becomes_tcp_drops_path_and_codes():
    before = live(Protocol="TCP", HealthCheckPath="/health", Matcher={"HttpCode": "200-399"}, ProtocolVersion=None)
    want = TargetGroup(port=80, vpc=VPC, protocol="TCP", health=HealthCheck(protocol="TCP"))
    after = KIND.with_live_defaults(want, before.model)
    calls, _ = play(KIND.update(before.model, after, at(KIND, id=GROUP)))
    assert calls[0].params["HealthCheckProtocol"] == "TCP"
    assert not {"HealthCheckPath", "Matcher"} & calls[0].params.keys()


@pytest.mark.parametrize("left_over", [{}, {"HealthCheckPath": None, "Matcher": None}], ids=["kept", "dropped"])
def test_path_and_codes_that_aws_keeps_for_a_tcp_check_are_no_difference(left_over):
    tcp = {"Protocol": "TCP", "ProtocolVersion": None, "HealthCheckProtocol": "TCP", "HealthCheckTimeoutSeconds": 10}
    assert change(TargetGroup(port=80, vpc=VPC, protocol="TCP"), live(**tcp, **left_over).model) == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"vpc": "vpc-1"},
        {"port": 80, "target_type": "lambda"},
        {"port": 80, "health": {"interval": 10, "timeout": 10}},
        {"port": 80, "name": "-web"},
        {"port": 80, "name": "x" * 33},
    ],
)
def test_what_aws_would_refuse_is_no_group(fields):
    with pytest.raises(ValueError, match=r"."):
        TargetGroup.model_validate(fields)


@pytest.mark.parametrize(
    ("health", "port"),
    [({}, "80"), ({"protocol": "HTTP"}, "80"), ({"port": "traffic-port"}, "6081"), ({"port": 8080}, "8080")],
)
def test_aws_checks_an_appliance_on_port_80_unless_the_spec_names_a_port(health, port):
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/health-checks.html (HealthCheckPort)"""
    fields = {"protocol": "GENEVE", "port": 6081, "vpc": VPC, **({"health": health} if health else {})}
    group = TargetGroup.model_validate(fields)
    assert group.health.port == port
    assert rebuilt(group).health.port == port
