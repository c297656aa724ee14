"""Security groups and their rules."""

import ipaddress
import re
from typing import Any

from ..account import CallContext
from ..elbv2.find import is_visible, mark_new
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from ..server.moto_bridge import ask
from ..server.protocol import HttpReply, HttpRequest, answer
from . import facts
from .common import form, rewritten
from .protocols import without_ports
from .tag_filters import mark_created

NAME = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
AUTHORIZE = ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
FlatRule = tuple[str, int, int, str]
"""Protocol, from, to, source: what makes a rule the same as another. Its description does not."""


@rule(29)
def before_create(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Name and description have allowed characters; the name is not `sg-...` and unique in the VPC in any case.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    """
    name, vpc = (
        call.params.get("GroupName") or "",
        call.params.get("VpcId") or context.ec2.default_vpc.id,
    )
    for text in (name, call.params.get("Description") or ""):
        if not NAME.fullmatch(text):
            raise AwsError(
                "InvalidParameterValue",
                f"Value ({text}) is invalid. Character sets beyond ASCII are not supported.",
            )
    if name.lower().startswith("sg-"):
        raise AwsError("InvalidParameterValue", "Group names may not be in the format sg-*")
    if not facts.vpc_exists(context, vpc):
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
    if any(group.name.lower() == name.lower() for group in context.ec2.groups[vpc].values()):
        raise AwsError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")


def after_create(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """Marks the new group, which is the last of its VPC, as new."""
    vpc = call.params.get("VpcId") or context.ec2.default_vpc.id
    mark_new(context, next(reversed(context.ec2.groups[vpc])))
    mark_created(context, next(reversed(context.ec2.groups[vpc])))
    return reply


def group_of(context: CallContext, params: Params) -> Any:
    """Returns the group that a call names. Raises AwsError if it does not exist."""
    id = params.get("GroupId") or ""
    group = facts.security_group(context, id) if id else _by_name(context, params.get("GroupName") or "")
    if group is None or not is_visible(context, group.id):
        raise AwsError(
            "InvalidGroup.NotFound",
            f"The security group '{id or params.get('GroupName')}' does not exist",
        )
    return group


def _by_name(context: CallContext, name: str) -> Any | None:
    groups = context.ec2.groups[context.ec2.default_vpc.id].values()
    return next((group for group in groups if group.name == name), None)


@rule(27)
def before_describe(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """A new group may be InvalidGroup.NotFound for a moment.

    https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
    """
    for id in call.params.get("GroupIds") or []:
        group_of(context, {"GroupId": id})


@rule(6)
def before_delete(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Not the default group, and no group that an interface, instance or other group refers to.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html (DependencyViolation);
    CannotDelete for the default one, as public logs show.
    """
    group = group_of(context, call.params)
    if group.name == "default":
        raise AwsError("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user')
    on_interface = any(group in nic._group_set for nic in facts.interfaces(context))
    instances = [instance for instance in facts.instances(context) if instance.state != "terminated"]
    on_instance = any(group in instance.security_groups for instance in instances)
    if on_interface or on_instance or _referenced(context, group):
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")


def _referenced(context: CallContext, group: Any) -> bool:
    others = [other for groups in context.ec2.groups.values() for other in groups.values() if other is not group]
    rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
    return any(rule.source_group.get("GroupId") == group.id for rule in rules)


@rule(29)
def canonical(cidr: str) -> str:
    """100.68.0.18/18 is stored as 100.68.0.0/18: API_AuthorizeSecurityGroupIngress (CidrIp)."""
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise AwsError("InvalidParameterValue", f"CIDR block {cidr} is malformed") from None


def flat(params: Params) -> list[FlatRule]:
    """Returns every rule of a call."""
    permissions = params.get("IpPermissions") or [_single(params)]
    return [rule for permission in permissions for rule in _flat_permission(permission)]


def _single(params: Params) -> Params:
    source = {"IpRanges": [{"CidrIp": params["CidrIp"]}]} if params.get("CidrIp") else {}
    if params.get("SourceSecurityGroupName"):
        source = {"UserIdGroupPairs": [{"GroupId": params["SourceSecurityGroupName"]}]}
    return {**{key: params.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}, **source}


def _flat_permission(permission: Params) -> list[FlatRule]:
    protocol = str(permission.get("IpProtocol") or "-1").lower()
    protocol = PROTOCOLS.get(protocol, protocol)
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        _check_ports(low, high)
    if protocol == "-1" or without_ports(protocol):
        low = high = -1
    sources = [canonical(source["CidrIp"]) for source in permission.get("IpRanges") or []]
    sources += [canonical(source["CidrIpv6"]) for source in permission.get("Ipv6Ranges") or []]
    sources += [pair.get("GroupId") or pair.get("GroupName") or "" for pair in permission.get("UserIdGroupPairs") or []]
    sources += [source["PrefixListId"] for source in permission.get("PrefixListIds") or []]
    return [(protocol, _port(low), _port(high), source) for source in sources]


def _port(port: Any) -> int:
    """Returns the port, or -1 for a rule without ports."""
    return int(port) if port is not None else -1


@rule(29)
def _check_ports(low: Any, high: Any) -> None:
    """0 to 65535, the first port not above the last: API_IpPermission (InvalidParameterValue)."""
    if low is None or high is None:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )
    if not 0 <= int(low) <= int(high) <= 65535:
        raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")


def rules_of(group: Any, action: str) -> list[Any]:
    """Returns the rules in the direction of an action."""
    return list(group.egress_rules if action.endswith("Egress") else group.ingress_rules)


def flat_existing(rules: list[Any]) -> list[FlatRule]:
    """Returns what makes each of these rules the same as another."""
    return [
        (str(rule.ip_protocol), _port(rule.from_port), _port(rule.to_port), facts.source_of(rule)) for rule in rules
    ]


@rule(29)
def before_authorize(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest:
    """All rules of a call or none; an existing rule is a duplicate, even if its description differs.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    (InvalidPermission.Duplicate)
    """
    group = group_of(context, call.params)
    _check_tags(call.params)
    wanted = flat(call.params)
    existing = flat_existing(rules_of(group, call.action))
    for number, flat_rule in enumerate(wanted):
        protocol, low, high, source = flat_rule
        if flat_rule in existing or flat_rule in wanted[:number]:
            peer = f"peer: {source}, {protocol.upper()}, from port: {low}, to port: {high}, ALLOW"
            words = f'the specified rule "{peer}" already exists'
            raise AwsError("InvalidPermission.Duplicate", words)
        if source.startswith("sg-") and facts.security_group(context, source) is None:
            raise AwsError("InvalidGroup.NotFound", f"You have specified a resource that does not exist: {source}")
    return _canonicalised(incoming)


@rule(29)
def _check_tags(params: Params) -> None:
    """A call that adds rules tags only these rules: the resource type of its tags is `security-group-rule`.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html (TagSpecification.N)
    """
    for specification in params.get("TagSpecifications") or []:
        if (kind := specification.get("ResourceType")) != "security-group-rule":
            words = f"'{kind}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", words)


@rule(29)
def before_revoke(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | None:
    """A missing rule is InvalidPermission.NotFound: API_RevokeSecurityGroupIngress.

    A missing IPv6 rule in a VPC without IPv6 can be InvalidParameterValue, which terraform-provider-aws expects when it
    revokes the default rules:
    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group.go
    """
    group = group_of(context, call.params)
    rules = rules_of(group, call.action)
    if ids := call.params.get("SecurityGroupRuleIds"):
        if missing := [id for id in ids if id not in {rule.id for rule in rules}]:
            raise AwsError(
                "InvalidSecurityGroupRuleId.NotFound",
                f"The security group rule ID '{missing[0]}' does not exist",
            )
        return None
    existing = flat_existing(rules)
    missing = [rule for rule in flat(call.params) if rule not in existing]
    if missing and all(rule[3] == "::/0" for rule in missing) and not facts.has_ipv6(context, group.vpc_id):
        raise AwsError("InvalidParameterValue", "Invalid value for remote-ipv6-range: the VPC has no IPv6 CIDR block.")
    if missing:
        raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    return _canonicalised(incoming)


def _canonicalised(incoming: HttpRequest) -> HttpRequest:
    cidrs = {key: canonical(value) for key, value in form(incoming).items() if key.endswith(("CidrIp", "CidrIpv6"))}
    return rewritten(incoming, cidrs)


def authorize(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
    """moto adds the rules. The answer lists all of them, not only those of the last permission."""
    group = group_of(context, call.params)
    rules = rules_of(group, call.action)
    before = {rule.id for rule in rules}
    reply = ask(incoming, context.account_id)
    if reply.status >= 300:
        return reply
    rules = rules_of(group, call.action)
    added = [_description(context, group, rule) for rule in rules if rule.id not in before]
    return answer(call, {"Return": True, "SecurityGroupRules": added}, incoming)


def _description(context: CallContext, group: Any, rule: Any) -> Params:
    answer: Params = {
        "SecurityGroupRuleId": rule.id,
        "GroupId": group.id,
        "GroupOwnerId": context.account_id,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.ip_protocol,
        "FromPort": _port(rule.from_port),
        "ToPort": _port(rule.to_port),
        "Description": rule.description or rule.source_group.get("Description"),
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in rule.get_tags()],
    }
    if rule.source_group:
        answer["ReferencedGroupInfo"] = {"GroupId": rule.source_group.get("GroupId"), "UserId": context.account_id}
    answer.update(CidrIpv4=rule.cidr_ipv4, CidrIpv6=rule.cidr_ipv6, PrefixListId=rule.prefix_list_id)
    return {key: value for key, value in answer.items() if value is not None}
