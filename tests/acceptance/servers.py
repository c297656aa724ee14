"""Two servers that elbplan did not create: the suite makes them with boto3, behind a security group without rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .aws import Aws, CallRefused, tag_specifications
from .settings import TAG, Settings

IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
TYPE = "t3.micro"
PORTS = (80, 8080)
USER_DATA = """#!/bin/sh
mkdir -p /srv/www && cd /srv/www && echo ok > health && hostname > index.html
for port in {ports}; do
  systemd-run --unit=web-$port --working-directory=/srv/www python3 -m http.server $port
done
"""


@dataclass
class Servers:
    """The servers and the place where they are."""

    vpc: str = ""
    cidr: str = ""
    group: str = ""
    zones: list[str] = field(default_factory=list)
    subnets: list[str] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)


def make_servers(aws: Aws, settings: Settings) -> Servers:
    """Makes a closed security group and two servers in two zones of the default VPC. Raises CallFailed, LookupError.

    Returns before they run.
    """
    servers = _place(aws)
    tags = {TAG: settings.run, "Name": f"{settings.stack}-server"}
    servers.group = aws.ask(
        "ec2", "create_security_group", GroupName=f"{settings.stack}-server", Description="elbplan acceptance",
        VpcId=servers.vpc, TagSpecifications=tag_specifications(tags, "security-group"),
    )["GroupId"]  # fmt: skip
    image = aws.ask("ssm", "get_parameter", Name=IMAGE)["Parameter"]["Value"]
    data = USER_DATA.format(ports=" ".join(map(str, PORTS)))
    for number, subnet in enumerate(servers.subnets):
        answer = aws.ask(
            "ec2", "run_instances", ImageId=image, InstanceType=TYPE, MinCount=1, MaxCount=1, SubnetId=subnet,
            SecurityGroupIds=[servers.group], UserData=data, ClientToken=f"{settings.stack}-{number}",
            MetadataOptions={"HttpTokens": "required"},
            TagSpecifications=tag_specifications(tags, "instance", "volume"),
        )  # fmt: skip
        servers.instances.append(answer["Instances"][0]["InstanceId"])
    return servers


def _place(aws: Aws) -> Servers:
    """The default VPC, and its subnets in two zones that offer the type."""
    vpcs = aws.ask("ec2", "describe_vpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    if not vpcs:
        raise LookupError(f"{aws.region} has no default VPC; create one (aws ec2 create-default-vpc) or use another")
    vpc = vpcs[0]
    offered = _zones_with_type(aws)
    filters = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}, {"Name": "default-for-az", "Values": ["true"]}]
    subnets = aws.ask("ec2", "describe_subnets", Filters=filters)["Subnets"]
    usable = sorted((s["AvailabilityZone"], s["SubnetId"]) for s in subnets if s["AvailabilityZone"] in offered)
    if len(usable) < 2:
        raise LookupError(f"the default VPC of {aws.region} has no subnets in two zones that offer {TYPE}")
    chosen = usable[:2]
    return Servers(vpc["VpcId"], vpc["CidrBlock"], "", [zone for zone, _ in chosen], [id for _, id in chosen])


def _zones_with_type(aws: Aws) -> set[str]:
    filters = [{"Name": "instance-type", "Values": [TYPE]}]
    answer = aws.ask(
        "ec2", "describe_instance_type_offerings", LocationType="availability-zone", Filters=filters
    )  # fmt: skip
    return {offering["Location"] for offering in answer["InstanceTypeOfferings"]}


def wait_until_running(aws: Aws, instances: Sequence[str]) -> float:
    """Returns the seconds. Raises TimeoutError."""

    def running() -> bool:
        try:
            found = aws.ask("ec2", "describe_instances", InstanceIds=list(instances))
        except CallRefused as refused:
            if refused.code == "InvalidInstanceID.NotFound":  # not visible yet
                return False
            raise
        states = [i["State"]["Name"] for r in found["Reservations"] for i in r["Instances"]]
        return states == ["running"] * len(instances)

    return aws.wait_until("the servers run", running, timeout=300)


def open_port(aws: Aws, settings: Settings, servers: Servers, port: int) -> None:
    """Lets the VPC reach a port of the servers. Raises CallFailed."""
    permission = {
        "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
        "IpRanges": [{"CidrIp": servers.cidr, "Description": "elbplan acceptance"}],
    }  # fmt: skip
    aws.ask(
        "ec2", "authorize_security_group_ingress", GroupId=servers.group, IpPermissions=[permission],
        TagSpecifications=tag_specifications({TAG: settings.run}, "security-group-rule"),
    )  # fmt: skip
