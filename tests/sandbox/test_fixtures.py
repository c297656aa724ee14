"""Resources with given ids, which work like those with ids of AWS."""

from __future__ import annotations

import re

import pytest

from elbplan.sandbox.admin.fixtures import MAKERS
from elbplan.sandbox.box import Box

from .kit import REGION, Kit


def test_an_instance_with_a_given_id_runs_and_is_healthy(kit: Kit) -> None:
    assert kit.box.create_fixture("instance", "i-0aaa", REGION, zone="b", tags={"app": "web"}) == "i-0aaa"
    filters = [{"Name": "tag:app", "Values": ["web"]}]
    (instance,) = kit.ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"]
    assert (instance["InstanceId"], instance["State"]["Name"]) == ("i-0aaa", "running")
    group = kit.group()
    kit.listener(kit.balancer(SecurityGroups=[kit.open_group()])["LoadBalancerArn"], group)
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-0aaa"}])
    (target,) = kit.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert target["TargetHealth"]["State"] == "healthy"


def test_a_network_with_given_ids_accepts_a_balancer(kit: Kit) -> None:
    create = kit.box.create_fixture
    assert create("vpc", "vpc-0bbb", REGION, tags={"Name": "mine"}) == "vpc-0bbb"
    subnets = [create("subnet", f"subnet-0{zone}", REGION, zone=zone, vpc="vpc-0bbb") for zone in "ab"]
    group = create("security_group", "sg-0ccc", REGION, vpc="vpc-0bbb", tags={"Name": "front"})
    kit.elb.create_load_balancer(Name="theirs", Subnets=subnets, SecurityGroups=[group])
    (vpc,) = kit.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["mine"]}])["Vpcs"]
    assert vpc["VpcId"] == "vpc-0bbb"
    (balancer,) = kit.elb.describe_load_balancers(Names=["theirs"])["LoadBalancers"]
    assert (balancer["VpcId"], balancer["SecurityGroups"]) == ("vpc-0bbb", ["sg-0ccc"])


def test_a_certificate_a_zone_an_address_and_an_image(kit: Kit) -> None:
    create = kit.box.create_fixture
    arn = create("certificate", f"arn:aws:acm:{REGION}:999999999999:certificate/x", REGION, names=["a.example.net"])
    assert kit.acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    assert create("hosted_zone", "Z0123456789", REGION, name="sub.example.net") == "Z0123456789"
    assert kit.dns.get_hosted_zone(Id="Z0123456789")["HostedZone"]["Name"] == "sub.example.net."
    create("elastic_ip", "eipalloc-0ddd", REGION)
    (address,) = kit.ec2.describe_addresses(AllocationIds=["eipalloc-0ddd"])["Addresses"]
    assert "AssociationId" not in address
    create("image", "ami-0eee0eee", REGION)
    assert kit.ec2.run_instances(ImageId="ami-0eee0eee", MinCount=1, MaxCount=1)["Instances"]


def test_the_next_resource_has_a_new_id(kit: Kit) -> None:
    kit.box.create_fixture("security_group", "sg-0aaa", REGION)
    assert kit.box.create_fixture("security_group", "", REGION) != "sg-0aaa"
    assert kit.open_group() != "sg-0aaa"


def test_an_unknown_kind_is_refused(quick_box: Box) -> None:
    kinds = re.escape(", ".join(MAKERS))
    with pytest.raises(KeyError, match=f"the sandbox cannot create 'castle'; the kinds are {kinds}"):
        quick_box.create_fixture("castle", "c-1")
