"""Rules 2, 7, 14, 15, 17: target groups, their targets and health."""

from typing import Any

import pytest

from .conftest import SLOW
from .kit import Kit, forward, refused


def test_rule_02_a_target_group_is_created_once(kit: Kit) -> None:
    first = kit.group("web")
    assert kit.group("web") == first
    with refused("DuplicateTargetGroupName"):
        kit.group("web", Port=8080)


def test_rule_21_the_default_timeout_follows_the_protocol_of_the_check(kit: Kit) -> None:
    for protocol, seconds in (("HTTP", 6), ("HTTPS", 10), ("TCP", 10)):
        arn = kit.group(protocol, Protocol="UDP", Port=53, HealthCheckProtocol=protocol)
        (group,) = kit.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        assert group["HealthCheckTimeoutSeconds"] == seconds


def test_rule_07_a_group_in_use_is_not_deleted(slow: Kit) -> None:
    group = slow.group()
    listener = slow.listener(slow.balancer()["LoadBalancerArn"], group)
    with refused("ResourceInUse"):
        slow.elb.delete_target_group(TargetGroupArn=group)
    slow.elb.delete_listener(ListenerArn=listener)
    with refused("ResourceInUse"):
        slow.elb.delete_target_group(TargetGroupArn=group)
    slow.box.advance(SLOW / 8 + 1)
    slow.elb.delete_target_group(TargetGroupArn=group)
    slow.elb.delete_target_group(TargetGroupArn=group)


def test_rule_14_from_unused_to_removed(slow: Kit) -> None:
    instance = slow.instance()
    slow.box.advance(SLOW)
    group = slow.group()
    slow.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    assert slow.health(group) == [("unused", "Target.NotInUse")]
    slow.box.advance(1000)
    assert slow.health(group) == [("unused", "Target.NotInUse")]
    slow.listener(slow.balancer(SecurityGroups=[slow.open_group()])["LoadBalancerArn"], group)
    assert slow.health(group) == [("initial", "Elb.RegistrationInProgress")]
    slow.box.advance(SLOW + SLOW / 3)
    assert slow.health(group) == [("initial", "Elb.InitialHealthChecking")]
    slow.box.advance(SLOW / 4)
    assert slow.health(group) == [("healthy", "")]
    slow.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    assert slow.health(group) == [("draining", "Target.DeregistrationInProgress")]
    slow.box.advance(SLOW + 1)
    assert slow.health(group) == []


def test_rule_14_draining_can_last_as_long_as_the_group_says(slow: Kit) -> None:
    slow.box.switch("drain", "real")
    group, instance = attached(slow)
    slow.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    slow.box.advance(299)
    assert slow.health(group)[0][0] == "draining"
    slow.box.advance(2)
    assert slow.health(group) == []


def attached(kit: Kit, group: str = "", **action: Any) -> tuple[str, str]:
    """A group behind a load balancer, with one healthy target."""
    instance = kit.instance()
    kit.box.advance(SLOW)
    arn = group or kit.group()
    kit.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": instance}])
    balancer = kit.balancer(SecurityGroups=[kit.open_group("lb")])["LoadBalancerArn"]
    kit.listener(balancer, arn, **action)
    kit.box.advance(2 * SLOW)
    return arn, instance


def test_rule_14_weight_zero_is_checked_too(kit: Kit) -> None:
    blue, green = kit.group("blue"), kit.group("green")
    attached(kit, green, DefaultActions=[forward(blue, green, weights=(100, 0))])
    assert kit.health(green) == [("healthy", "")]


def test_rule_14_a_closed_security_group_times_out(kit: Kit) -> None:
    group, instance = attached(kit)
    shut = kit.ec2.create_security_group(GroupName="shut", Description="shut", VpcId=kit.vpc)["GroupId"]
    kit.ec2.modify_instance_attribute(InstanceId=instance, Groups=[shut])
    assert kit.health(group) == [("unhealthy", "Target.Timeout")]
    kit.let_in(shut, 80, "172.31.0.0/16")
    assert kit.health(group) == [("healthy", "")]


@pytest.mark.parametrize("outbound", [False, True])
@pytest.mark.parametrize("ports", [(80, 80), (2000, 3000)])
def test_rule_14_a_closed_network_acl_times_out(kit: Kit, outbound: bool, ports: tuple[int, int]) -> None:
    """An ACL of the instance's subnet: the port must come in, and the answers must go out."""
    group, _ = attached(kit)
    acl = kit.ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
    spare = kit.ec2.create_network_acl(VpcId=kit.vpc)["NetworkAcl"]["NetworkAclId"]
    for side in (False, True):
        params = {"RuleNumber": 100, "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "Egress": side}
        kit.ec2.create_network_acl_entry(NetworkAclId=spare, RuleAction="allow", **params)
    places = kit.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Associations"]
    own = next(place for place in places if place["SubnetId"] == kit.subnets[0])
    kit.ec2.replace_network_acl_association(AssociationId=own["NetworkAclAssociationId"], NetworkAclId=spare)
    assert kit.health(group) == [("healthy", "")]
    kit.ec2.create_network_acl_entry(
        NetworkAclId=spare, RuleNumber=50, Protocol="6", RuleAction="deny", Egress=outbound, CidrBlock="0.0.0.0/0",
        PortRange={"From": ports[0], "To": ports[1]},
    )  # fmt: skip
    closed = (ports == (80, 80)) is not outbound
    assert kit.health(group) == [("unhealthy", "Target.Timeout") if closed else ("healthy", "")]


def test_rule_14_the_address_of_a_load_balancer_is_no_target(kit: Kit) -> None:
    group = kit.group("nodes", TargetType="ip")
    kit.listener(kit.balancer(SecurityGroups=[kit.open_group()])["LoadBalancerArn"], group)
    nodes = kit.ec2.describe_network_interfaces(Filters=[{"Name": "requester-managed", "Values": ["true"]}])
    address = nodes["NetworkInterfaces"][0]["PrivateIpAddress"]
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": address}])
    assert kit.health(group) == [("unused", "Target.IpUnusable")]


def test_rule_14_a_stopped_instance(kit: Kit) -> None:
    group, instance = attached(kit)
    kit.ec2.stop_instances(InstanceIds=[instance])
    assert kit.health(group) == [("unused", "Target.InvalidState")]


def test_rule_14_unhealthy_on_demand(kit: Kit) -> None:
    group, _ = attached(kit)
    kit.box.sick("web", reason="Target.ResponseCodeMismatch")
    assert kit.health(group) == [("unhealthy", "Target.ResponseCodeMismatch")]
    kit.box.well(group)
    assert kit.health(group) == [("healthy", "")]


def test_rule_14_every_reason_on_demand_has_its_own_state(kit: Kit) -> None:
    group, _ = attached(kit)
    kit.box.sick(group, "Target.InvalidState", "terminated")
    assert kit.health(group) == [("unused", "Target.InvalidState")]
    answer = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]
    assert answer["TargetHealth"]["Description"] == "Target is in the terminated state"
    kit.box.sick(group, "Target.HealthCheckDisabled")
    assert kit.health(group) == [("unavailable", "Target.HealthCheckDisabled")]


def test_rule_15_one_instance_on_two_ports(kit: Kit) -> None:
    group, instance = kit.group(), kit.instance()
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}, {"Id": instance, "Port": 8080}])
    targets = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [(target["Target"]["Port"], target["HealthCheckPort"]) for target in targets] == [(80, "80"), (8080, "8080")]
    kit.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": instance, "Port": 8080}])
    targets = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [target["Target"]["Port"] for target in targets] == [80]


def test_rule_15_which_instances_are_targets(slow: Kit) -> None:
    group = slow.group()
    with refused("InvalidTarget"):
        slow.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0"}])
    pending = slow.instance()
    with refused("InvalidTarget"):
        slow.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": pending}])
    slow.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0"}])


@pytest.mark.parametrize("address", ["8.8.8.8", "10.1.2.3", "nonsense"])
def test_rule_15_addresses(kit: Kit, address: str) -> None:
    group = kit.group(TargetType="ip")
    with refused("ValidationError"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": address}])
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9"}])


def test_rule_15_a_terminated_instance_is_deregistered(kit: Kit) -> None:
    group, instance = attached(kit)
    kit.ec2.terminate_instances(InstanceIds=[instance])
    assert kit.health(group) == []


def test_rule_17_a_group_serves_one_balancer(slow: Kit) -> None:
    group = slow.group()
    first, second = (slow.balancer(name)["LoadBalancerArn"] for name in ("one", "two"))
    slow.listener(first, group)
    with refused("TargetGroupAssociationLimit"):
        slow.listener(second, group)
    slow.elb.delete_load_balancer(LoadBalancerArn=first)
    with refused("TargetGroupAssociationLimit"):
        slow.listener(second, group)
    slow.box.advance(SLOW / 8 + 1)
    slow.listener(second, group)
    assert slow.elb.describe_target_groups()["TargetGroups"][0]["LoadBalancerArns"] == [second]


def test_what_moto_refuses_and_aws_does_not(kit: Kit) -> None:
    group = kit.group()
    key = "deregistration_delay.timeout_seconds"
    kit.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[{"Key": key, "Value": "3600"}])
    kit.group("quic", Protocol="QUIC", Port=443)
    kit.group("double--hyphen")
    balancer = kit.balancer()["LoadBalancerArn"]
    assert kit.elb.describe_target_groups(LoadBalancerArn=balancer)["TargetGroups"] == []
    kit.elb.add_tags(ResourceArns=[group], Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(30)])


def test_rule_21_a_tcp_check_has_neither_path_nor_codes(kit: Kit) -> None:
    group = kit.group(Protocol="TCP", HealthCheckProtocol="HTTP", HealthCheckPath="/health")
    for more in ({"HealthCheckPath": "/health"}, {"Matcher": {"HttpCode": "200"}}):
        with refused("InvalidConfigurationRequest"):
            kit.group("other", Protocol="TCP", **more)
        with refused("InvalidConfigurationRequest"):
            kit.elb.modify_target_group(TargetGroupArn=group, HealthCheckProtocol="TCP", **more)
    changed = kit.elb.modify_target_group(TargetGroupArn=group, HealthCheckProtocol="TCP")["TargetGroups"][0]
    assert not {"HealthCheckPath", "Matcher"} & changed.keys()


def test_rule_21_a_gateway_group_has_fixed_codes(kit: Kit) -> None:
    check = {"Protocol": "GENEVE", "Port": 6081, "HealthCheckProtocol": "HTTP"}
    with refused("ValidationError"):
        kit.group(**check, Matcher={"HttpCode": "200-299"})
    kit.group(**check, Matcher={"HttpCode": "200-399"})


def test_rule_15_targets_of_a_quic_group_need_a_server_id(kit: Kit) -> None:
    group = kit.group(Protocol="QUIC", Port=443, TargetType="ip")
    with refused("ValidationError"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9"}])
    target = {"Id": "172.31.0.9", "QuicServerId": "0x0123456789abcdef"}
    kit.elb.register_targets(TargetGroupArn=group, Targets=[target])


SERVER = "0x0123456789abcdef"


def test_rule_15_a_server_id_has_a_form_stays_and_belongs_to_one_target(kit: Kit) -> None:
    group = kit.group(Protocol="QUIC", Port=443, TargetType="ip")

    def register(ip: str, server: str, arn: str = group) -> None:
        kit.elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": ip, "QuicServerId": server}])

    register("172.31.0.9", SERVER)
    register("172.31.0.9", SERVER)
    for ip, server in (("172.31.0.10", "0xABC"), ("172.31.0.10", SERVER), ("172.31.0.9", SERVER[:-1] + "0")):
        with refused("ValidationError"):
            register(ip, server)
    with refused("ValidationError"):
        register("172.31.0.9", SERVER, kit.group("tcp", Protocol="TCP", TargetType="ip"))


def test_rule_21_only_targets_of_application_balancers_have_a_control_port(kit: Kit) -> None:
    with refused("ValidationError"):
        kit.group(Protocol="TCP", TargetControlPort=9000)
    arn = kit.group(TargetControlPort=9000)
    assert kit.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]["TargetControlPort"] == 9000


def test_rule_15_an_instance_has_no_zone_of_its_own(kit: Kit) -> None:
    group, instance = kit.group(), kit.instance()
    kit.box.advance(60)
    with refused("ValidationError"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance, "AvailabilityZone": "all"}])


def test_rule_21_a_balancer_as_target_is_checked_by_http(kit: Kit) -> None:
    with refused("InvalidConfigurationRequest"):
        kit.group(Protocol="TCP", TargetType="alb", HealthCheckProtocol="TCP")


SLOW_START = "slow_start.duration_seconds"
ALGORITHM = "load_balancing.algorithm.type"
STICKY = {"stickiness.enabled": "true"}
APP_COOKIE = {**STICKY, "stickiness.type": "app_cookie"}


@pytest.mark.parametrize(
    ("protocol", "code", "attributes"),
    [
        ("HTTP", "InvalidConfigurationRequest", {SLOW_START: "60", ALGORITHM: "least_outstanding_requests"}),
        ("HTTP", "InvalidConfigurationRequest", {SLOW_START: "60", ALGORITHM: "weighted_random"}),
        ("HTTP", "InvalidConfigurationRequest", {"load_balancing.algorithm.anomaly_mitigation": "on"}),
        ("HTTP", "InvalidConfigurationRequest", {**STICKY, "load_balancing.cross_zone.enabled": "false"}),
        ("HTTP", "ValidationError", APP_COOKIE),
        ("HTTP", "ValidationError", {**APP_COOKIE, "stickiness.app_cookie.cookie_name": "AWSALBTG-mine"}),
        ("HTTP", "ValidationError", {"stickiness.type": "source_ip"}),
        ("TCP", "ValidationError", {"stickiness.type": "lb_cookie"}),
        ("TLS", "InvalidConfigurationRequest", STICKY),
    ],
)
def test_rule_21_attributes_that_exclude_each_other(
    kit: Kit, protocol: str, code: str, attributes: dict[str, str]
) -> None:
    group = kit.group(Protocol=protocol)
    with refused(code):
        kit.elb.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=[{"Key": key, "Value": value} for key, value in attributes.items()]
        )


def test_rule_14_a_grpc_server_answers_unimplemented_to_the_default_check(kit: Kit) -> None:
    check = {"HealthCheckProtocol": "HTTP", "Matcher": {"GrpcCode": "0"}}
    group = kit.group("grpc", ProtocolVersion="GRPC", **check)
    listener = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": kit.issued()}]}
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": kit.instance()}])
    balancer = kit.balancer(SecurityGroups=[kit.open_group()])["LoadBalancerArn"]
    kit.listener(balancer, group, 443, **listener)
    assert kit.health(group) == [("unhealthy", "Target.ResponseCodeMismatch")]
    kit.elb.modify_target_group(TargetGroupArn=group, Matcher={"GrpcCode": "12"})
    assert kit.health(group) == [("healthy", "")]


def test_rule_21_an_empty_protocol_version_is_none(kit: Kit) -> None:
    found = kit.elb.describe_target_groups(TargetGroupArns=[kit.group(ProtocolVersion="")])["TargetGroups"]
    assert found[0]["ProtocolVersion"] == "HTTP1"
