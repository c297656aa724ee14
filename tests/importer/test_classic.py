"""The translation of a Classic load balancer, without AWS."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.errors import Refused
from elbplan.importer.aliases import ZoneRecord
from elbplan.importer.classic.read import ClassicFacts
from elbplan.importer.classic.translate import translate
from elbplan.importer.source import ImportSource
from elbplan.kinds.listener import Listener
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.record import Record
from elbplan.kinds.target_group import TargetGroup
from elbplan.kinds.targets import Targets

IAM = "arn:aws:iam::123456789012:server-certificate/old"
ACM = "arn:aws:acm:eu-central-1:123456789012:certificate/1"
CHECK = {"Target": "HTTP:80/up", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 10}
SUBNETS = {
    "subnet-a1": {"SubnetId": "subnet-a1", "AvailabilityZone": "eu-central-1a", "MapPublicIpOnLaunch": True},
    "subnet-b1": {"SubnetId": "subnet-b1", "AvailabilityZone": "eu-central-1b", "MapPublicIpOnLaunch": False},
    "subnet-c1": {"SubnetId": "subnet-c1", "AvailabilityZone": "eu-central-1c", "MapPublicIpOnLaunch": True},
}
ATTRIBUTES = {
    "CrossZoneLoadBalancing": {"Enabled": True},
    "ConnectionDraining": {"Enabled": True, "Timeout": 300},
    "ConnectionSettings": {"IdleTimeout": 60},
    "AccessLog": {"Enabled": False},
}


def listener(
    front: str, back: str, port: int = 80, to: int = 80, *policies: str, certificate: str = ACM
) -> dict[str, Any]:
    secure = {"SSLCertificateId": certificate} if front in ("HTTPS", "SSL") else {}
    fields = {"Protocol": front, "InstanceProtocol": back, "LoadBalancerPort": port, "InstancePort": to, **secure}
    return {"Listener": fields, "PolicyNames": list(policies)}


def policy(name: str, type: str, **attributes: str) -> dict[str, Any]:
    pairs = [{"AttributeName": key.replace("_", "-"), "AttributeValue": value} for key, value in attributes.items()]
    return {"PolicyName": name, "PolicyTypeName": f"{type}PolicyType", "PolicyAttributeDescriptions": pairs}


def facts(*listeners: dict[str, Any], policies: tuple[dict[str, Any], ...] = (), **more: Any) -> ClassicFacts:
    raw = {
        "LoadBalancerName": "old",
        "DNSName": "old-1.eu-central-1.elb.amazonaws.com",
        "ListenerDescriptions": list(listeners) or [listener("HTTP", "HTTP")],
        "BackendServerDescriptions": more.pop("backends", []),
        "Subnets": more.pop("subnets_of", ["subnet-a1", "subnet-c1"]),
        "VPCId": "vpc-1",
        "Instances": [{"InstanceId": id} for id in more.get("instances", {})] + more.pop("gone", []),
        "HealthCheck": {**CHECK, **more.pop("check", {})},
        "SecurityGroups": ["sg-1"],
        "Scheme": more.pop("scheme", "internet-facing"),
    }
    attributes = {**ATTRIBUTES, **more.pop("attributes", {})}
    named = {found["PolicyName"]: found for found in policies}
    return ClassicFacts(raw=raw, attributes=attributes, policies=named, subnets=more.pop("subnets", SUBNETS), **more)


def translated(*listeners: dict[str, Any], **more: Any) -> ImportSource:
    return translate(facts(*listeners, **more), "eu-central-1", "123456789012")


def group_of(source: ImportSource, name: str = "web") -> TargetGroup:
    group = source.resources[Address("target_group", name)]
    assert isinstance(group, TargetGroup)
    return group


def listener_of(source: ImportSource, port: int) -> Listener:
    found = source.resources[Address("listener", str(port))]
    assert isinstance(found, Listener)
    return found


def balancer_of(source: ImportSource) -> LoadBalancer:
    found = source.resources[Address("load_balancer", "main")]
    assert isinstance(found, LoadBalancer)
    return found


def lost(source: ImportSource) -> dict[str, str]:
    return {left.what: left.why for left in source.not_imported}


# Listeners ---------------------------------------------------------------------------------------------------------

PROTOCOLS = [
    ([("HTTP", "HTTP")], "application", "HTTP", "HTTP"),
    ([("HTTPS", "HTTP")], "application", "HTTPS", "HTTP"),
    ([("HTTPS", "HTTPS")], "application", "HTTPS", "HTTPS"),
    ([("TCP", "TCP")], "network", "TCP", "TCP"),
    ([("SSL", "TCP")], "network", "TLS", "TCP"),
    ([("SSL", "SSL")], "network", "TLS", "TLS"),
    ([("TCP", "SSL")], "network", "TCP", "TCP"),
]


@pytest.mark.parametrize(("pairs", "type", "front", "back"), PROTOCOLS)
def test_protocols(pairs: list[tuple[str, str]], type: str, front: str, back: str) -> None:
    source = translated(*[listener(*pair) for pair in pairs])
    assert balancer_of(source).type == type
    assert type in source.title
    assert listener_of(source, 80).protocol == front
    assert group_of(source).protocol == back


def test_http_beside_tcp_becomes_tcp_and_is_listed() -> None:
    source = translated(listener("HTTP", "HTTP"), listener("TCP", "TCP", 5432, 5432))
    assert balancer_of(source).type == "network"
    assert listener_of(source, 80).protocol == "TCP"
    assert "no X-Forwarded-For" in lost(source)["listener 80/HTTP"]


def test_encryption_behind_a_tcp_listener_is_listed() -> None:
    assert "encryption to the instances of listener 80" in lost(translated(listener("TCP", "SSL")))


def test_listeners_of_one_instance_port_share_a_group() -> None:
    source = translated(listener("HTTP", "HTTP", 80, 8080), listener("HTTPS", "HTTP", 443, 8080))
    groups = [address for address in source.resources if address.kind == "target_group"]
    assert groups == [Address("target_group", "web")]
    assert group_of(source).port == 8080


def test_every_instance_port_has_a_group() -> None:
    source = translated(listener("HTTP", "HTTP", 80, 80), listener("HTTP", "HTTP", 81, 8081), instances={"i-1": {}})
    assert group_of(source, "http-80").port == 80
    assert group_of(source, "http-8081").health.port == "80"
    assert "the groups of port 8081 are checked on port 80 too" in lost(source)["health check HTTP:80/up"]
    targets = [r for r in source.resources.values() if isinstance(r, Targets)]
    assert [[member.instance for member in r.members] for r in targets] == [[AwsId("i-1")], [AwsId("i-1")]]


# Health checks -----------------------------------------------------------------------------------------------------


def test_a_health_check_keeps_all_its_values() -> None:
    health = group_of(translated(check={"Target": "HTTP:81/up?full=1", "Interval": 15})).health
    assert (health.protocol, health.port, health.path, health.codes) == ("HTTP", "81", "/up?full=1", "200")
    assert (health.interval, health.timeout, health.healthy, health.unhealthy) == (15, 5, 10, 2)


def test_an_application_group_has_no_tcp_check() -> None:
    source = translated(check={"Target": "TCP:80"})
    health = group_of(source).health
    assert (health.protocol, health.port, health.path, health.codes) == ("HTTP", "traffic-port", "/", "200-499")
    assert "asks for / instead" in lost(source)["health check TCP:80"]


@pytest.mark.parametrize(("target", "protocol"), [("TCP:80", "TCP"), ("SSL:80", "TCP"), ("HTTPS:80/up", "HTTPS")])
def test_checks_of_a_network_group(target: str, protocol: str) -> None:
    source = translated(listener("TCP", "TCP"), check={"Target": target})
    assert group_of(source).health.protocol == protocol
    assert ("health check SSL:80" in lost(source)) == (target == "SSL:80")


# Policies ----------------------------------------------------------------------------------------------------------


def test_a_cookie_of_the_load_balancer() -> None:
    cookie = policy("hour", "LBCookieStickiness", CookieExpirationPeriod="3600")
    source = translated(listener("HTTP", "HTTP", 80, 80, "hour"), policies=(cookie,))
    assert group_of(source).attributes == {
        "stickiness.enabled": "true",
        "stickiness.lb_cookie.duration_seconds": "3600",
    }
    assert lost(source) == {}


@pytest.mark.parametrize(("period", "seconds", "why"), [("", "86400", "1 day"), ("9999999", "604800", "7 days")])
def test_a_cookie_with_an_odd_expiry_is_listed(period: str, seconds: str, why: str) -> None:
    attributes = {"CookieExpirationPeriod": period} if period else {}
    cookie = policy("odd", "LBCookieStickiness", **attributes)
    source = translated(listener("HTTP", "HTTP", 80, 80, "odd"), policies=(cookie,))
    assert group_of(source).attributes["stickiness.lb_cookie.duration_seconds"] == seconds
    assert why in lost(source)["stickiness of listener 80"]


def test_a_cookie_of_the_application() -> None:
    cookie = policy("app", "AppCookieStickiness", CookieName="SESSION")
    source = translated(listener("HTTP", "HTTP", 80, 80, "app"), policies=(cookie,))
    assert group_of(source).attributes["stickiness.app_cookie.cookie_name"] == "SESSION"
    assert group_of(source).attributes["stickiness.type"] == "app_cookie"
    assert "SESSION" in lost(source)["stickiness of listener 80"]


def test_stickiness_of_one_listener_only_needs_a_second_group() -> None:
    cookie = policy("hour", "LBCookieStickiness", CookieExpirationPeriod="3600")
    source = translated(
        listener("HTTP", "HTTP", 80, 80, "hour"), listener("HTTPS", "HTTP", 443, 80), policies=(cookie,)
    )
    assert group_of(source, "http-80").attributes["stickiness.enabled"] == "true"
    assert "stickiness.enabled" not in group_of(source, "http-80-2").attributes


TLS = [
    ({"Reference_Security_Policy": "ELBSecurityPolicy-TLS-1-2-2017-01"}, "ELBSecurityPolicy-TLS-1-2-2017-01", False),
    ({"Reference_Security_Policy": "ELBSecurityPolicy-2015-05"}, "ELBSecurityPolicy-2016-08", True),
    ({"Protocol_TLSv1": "true", "Protocol_TLSv1.2": "true"}, "ELBSecurityPolicy-2016-08", True),
    ({"Protocol_TLSv1": "false", "Protocol_TLSv1.1": "true"}, "ELBSecurityPolicy-TLS-1-1-2017-01", True),
    ({"Protocol_TLSv1.2": "true"}, "ELBSecurityPolicy-TLS-1-2-2017-01", True),
]


@pytest.mark.parametrize(("attributes", "name", "listed"), TLS)
def test_tls_policies(attributes: dict[str, str], name: str, listed: bool) -> None:
    tls = policy("mine", "SSLNegotiation", **attributes)
    source = translated(listener("HTTPS", "HTTP", 443, 80, "mine"), policies=(tls,))
    assert listener_of(source, 443).ssl_policy == name
    assert ("TLS policy mine of listener 443" in lost(source)) == listed


@pytest.mark.parametrize(("type", "why"), [("ProxyProtocol", "version 2"), ("BackendServerAuthentication", "check")])
def test_policies_of_instance_ports_have_no_successor(type: str, why: str) -> None:
    backends = [{"InstancePort": 80, "PolicyNames": ["p"]}]
    source = translated(listener("TCP", "TCP"), policies=(policy("p", type),), backends=backends)
    assert why in lost(source)["policy p of instance port 80"]


def test_cookies_of_a_network_load_balancer_are_listed() -> None:
    cookie = policy("hour", "LBCookieStickiness", CookieExpirationPeriod="3600")
    source = translated(listener("HTTP", "HTTP", 80, 80, "hour"), listener("TCP", "TCP", 22, 22), policies=(cookie,))
    assert lost(source)["stickiness of listener 80"] == "a network load balancer has no cookies"


def test_a_certificate_of_iam_is_kept_and_listed() -> None:
    source = translated(listener("HTTPS", "HTTP", 443, 80, certificate=IAM))
    assert listener_of(source, 443).certificate == AwsId(IAM)
    assert "nobody renews" in lost(source)["certificate of listener 443"]


# Attributes and network --------------------------------------------------------------------------------------------


def test_attributes_of_an_application_load_balancer() -> None:
    logs = {"Enabled": True, "S3BucketName": "logs", "S3BucketPrefix": "old", "EmitInterval": 60}
    further = [{"Key": "elb.http.desyncmitigationmode", "Value": "strictest"}]
    settings = {"ConnectionSettings": {"IdleTimeout": 4000}, "AccessLog": logs, "AdditionalAttributes": further}
    source = translated(attributes={**settings, "CrossZoneLoadBalancing": {"Enabled": False}})
    assert balancer_of(source).attributes == {
        "idle_timeout.timeout_seconds": "4000",
        "routing.http.desync_mitigation_mode": "strictest",
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": "logs",
        "access_logs.s3.prefix": "old",
    }
    assert lost(source).keys() == {"cross-zone load balancing off", "access logs every 60 minutes"}


def test_attributes_of_a_network_load_balancer() -> None:
    logs = {"Enabled": True, "S3BucketName": "logs"}
    source = translated(
        listener("TCP", "TCP"), attributes={"ConnectionSettings": {"IdleTimeout": 400}, "AccessLog": logs}
    )
    assert balancer_of(source).attributes == {"load_balancing.cross_zone.enabled": "true"}
    assert lost(source).keys() == {"idle timeout 400 s", "access logs"}


@pytest.mark.parametrize(("draining", "seconds"), [({"Enabled": False}, "0"), ({"Enabled": True, "Timeout": 30}, "30")])
def test_draining(draining: dict[str, Any], seconds: str) -> None:
    source = translated(attributes={"ConnectionDraining": draining})
    assert group_of(source).attributes == {"deregistration_delay.timeout_seconds": seconds}


def test_an_internal_one_stays_internal() -> None:
    balancer = balancer_of(translated(scheme="internal"))
    assert balancer.scheme == "internal"
    assert balancer.subnets == (AwsId("subnet-a1"), AwsId("subnet-c1"))
    assert balancer.security_groups == (AwsId("sg-1"),)


def test_a_second_subnet_is_of_the_same_kind_in_another_zone() -> None:
    source = translated(subnets_of=["subnet-a1"])
    assert balancer_of(source).subnets == (AwsId("subnet-a1"), AwsId("subnet-c1"))
    assert "subnet-c1 in eu-central-1c" in lost(source)["one zone"]
    network = translated(listener("TCP", "TCP"), subnets_of=["subnet-a1"])
    assert balancer_of(network).subnets == (AwsId("subnet-a1"),)


def test_without_a_second_subnet_the_error_says_what_to_make() -> None:
    with pytest.raises(Refused) as refused:
        translated(subnets_of=["subnet-b1"])
    assert "needs two zones" in refused.value.what
    assert "in another zone of vpc-1" in refused.value.hint


# Instances and records ---------------------------------------------------------------------------------------------


def test_instances_of_an_auto_scaling_group_are_left_to_it() -> None:
    scaled = {"Tags": [{"Key": "aws:autoscaling:groupName", "Value": "fleet"}]}
    source = translated(instances={"i-1": {}, "i-2": scaled}, gone=[{"InstanceId": "i-3"}])
    targets = source.resources[Address("targets", "web")]
    assert isinstance(targets, Targets)
    assert [member.instance for member in targets.members] == [AwsId("i-1")]
    assert "attach-load-balancer-target-groups" in lost(source)["targets of Auto Scaling group fleet"]
    assert lost(source)["instance i-3"] == "it is terminated"


def record(name: str, type: str, zone: str = "Z1AAAAAAAA", **more: Any) -> ZoneRecord:
    target = {"AliasTarget": {"DNSName": "old-1.eu-central-1.elb.amazonaws.com.", "EvaluateTargetHealth": True}}
    return ZoneRecord(zone, "example.com", {"Name": f"{name}.", "Type": type, **target, **more})


def test_plain_aliases_move_and_come_back_with_destroy() -> None:
    records = [
        record("a.example.com", "A"),
        record("a.example.com", "AAAA"),
        record("b.example.com", "A", SetIdentifier="x"),
    ]
    source = translated(records=records)
    moved = {address.name: r for address, r in source.resources.items() if isinstance(r, Record)}
    assert moved.keys() == {"a.example.com", "a.example.com-aaaa"}
    assert all(r.take_over and r.restore for r in moved.values())
    assert "record A b.example.com in zone example.com" in lost(source)


def test_a_name_in_two_zones_has_two_records() -> None:
    source = translated(records=[record("a.example.com", "A"), record("a.example.com", "A", "Z2BBBBBBBB")])
    names = [address.name for address in source.resources if address.kind == "record"]
    assert names == ["a.example.com", "a.example.com-z2bbbbbbbb"]


def test_nothing_is_adopted_and_tags_of_other_tools_are_not_copied() -> None:
    source = translated(tags={"team": "web", "aws:x": "1", "kubernetes.io/service-name": "a/b"})
    assert source.ids == {}
    assert balancer_of(source).tags == {"team": "web"}
    assert source.owner is not None
