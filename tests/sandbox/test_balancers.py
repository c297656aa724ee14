"""Rules 1, 4, 5, 16, 18, and the answer of CreateLoadBalancer."""

import pytest

from .conftest import SLOW
from .kit import REGION, Kit, refused


def test_rule_01_a_load_balancer_is_created_once(kit: Kit) -> None:
    first = kit.balancer("web")
    assert kit.balancer("web")["LoadBalancerArn"] == first["LoadBalancerArn"]
    with refused("DuplicateLoadBalancerName"):
        kit.balancer("web", Scheme="internal")
    assert len(kit.elb.describe_load_balancers()["LoadBalancers"]) == 1


def test_rule_04_a_load_balancer_is_provisioning_first(kit: Kit) -> None:
    balancer = kit.balancer()
    assert balancer["State"]["Code"] == "provisioning"
    assert kit.elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "active"


def test_rule_04_a_load_balancer_takes_time(slow: Kit) -> None:
    slow.balancer()
    slow.box.advance(SLOW - 1)
    assert slow.elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "provisioning"
    slow.box.advance(2)
    assert slow.elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "active"


def test_rule_04_a_load_balancer_may_fail(slow: Kit) -> None:
    slow.balancer()
    slow.box.fail("web", "Not enough capacity")
    slow.box.advance(SLOW + 1)
    state = slow.elb.describe_load_balancers()["LoadBalancers"][0]["State"]
    assert state == {"Code": "failed", "Reason": "Not enough capacity"}


def test_rule_05_interfaces_outlive_the_balancer_and_keep_its_group_in_use(slow: Kit) -> None:
    group = slow.open_group()
    balancer = slow.balancer(SecurityGroups=[group])
    filters = [{"Name": "description", "Values": [f"ELB {balancer['LoadBalancerArn'].split(':loadbalancer/')[1]}"]}]
    interfaces = slow.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    assert {interface["SubnetId"] for interface in interfaces} == set(slow.subnets)
    assert {(interface["RequesterId"], interface["Groups"][0]["GroupId"]) for interface in interfaces} == {
        ("amazon-elb", group)
    }
    slow.elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    with refused("DependencyViolation"):
        slow.ec2.delete_security_group(GroupId=group)
    with refused("DependencyViolation"):
        slow.ec2.delete_subnet(SubnetId=slow.subnets[0])
    slow.box.advance(SLOW + 1)
    assert slow.ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"] == []
    slow.ec2.delete_security_group(GroupId=group)


def test_rule_05_a_network_balancer_keeps_its_addresses_in_use(slow: Kit) -> None:
    address = slow.ec2.allocate_address(Domain="vpc")
    mapping = {"SubnetId": slow.subnets[0], "AllocationId": address["AllocationId"]}
    balancer = slow.elb.create_load_balancer(Name="nlb", Type="network", SubnetMappings=[mapping])["LoadBalancers"][0]
    addresses = balancer["AvailabilityZones"][0]["LoadBalancerAddresses"]
    assert addresses == [{"AllocationId": address["AllocationId"], "IpAddress": address["PublicIp"]}]
    with refused("InvalidIPAddress.InUse"):
        slow.ec2.release_address(AllocationId=address["AllocationId"])
    slow.elb.delete_load_balancer(LoadBalancerArn=balancer["LoadBalancerArn"])
    with refused("InvalidIPAddress.InUse"):
        slow.ec2.release_address(AllocationId=address["AllocationId"])
    slow.box.advance(SLOW + 1)
    slow.ec2.release_address(AllocationId=address["AllocationId"])


def test_rule_05_interfaces_follow_groups_and_subnets(kit: Kit) -> None:
    balancer = kit.balancer(SecurityGroups=[kit.open_group()])
    other = kit.open_group("other")
    kit.elb.set_security_groups(LoadBalancerArn=balancer["LoadBalancerArn"], SecurityGroups=[other])
    interfaces = kit.ec2.describe_network_interfaces(Filters=[{"Name": "requester-id", "Values": ["amazon-elb"]}])
    assert {interface["Groups"][0]["GroupId"] for interface in interfaces["NetworkInterfaces"]} == {other}


def test_rule_16_subnets(kit: Kit) -> None:
    with refused("ValidationError"):
        kit.balancer(Subnets=kit.subnets[:1])
    with refused("SubnetNotFound"):
        kit.balancer(Subnets=[kit.subnets[0], "subnet-0123456789abcdef0"])
    twin = kit.ec2.create_subnet(VpcId=kit.vpc, CidrBlock="172.31.250.0/24", AvailabilityZone=f"{REGION}a")
    with refused("InvalidConfigurationRequest"):
        kit.balancer(Subnets=[kit.subnets[0], twin["Subnet"]["SubnetId"]])


def test_rule_16_zones_without_load_balancers(kit: Kit) -> None:
    constrained = kit.box.create_fixture("subnet", "subnet-0e", REGION, zone="e", zone_id="usw1-az2")
    with refused("ValidationError"):
        kit.balancer(Subnets=[*kit.subnets, constrained])
    local = kit.box.create_fixture("subnet", "subnet-0f", REGION, zone="-ham-1a", zone_id="euc1-ham1-az1")
    with refused("ValidationError"):
        kit.balancer(Subnets=[*kit.subnets, local], Type="network")


@pytest.mark.parametrize("tag", [("a#b", "c"), ("a", "b, c"), ("k" * 129, "v"), ("k", "v" * 257)])
def test_rule_21_characters_of_tags(kit: Kit, tag: tuple[str, str]) -> None:
    with refused("ValidationError"):
        kit.balancer(Tags=[{"Key": tag[0], "Value": tag[1]}])


def test_rule_16_an_internet_gateway_and_free_addresses(kit: Kit) -> None:
    vpc = kit.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = []
    for number, zone in enumerate("ab"):
        cidr = f"10.9.0.{16 * number}/28"
        subnets.append(
            kit.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=REGION + zone)["Subnet"]["SubnetId"]
        )
    with refused("InvalidSubnet"):
        kit.balancer(Subnets=subnets)
    with refused("InvalidConfigurationRequest"):
        kit.balancer(Subnets=[subnets[0], kit.subnets[1]])
    with refused("InvalidConfigurationRequest"):
        kit.balancer(Subnets=subnets, Scheme="internal", SecurityGroups=[kit.default_group])
    kit.balancer("fits", Subnets=subnets, Scheme="internal")
    for number in range(3):
        kit.balancer(f"fill-{number}", Subnets=subnets, Scheme="internal")
    with refused("InvalidSubnet"):
        kit.balancer("full", Subnets=subnets, Scheme="internal")


def test_rule_16_dualstack_needs_ipv6(kit: Kit) -> None:
    kit.balancer(IpAddressType="dualstack")
    for number, zone in enumerate("ab"):
        kit.ec2.create_subnet(
            VpcId=kit.vpc, CidrBlock=f"172.31.25{number}.0/24", AvailabilityZone=REGION + zone,
            TagSpecifications=[{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "plain"}]}],
        )  # fmt: skip
    found = kit.ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["plain"]}])["Subnets"]
    plain = [subnet["SubnetId"] for subnet in found]
    with refused("InvalidSubnet"):
        kit.balancer("plain", Subnets=plain, IpAddressType="dualstack")
    arn = kit.balancer("plain", Subnets=plain)["LoadBalancerArn"]
    with refused("InvalidSubnet"):
        kit.elb.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")


def test_rule_16_unknown_security_group(kit: Kit) -> None:
    with refused("InvalidSecurityGroup"):
        kit.balancer(SecurityGroups=["sg-0123456789abcdef0"])


def test_rule_18_deletion_protection(kit: Kit) -> None:
    arn = kit.balancer()["LoadBalancerArn"]
    key = "deletion_protection.enabled"
    kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": "true"}])
    with refused("OperationNotPermitted"):
        kit.elb.delete_load_balancer(LoadBalancerArn=arn)
    kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": "false"}])
    kit.elb.delete_load_balancer(LoadBalancerArn=arn)
    kit.elb.delete_load_balancer(LoadBalancerArn=arn)


def test_rule_24_names_and_zones_by_type(kit: Kit) -> None:
    app = kit.balancer("app", Scheme="internal")
    net = kit.balancer("net", Type="network")
    gateway = kit.balancer("gwy", Type="gateway")
    assert ":loadbalancer/app/app/" in app["LoadBalancerArn"]
    assert app["DNSName"].startswith("internal-app-")
    assert app["DNSName"].endswith(f".{REGION}.elb.amazonaws.com")
    assert app["SecurityGroups"] == [kit.default_group]
    assert ":loadbalancer/net/net/" in net["LoadBalancerArn"]
    assert net["DNSName"].endswith(f".elb.{REGION}.amazonaws.com")
    assert net["CanonicalHostedZoneId"] != app["CanonicalHostedZoneId"]
    assert "SecurityGroups" not in net
    assert ":loadbalancer/gwy/gwy/" in gateway["LoadBalancerArn"]
    assert "DNSName" not in gateway
    assert "Scheme" not in gateway


def test_rule_24_all_attributes_are_returned(kit: Kit) -> None:
    arn = kit.balancer()["LoadBalancerArn"]
    attributes = kit.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    values = {pair["Key"]: pair["Value"] for pair in attributes}
    assert values["idle_timeout.timeout_seconds"] == "60"
    assert values["load_balancing.cross_zone.enabled"] == "true"
    assert len(values) > 15
    group = kit.group()
    attributes = kit.elb.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]
    assert {pair["Key"]: pair["Value"] for pair in attributes}["stickiness.lb_cookie.duration_seconds"] == "86400"


def test_network_balancers_without_groups_get_none(kit: Kit) -> None:
    arn = kit.balancer("net", Type="network")["LoadBalancerArn"]
    with refused("InvalidConfigurationRequest"):
        kit.elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[kit.default_group])


def test_every_address_type_is_accepted(kit: Kit) -> None:
    assert (
        kit.balancer(IpAddressType="dualstack-without-public-ipv4")["IpAddressType"] == "dualstack-without-public-ipv4"
    )


def test_rule_16_a_network_balancer_leaves_a_zone_before_it_gets_another_subnet_there(kit: Kit) -> None:
    arn = kit.balancer("net", Type="network")["LoadBalancerArn"]
    twin = kit.ec2.create_subnet(VpcId=kit.vpc, CidrBlock="172.31.250.0/24", AvailabilityZone=f"{REGION}a")
    other = [twin["Subnet"]["SubnetId"], kit.subnets[1]]
    with refused("InvalidConfigurationRequest"):
        kit.elb.set_subnets(LoadBalancerArn=arn, Subnets=other)
    kit.elb.set_subnets(LoadBalancerArn=arn, Subnets=kit.subnets[1:])
    kit.elb.set_subnets(LoadBalancerArn=arn, Subnets=other)
