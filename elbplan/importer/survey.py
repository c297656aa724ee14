"""Reads everything around one load balancer: what belongs to it, and who else uses that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.call import Call, ReadProgram, Tags
from ..kinds.aws.acm_validation import MISSING, describe_certificate
from ..kinds.aws.alias_ownership import addresses_of
from ..kinds.aws.auto_scaling import EVERY_GROUP, ScalingGroup, scaling_groups_in
from ..kinds.aws.candidates import groups_in
from ..kinds.aws.elb_search import has_certificates, rules_of
from ..kinds.aws.external_targets import health_of
from ..kinds.aws.listener_certificates import describe_certificates, further_certificates
from ..kinds.aws.ownership import tag_mapping
from ..kinds.aws.queries import existing_instances
from .aliases import ZoneRecord, every_record, every_zone, leading_to
from .associations import Associations, read_associations
from .source import NotImported
from .unread import readable, spared, unread

Raw = Mapping[str, Any]

PERMISSIONS = (
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "acm:DescribeCertificate",
    "acm:ListTagsForCertificate",
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)


@dataclass
class Survey:
    """What AWS has around one load balancer, in AWS's words.

    listeners, groups   by ARN; `rules` by listener, in the order of their priorities, without the default rules
    certificates   by ARN of a listener: the default certificate and the further ones
    described      by ARN of a certificate of ACM
    security_groups   by id; `interfaces` and `referring` say which network interfaces and other groups use each
    targets        by ARN of a target group
    instances      by id, with their tags
    records        the record sets that lead to the load balancer; `zones` all hosted zones of the account;
                   `has_records` whether AWS lets elbplan read all of them
    tags           by AWS id, all tags
    unread         what AWS did not let elbplan read
    """

    balancer: Raw
    listeners: dict[str, Raw] = field(default_factory=dict)
    rules: dict[str, list[Raw]] = field(default_factory=dict)
    groups: dict[str, Raw] = field(default_factory=dict)
    certificates: dict[str, list[str]] = field(default_factory=dict)
    described: dict[str, Raw] = field(default_factory=dict)
    security_groups: dict[str, Raw] = field(default_factory=dict)
    interfaces: dict[str, list[Raw]] = field(default_factory=dict)
    referring: dict[str, list[str]] = field(default_factory=dict)
    targets: dict[str, Sequence[Raw]] = field(default_factory=dict)
    addresses: dict[str, Raw] = field(default_factory=dict)
    instances: dict[str, Raw] = field(default_factory=dict)
    scaling: dict[str, ScalingGroup] = field(default_factory=dict)
    subnets: dict[str, Raw] = field(default_factory=dict)
    vpcs: dict[str, Raw] = field(default_factory=dict)
    associations: Associations = field(default_factory=Associations)
    unread: list[NotImported] = field(default_factory=list)
    records: list[ZoneRecord] = field(default_factory=list)
    zones: Sequence[Raw] = ()
    has_records: bool = True
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The load balancer's ARN."""
        return str(self.balancer["LoadBalancerArn"])


def survey(balancer: Raw) -> ReadProgram[Survey]:
    """Reads all of it in a few rounds."""
    seen = Survey(balancer)
    yield from _listeners_and_groups(seen)
    yield from _rules_and_details(seen)
    yield from _security_groups(seen)
    yield from _certificates(seen)
    yield from _behind_targets(seen)
    yield from _network(seen)
    seen.associations = yield from read_associations(balancer)
    seen.unread += seen.associations.unread
    seen.zones, zones_unread = yield from every_zone()
    records, records_unread = yield from every_record()
    seen.unread += zones_unread or records_unread
    seen.has_records = not (zones_unread or records_unread)
    seen.records = leading_to(records, balancer.get("DNSName") or "", addresses_of(balancer))
    yield from _tags(seen)
    return seen


def _listeners_and_groups(seen: Survey) -> ReadProgram[None]:
    of_balancer = {"LoadBalancerArn": seen.arn}
    listeners, groups = yield [
        Call("elbv2", "DescribeListeners", of_balancer),
        Call("elbv2", "DescribeTargetGroups", of_balancer, done_if=("TargetGroupNotFound",)),
    ]
    raws = sorted(listeners["Listeners"], key=lambda raw: raw.get("Port") or 0)
    seen.listeners = {raw["ListenerArn"]: raw for raw in raws}
    seen.groups = {raw["TargetGroupArn"]: raw for raw in groups.get("TargetGroups", ())}


def _rules_and_details(seen: Survey) -> ReadProgram[None]:
    secure = [arn for arn, raw in seen.listeners.items() if has_certificates(raw)]
    calls = [
        *map(rules_of, seen.listeners),
        *map(describe_certificates, secure),
        *map(health_of, seen.groups),
    ]
    answers = iter((yield calls) if calls else [])
    for arn in seen.listeners:
        rules = [raw for raw in next(answers).get("Rules", ()) if not raw.get("IsDefault")]
        seen.rules[arn] = sorted(rules, key=lambda raw: int(raw["Priority"]))
    for arn in secure:
        default = [c["CertificateArn"] for c in seen.listeners[arn].get("Certificates") or ()][:1]
        seen.certificates[arn] = list(dict.fromkeys([*default, *further_certificates(next(answers))]))
    for arn in seen.groups:
        seen.targets[arn] = next(answers).get("TargetHealthDescriptions", [])


def forwarded_groups(seen: Survey) -> Iterator[str]:
    """The ARNs of the target groups to which listeners and rules forward."""
    for arn, listener in seen.listeners.items():
        yield from groups_in(listener.get("DefaultActions") or ())
        for rule in seen.rules[arn]:
            yield from groups_in(rule.get("Actions") or ())


def _security_groups(seen: Survey) -> ReadProgram[None]:
    ids = seen.balancer.get("SecurityGroups") or []
    if not ids:
        return
    groups, interfaces, *referring = yield [
        Call("ec2", "DescribeSecurityGroups", _filter("group-id", ids)),
        Call("ec2", "DescribeNetworkInterfaces", _filter("group-id", ids)),
        Call("ec2", "DescribeSecurityGroups", _filter("ip-permission.group-id", ids)),
        Call("ec2", "DescribeSecurityGroups", _filter("egress.ip-permission.group-id", ids)),
    ]
    seen.security_groups = {raw["GroupId"]: raw for raw in groups["SecurityGroups"]}
    for interface in interfaces["NetworkInterfaces"]:
        for group in interface.get("Groups") or ():
            seen.interfaces.setdefault(group["GroupId"], []).append(interface)
    for raw in (raw for answer in referring for raw in answer["SecurityGroups"]):
        for id in _sources(raw):
            if id in ids and id != raw["GroupId"]:
                seen.referring.setdefault(id, []).append(raw["GroupId"])


def _sources(group: Raw) -> Iterator[str]:
    for permission in (*group.get("IpPermissions", ()), *group.get("IpPermissionsEgress", ())):
        yield from (pair["GroupId"] for pair in permission.get("UserIdGroupPairs") or () if pair.get("GroupId"))


def _certificates(seen: Survey) -> ReadProgram[None]:
    """The certificates of ACM; those of IAM have another service in their ARN."""
    arns = sorted({arn for arns in seen.certificates.values() for arn in arns if ":acm:" in arn})
    if not arns:
        return
    tags = [Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING) for arn in arns]
    answers = yield [*map(describe_certificate, arns), *tags]
    for arn, described, tag in zip(arns, answers[: len(arns)], answers[len(arns) :], strict=True):
        if described:
            seen.described[arn] = described["Certificate"]
            seen.tags[arn] = tag_mapping(tag.get("Tags"))


def _behind_targets(seen: Survey) -> ReadProgram[None]:
    """The instances, and the network interfaces that have the addresses of targets."""
    instances, ips = set(), set()
    for arn, targets in seen.targets.items():
        kind = seen.groups[arn].get("TargetType") or "instance"
        ids = {target["Target"]["Id"] for target in targets}
        instances |= ids if kind == "instance" else set()
        ips |= ids if kind == "ip" else set()
    calls = [Call("ec2", "DescribeInstances", _filter("instance-id", sorted(instances)))] if instances else []
    calls += [Call("ec2", "DescribeNetworkInterfaces", _filter("private-ip-address", sorted(ips)))] if ips else []
    answers = (yield calls) if calls else []
    for answer in answers:
        seen.instances |= {raw["InstanceId"]: raw for raw in existing_instances(answer)}
        for interface in answer.get("NetworkInterfaces", ()):
            for address in interface.get("PrivateIpAddresses") or ():
                seen.addresses[address["PrivateIpAddress"]] = interface
    yield from _scaling_groups(seen)


def _scaling_groups(seen: Survey) -> ReadProgram[None]:
    """The Auto Scaling groups of the target groups. AWS has no list of these, so elbplan reads all of the region."""
    if not any((raw.get("TargetType") or "instance") == "instance" for raw in seen.groups.values()):
        return
    call = spared(EVERY_GROUP)
    (answer,) = yield [call]
    every = scaling_groups_in([readable(answer)])
    seen.scaling = {key: group for key, group in every.items() if group.sources & seen.groups.keys()}
    seen.unread += unread([("Auto Scaling groups that fill a target group", call, answer)])


def _network(seen: Survey) -> ReadProgram[None]:
    ids = [zone["SubnetId"] for zone in seen.balancer.get("AvailabilityZones") or () if zone.get("SubnetId")]
    vpc = seen.balancer.get("VpcId")
    vpcs, subnets = yield [
        Call("ec2", "DescribeVpcs", _filter("vpc-id", [vpc or "vpc-0"])),
        Call("ec2", "DescribeSubnets", _filter("vpc-id", [vpc or "vpc-0"])),
    ]
    seen.vpcs = {raw["VpcId"]: raw for raw in vpcs["Vpcs"]}
    seen.subnets = {raw["SubnetId"]: raw for raw in subnets["Subnets"] if raw["SubnetId"] in ids}


def _tags(seen: Survey) -> ReadProgram[None]:
    rules = [raw["RuleArn"] for rules in seen.rules.values() for raw in rules]
    (tags,) = yield [Tags((seen.arn, *seen.listeners, *seen.groups, *rules))]
    seen.tags |= tags
    seen.tags |= {id: tag_mapping(raw.get("Tags")) for id, raw in seen.security_groups.items()}


def _filter(name: str, values: Iterable[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}
