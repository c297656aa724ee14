"""Rules 6, 27, 28, 29: instances, security groups, addresses."""

from typing import Any

import pytest

from .conftest import SLOW
from .kit import AMI, REGION, Kit, refused

HTTP = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}


def test_rule_06_a_group_in_use_is_not_deleted(kit: Kit) -> None:
    web, servers = kit.open_group("web"), kit.open_group("servers")
    refers = {**HTTP, "FromPort": 81, "ToPort": 81, "UserIdGroupPairs": [{"GroupId": web}]}
    kit.ec2.authorize_security_group_ingress(GroupId=servers, IpPermissions=[refers])
    with refused("DependencyViolation"):
        kit.ec2.delete_security_group(GroupId=web)
    kit.ec2.revoke_security_group_ingress(GroupId=servers, IpPermissions=[refers])
    kit.ec2.delete_security_group(GroupId=web)
    instance = kit.instance(servers)
    with refused("DependencyViolation"):
        kit.ec2.delete_security_group(GroupId=servers)
    kit.ec2.terminate_instances(InstanceIds=[instance])
    kit.ec2.delete_security_group(GroupId=servers)
    with refused("CannotDelete"):
        kit.ec2.delete_security_group(GroupId=kit.default_group)


def state(kit: Kit, instance: str) -> str:
    instances = kit.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    return str(instances[0]["State"]["Name"])


def test_rule_28_instances_take_time(slow: Kit) -> None:
    instance = slow.instance()
    assert state(slow, instance) == "pending"
    slow.box.advance(SLOW / 4 + 1)
    assert state(slow, instance) == "running"
    change = slow.ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0]
    assert change["CurrentState"]["Name"] == state(slow, instance) == "shutting-down"
    slow.box.advance(SLOW / 4 + 1)
    assert state(slow, instance) == "terminated"
    with refused("IncorrectInstanceState"):
        slow.ec2.start_instances(InstanceIds=[instance])
    slow.ec2.terminate_instances(InstanceIds=[instance])
    slow.box.advance(3601)
    with refused("InvalidInstanceID.NotFound"):
        state(slow, instance)


def test_rule_28_a_given_interface_outlives_its_server(kit: Kit) -> None:
    made = kit.ec2.create_network_interface(SubnetId=kit.subnets[0])["NetworkInterface"]["NetworkInterfaceId"]
    image = kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
    given = [{"DeviceIndex": 0, "NetworkInterfaceId": made}]
    launch: dict[str, Any] = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    for _ in range(2):
        (server,) = kit.ec2.run_instances(**launch, NetworkInterfaces=given)["Instances"]
        kit.ec2.terminate_instances(InstanceIds=[server["InstanceId"]])
        (left,) = kit.ec2.describe_network_interfaces(NetworkInterfaceIds=[made])["NetworkInterfaces"]
        assert left["Status"] == "available"


def test_rule_28_once_per_token_and_as_many_as_requested(kit: Kit) -> None:
    image = kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
    params: dict[str, Any] = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 3}
    first = kit.ec2.run_instances(**params, ClientToken="t")["Instances"]
    again = kit.ec2.run_instances(**params, ClientToken="t")["Instances"]
    assert [instance["InstanceId"] for instance in first] == [instance["InstanceId"] for instance in again]
    assert len(first) == 3
    with refused("IdempotentParameterMismatch"):
        kit.ec2.run_instances(**{**params, "MaxCount": 1}, ClientToken="t")


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("InvalidAMIID.NotFound", {"ImageId": "ami-0123456789abcdef0"}),
        ("InvalidParameterValue", {"InstanceType": "t99.huge"}),
        ("Unsupported", {"InstanceType": "c1.medium"}),
        ("InvalidParameterValue", {"UserData": "x" * 16385}),
        ("InvalidSubnetID.NotFound", {"SubnetId": "subnet-0123456789abcdef0"}),
    ],
)
def test_rule_28_invalid_launches(kit: Kit, code: str, more: dict[str, Any]) -> None:
    with refused(code):
        kit.instance(**more)


def test_rule_28_a_group_of_another_network(kit: Kit) -> None:
    vpc = kit.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    other = kit.ec2.create_security_group(GroupName="other", Description="other", VpcId=vpc)["GroupId"]
    with refused("InvalidParameter"):
        kit.instance(other)


def test_rule_28_the_type_changes_on_a_stopped_instance_only(kit: Kit) -> None:
    instance = kit.instance()
    with refused("IncorrectInstanceState"):
        kit.ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "t3.small"})
    kit.ec2.stop_instances(InstanceIds=[instance])
    kit.ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "t3.small"})


def test_rule_29_rules_are_canonical_and_unique_whatever_their_description(kit: Kit) -> None:
    group = kit.open_group()
    ranges = [{"CidrIp": "10.1.2.3/16", "Description": "one"}]
    answer = kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**HTTP, "IpRanges": ranges}])
    assert answer["SecurityGroupRules"][0]["CidrIpv4"] == "10.1.0.0/16"
    for source in ([{"CidrIp": "10.1.0.0/16", "Description": "two"}], [{"CidrIp": "10.1.9.9/16"}]):
        with refused("InvalidPermission.Duplicate"):
            kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**HTTP, "IpRanges": source}])


def test_rule_29_all_rules_of_a_call_or_none(kit: Kit) -> None:
    group = kit.open_group()
    new = {**HTTP, "FromPort": 90, "ToPort": 90, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    with refused("InvalidPermission.Duplicate"):
        kit.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[new, {**HTTP, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        )
    more = {**new, "FromPort": 91, "ToPort": 91}
    answer = kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[new, more])
    assert [rule["FromPort"] for rule in answer["SecurityGroupRules"]] == [90, 91]


@pytest.mark.parametrize(("low", "high"), [(90, 80), (0, 70000)])
def test_rule_29_port_ranges(kit: Kit, low: int, high: int) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    with refused("InvalidParameterValue"):
        kit.ec2.authorize_security_group_ingress(GroupId=kit.open_group(), IpPermissions=[rule])


def test_rule_29_names(kit: Kit) -> None:
    kit.open_group("web")
    for code, name in (("InvalidGroup.Duplicate", "WEB"), ("InvalidParameterValue", "sg-web")):
        with refused(code):
            kit.ec2.create_security_group(GroupName=name, Description="d", VpcId=kit.vpc)
    with refused("InvalidVpcID.NotFound"):
        kit.ec2.create_security_group(GroupName="w", Description="d", VpcId="vpc-0123456789abcdef0")


def test_rule_29_a_missing_rule(kit: Kit) -> None:
    absent = {**HTTP, "FromPort": 5, "ToPort": 5, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    with refused("InvalidPermission.NotFound"):
        kit.ec2.revoke_security_group_ingress(GroupId=kit.open_group(), IpPermissions=[absent])
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        kit.ec2.revoke_security_group_ingress(GroupId=kit.default_group, SecurityGroupRuleIds=["sgr-0123456789abcdef0"])


def test_rule_29_a_rule_with_a_group_as_source_gets_another_description(kit: Kit) -> None:
    group, source = kit.open_group("target"), kit.open_group("source")
    permission = {"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81}

    def described(text: str) -> list[dict[str, Any]]:
        return [{**permission, "UserIdGroupPairs": [{"GroupId": source, "Description": text}]}]

    with refused("InvalidPermission.NotFound"):
        kit.ec2.update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=described("a"))
    kit.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=described("a"))
    kit.ec2.update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=described("b"))
    (found,) = kit.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    pairs = [pair for rule in found["IpPermissions"] for pair in rule["UserIdGroupPairs"]]
    assert [pair["Description"] for pair in pairs] == ["b"]


def test_rule_29_tags_of_a_new_rule(kit: Kit) -> None:
    group, tags = kit.open_group(), [{"Key": "a", "Value": "1"}]
    internal = {**HTTP, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}

    def authorize(kind: str) -> None:
        specification = [{"ResourceType": kind, "Tags": tags}]
        kit.ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[internal], TagSpecifications=specification
        )

    with refused("InvalidParameterValue"):
        authorize("security-group")
    authorize("security-group-rule")
    filters = [{"Name": "tag:a", "Values": ["1"]}]
    (rule,) = kit.ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert (rule["GroupId"], rule["Tags"]) == (group, tags)


def test_rule_29_addresses_move_by_themselves(kit: Kit) -> None:
    address = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    first, second = kit.instance(kit.default_group), kit.instance(kit.default_group)
    kit.ec2.associate_address(AllocationId=address, InstanceId=first)
    kit.ec2.associate_address(AllocationId=address, InstanceId=second)
    details = kit.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    assert details["InstanceId"] == second
    kit.ec2.terminate_instances(InstanceIds=[second])
    details = kit.ec2.describe_addresses(AllocationIds=[address])["Addresses"][0]
    assert not details.get("InstanceId")
    kit.ec2.release_address(AllocationId=address)


def test_rule_29_not_with_a_pending_instance(slow: Kit) -> None:
    address = slow.ec2.allocate_address(Domain="vpc")["AllocationId"]
    with refused("InvalidInstanceID"):
        slow.ec2.associate_address(AllocationId=address, InstanceId=slow.instance())


def test_rule_27_new_resources_may_not_be_visible_yet(kit: Kit) -> None:
    group, balancer = kit.group(), kit.balancer()["LoadBalancerArn"]
    kit.box.switch("hide_new", 2)
    listener = kit.listener(balancer, group)
    for _ in range(2):
        with refused("ListenerNotFound"):
            kit.elb.describe_listeners(ListenerArns=[listener])
    kit.elb.describe_listeners(ListenerArns=[listener])
    kit.box.switch("hide_new", 1)
    fresh = kit.ec2.create_security_group(GroupName="new", Description="d", VpcId=kit.vpc)["GroupId"]
    with refused("InvalidGroup.NotFound"):
        kit.ec2.describe_security_groups(GroupIds=[fresh])
    kit.ec2.describe_security_groups(GroupIds=[fresh])


def test_rule_21_malformed_ids(kit: Kit) -> None:
    with refused("InvalidInstanceID.Malformed"):
        kit.ec2.describe_instances(InstanceIds=["i-nope"])
    with refused("InvalidGroupId.Malformed"):
        kit.ec2.delete_security_group(GroupId="sg-nope")


def test_the_published_image_can_be_launched_and_described(kit: Kit) -> None:
    image = kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
    assert kit.ec2.describe_images(ImageIds=[image])["Images"][0]["ImageId"] == image
    kit.instance()


def test_rule_28_a_protected_instance_is_neither_terminated_nor_stopped(kit: Kit) -> None:
    instance = kit.instance()
    for attribute in ("DisableApiTermination", "DisableApiStop"):
        kit.ec2.modify_instance_attribute(InstanceId=instance, **{attribute: {"Value": True}})
        answer = kit.ec2.describe_instance_attribute(
            InstanceId=instance, Attribute=attribute[0].lower() + attribute[1:]
        )
        assert answer[attribute] == {"Value": True}
    with refused("OperationNotPermitted"):
        kit.ec2.terminate_instances(InstanceIds=[instance])
    with refused("OperationNotPermitted"):
        kit.ec2.stop_instances(InstanceIds=[instance])
    assert state(kit, instance) == "running"


def test_rule_28_an_instance_that_starts_or_is_terminated_does_not_stop(slow: Kit) -> None:
    instance = slow.instance()
    with refused("IncorrectInstanceState"):
        slow.ec2.stop_instances(InstanceIds=[instance])
    slow.box.advance(SLOW / 4 + 1)
    slow.ec2.stop_instances(InstanceIds=[instance])
    assert state(slow, instance) == "stopping"
    slow.box.advance(SLOW / 4 + 1)
    slow.ec2.stop_instances(InstanceIds=[instance])
    slow.ec2.terminate_instances(InstanceIds=[instance])
    with refused("IncorrectInstanceState"):
        slow.ec2.stop_instances(InstanceIds=[instance])


def test_rule_28_an_instance_store_does_not_stop(kit: Kit) -> None:
    instance = kit.box.create_fixture("instance", region=REGION, root_device="instance-store")
    with refused("UnsupportedOperation"):
        kit.ec2.stop_instances(InstanceIds=[instance])
    kit.ec2.terminate_instances(InstanceIds=[instance])


def test_rule_29_an_address_in_use_is_not_released_outside_the_default_vpc(kit: Kit) -> None:
    vpc = kit.box.create_fixture("vpc", region=REGION)
    subnet = kit.box.create_fixture("subnet", region=REGION, zone="a", vpc=vpc)
    instance = kit.box.create_fixture("instance", region=REGION, subnet=subnet)
    address = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    kit.ec2.associate_address(AllocationId=address, InstanceId=instance)
    with refused("InvalidIPAddress.InUse"):
        kit.ec2.release_address(AllocationId=address)
    kit.ec2.terminate_instances(InstanceIds=[instance])
    kit.ec2.release_address(AllocationId=address)


def test_rule_05_interfaces_of_load_balancers_are_managed_by_aws_and_hold_the_gateway(kit: Kit) -> None:
    kit.balancer()
    interface = kit.ec2.describe_network_interfaces()["NetworkInterfaces"][0]["NetworkInterfaceId"]
    with refused("OperationNotPermitted"):
        kit.ec2.delete_network_interface(NetworkInterfaceId=interface)
    attached = [{"Name": "attachment.vpc-id", "Values": [kit.vpc]}]
    gateway = kit.ec2.describe_internet_gateways(Filters=attached)["InternetGateways"][0]["InternetGatewayId"]
    with refused("DependencyViolation"):
        kit.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=kit.vpc)


def test_rule_29_a_cidr_is_an_address_block(kit: Kit) -> None:
    with refused("InvalidParameterValue"):
        kit.let_in(kit.open_group(), 8080, cidr="10.0.0.0/40")


def test_rule_30_a_region_that_is_not_enabled_refuses_valid_credentials(kit: Kit) -> None:
    with refused("AuthFailure"):
        kit.box.client("ec2", "ap-east-1").describe_vpcs()
    with refused("InvalidClientTokenId"):
        kit.box.client("elbv2", "ap-east-1").describe_load_balancers()
    with refused("UnrecognizedClientException"):
        kit.box.client("ssm", "ap-east-1").get_parameters_by_path(Path="/elbplan")


def test_rule_27_a_filter_by_tag_finds_a_new_resource_late(slow: Kit) -> None:
    slow.box.switch("tag_lag", 8)
    tags = [{"Key": "team", "Value": "web"}]
    specification = [{"ResourceType": "elastic-ip", "Tags": tags}]
    id = slow.ec2.allocate_address(Domain="vpc", TagSpecifications=specification)["AllocationId"]
    by_tag = [{"Name": "tag:team", "Values": ["web"]}]
    assert slow.ec2.describe_addresses(Filters=by_tag)["Addresses"] == []
    (address,) = slow.ec2.describe_addresses(AllocationIds=[id])["Addresses"]
    assert address["Tags"] == tags
    slow.box.advance(8)
    assert [found["AllocationId"] for found in slow.ec2.describe_addresses(Filters=by_tag)["Addresses"]] == [id]


def test_rule_23_a_filter_has_at_most_200_values(kit: Kit) -> None:
    ids = [f"i-{number:017x}" for number in range(201)]
    kit.ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": ids[:200]}])
    with refused("FilterLimitExceeded"):
        kit.ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": ids}])


def test_rule_29_the_ipv6_rule_of_a_group_in_a_vpc_without_ipv6(kit: Kit) -> None:
    everything = [{"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}]
    with refused("InvalidParameterValue"):
        kit.ec2.revoke_security_group_egress(GroupId=kit.open_group(), IpPermissions=everything)


def test_rule_29_descriptions_are_replaced_for_rules_that_exist(kit: Kit) -> None:
    ec2, group = kit.ec2, kit.open_group("described")

    def permission(port: int, **said: str) -> list[dict[str, object]]:
        source = {"UserIdGroupPairs": [{"GroupId": group, **said}]}
        return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}]

    def said() -> str:
        found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        (pair,) = [pair for entry in found for pair in entry["UserIdGroupPairs"]]
        return str(pair.get("Description", ""))

    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permission(80, Description="old"))
    change = ec2.update_security_group_rule_descriptions_ingress
    change(GroupId=group, IpPermissions=permission(80, Description="new"))
    assert said() == "new"
    change(GroupId=group, IpPermissions=permission(80))
    assert said() == ""
    with refused("InvalidPermission.NotFound"):
        change(GroupId=group, IpPermissions=permission(81))
