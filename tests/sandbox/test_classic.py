"""Rule 34: Classic Load Balancers."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import REGION, Kit, alias, refused

WEB = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
CHECK = {"Target": "HTTP:8080/up", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 3}


class Classic:
    """A client of the old API, and short functions."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.api = kit.box.client("elb", REGION)

    def create(self, name: str = "old", *listeners: dict[str, Any], **more: Any) -> str:
        params: dict[str, Any] = {"Subnets": self.kit.subnets, **more}
        wanted = list(listeners) or [WEB]
        return str(self.api.create_load_balancer(LoadBalancerName=name, Listeners=wanted, **params)["DNSName"])

    def describe(self, name: str = "old") -> dict[str, Any]:
        found = self.api.describe_load_balancers(LoadBalancerNames=[name])["LoadBalancerDescriptions"]
        return dict(found[0])

    def health(self, *instances: str) -> list[tuple[str, str]]:
        asked = [{"InstanceId": id} for id in instances]
        states = self.api.describe_instance_health(LoadBalancerName="old", Instances=asked)["InstanceStates"]
        return [(state["State"], state["ReasonCode"]) for state in states]


@pytest.fixture
def classic(kit: Kit) -> Classic:
    return Classic(kit)


def test_rule_34_a_name_is_unique_and_the_same_settings_succeed_again(classic: Classic) -> None:
    name = classic.create()
    assert classic.create() == name
    with refused("DuplicateLoadBalancerName"):
        classic.create("old", {**WEB, "InstancePort": 81})
    classic.kit.balancer("old")
    assert len(classic.api.describe_load_balancers()["LoadBalancerDescriptions"]) == 1


@pytest.mark.parametrize("name", ["a_b", "-a", "a-", "a" * 33])
def test_rule_34_names(classic: Classic, name: str) -> None:
    with refused("ValidationError"):
        classic.create(name)


def test_rule_34_a_balancer_has_all_fields_of_an_answer(classic: Classic) -> None:
    name = classic.create()
    found = classic.describe()
    assert name.startswith("old-")
    assert name.endswith(f".{REGION}.elb.amazonaws.com")
    assert found["ListenerDescriptions"][0]["Listener"] == {**WEB, "InstanceProtocol": "HTTP"}
    assert found["CanonicalHostedZoneName"] == found["DNSName"] == name
    assert found["CanonicalHostedZoneNameID"] == "Z215JYRZR1TBD5"
    assert found["SecurityGroups"] == [classic.kit.default_group]
    assert found["SourceSecurityGroup"]["GroupName"] == "default"
    internal = classic.create("inside", Scheme="internal")
    assert internal.startswith("internal-inside-")


def test_rule_34_one_missing_name_fails_the_whole_call(classic: Classic) -> None:
    classic.create()
    with refused("LoadBalancerNotFound"):
        classic.api.describe_load_balancers(LoadBalancerNames=["old", "gone"])
    with refused("LoadBalancerNotFound"):
        classic.api.describe_tags(LoadBalancerNames=["old", "gone"])


def test_rule_34_deleting_a_name_that_does_not_exist_succeeds(classic: Classic) -> None:
    classic.create()
    classic.api.delete_load_balancer(LoadBalancerName="old")
    classic.api.delete_load_balancer(LoadBalancerName="old")
    assert classic.api.describe_load_balancers()["LoadBalancerDescriptions"] == []


def test_rule_34_zones_of_the_default_vpc_or_subnets(classic: Classic) -> None:
    zone = f"{REGION}a"
    listeners = [WEB]
    classic.api.create_load_balancer(LoadBalancerName="old", Listeners=listeners, AvailabilityZones=[zone])
    assert classic.describe()["Subnets"] == classic.kit.subnets[:1]
    with refused("ValidationError"):
        classic.create("both", AvailabilityZones=[zone])
    with refused("ValidationError"):
        classic.api.create_load_balancer(LoadBalancerName="none", Listeners=listeners)
    with refused("SubnetNotFound"):
        classic.create("gone", Subnets=["subnet-0123456789abcdef0"])


@pytest.mark.parametrize(
    ("listener", "code"),
    [
        ({**WEB, "Protocol": "UDP"}, "UnsupportedProtocol"),
        ({**WEB, "InstanceProtocol": "TCP"}, "InvalidConfigurationRequest"),
        ({**WEB, "Protocol": "TCP", "InstanceProtocol": "HTTP"}, "InvalidConfigurationRequest"),
        ({**WEB, "Protocol": "HTTPS", "InstanceProtocol": "HTTP"}, "InvalidConfigurationRequest"),
        ({**WEB, "InstancePort": 70000}, "ValidationError"),
    ],
)
def test_rule_34_listeners(classic: Classic, listener: dict[str, Any], code: str) -> None:
    with refused(code):
        classic.create("old", listener)


def test_rule_34_a_certificate_is_issued_or_of_iam(classic: Classic) -> None:
    secure = {"Protocol": "SSL", "LoadBalancerPort": 443, "InstanceProtocol": "TCP", "InstancePort": 80}
    with refused("CertificateNotFound"):
        classic.create("old", {**secure, "SSLCertificateId": classic.kit.certificate("a.example.com")})
    classic.create("old", {**secure, "SSLCertificateId": "arn:aws:iam::123456789012:server-certificate/old"})
    issued = classic.kit.issued("b.example.com")
    classic.create("acm", {**secure, "SSLCertificateId": issued})
    assert classic.describe("acm")["ListenerDescriptions"][0]["Listener"]["SSLCertificateId"] == issued


def test_rule_34_one_listener_a_port(classic: Classic) -> None:
    classic.create()
    classic.api.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[WEB])
    with refused("DuplicateListener"):
        classic.api.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[{**WEB, "InstancePort": 1}])


def test_rule_34_health_checks(classic: Classic) -> None:
    classic.create()
    assert classic.describe()["HealthCheck"]["Target"] == "TCP:8080"
    assert classic.describe()["HealthCheck"]["HealthyThreshold"] == 10
    classic.api.configure_health_check(LoadBalancerName="old", HealthCheck=CHECK)
    assert classic.describe()["HealthCheck"] == CHECK
    for wrong in (
        {"Target": "HTTP:80"},
        {"Target": "TCP:0"},
        {"Timeout": 30},
        {"Interval": 301},
        {"Target": "TCP:1/a"},
    ):
        with refused("ValidationError"):
            classic.api.configure_health_check(LoadBalancerName="old", HealthCheck={**CHECK, **wrong})


def test_rule_34_instances_must_exist_in_the_vpc(classic: Classic) -> None:
    classic.create()
    with refused("InvalidInstance"):
        classic.api.register_instances_with_load_balancer(LoadBalancerName="old", Instances=[{"InstanceId": "i-0"}])
    vpc = classic.kit.box.create_fixture("vpc", region=REGION)
    subnet = classic.kit.box.create_fixture("subnet", region=REGION, vpc=vpc, zone="a")
    other = classic.kit.box.create_fixture("instance", region=REGION, subnet=subnet)
    with refused("InvalidInstance"):
        classic.api.register_instances_with_load_balancer(LoadBalancerName="old", Instances=[{"InstanceId": other}])


def test_rule_34_instances_are_in_service_once_they_answer(classic: Classic) -> None:
    classic.create()
    without_rules = classic.kit.ec2.create_security_group(GroupName="x", Description="x", VpcId=classic.kit.vpc)
    open_to_80, closed = classic.kit.instance(), classic.kit.instance(without_rules["GroupId"])
    ids = [{"InstanceId": open_to_80}, {"InstanceId": closed}]
    classic.api.register_instances_with_load_balancer(LoadBalancerName="old", Instances=ids)
    check = {**CHECK, "Target": "TCP:80"}
    classic.api.configure_health_check(LoadBalancerName="old", HealthCheck=check)
    assert classic.health(open_to_80, closed) == [("InService", "N/A"), ("OutOfService", "Instance")]
    classic.kit.ec2.stop_instances(InstanceIds=[open_to_80])
    assert classic.health(open_to_80) == [("OutOfService", "Instance")]
    with refused("InvalidInstance"):
        classic.health("i-0123456789abcdef0")


def test_rule_34_registration_takes_time(slow: Kit) -> None:
    classic = Classic(slow)
    classic.create()
    instance = slow.box.create_fixture("instance", region=REGION)
    registered = [{"InstanceId": instance}]
    classic.api.register_instances_with_load_balancer(LoadBalancerName="old", Instances=registered)
    assert classic.health() == [("OutOfService", "ELB")]
    slow.box.advance(1000)
    assert classic.health() == [("InService", "N/A")]


def test_rule_34_attributes(classic: Classic) -> None:
    classic.create()
    before = classic.api.describe_load_balancer_attributes(LoadBalancerName="old")["LoadBalancerAttributes"]
    assert before["ConnectionSettings"] == {"IdleTimeout": 60}
    assert before["ConnectionDraining"] == {"Enabled": False, "Timeout": 300}
    assert before["CrossZoneLoadBalancing"] == {"Enabled": False}
    wanted = {"ConnectionSettings": {"IdleTimeout": 120}, "ConnectionDraining": {"Enabled": True, "Timeout": 30}}
    classic.api.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes=wanted)
    after = classic.api.describe_load_balancer_attributes(LoadBalancerName="old")["LoadBalancerAttributes"]
    assert {key: after[key] for key in wanted} == wanted
    with refused("InvalidConfigurationRequest"):
        logs = {"AccessLog": {"Enabled": True}}
        classic.api.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes=logs)
    with refused("InvalidConfigurationRequest"):
        long = {"ConnectionSettings": {"IdleTimeout": 4001}}
        classic.api.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes=long)


def test_rule_34_policies(classic: Classic) -> None:
    tcp = {"Protocol": "TCP", "LoadBalancerPort": 22, "InstancePort": 22}
    classic.create("old", WEB, tcp)
    name = {"LoadBalancerName": "old"}
    classic.api.create_lb_cookie_stickiness_policy(**name, PolicyName="hour", CookieExpirationPeriod=3600)
    classic.api.create_app_cookie_stickiness_policy(**name, PolicyName="app", CookieName="SESSION")
    with refused("DuplicatePolicyName"):
        classic.api.create_app_cookie_stickiness_policy(**name, PolicyName="app", CookieName="OTHER")
    classic.api.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=80, PolicyNames=["hour"])
    with refused("InvalidConfigurationRequest"):
        classic.api.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=22, PolicyNames=["hour"])
    with refused("PolicyNotFound"):
        classic.api.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=80, PolicyNames=["gone"])
    with refused("ListenerNotFound"):
        classic.api.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=81, PolicyNames=["hour"])
    tls: dict[str, Any] = {"PolicyName": "tls", "PolicyTypeName": "SSLNegotiationPolicyType"}
    classic.api.create_load_balancer_policy(**name, **tls)
    with refused("InvalidConfigurationRequest"):
        classic.api.set_load_balancer_policies_of_listener(**name, LoadBalancerPort=80, PolicyNames=["tls"])
    policies = classic.describe()["Policies"]
    assert policies["LBCookieStickinessPolicies"] == [{"PolicyName": "hour", "CookieExpirationPeriod": 3600}]
    assert policies["AppCookieStickinessPolicies"] == [{"PolicyName": "app", "CookieName": "SESSION"}]


def test_rule_34_policies_of_instance_ports(classic: Classic) -> None:
    classic.create("old", {"Protocol": "TCP", "LoadBalancerPort": 22, "InstancePort": 22})
    name = {"LoadBalancerName": "old"}
    attributes = [{"AttributeName": "ProxyProtocol", "AttributeValue": "true"}]
    proxy: dict[str, Any] = {"PolicyTypeName": "ProxyProtocolPolicyType", "PolicyAttributes": attributes}
    classic.api.create_load_balancer_policy(**name, PolicyName="proxy", **proxy)
    with refused("PolicyTypeNotFound"):
        classic.api.create_load_balancer_policy(**name, PolicyName="odd", PolicyTypeName="OddPolicyType")
    with refused("InvalidConfigurationRequest"):
        classic.api.set_load_balancer_policies_for_backend_server(**name, InstancePort=80, PolicyNames=["proxy"])
    classic.api.set_load_balancer_policies_for_backend_server(**name, InstancePort=22, PolicyNames=["proxy"])
    assert classic.describe()["BackendServerDescriptions"] == [{"InstancePort": 22, "PolicyNames": ["proxy"]}]


def test_rule_34_a_secure_listener_has_the_default_tls_policy(classic: Classic) -> None:
    certificate = classic.kit.issued("b.example.com")
    classic.create("old", {**WEB, "Protocol": "HTTPS", "InstanceProtocol": "HTTP", "SSLCertificateId": certificate})
    assert classic.describe()["ListenerDescriptions"][0]["PolicyNames"] == ["ELBSecurityPolicy-2016-08"]
    described = classic.api.describe_load_balancer_policies(LoadBalancerName="old")["PolicyDescriptions"]
    assert described[0]["PolicyTypeName"] == "SSLNegotiationPolicyType"
    reference = {"AttributeName": "Reference-Security-Policy", "AttributeValue": "ELBSecurityPolicy-2016-08"}
    assert described[0]["PolicyAttributeDescriptions"] == [reference]


def test_rule_34_tags(classic: Classic) -> None:
    classic.create("old", Tags=[{"Key": "team", "Value": "web"}])
    classic.api.add_tags(LoadBalancerNames=["old"], Tags=[{"Key": "cost", "Value": "1"}])
    classic.api.remove_tags(LoadBalancerNames=["old"], Tags=[{"Key": "team"}])
    described = classic.api.describe_tags(LoadBalancerNames=["old"])["TagDescriptions"]
    assert described == [{"LoadBalancerName": "old", "Tags": [{"Key": "cost", "Value": "1"}]}]
    with refused("ValidationError"):
        classic.api.describe_tags(LoadBalancerNames=[f"n{number}" for number in range(21)])
    classic.kit.box.create_fixture("tags", "old", REGION, tags={"aws:cloudformation:stack-name": "shop"})
    assert classic.kit.box.tagged("shop", "aws:cloudformation:stack-name")


def test_rule_34_its_interfaces_keep_its_security_group_in_use(classic: Classic) -> None:
    group = classic.kit.open_group("old-lb")
    classic.create("old", SecurityGroups=[group])
    found = classic.kit.ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["ELB old"]}])
    assert len(found["NetworkInterfaces"]) == 2
    with refused("DependencyViolation"):
        classic.kit.ec2.delete_security_group(GroupId=group)
    classic.api.delete_load_balancer(LoadBalancerName="old")
    classic.kit.ec2.delete_security_group(GroupId=group)
    with refused("InvalidSecurityGroup"):
        classic.create("old", SecurityGroups=[group])


def test_rule_34_an_alias_points_at_it(classic: Classic) -> None:
    classic.create()
    found = classic.describe()
    balancer = {"CanonicalHostedZoneId": found["CanonicalHostedZoneNameID"], "DNSName": found["DNSName"]}
    classic.kit.change(("CREATE", alias("www.example.com", balancer)))
    assert len(classic.kit.box.records("example.com")) == 3
