"""What only a look at AWS tells is refused by the plan, before the first write."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from elbplan.errors import ElbplanError
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import REGION, Stage

NETWORK = f"name: my-web\nregion: {REGION}\ntype: network\n"
BALANCER = NETWORK + "targets: {{load_balancer: {}, port: {}}}\n"
INSIDE = f"name: inside\nregion: {REGION}\ntargets: {{ips: [172.31.0.5], port: 80}}\n"
RULES, LOAD_BALANCERS = "L-0EA8095F", "L-53DA6B97"
SITE = f"name: my-web\nregion: {REGION}\ntargets: {{ips: [172.31.0.5], port: 80}}\n"


def refused(stage: Stage, spec: str) -> str:
    """The message of a plan, which writes nothing."""
    stage.box.clear_calls()
    with pytest.raises(ElbplanError) as caught:
        stage.plan(spec)
    assert stage.box.writes() == []
    return f"{caught.value.what} | {caught.value.hint}"


@pytest.fixture
def inside(stage: Stage) -> Iterator[str]:
    """The ARN of an application load balancer with a listener on port 80."""
    stage.apply(INSIDE)
    described = stage.client("elbv2").describe_load_balancers()["LoadBalancers"]
    (found,) = [raw for raw in described if raw["LoadBalancerName"].startswith("inside")]
    yield found["LoadBalancerArn"]
    stage.destroy(INSIDE)


def test_a_load_balancer_as_target_needs_a_listener_on_the_port(stage: Stage, inside: str) -> None:
    text = refused(stage, BALANCER.format(inside, 8080))
    assert "inside has no listener on port 8080 (listeners: 80)" in text
    fits = BALANCER.format(inside, 80)
    stage.apply(fits)
    stage.destroy(fits)


def test_a_load_balancer_as_target_is_in_the_vpc_and_of_the_right_type(stage: Stage, inside: str) -> None:
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    for zone in "ac":
        stage.box.create_fixture("subnet", f"subnet-0{zone}", REGION, zone=zone, vpc="vpc-0bbb")
    text = refused(stage, BALANCER.format(inside, 80) + "network: {vpc: vpc-0bbb}\n")
    assert f"inside is in {stage.ids['vpc']}, but the stack is in vpc-0bbb" in text
    gone = re.sub("/[0-9a-f]+$", "/0123456789abcdef", inside)
    assert f"there is no load balancer {gone}" in refused(stage, BALANCER.format(gone, 80))


def test_an_address_outside_the_vpc_needs_a_zone(stage: Stage) -> None:
    outside = SITE.replace("172.31.0.5", "10.20.0.5")
    text = refused(stage, outside)
    assert f"10.20.0.5 is outside {stage.ids['vpc']} (172.31.0.0/16)" in text
    assert "write {ip: 10.20.0.5, zone: all}" in text
    assert stage.plan(outside.replace("10.20.0.5", "{ip: 10.20.0.5, zone: all}")).steps
    stage.box.fault("error", action="DescribeVpcs", code="UnauthorizedOperation", status=403)
    assert stage.plan(outside).steps, "without the permission, AWS refuses it later"


def test_a_function_that_does_not_exist(stage: Stage) -> None:
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:hello"
    spec = f"name: my-web\nregion: {REGION}\ntargets: {{lambda: '{arn}'}}\n"
    assert stage.plan(spec).steps
    stage.box.fault("error", action="GetFunctionConfiguration", code="ResourceNotFoundException", status=404)
    assert f"there is no function {arn}" in refused(stage, spec)


@pytest.mark.parametrize("word", ["security_groups", "extra_security_groups"])
def test_security_groups_of_others_exist_in_the_vpc(stage: Stage, word: str) -> None:
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    ec2 = stage.client("ec2")
    other = ec2.create_security_group(GroupName="far", Description="far", VpcId="vpc-0bbb")["GroupId"]
    near = ec2.create_security_group(GroupName="near", Description="near", VpcId=stage.ids["vpc"])["GroupId"]
    spec = SITE + f"network: {{{word}: [GROUP]}}\n"
    assert "there is no security group sg-0bad" in refused(stage, spec.replace("GROUP", "sg-0bad"))
    text = refused(stage, spec.replace("GROUP", other))
    assert f"the security group {other} (far) is in vpc-0bbb, not in {stage.ids['vpc']}" in text
    stage.apply(spec.replace("GROUP", near))
    stage.destroy(spec.replace("GROUP", near))


def test_certificates_of_others(stage: Stage) -> None:
    acm = stage.client("acm")
    arn = acm.request_certificate(DomainName="other.example.com", ValidationMethod="DNS")["CertificateArn"]
    spec = SITE + f"listeners: [{{listen: 443/https, certificate: '{arn}', forward: web}}]\n"
    assert f"the certificate {arn} is not issued (PENDING_VALIDATION)" in refused(stage, spec)
    gone = arn[:-4] + "0000"
    assert f"there is no certificate {gone}" in refused(stage, spec.replace(arn, gone))


def test_elastic_ips_that_the_region_does_not_have(stage: Stage) -> None:
    spec = NETWORK + (
        "targets: {ips: [172.31.0.5], port: 80}\n"
        "network: {subnets: [{subnet: a, elastic_ip: true}, {subnet: c, elastic_ip: true}]}\n"
    )
    stage.box.quota("elastic_ips", 1)
    assert "the plan allocates 2 Elastic IPs, this region has 0, and its quota is 1" in refused(stage, spec)
    stage.box.quota("elastic_ips", 2)
    stage.apply(spec)
    stage.box.clear_calls()
    assert stage.plan(spec).empty
    assert "GetServiceQuota" not in stage.box.counts(), "nothing new is allocated"
    stage.destroy(spec)


@pytest.mark.parametrize(
    ("type", "quota", "existing"), [("application", "load_balancers", 1), ("network", "network_load_balancers", 0)]
)
def test_load_balancers_that_the_region_does_not_have(stage: Stage, type: str, quota: str, existing: int) -> None:
    spec = f"{SITE}type: {type}\n" + ("listeners: [{listen: 80/tcp}]\n" if type == "network" else "")
    stage.box.quota(quota, existing)
    words = f"the plan creates 1 {type} load balancer, this region has {existing}, and its quota is {existing}"
    text = refused(stage, spec)
    assert words in text
    assert f"--desired-value {existing + 1}" in text
    stage.box.quota(quota, existing + 1)
    stage.apply(spec)
    stage.box.clear_calls()
    assert stage.plan(spec.replace("port: 80", "port: 81")).steps
    assert "GetServiceQuota" not in stage.box.counts(), "no load balancer is created"
    stage.destroy(spec)


def test_who_may_not_read_quotas_is_not_refused(stage: Stage) -> None:
    stage.box.quota("load_balancers", 0)
    stage.box.fault("error", action="GetServiceQuota", code="AccessDeniedException", status=400)
    assert stage.plan(SITE).steps


def test_an_elastic_ip_of_a_nat_gateway_and_of_another_load_balancer(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    nat, other = (ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2))
    gateway = ec2.create_nat_gateway(SubnetId=stage.ids["subnets"]["a"], AllocationId=nat)["NatGateway"]["NatGatewayId"]
    spec = NETWORK + "targets: {ips: [172.31.0.5], port: 80}\nnetwork: {subnets: [{subnet: a, elastic_ip: ID}]}\n"
    assert "is in use by a NAT gateway" in refused(stage, spec.replace("ID", nat))
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    first = spec.replace("my-web", "first").replace("ID", other)
    stage.apply(first)
    assert "is in use by another load balancer" in refused(stage, spec.replace("ID", other))
    stage.destroy(first)


def test_quotas_of_route_53_and_of_security_groups(stage: Stage) -> None:
    zone = SITE + "domain: {name: a.made.net, zone: {name: made.net, create: true}}\n"
    stage.box.quota("hosted_zones", len(stage.client("route53").list_hosted_zones()["HostedZones"]))
    assert "the plan makes 1 hosted zones" in refused(stage, zone)
    check = specs.HEAD + "targets: {ips: [172.31.0.5], port: 80}\n"
    check += "domain: {name: a.example.com, health_check: /, policy: {weighted: 1}, id: a}\n"
    stage.box.quota("health_checks", 0)
    assert "the plan makes 1 health checks, this account has 0, and its quota is 0" in refused(stage, check)
    many = SITE + "allow: [" + ", ".join(f"10.0.{n}.0/24" for n in range(61)) + "]\n"
    assert "it has 61 rules in one direction, and this account's quota is 60" in refused(stage, many)
    stage.box.quota("rules_per_group", 100)
    assert stage.plan(many).steps


def test_rules_are_counted_as_aws_counts_them(stage: Stage) -> None:
    networks = [f"10.0.{n}.0/24" for n in range(40)]
    others = [f'"2001:db8:{n:x}::/48"' for n in range(40)]
    both = f"{SITE}allow: [{', '.join((*networks, *others))}]\n"
    assert RULES not in quotas_asked(stage, both), "IPv4 and IPv6 count apart"
    entries = {"PrefixListName": "offices", "AddressFamily": "IPv4", "MaxEntries": 30}
    offices = stage.client("ec2").create_managed_prefix_list(**entries)["PrefixList"]["PrefixListId"]
    most = f"{SITE}allow: [{', '.join((*networks[:30], offices))}]\n"
    assert RULES not in quotas_asked(stage, most)
    many = f"{SITE}allow: [{', '.join((*networks[:31], offices))}]\n"
    assert "it has 61 rules in one direction, and this account's quota is 60" in refused(stage, many)
    stage.box.fault("error", action="DescribeManagedPrefixLists", code="UnauthorizedOperation", status=403)
    assert stage.plan(many).steps


def quotas_asked(stage: Stage, spec: str) -> set[str]:
    """The codes of the quotas that a plan asks Service Quotas for."""
    stage.box.clear_calls()
    assert stage.plan(spec).steps
    return {call.params["QuotaCode"] for call in stage.box.calls if call.action == "GetServiceQuota"}


def test_a_stack_without_such_parts_asks_nothing_more(stage: Stage) -> None:
    asked = {"DescribeNetworkInterfaces", "GetFunctionConfiguration", "GetAccountLimit"}
    assert quotas_asked(stage, specs.COURSE) == {LOAD_BALANCERS}
    assert asked & set(stage.box.counts()) == set()


def test_what_several_new_stacks_ask_is_asked_once(stage: Stage) -> None:
    several = "---\n".join(SITE.replace("my-web", f"web-{number}") for number in range(5))
    stage.box.clear_calls()
    plans = workflow.plan(stage.aws, stage.stacks(several), KINDS)
    assert len(plans) == 5
    counts = stage.box.counts()
    once = ("DescribeAccountLimits", "DescribeVpcs", "GetServiceQuota")
    assert [counts[name] for name in once] == [1, 1, 1]
    stage.box.quota("load_balancers", 0)
    with pytest.raises(ElbplanError, match="and its quota is 0"):
        workflow.plan(stage.aws, stage.stacks(several), KINDS)


def test_launch_templates(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    ec2.create_launch_template(LaunchTemplateName="bare", LaunchTemplateData={"InstanceType": "t3.micro"})
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro", "NetworkInterfaces": [{"DeviceIndex": 0}]}
    ec2.create_launch_template(LaunchTemplateName="wired", LaunchTemplateData=data)
    spec = f"{specs.HEAD}servers: {{count: 1, launch_template: NAME}}\ntargets: {{port: 80}}\n"
    assert "there is no launch template none with the version $Default" in refused(stage, spec.replace("NAME", "none"))
    assert "the launch template bare has no image" in refused(stage, spec.replace("NAME", "bare"))
    wired = spec.replace("NAME", "wired")
    assert "the launch template wired has network interfaces" in refused(stage, wired)
    made = wired.replace("count: 1", "count: 1, public_address: false")
    stage.apply(made)
    stage.destroy(made)


def test_an_auto_scaling_group_that_fills_other_groups_is_named(stage: Stage) -> None:
    stage.box.create_fixture("auto_scaling_group", "fleet", region=REGION)
    first = f"name: first\nregion: {REGION}\ntargets: {{auto_scaling_group: fleet, port: 80, open: true}}\n"
    stage.apply(first)
    plan = stage.plan(first.replace("first", "my-web"))
    assert any("the Auto Scaling group fleet already fills first-web" in text for text in plan.warnings), plan.warnings
    stage.destroy(first)
