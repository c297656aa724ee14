"""Reads an account for a first spec: instances, networks, hosted zones, load balancers, certificates. Changes nothing.

A call that AWS denies or that fails does not stop the others; `unread` then names what is missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.call import DENIED_ANSWER, FAILED_ANSWER, Answer, Call, ReadProgram
from ..kinds.aws.acm_validation import CERTIFICATES
from ..kinds.aws.hosted_zones import FIRST_ZONES
from ..kinds.aws.ingress_rules import IngressRule, ingress_rules_of
from ..kinds.aws.ownership import STACK, tag_mapping
from ..kinds.aws.queries import LOAD_BALANCERS, TARGET_GROUPS, domain, existing_instances, zone_id
from ..live.batch import BatchReader
from ..live.filters import batches, filter_by
from ..live.lookups import is_public
from ..live.zones import serves_load_balancers
from .facts import AccountFacts, Balancer, HostedZone, IssuedCertificate, Network, OpenPorts, Server

PERMISSIONS = (
    "acm:ListCertificates",
    "ec2:DescribeInstances",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "route53:ListHostedZones",
    "route53:ListResourceRecordSets",
    "sts:GetCallerIdentity",
)

FIRST_ROUND = {
    "instances": Call("ec2", "DescribeInstances"),
    "VPCs": Call("ec2", "DescribeVpcs"),
    "subnets": Call("ec2", "DescribeSubnets"),
    "route tables": Call("ec2", "DescribeRouteTables"),
    "hosted zones": FIRST_ZONES,
    "load balancers": LOAD_BALANCERS,
    "target groups": TARGET_GROUPS,
    "certificates": CERTIFICATES,
}
"""The calls of the first round, by what they read."""

MOST_BALANCERS, MOST_GROUPS, TAGS_A_CALL = 40, 40, 20
"""The load balancers and target groups that elbplan examines, and AWS's limit for DescribeTags."""

RECORD_TYPES = ("A", "AAAA", "CNAME")

Send = Callable[[Call], Answer]
Raw = Mapping[str, Any]


def read_account(send: Send, region: str, account: str) -> AccountFacts:
    """Returns the facts of a region, in two rounds of calls. Raises nothing for calls that fail."""
    (facts,) = BatchReader(send).run([_read(region, account)])
    assert isinstance(facts, AccountFacts)
    return facts


def record_at(send: Send, zone: str, name: str) -> str:
    """Returns what a DNS name has now: `A 192.0.2.9`; empty if it has nothing, or if AWS does not say."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": "10"}
    answer = send(_tolerant(Call("route53", "ListResourceRecordSets", params)))
    sets = [] if _is_missing(answer) else answer.get("ResourceRecordSets", [])
    found = [raw for raw in sets if domain(raw["Name"]) == name and raw["Type"] in RECORD_TYPES]
    return ", ".join(dict.fromkeys(map(_record_text, found)))


def _record_text(raw: Raw) -> str:
    values = [record["Value"] for record in raw.get("ResourceRecords", [])]
    target = raw["AliasTarget"]["DNSName"].rstrip(".") if "AliasTarget" in raw else " ".join(values)
    return f"{raw['Type']} {target}"


def _tolerant(call: Call) -> Call:
    return Call(call.service, call.operation, call.params, may_be_denied=True, has_fallback=True)


def _is_missing(answer: Answer) -> bool:
    return answer in (DENIED_ANSWER, FAILED_ANSWER)


def _read(region: str, account: str) -> ReadProgram[AccountFacts]:
    first = dict(zip(FIRST_ROUND, (yield [_tolerant(call) for call in FIRST_ROUND.values()]), strict=True))
    instances = list(existing_instances(first["instances"]))
    ports = yield from _ports(instances)
    balancers = yield from _balancers(first["load balancers"], first["target groups"])
    return AccountFacts(
        region,
        account,
        servers=tuple(_server(raw, ports) for raw in instances),
        networks=tuple(_networks(first, region)),
        zones=tuple(_zones(first["hosted zones"])),
        balancers=tuple(balancers),
        certificates=tuple(_certificates(first["certificates"])),
        unread=tuple(what for what, answer in first.items() if _is_missing(answer)),
    )


def _ports(instances: Sequence[Raw]) -> ReadProgram[dict[str, tuple[OpenPorts, ...]]]:
    """The ports that each security group of the instances opens."""
    ids = sorted({group["GroupId"] for raw in instances for group in raw.get("SecurityGroups") or ()})
    calls = [Call("ec2", "DescribeSecurityGroups", filter_by("group-id", batch)) for batch in batches(ids)]
    answers = (yield [_tolerant(call) for call in calls]) if calls else []
    groups = [raw for answer in answers if not _is_missing(answer) for raw in answer.get("SecurityGroups", [])]
    return {raw["GroupId"]: tuple(_open(ingress_rules_of(raw.get("IpPermissions") or ()))) for raw in groups}


def _open(rules: Iterable[IngressRule]) -> Iterator[OpenPorts]:
    for rule in rules:
        anywhere = rule.cidr in ("0.0.0.0/0", "::/0")
        if rule.protocol == "all":
            yield OpenPorts(0, 65535, anywhere)
        elif rule.protocol == "tcp" and rule.from_port is not None and rule.to_port is not None:
            yield OpenPorts(rule.from_port, rule.to_port, anywhere)


def _server(raw: Raw, ports: Mapping[str, tuple[OpenPorts, ...]]) -> Server:
    groups = [group["GroupId"] for group in raw.get("SecurityGroups") or ()]
    tags = tag_mapping(raw.get("Tags"))
    return Server(
        raw["InstanceId"],
        name=tags.get("Name", ""),
        zone=((raw.get("Placement") or {}).get("AvailabilityZone") or "")[-1:],
        vpc=raw.get("VpcId") or "",
        running=raw["State"]["Name"] == "running",
        tags=tags,
        ports=tuple(rule for group in groups for rule in ports.get(group, ())),
    )


def _networks(first: Mapping[str, Answer], region: str) -> Iterator[Network]:
    """The VPCs. Without the route tables, every default subnet counts as public."""
    tables = first["route tables"].get("RouteTables")
    zones: dict[str, set[str]] = defaultdict(set)
    for raw in first["subnets"].get("Subnets", []):
        public = raw.get("DefaultForAz") if tables is None else is_public(raw, tables)
        if public and serves_load_balancers(raw, region):
            zones[raw["VpcId"]].add(raw["AvailabilityZone"][-1:])
    for raw in first["VPCs"].get("Vpcs", []):
        yield Network(raw["VpcId"], bool(raw.get("IsDefault")), tuple(sorted(zones[raw["VpcId"]])))


def _zones(answer: Answer) -> Iterator[HostedZone]:
    for raw in answer.get("HostedZones", []):
        if not (raw.get("Config") or {}).get("PrivateZone"):
            yield HostedZone(zone_id(raw["Id"]), domain(raw["Name"]))


def _balancers(listed: Answer, groups: Answer) -> ReadProgram[list[Balancer]]:
    """The load balancers, with the stacks in their tags and the instances that are registered behind them."""
    raws = listed.get("LoadBalancers", [])[:MOST_BALANCERS]
    arns = [raw["LoadBalancerArn"] for raw in raws]
    used = {g["TargetGroupArn"]: g["LoadBalancerArns"] for g in groups.get("TargetGroups", []) if g["LoadBalancerArns"]}
    used = dict(list(used.items())[:MOST_GROUPS])
    tag_calls = [
        Call("elbv2", "DescribeTags", {"ResourceArns": arns[start : start + TAGS_A_CALL]})
        for start in range(0, len(arns), TAGS_A_CALL)
    ]
    health_calls = [Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}) for arn in used]
    calls = [_tolerant(call) for call in (*tag_calls, *health_calls)]
    answers = (yield calls) if calls else []
    stacks = _stacks(answers[: len(tag_calls)])
    targets: dict[str, set[str]] = defaultdict(set)
    for balancers_of_group, answer in zip(used.values(), answers[len(tag_calls) :], strict=True):
        for arn in balancers_of_group:
            targets[arn] |= {health["Target"]["Id"] for health in answer.get("TargetHealthDescriptions", [])}
    return [
        Balancer(raw["LoadBalancerName"], stacks.get(arn, ""), frozenset(targets[arn]))
        for raw, arn in zip(raws, arns, strict=True)
    ]


def _stacks(answers: Sequence[Answer]) -> dict[str, str]:
    described = [raw for answer in answers for raw in answer.get("TagDescriptions", [])]
    return {raw["ResourceArn"]: tag_mapping(raw.get("Tags")).get(STACK, "") for raw in described}


def _certificates(answer: Answer) -> Iterator[IssuedCertificate]:
    for raw in answer.get("CertificateSummaryList", []):
        if raw.get("Status", "ISSUED") == "ISSUED":
            names = raw.get("SubjectAlternativeNameSummaries") or [raw["DomainName"]]
            yield IssuedCertificate(raw["CertificateArn"], tuple(map(domain, names)))
