"""Instances, disks, security groups and the network of the questions. EC2 finds all of them by tag."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import Aws
from ..settings import Settings
from .items import Item, Kind, by_tag

GONE = ("terminated",)


def _instances(aws: Aws, settings: Settings) -> Iterator[Item]:
    for reservation in aws.ask("ec2", "describe_instances", Filters=by_tag(settings))["Reservations"]:
        for instance in reservation["Instances"]:
            state = instance["State"]["Name"]
            if state not in GONE:
                yield Item("instance", instance["InstanceId"], data={"state": state})


def _terminate(aws: Aws, item: Item) -> None:
    if item.data["state"] != "shutting-down":
        aws.ask("ec2", "terminate_instances", InstanceIds=[item.id])


def _volumes(aws: Aws, settings: Settings) -> Iterator[Item]:
    """The disk of an instance goes with it; until then it cannot be deleted."""
    for volume in aws.ask("ec2", "describe_volumes", Filters=by_tag(settings))["Volumes"]:
        yield Item("volume", volume["VolumeId"])


def _delete_volume(aws: Aws, item: Item) -> None:
    aws.ask("ec2", "delete_volume", VolumeId=item.id)


def _security_groups(aws: Aws, settings: Settings) -> Iterator[Item]:
    for group in aws.ask("ec2", "describe_security_groups", Filters=by_tag(settings))["SecurityGroups"]:
        yield Item("security group", group["GroupId"], data={"inbound": group["IpPermissions"]})


def _delete_group(aws: Aws, item: Item) -> None:
    """First its inbound rules, because groups of the run can refer to each other."""
    if item.data["inbound"]:
        aws.ask("ec2", "revoke_security_group_ingress", GroupId=item.id, IpPermissions=item.data["inbound"])
    aws.ask("ec2", "delete_security_group", GroupId=item.id)


def _subnets(aws: Aws, settings: Settings) -> Iterator[Item]:
    for subnet in aws.ask("ec2", "describe_subnets", Filters=by_tag(settings))["Subnets"]:
        yield Item("subnet", subnet["SubnetId"])


def _delete_subnet(aws: Aws, item: Item) -> None:
    aws.ask("ec2", "delete_subnet", SubnetId=item.id)


def _gateways(aws: Aws, settings: Settings) -> Iterator[Item]:
    for gateway in aws.ask("ec2", "describe_internet_gateways", Filters=by_tag(settings))["InternetGateways"]:
        vpcs = [attachment["VpcId"] for attachment in gateway.get("Attachments", [])]
        yield Item("internet gateway", gateway["InternetGatewayId"], data={"vpcs": vpcs})


def _delete_gateway(aws: Aws, item: Item) -> None:
    for vpc in item.data["vpcs"]:
        aws.ask("ec2", "detach_internet_gateway", InternetGatewayId=item.id, VpcId=vpc)
    aws.ask("ec2", "delete_internet_gateway", InternetGatewayId=item.id)


def _vpcs(aws: Aws, settings: Settings) -> Iterator[Item]:
    for vpc in aws.ask("ec2", "describe_vpcs", Filters=by_tag(settings))["Vpcs"]:
        yield Item("VPC", vpc["VpcId"])


def _delete_vpc(aws: Aws, item: Item) -> None:
    aws.ask("ec2", "delete_vpc", VpcId=item.id)


KINDS = (
    Kind("instances", "instance", _instances, _terminate),
    Kind("volumes", "volume", _volumes, _delete_volume),
    Kind("security groups", "security group", _security_groups, _delete_group),
    Kind("subnets", "subnet", _subnets, _delete_subnet),
    Kind("internet gateways", "internet gateway", _gateways, _delete_gateway),
    Kind("VPCs", "VPC", _vpcs, _delete_vpc),
)
