"""Many shapes of load balancers made by hand: each import gives a spec whose first plan only adopts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from elbplan.importer.source import ImportSource

from .console import HTTPS_REDIRECT, POLICY, Console, forward
from .stage import ZONE, Stage
from .test_import import imported, refusal_free, without_tags

NAME = "by-hand"
OK = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}


def bare(console: Console, **settings: Any) -> dict[str, Any]:
    """An application load balancer in two zones with its own security group."""
    usual = {"Subnets": console.subnets("ac"), "SecurityGroups": [console.security_group("by-hand-sg", [80, 443])]}
    return console.balancer(NAME, **{**usual, **settings})


def nothing_behind(console: Console) -> None:
    console.listener(bare(console), 80, "HTTP", OK)


def no_listener(console: Console) -> None:
    bare(console)


def wildcard_certificate(console: Console) -> None:
    """The usual case of a certificate that is for more names than there are records."""
    balancer = bare(console)
    group = console.group("web", [{"Id": console.server("one")}])
    wildcard = {"Certificates": [{"CertificateArn": console.certificate(ZONE, f"*.{ZONE}")}], "SslPolicy": POLICY}
    console.listener(balancer, 443, "HTTPS", forward(group), **wildcard)
    console.listener(balancer, 80, "HTTP", HTTPS_REDIRECT)
    console.alias(f"api.{ZONE}", balancer)


def internal(console: Console) -> None:
    """Internal, and a source that is not everybody."""
    group = console.security_group("inside", [])
    ranges = [{"CidrIp": "10.0.0.0/8", "Description": "the office"}]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": ranges}
    console.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    balancer = bare(console, Scheme="internal", SecurityGroups=[group])
    console.listener(balancer, 80, "HTTP", forward(console.group("inside", [{"Id": console.server("one")}])))


def sources(console: Console) -> None:
    """The same two sources for each port."""
    group = console.security_group("office", [])
    ranges = [{"CidrIp": "192.0.2.0/24"}, {"CidrIp": "198.51.100.0/24"}]
    for port in (80, 8080):
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
        console.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    balancer = bare(console, SecurityGroups=[group])
    console.listener(balancer, 80, "HTTP", OK)
    console.listener(balancer, 8080, "HTTP", OK)


def open_to_servers(console: Console) -> None:
    """The usual chain: the servers' group lets the balancer's group in, so that group stays a stranger."""
    balancer = bare(console)
    own = balancer["SecurityGroups"][0]
    servers = console.security_group("servers", [])
    pair = [{"GroupId": own}]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": pair}
    console.client("ec2").authorize_security_group_ingress(GroupId=servers, IpPermissions=[permission])
    console.listener(balancer, 80, "HTTP", OK)


def empty_group(console: Console) -> None:
    """A group that an Auto Scaling group will fill."""
    arn = console.client("elbv2").create_target_group(Name="later", Protocol="HTTP", Port=8080, VpcId=console.vpc)
    console.listener(bare(console), 80, "HTTP", forward(arn["TargetGroups"][0]["TargetGroupArn"]))


def own_network(console: Console) -> None:
    """A VPC of one's own: the spec names its subnets by id."""
    ec2 = console.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "prod"}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"ap-northeast-2{zone}")["Subnet"]
        for n, zone in enumerate("ac")
    ]
    group = ec2.create_security_group(GroupName="prod", Description="prod", VpcId=vpc)["GroupId"]
    balancer = bare(console, Subnets=[subnet["SubnetId"] for subnet in subnets], SecurityGroups=[group])
    made = console.client("elbv2").create_target_group(Name="prod", Protocol="HTTP", Port=80, VpcId=vpc)
    console.listener(balancer, 80, "HTTP", forward(made["TargetGroups"][0]["TargetGroupArn"]))


def dualstack(console: Console) -> None:
    """A network load balancer with IPv4 and IPv6 records, and one with only one of them."""
    balancer = bare(console)
    console.listener(balancer, 80, "HTTP", OK)
    console.alias(f"four.{ZONE}", balancer)
    target = {"HostedZoneId": balancer["CanonicalHostedZoneId"], "EvaluateTargetHealth": True}
    six = {"Name": f"six.{ZONE}", "Type": "AAAA", "AliasTarget": {**target, "DNSName": balancer["DNSName"]}}
    console.record(six)


def appliances(console: Console) -> None:
    """A gateway load balancer."""
    elb = console.client("elbv2")
    made = elb.create_target_group(Name="appliances", Protocol="GENEVE", Port=6081, VpcId=console.vpc)
    group = made["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": console.server("one")}])
    balancer = console.balancer(NAME, Type="gateway", Subnets=console.subnets("ac"))
    elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], DefaultActions=[forward(group)])


def tagged(console: Console) -> None:
    """The same tag on everything, and one more on the load balancer."""
    team = [{"Key": "team", "Value": "web: 1"}]
    group = console.security_group("tagged", [80])
    console.client("ec2").create_tags(Resources=[group], Tags=team)
    balancer = bare(console, SecurityGroups=[group], Tags=[*team, {"Key": "Name", "Value": "front"}])
    target = console.group("tagged", [{"Id": console.server("one")}], Tags=team)
    console.listener(balancer, 80, "HTTP", forward(target), Tags=team)


def cookie(console: Console) -> None:
    """A cookie of the application, least outstanding requests, and attributes without words."""
    group = console.group("cookie", [{"Id": console.server("one")}])
    console.group_attributes(
        group, stickiness__enabled="true", stickiness__type="app_cookie",
        stickiness__app_cookie__cookie_name="SID", stickiness__app_cookie__duration_seconds="7200",
        load_balancing__algorithm__type="least_outstanding_requests",
    )  # fmt: skip
    balancer = bare(console)
    console.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )
    console.listener(balancer, 80, "HTTP", forward(group))


def grpc(console: Console) -> None:
    balancer = bare(console)
    group = console.group("grpc", [{"Id": console.server("one")}], ProtocolVersion="GRPC", Port=8080)
    secure = {"Certificates": [{"CertificateArn": console.certificate(f"rpc.{ZONE}")}], "SslPolicy": POLICY}
    console.listener(balancer, 443, "HTTPS", forward(group), **secure)


def udp(console: Console) -> None:
    """A network load balancer without a security group."""
    balancer = console.balancer(NAME, Type="network", Subnets=console.subnets("ac"))
    group = console.group("dns", [{"Id": console.server("one")}], Protocol="TCP_UDP", Port=53)
    console.listener(balancer, 53, "TCP_UDP", forward(group))


def many_names(console: Console) -> None:
    """Two listeners with two certificates, and names in one of them."""
    balancer = bare(console)
    one, two = (console.certificate(f"{name}.{ZONE}") for name in ("one", "two"))
    console.listener(balancer, 443, "HTTPS", OK, Certificates=[{"CertificateArn": one}], SslPolicy=POLICY)
    console.listener(balancer, 8443, "HTTPS", OK, Certificates=[{"CertificateArn": two}], SslPolicy=POLICY)
    console.alias(f"one.{ZONE}", balancer)
    console.alias(f"two.{ZONE}", balancer)


SHAPES: dict[str, Callable[[Console], None]] = {
    make.__name__: make
    for make in (
        nothing_behind, no_listener, wildcard_certificate, internal, sources, open_to_servers, empty_group, tagged,
        cookie, grpc, udp, many_names, own_network, dualstack, appliances,
    )
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_first_plan_only_adopts(stage: Stage, shape: str) -> None:
    console = Console(stage)
    SHAPES[shape](console)
    console.done()
    before = stage.box.snapshot()
    _, spec = imported(stage, NAME)
    plan = refusal_free(stage, spec)
    assert {change.action for change in plan.changes} == {"adopt"}, spec
    assert stage.run(plan).complete
    assert without_tags(stage.box.snapshot()) == without_tags(before)
    stage.assert_settled(spec)


SAYS = {
    "wildcard_certificate": [
        "domain: api.example.com",
        "manage: {certificate: false}",
        "certificate: main",
        "certificate:\n  main:",
    ],
    "internal": ["access: internal", "description: the office"],
    "sources": ["allow: [192.0.2.0/24, 198.51.100.0/24]"],
    "cookie": [
        "sticky: {for: 2h, cookie: SID}",
        "protect: true",
        "attributes: {algorithm: least_outstanding_requests}",
    ],
    "tagged": ['tags: {team: "web: 1"}', "tags: {Name: front}"],
    "udp": ["type: network"],
    "grpc": ["version: grpc"],
}


@pytest.mark.parametrize("shape", SAYS)
def test_words_of_the_spec(stage: Stage, shape: str) -> None:
    console = Console(stage)
    SHAPES[shape](console)
    console.done()
    _, spec = imported(stage, NAME)
    assert [text for text in SAYS[shape] if text not in spec] == [], spec


def strangers_of(source: ImportSource) -> list[str]:
    return [str(left) for left in source.not_imported]


def test_a_group_to_which_rules_refer_stays_a_stranger(stage: Stage) -> None:
    console = Console(stage)
    open_to_servers(console)
    source, _ = imported(stage, NAME)
    (text,) = strangers_of(source)
    assert "rules of other security groups refer to it" in text
    assert not [address for address in source.ids if address.kind == "security_group"]
