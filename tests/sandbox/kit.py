"""Helpers of the sandbox's tests."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from elbplan.sandbox.box import Box

REGION = "eu-central-1"
AMI = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@contextlib.contextmanager
def refused(code: str) -> Iterator[None]:
    """Expects that AWS refuses with this code."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code, caught.value


class Kit:
    """One region with default resources, and short functions to create more."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.elb = box.client("elbv2", REGION)
        self.ec2 = box.client("ec2", REGION)
        self.acm = box.client("acm", REGION)
        self.dns = box.client("route53", REGION)
        self.ssm = box.client("ssm", REGION)
        ids = box.create_defaults(REGION, zones=["a", "b"], hosted_zones=["example.com"])
        self.vpc, self.zone = ids["vpc"], ids["hosted_zones"]["example.com"]
        self.subnets = list(ids["subnets"].values())
        self.default_group = ids["security_group"]

    def open_group(self, name: str = "web") -> str:
        """Creates a security group that allows everybody on ports 80 and 443."""
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        self.let_in(group, 80)
        self.let_in(group, 443)
        return str(group)

    def let_in(self, group: str, port: int, cidr: str = "0.0.0.0/0") -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    def balancer(self, name: str = "web", **more: Any) -> dict[str, Any]:
        params: dict[str, Any] = {"Name": name, "Subnets": self.subnets, **more}
        balancer: dict[str, Any] = self.elb.create_load_balancer(**params)["LoadBalancers"][0]
        return balancer

    def group(self, name: str = "web", **more: Any) -> str:
        params: dict[str, Any] = {"Name": name, "Protocol": "HTTP", "Port": 80, "VpcId": self.vpc, **more}
        return str(self.elb.create_target_group(**params)["TargetGroups"][0]["TargetGroupArn"])

    def listener(self, balancer: str, group: str, port: int = 80, **more: Any) -> str:
        params: dict[str, Any] = {
            "LoadBalancerArn": balancer,
            "Protocol": "HTTP",
            "Port": port,
            "DefaultActions": [forward(group)],
            **more,
        }
        return str(self.elb.create_listener(**params)["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str, priority: int, group: str, path: str = "/a/*") -> str:
        answer = self.elb.create_rule(
            ListenerArn=listener, Priority=priority, Conditions=[on_path(path)], Actions=[forward(group)]
        )
        return str(answer["Rules"][0]["RuleArn"])

    def instance(self, group: str | None = None, **more: Any) -> str:
        image = self.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
        params: dict[str, Any] = {
            "ImageId": image,
            "InstanceType": "t3.micro",
            "MinCount": 1,
            "MaxCount": 1,
            "SubnetId": self.subnets[0],
            "SecurityGroupIds": [group or self.open_group("servers")],
            **more,
        }
        return str(self.ec2.run_instances(**params)["Instances"][0]["InstanceId"])

    def health(self, group: str) -> list[tuple[str, str]]:
        targets = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return [(target["TargetHealth"]["State"], target["TargetHealth"].get("Reason", "")) for target in targets]

    def certificate(self, domain: str = "api.example.com", **more: Any) -> str:
        params: dict[str, Any] = {"DomainName": domain, "ValidationMethod": "DNS", **more}
        return str(self.acm.request_certificate(**params)["CertificateArn"])

    def record_of(self, certificate: str) -> dict[str, str]:
        details = self.acm.describe_certificate(CertificateArn=certificate)["Certificate"]
        record: dict[str, str] = details["DomainValidationOptions"][0]["ResourceRecord"]
        return record

    def change(self, *changes: tuple[str, dict[str, Any]], zone: str | None = None) -> str:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        answer = self.dns.change_resource_record_sets(HostedZoneId=zone or self.zone, ChangeBatch=batch)
        return str(answer["ChangeInfo"]["Id"])

    def issued(self, domain: str = "api.example.com") -> str:
        certificate = self.certificate(domain)
        record = self.record_of(certificate)
        self.change(("UPSERT", plain(record["Name"], "CNAME", record["Value"])))
        self.acm.describe_certificate(CertificateArn=certificate)
        return certificate


def forward(*groups: str, weights: tuple[int, ...] = ()) -> dict[str, Any]:
    if len(groups) == 1 and not weights:
        return {"Type": "forward", "TargetGroupArn": groups[0]}
    pairs = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip(groups, weights, strict=True)]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": pairs}}


def on_path(*paths: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(paths)}}


def on_host(*hosts: str) -> dict[str, Any]:
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}


def plain(name: str, kind: str, *values: str, ttl: int = 300) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}


def alias(name: str, balancer: dict[str, Any]) -> dict[str, Any]:
    target = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"],
        "EvaluateTargetHealth": False,
    }
    return {"Name": name, "Type": "A", "AliasTarget": target}
