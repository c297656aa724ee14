"""The inbound rules that elbplan adds to security groups of others, as one resource.

Each rule has the ownership tags, and elbplan finds it again only by them. So it never changes or revokes a rule of
others, not even an equal one. AWS allows tags on rules since 2021:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from pydantic import model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import Resource, from_live, rebuilt
from .auto_scaling_attachment import AutoScalingAttachment
from .aws.candidates import may_have
from .aws.elb_reader import tagged_balancers
from .aws.foreign_rules import NO_RULE
from .aws.ingress_rules import Permission, described_permission, ingress_rule_text, permission_of
from .aws.ownership import ADDRESS, STACK, owner, specification, tag_mapping
from .aws.queries import stack_filter
from .permissions.ingress_rules import PERMISSIONS
from .references import SecurityGroupRef
from .targets import Targets


class RuleInGroup(Permission):
    """A rule, with the security group to which it belongs."""

    security_group: SecurityGroupRef

    @property
    def key(self) -> tuple[str, ...]:
        """The identity of the rule in AWS."""
        return (str(self.security_group), *self.identity)


class IngressRules(Resource):
    """Inbound rules in security groups that elbplan did not create. `open: true` of targets adds the rules."""

    kind: ClassVar[str] = "ingress_rules"
    rules: tuple[RuleInGroup, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("rules"), list | tuple):
            rules = {rule.key: rule for rule in map(RuleInGroup.model_validate, data["rules"])}
            data = {**data, "rules": tuple(rules[key] for key in sorted(rules))}
        return data


def read(scope: Scope) -> ReadProgram[Found[IngressRules]]:
    """The rules with the stacks' tags. Only a stack that wants such rules, exists or ends can have them.

    For a stack without `open: true`, AWS may deny the read of rules.
    """
    opened = [targets.open for _, _, targets in scope.wanted(Targets)]
    opened += [attachment.open for _, _, attachment in scope.wanted(AutoScalingAttachment)]
    wanted = any(opened) or any(scope.wanted(IngressRules))
    if not wanted and not scope.ending and not (yield from _any_exists(scope)):
        return Found({})
    (answer,) = yield [Call("ec2", "DescribeSecurityGroupRules", stack_filter(scope.stacks), optional=not wanted)]
    rules: dict[tuple[str, Address], list[RuleInGroup]] = {}
    for raw in answer.get("SecurityGroupRules", []):
        owned_by = owner(tag_mapping(raw.get("Tags")), IngressRules.kind, scope.stacks)
        if owned_by and not raw.get("IsEgress"):
            rules.setdefault(owned_by, []).append(_rule(raw))
    ours: dict[str, list[LiveResource[IngressRules]]] = {}
    for (stack, address), own in rules.items():
        model = from_live(IngressRules, {"rules": tuple(own)})
        ours.setdefault(stack, []).append(LiveResource(address, _id(stack, address), model))
    return Found(ours)


def _any_exists(scope: Scope) -> ReadProgram[bool]:
    """True if a stack can have such rules, and has a security group or a load balancer. Costs no call."""
    if not (yield from may_have(scope, IngressRules.kind)):
        return False
    (answer,) = yield [Call("ec2", "DescribeSecurityGroups", stack_filter(scope.stacks))]
    return bool(answer["SecurityGroups"]) or bool((yield from tagged_balancers(scope)))


def _id(stack: str, address: Address) -> str:
    """AWS has no id for several rules together, so elbplan makes one."""
    return f"{stack}#{address.kind}.{address.name}"


def _rule(raw: Mapping[str, Any]) -> RuleInGroup:
    return from_live(RuleInGroup, {"security_group": AwsId(raw["GroupId"]), **described_permission(raw)})


def create(new: IngressRules, context: StepContext) -> WriteProgram:
    """Adds each rule with a call of its own: AWS refuses a complete call if one of its rules exists already."""
    yield from _authorize(new.rules, new, context)
    return {"id": _id(context.stack, context.address)}


DUPLICATE = ("InvalidPermission.Duplicate",)
"""Somebody else added an equal rule in the meantime, or the answer to this call was lost: the port is open."""

UNSEEN = ("InvalidGroup.NotFound",)
"""Not every part of EC2 knows the load balancer's new security group yet."""


def _authorize(rules: Iterable[RuleInGroup], resource: IngressRules, context: StepContext) -> WriteProgram:
    for rule in rules:
        params = {
            "GroupId": context.id(rule.security_group),
            "IpPermissions": [permission_of(rule, context, f"elbplan {context.stack}")],
            "TagSpecifications": specification("security-group-rule", context.tags(resource)),
        }
        yield Call(
            "ec2", "AuthorizeSecurityGroupIngress", params, done_if=DUPLICATE, retry_on=UNSEEN, timeout=60
        )  # fmt: skip
    return {}


def update(before: IngressRules, after: IngressRules, context: StepContext) -> WriteProgram:
    """Adds rules first and revokes later."""
    old, new = ({rule.key: rule for rule in side.rules} for side in (before, after))
    yield from _authorize((new[key] for key in sorted(set(new) - set(old))), after, context)
    if gone := set(old) - set(new):
        yield from _revoke([old[key] for key in gone], context)
    return {}


def delete(old: IngressRules, context: StepContext) -> WriteProgram:
    """Revokes the rules."""
    yield from _revoke(old.rules, context)
    return {}


def _revoke(rules: Iterable[RuleInGroup], context: StepContext) -> WriteProgram:
    """Revokes these rules by their ids; only those that have the tags of this resource."""
    gone = {_with_ids(rule, context).key for rule in rules}
    tags = {STACK: context.stack, ADDRESS: f"{context.address.kind}.{context.address.name}"}
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
    answer = yield Call("ec2", "DescribeSecurityGroupRules", {"Filters": filters})
    by_group: dict[str, list[str]] = {}
    for raw in answer.get("SecurityGroupRules", []):
        own = tag_mapping(raw.get("Tags"))
        if _rule(raw).key in gone and all(own.get(key) == value for key, value in tags.items()):
            by_group.setdefault(raw["GroupId"], []).append(raw["SecurityGroupRuleId"])
    for group, ids in sorted(by_group.items()):
        params = {"GroupId": group, "SecurityGroupRuleIds": sorted(ids)}
        yield Call("ec2", "RevokeSecurityGroupIngress", params, done_if=NO_RULE)
    return {}


def _with_ids(rule: RuleInGroup, context: StepContext) -> RuleInGroup:
    """The rule with AWS ids in place of addresses."""
    source = AwsId(context.id(rule.group)) if rule.group is not None else None
    return rebuilt(rule, security_group=AwsId(context.id(rule.security_group)), group=source)


def update_path(
    before: IngressRules, after: IngressRules, *_: AbstractSet[Ref]
) -> Sequence[tuple[Phase, IngressRules]]:
    """Adds the new rules, and revokes the old ones after the old targets are drained."""
    both = rebuilt(after, rules=(*before.rules, *after.rules))
    return [("expand", both), ("contract", after)]


def rule_in_group_text(rule: RuleInGroup) -> str:
    """`8080 from security_group.lb in sg-0abc`"""
    return f"{ingress_rule_text(rule)} in {rule.security_group}"


def summary(resource: IngressRules) -> str:
    """`8080 from security_group.lb in sg-0abc, sg-0def`"""
    groups: dict[str, list[str]] = {}
    for rule in resource.rules:
        groups.setdefault(ingress_rule_text(rule), []).append(str(rule.security_group))
    return "; ".join(f"{text} in {', '.join(own)}" for text, own in groups.items()) or "none"


KIND = Kind(
    model=IngressRules,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    summary=summary,
    taggable=False,
    permissions=PERMISSIONS,
)
