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

NAME = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
AUTHORIZE = ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
FlatRule = tuple[str, int, int, str]
"""Protocol, from, to, source: what makes a rule the same as another. Its description does not."""


@rule(29)
def before_create(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Name and description in their alphabet, not `sg-...`, unique in the VPC whatever the case.

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
    if any(one.name.lower() == name.lower() for one in context.ec2.groups[vpc].values()):
        raise AwsError("InvalidGroup.Duplicate", f"The security group '{name}' already exists for VPC '{vpc}'")


def after_create(context: CallContext, call: LoggedCall, reply: HttpReply) -> HttpReply:
    """A group that was made is the last of its network."""
    vpc = call.params.get("VpcId") or context.ec2.default_vpc.id
    mark_new(context, next(reversed(context.ec2.groups[vpc])))
    return reply


def _group(context: CallContext, params: Params) -> Any:
    wanted = params.get("GroupId") or ""
    group = facts.security_group(context, wanted) if wanted else _by_name(context, params.get("GroupName") or "")
    if group is None or not is_visible(context, group.id):
        raise AwsError(
            "InvalidGroup.NotFound",
            f"The security group '{wanted or params.get('GroupName')}' does not exist",
        )
    return group


def _by_name(context: CallContext, name: str) -> Any | None:
    groups = context.ec2.groups[context.ec2.default_vpc.id].values()
    return next((one for one in groups if one.name == name), None)


@rule(27)
def before_describe(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """A new group may be InvalidGroup.NotFound for a moment.

    https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
    """
    for wanted in call.params.get("GroupIds") or []:
        _group(context, {"GroupId": wanted})


@rule(6)
def before_delete(context: CallContext, call: LoggedCall, _incoming: HttpRequest) -> None:
    """Not the default group, none on an interface or instance, none that another group refers to.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html (DependencyViolation);
    CannotDelete for the default one, as public logs show.
    """
    group = _group(context, call.params)
    if group.name == "default":
        raise AwsError("CannotDelete", f'the specified group: "{group.id}" name: "default" cannot be deleted by a user')
    on_interface = any(group in nic._group_set for nic in facts.interfaces(context))
    on_instance = any(group in one.security_groups for one in facts.instances(context) if one.state != "terminated")
    if on_interface or on_instance or _referenced(context, group):
        raise AwsError("DependencyViolation", f"resource {group.id} has a dependent object")


def _referenced(context: CallContext, group: Any) -> bool:
    others = [one for groups in context.ec2.groups.values() for one in groups.values() if one is not group]
    return any(
        one.source_group.get("GroupId") == group.id
        for other in others
        for one in (*other.ingress_rules, *other.egress_rules)
    )


@rule(29)
def canonical(cidr: str) -> str:
    """100.68.0.18/18 is stored as 100.68.0.0/18: the user guide's page on security group rules."""
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        raise AwsError("InvalidParameterValue", f"CIDR block {cidr} is malformed") from None


def flat(params: Params) -> list[FlatRule]:
    """Every rule a call names."""
    permissions = params.get("IpPermissions") or [_single(params)]
    return [one for permission in permissions for one in _flat_one(permission)]


def _single(params: Params) -> Params:
    source = {"IpRanges": [{"CidrIp": params["CidrIp"]}]} if params.get("CidrIp") else {}
    if params.get("SourceSecurityGroupName"):
        source = {"UserIdGroupPairs": [{"GroupId": params["SourceSecurityGroupName"]}]}
    return {**{key: params.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}, **source}


def _flat_one(permission: Params) -> list[FlatRule]:
    protocol = str(permission.get("IpProtocol") or "-1").lower()
    protocol = PROTOCOLS.get(protocol, protocol)
    low, high = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        _ports(low, high)
    if protocol == "-1" or without_ports(protocol):
        low = high = -1
    sources = [canonical(one["CidrIp"]) for one in permission.get("IpRanges") or []]
    sources += [canonical(one["CidrIpv6"]) for one in permission.get("Ipv6Ranges") or []]
    sources += [one.get("GroupId") or one.get("GroupName") or "" for one in permission.get("UserIdGroupPairs") or []]
    sources += [one["PrefixListId"] for one in permission.get("PrefixListIds") or []]
    return [
        (protocol, int(low if low is not None else -1), int(high if high is not None else -1), one) for one in sources
    ]


@rule(29)
def _ports(low: Any, high: Any) -> None:
    """0 to 65535, the first not above the last: API_IpPermission (InvalidParameterValue)."""
    if low is None or high is None:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
        )
    if not 0 <= int(low) <= int(high) <= 65535:
        raise AwsError("InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})")


def _rules(group: Any, action: str) -> list[Any]:
    """The rules that an action is about."""
    return list(group.egress_rules if action.endswith("Egress") else group.ingress_rules)


def _existing(rules: list[Any]) -> list[FlatRule]:
    found = []
    for one in rules:
        low = one.from_port if one.from_port is not None else -1
        high = one.to_port if one.to_port is not None else -1
        found.append((str(one.ip_protocol), int(low), int(high), facts.source_of(one)))
    return found


@rule(29)
def before_authorize(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest:
    """All of a call's rules or none; a rule there already is a duplicate whatever its description says.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
    (InvalidPermission.Duplicate)
    """
    group = _group(context, call.params)
    wanted = flat(call.params)
    there = _existing(_rules(group, call.action))
    for number, one in enumerate(wanted):
        if one in there or one in wanted[:number]:
            peer = f"peer: {one[3]}, {one[0].upper()}, from port: {one[1]}, to port: {one[2]}, ALLOW"
            words = f'the specified rule "{peer}" already exists'
            raise AwsError("InvalidPermission.Duplicate", words)
        if one[3].startswith("sg-") and facts.security_group(context, one[3]) is None:
            raise AwsError("InvalidGroup.NotFound", f"You have specified a resource that does not exist: {one[3]}")
    return _canonicalised(incoming)


@rule(29)
def before_revoke(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpRequest | None:
    """A rule that is not there is InvalidPermission.NotFound: API_RevokeSecurityGroupIngress."""
    group = _group(context, call.params)
    rules = _rules(group, call.action)
    if ids := call.params.get("SecurityGroupRuleIds"):
        if missing := [one for one in ids if one not in {each.id for each in rules}]:
            raise AwsError(
                "InvalidSecurityGroupRuleId.NotFound",
                f"The security group rule ID '{missing[0]}' does not exist",
            )
        return None
    there = _existing(rules)
    if any(one not in there for one in flat(call.params)):
        raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    return _canonicalised(incoming)


def _canonicalised(incoming: HttpRequest) -> HttpRequest:
    cidrs = {key: canonical(value) for key, value in form(incoming).items() if key.endswith(("CidrIp", "CidrIpv6"))}
    return rewritten(incoming, cidrs)


def authorize(context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
    """moto adds the rules; the answer names all of them, not only the last permission's."""
    group = _group(context, call.params)
    rules = _rules(group, call.action)
    before = {one.id for one in rules}
    reply = ask(incoming, context.account_id)
    if reply.status >= 300:
        return reply
    rules = _rules(group, call.action)
    told = [_description(context, group, one) for one in rules if one.id not in before]
    return answer(call, {"Return": True, "SecurityGroupRules": told}, incoming)


def _description(context: CallContext, group: Any, one: Any) -> Params:
    told: Params = {
        "SecurityGroupRuleId": one.id,
        "GroupId": group.id,
        "GroupOwnerId": context.account_id,
        "IsEgress": one.is_egress,
        "IpProtocol": one.ip_protocol,
        "FromPort": one.from_port if one.from_port is not None else -1,
        "ToPort": one.to_port if one.to_port is not None else -1,
        "Description": one.description or one.source_group.get("Description"),
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in one.get_tags()],
    }
    if one.source_group:
        told["ReferencedGroupInfo"] = {"GroupId": one.source_group.get("GroupId"), "UserId": context.account_id}
    told.update(CidrIpv4=one.cidr_ipv4, CidrIpv6=one.cidr_ipv6, PrefixListId=one.prefix_list_id)
    return {key: value for key, value in told.items() if value is not None}
