"""Findings that the simulator cannot bring about: certificates that AWS refuses, zonal shifts, private subnets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId, Ref
from elbplan.core.call import Answer, Call
from elbplan.core.resource import rewrite
from elbplan.errors import AwsProblem
from elbplan.explain.diagnose import diagnose
from elbplan.explain.diagnosis import Finding
from elbplan.explain.look import Look
from elbplan.explain.subjects import Subject, subjects
from elbplan.kinds import KINDS
from elbplan.kinds.delegation import ParentAnswer
from elbplan.planner.reconcile import reconcile

from ..render.plans import ACCOUNT, REGION, lives, stack

SPEC = """
name: my-web
region: ap-northeast-2
network: {vpc: vpc-0a, subnets: [subnet-0a, subnet-0c]}
domain: api.example.com
targets: {instances: [i-0aaaaaaaaaaaaaaaa], port: 80}
"""
RESOURCES = {
    address: resource.model_copy(update={"zone": AwsId("Z0A")}) if address.kind == "record" else resource
    for address, resource in stack(SPEC).resources.items()
}
SERVERS = ("ns-1.awsdns.example", "ns-2.awsdns.example")
CERTIFICATE, ARN = Address("certificate", "main"), f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0a"
RECORD = {"Name": "_x.api.example.com.", "Type": "CNAME", "Value": "_y.acm-validations.aws."}


class FakeAws:
    """Answers by operation; an operation without an answer is refused."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {"GetHostedZone": zone(), **answers}

    def send(self, call: Call) -> Answer:
        if call.operation not in self.answers:
            raise AwsProblem(f"AWS refused {call.operation}", code="AccessDenied")
        return self.answers[call.operation]


class Parent:
    """The parent zone of example.com."""

    def name_servers(self, zone: str) -> ParentAnswer:
        return ParentAnswer(SERVERS)


def zone() -> Mapping[str, Any]:
    return {"HostedZone": {"Id": "/hostedzone/Z0A", "Name": "example.com."}, "DelegationSet": {"NameServers": SERVERS}}


def _with_arn(ref: Ref) -> tuple[Ref, ...]:
    return (AwsId(ARN),) if str(ref).endswith(":certificate/main") else (ref,)


def findings(word: str, aws: FakeAws) -> list[Finding]:
    there = [replace(live, id=ARN) if live.address == CERTIFICATE else live for live in lives(RESOURCES)]
    there = [replace(live, model=rewrite(live.model, _with_arn)) for live in there]
    plan = reconcile("my-web", RESOURCES, there, KINDS, region=REGION, account=ACCOUNT)
    (subject,) = subjects(word, [plan])
    look = Look(plan, aws.send, Parent(), "elbplan apply web.yaml")
    return list(diagnose(look, subject).findings)


def certificate(status: str, **more: Any) -> FakeAws:
    names = ["api.example.com"]
    raw = {"CertificateArn": ARN, "Status": status, "SubjectAlternativeNames": names, **more}
    return FakeAws(DescribeCertificate={"Certificate": raw})


@pytest.mark.parametrize(
    ("reason", "cause", "fix"),
    [
        ("CAA_ERROR", "a CAA record of the domain does not allow Amazon", 'add the CAA record 0 issue "amazon.com"'),
        ("DOMAIN_NOT_ALLOWED", "AWS refuses this domain", "ask the list to remove it"),
        ("SOMETHING_NEW", "AWS gives only this reason: SOMETHING_NEW", ""),
    ],
)
def test_a_certificate_that_aws_refuses(reason: str, cause: str, fix: str) -> None:
    found, *_ = findings("certificate.main", certificate("FAILED", FailureReason=reason))
    assert (found.state, found.text) == ("cause", "not issued: FAILED")
    assert cause in found.cause
    assert fix in found.fix


def test_a_certificate_that_nobody_validated_in_time() -> None:
    found, *_ = findings("certificate.main", certificate("VALIDATION_TIMED_OUT"))
    assert (found.cause, found.more) == ("AWS did not see the DNS record within 72 hours", "VALIDATION_TIMED_OUT")


def test_a_pending_certificate_without_its_record() -> None:
    option = {"DomainName": "www.example.com", "ValidationStatus": "PENDING_VALIDATION", "ResourceRecord": RECORD}
    aws = certificate("PENDING_VALIDATION", DomainValidationOptions=[option])
    waits, record, *_ = findings("certificate.main", aws)
    assert waits.text == "not issued yet: AWS has not seen the record of www.example.com"
    assert (record.state, record.text, record.command) == (
        "cause",
        "is not in the hosted zone",
        "elbplan apply web.yaml",
    )


def test_an_issued_certificate() -> None:
    found, *_ = findings("certificate.main", certificate("ISSUED", NotAfter=datetime(2027, 12, 30, tzinfo=UTC)))
    assert (found.state, found.text) == ("ok", "issued for api.example.com until 2027-12-30")


def test_a_certificate_that_aws_does_not_show() -> None:
    found, *_ = findings("certificate.main", FakeAws())
    assert (found.state, found.text) == ("unknown", "AWS refused DescribeCertificate")


def test_a_delegated_record() -> None:
    record, delegation = findings("record.api.example.com", FakeAws())
    assert (record.state, delegation.state) == ("ok", "ok")
    assert delegation.text == "is delegated to its 2 name servers"


SUBNETS = {"Subnets": [
    {"SubnetId": f"subnet-0{letter}", "AvailabilityZone": f"{REGION}{letter}", "VpcId": "vpc-0a", "CidrBlock": cidr}
    for letter, cidr in (("a", "10.0.0.0/24"), ("c", "10.0.1.0/24"))
]}  # fmt: skip


def routed(**route: str) -> FakeAws:
    """The subnets with one route table, and an internet gateway."""
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, *([route] if route else [])]
    table = {"RouteTableId": "rtb-1", "VpcId": "vpc-0a", "Associations": [{"Main": True}], "Routes": routes}
    gateway = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-0a"}]}
    return FakeAws(
        DescribeSubnets=SUBNETS, DescribeRouteTables={"RouteTables": [table]},
        DescribeInternetGateways={"InternetGateways": [gateway]},
    )  # fmt: skip


ANYWHERE = "0.0.0.0/0"


@pytest.mark.parametrize(
    ("route", "cause", "command"),
    [
        ({}, "route table rtb-1 has no route for 0.0.0.0/0", "create-route"),
        ({"GatewayId": "igw-9", "State": "blackhole"}, "igw-9, which does not exist any more", "replace-route"),
        ({"NatGatewayId": "nat-1"}, "route table rtb-1 sends 0.0.0.0/0 to nat-1", ""),
    ],
)
def test_a_private_subnet(route: dict[str, str], cause: str, command: str) -> None:
    """A route to another gateway stays: other servers may need it."""
    aws = routed(**({"DestinationCidrBlock": ANYWHERE, **route} if route else {}))
    first, second = [f for f in findings("load_balancer.main", aws) if f.subject.startswith("subnet ")]
    assert (first.state, second.state) == ("cause", "cause")
    assert cause in first.cause
    assert (f"aws ec2 {command} --region {REGION} --route-table-id rtb-1" in first.command) is bool(command)
    assert ("network: {subnets:" in first.fix) is not bool(command)


def test_a_public_subnet() -> None:
    aws = routed(DestinationCidrBlock=ANYWHERE, GatewayId="igw-1")
    assert {f.state for f in findings("load_balancer.main", aws) if f.subject.startswith("subnet ")} == {"ok"}


def test_what_aws_refuses_to_show_is_unknown() -> None:
    found = {f.subject: f for f in findings("load_balancer.main", FakeAws())}
    assert found["subnet subnet-0a"].state == "unknown"
    assert found["network ACLs"].state == "unknown"
    assert found["network ACLs"].text == "elbplan could not read the network ACLs: AWS refused DescribeSubnets"


def test_a_zonal_shift() -> None:
    target = {
        "Target": {"Id": "i-0aaaaaaaaaaaaaaaa", "Port": 80},
        "TargetHealth": {"State": "healthy"},
        "AdministrativeOverride": {"State": "zonal_shift_active"},
    }
    aws = FakeAws(DescribeTargetHealth={"TargetHealthDescriptions": [target]})
    found = next(f for f in findings("targets.web", aws) if f.subject.startswith("i-0a"))
    assert (found.state, found.cause) == ("cause", "a zonal shift moves the traffic away from its zone")


def test_a_name_that_a_wildcard_covers() -> None:
    wide = stack(SPEC.replace("api.example.com", "'*.example.com'")).resources
    plan = reconcile("my-web", wide, [], KINDS, region=REGION, account=ACCOUNT)
    (subject,) = subjects("https://shop.example.com:443/x?y", [plan])
    assert isinstance(subject, Subject)
    assert (subject.word, Address("certificate", "main") in subject.addresses) == ("shop.example.com", True)
    assert subjects("a.b.example.com", [plan]) == []
