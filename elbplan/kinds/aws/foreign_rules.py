"""Rules in security groups of others that refer to a security group of a stack: AWS refuses to delete that group.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html: "If you attempt to delete a
security group that is associated with an instance or network interface, or is referenced by another security group in
the same VPC, the operation fails with DependencyViolation."
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...core.call import Call, ReadProgram, WriteProgram
from ...core.foreign import ForeignReference
from ...core.kind import LiveResource
from ...core.resource import from_live
from .ingress_rules import Permission, described_permission, ingress_rules_of
from .ownership import owner_in_tags, tag_mapping

SIDES = (("ip-permission.group-id", "IpPermissions"), ("egress.ip-permission.group-id", "IpPermissionsEgress"))
"""EC2's filters for groups with an inbound or outbound rule that refers to a group, and where its answer has the rules.
"""

UNKNOWN_FILTER = ("InvalidParameterValue", "InvalidFilter")
"""Errors of an endpoint that does not have these filters. AWS has them."""

NO_RULE = ("InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound")

FACT = "foreign_rules"
"""The fact of a live security group that lists the rules to revoke before its delete."""

Raw = Mapping[str, Any]


def foreign_rules(
    region: str, stack: str, groups: Sequence[str], own: Iterable[str]
) -> ReadProgram[dict[str, list[ForeignReference]]]:
    """By id of each of these security groups, the rules of others that refer to it. `own` are all groups of the stack.

    Reads in two rounds; the second only if there are such rules.
    """
    asks = [
        Call("ec2", "DescribeSecurityGroups", {"Filters": [{"Name": name, "Values": sorted(groups)}]},
             done_if=UNKNOWN_FILTER)
        for name, _ in SIDES
    ]  # fmt: skip
    answers = yield asks
    holders = {
        raw["GroupId"]: raw
        for answer, (_, field) in zip(answers, SIDES, strict=True)
        for raw in answer.get("SecurityGroups", [])
        if raw["GroupId"] not in set(own)
        and any(_refers(rule, groups) for rule in ingress_rules_of(raw.get(field) or ()))
    }
    if not holders:
        return {}
    filters = [{"Name": "group-id", "Values": sorted(holders)}]
    (answer,) = yield [Call("ec2", "DescribeSecurityGroupRules", {"Filters": filters})]
    found: dict[str, list[ForeignReference]] = {}
    for raw in answer.get("SecurityGroupRules", []):
        made = owner_in_tags(tag_mapping(raw.get("Tags")))
        rule = from_live(Permission, described_permission(raw))
        if raw["GroupId"] in holders and _refers(rule, groups) and not (made and made.stack == stack):
            found.setdefault(str(rule.group), []).append(_reference(region, raw, rule, holders[raw["GroupId"]]))
    return {group: sorted(rules, key=lambda rule: rule.text) for group, rules in found.items()}


def _refers(rule: Permission, groups: Sequence[str]) -> bool:
    return str(rule.group) in groups


def _reference(region: str, raw: Raw, rule: Permission, holder: Raw) -> ForeignReference:
    side = "egress" if raw.get("IsEgress") else "ingress"
    group, id = raw["GroupId"], raw["SecurityGroupRuleId"]
    made = owner_in_tags(tag_mapping(holder.get("Tags")))
    of = f" of {made}" if made else ""
    word = "outbound" if raw.get("IsEgress") else "inbound"
    text = f"{word} rule {id} (port {rule.ports_text}) of {holder.get('GroupName')} ({group}){of}"
    command = (
        f"aws ec2 revoke-security-group-{side} --region {region} --group-id {group} --security-group-rule-ids {id}"
    )
    return ForeignReference(text, command, f"{group}/{side}/{id}")


def with_foreign_rules(live: LiveResource[Any], rules: Sequence[ForeignReference]) -> LiveResource[Any]:
    """The live security group, whose delete then revokes exactly these rules."""
    return replace(live, facts={**live.facts, FACT: " ".join(rule.token for rule in rules)}) if rules else live


def revoke_foreign_rules(live: LiveResource[Any]) -> WriteProgram:
    """Revokes the rules that the plan named, by their ids."""
    for token in live.facts.get(FACT, "").split():
        group, side, id = token.split("/")
        params = {"GroupId": group, "SecurityGroupRuleIds": [id]}
        operation = f"RevokeSecurityGroup{side.title()}"
        yield Call("ec2", operation, params, done_if=NO_RULE)
    return {}
