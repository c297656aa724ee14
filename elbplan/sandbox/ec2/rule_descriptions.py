"""Descriptions of security group rules. moto keeps none of prefix lists and changes only those of networks."""

from collections.abc import Iterator
from typing import Any

from moto.ec2.models.security_groups import SecurityGroup

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from . import security_groups
from .security_groups import FlatRule

UPDATES = ("UpdateSecurityGroupRuleDescriptionsIngress", "UpdateSecurityGroupRuleDescriptionsEgress")


@rule(29)
def update(context: CallContext, action: str, params: Params) -> Params:
    """Replaces descriptions; a rule without one loses it. A missing rule is InvalidPermission.NotFound.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html
    """
    wanted = dict(_descriptions(params))
    existing = _existing(context, action, params)
    if not wanted.keys() <= existing.keys():
        raise AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
    for key, description in wanted.items():
        _describe(existing[key], description)
    return {"Return": True}


def remember(context: CallContext, action: str, params: Params) -> None:
    """Keeps the descriptions of the rules that a call has added."""
    existing = _existing(context, action, params)
    for key, description in _descriptions(params):
        if key in existing:
            _describe(existing[key], description)


def _existing(context: CallContext, action: str, params: Params) -> dict[FlatRule, Any]:
    rules = security_groups.rules_of(security_groups.group_of(context, params), action)
    return dict(zip(security_groups.flat_existing(rules), rules, strict=True))


def _descriptions(params: Params) -> Iterator[tuple[FlatRule, str]]:
    for permission in params.get("IpPermissions") or []:
        for sources in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"):
            for source in permission.get(sources) or []:
                plain = {key: permission.get(key) for key in ("IpProtocol", "FromPort", "ToPort")}
                (key,) = security_groups.flat({"IpPermissions": [{**plain, sources: [source]}]})
                yield key, source.get("Description") or ""


def _describe(kept: Any, description: str) -> None:
    source = kept.ip_range or kept.source_group
    if not source:
        kept.description_of_list = description
        return
    source.pop("Description", None)
    source.update({"Description": description} if description else {})


def install() -> None:
    """Describes prefix lists in the answers of moto."""
    owner: Any = SecurityGroup
    original = owner._flattened_rules

    def flattened(self: Any, rules: list[Any]) -> Any:
        views = original(self, rules)
        texts = {
            (each.prefix_list_id, each.ip_protocol, each.from_port, each.to_port): each.description_of_list
            for each in rules
            if hasattr(each, "description_of_list")
        }
        for view in views:
            for source in view.prefix_list_ids:
                text = texts.get((source["PrefixListId"], view.ip_protocol, view.from_port, view.to_port))
                source.update({"Description": text} if text else {})
        return views

    owner._flattened_rules = flattened
