"""What the knob specs need of an account: resources of others that they name."""

from __future__ import annotations

from pathlib import Path

from ..e2e.stage import REGION, ZONE, Stage
from ..pem import Issuer, write

AUTHORITY = "arn:aws:acm-pca:ap-northeast-2:123456789012:certificate-authority/01234567-89ab-cdef-0123-456789abcdef"


def prepare(stage: Stage) -> dict[str, str]:
    """Creates all of it. Returns the words of the specs that stand for what AWS chooses: `IPV6` for a network, ids."""
    box = stage.box
    box.switch("shield", True)
    box.switch("approve_mails", True)
    for name in ("edge", "other"):
        box.create_fixture("web_acl", region=REGION, name=name)
    for name in ("fleet", "reserve"):
        box.create_fixture("auto_scaling_group", name, region=REGION)
    box.create_fixture("vpc", "vpc-00000b", region=REGION)
    box.create_fixture("private_authority", AUTHORITY, region=REGION)
    stage.client("ssm").put_parameter(Name="/web/oidc", Value="a secret", Type="SecureString")
    stage.client("secretsmanager").create_secret(Name="web/oidc", SecretString="a secret")
    return {"IPV6": ipv6_network(stage), **_servers(stage)}


def _servers(stage: Stage) -> dict[str, str]:
    """A launch template, an instance profile, a network interface, and a server that its security group closes."""
    ec2 = stage.client("ec2")
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.micro"}
    template = ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=data)["LaunchTemplate"]
    stage.client("iam").create_instance_profile(InstanceProfileName="web")
    closed = ec2.create_security_group(GroupName="closed", Description="closed", VpcId=stage.ids["vpc"])["GroupId"]
    stage.box.create_fixture("instance", "i-0c105ed", region=REGION, security_group=closed)
    own = ec2.create_security_group(GroupName="attached", Description="open", VpcId=stage.ids["vpc"])["GroupId"]
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=own, IpPermissions=[everything])
    interface = ec2.create_network_interface(SubnetId=stage.ids["subnets"]["a"], Groups=[own])["NetworkInterface"]
    template, interface = template["LaunchTemplateId"], interface["NetworkInterfaceId"]
    return {"TEMPLATE": template, "INTERFACE": interface, "OWN_GROUP": own}


def ipv6_network(stage: Stage) -> str:
    """Gives the VPC and its subnets IPv6 blocks. Returns that of the subnet in zone a, without its last numbers."""
    ec2, vpc = stage.client("ec2"), stage.ids["vpc"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    (described,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = described["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].removesuffix("00::/56")
    for number, (_, subnet) in enumerate(sorted(stage.ids["subnets"].items())):
        ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=f"{block}{number:02x}::/64")
    return f"{block}00"


def write_files(folder: Path) -> None:
    """Two certificates of one authority, which the knob specs import one after the other."""
    authority = Issuer()
    for name in ("site", "new"):
        certificate, key = authority.issue(f"imported.{ZONE}")
        write(folder, name, certificate, key, authority.certificate)
