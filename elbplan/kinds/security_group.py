"""A security group with all of its rules, which change in place."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..core.address import Address, AwsId, Ref
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, Resource, from_live, rebuilt
from .aws.adoption import ids_to_adopt, with_adopted
from .aws.foreign_rules import revoke_foreign_rules
from .aws.ingress_rules import IngressRule, ingress_rule_text, ingress_rules_of, is_plain, permission_of, raw_permission
from .aws.ownership import owner, owners_by_id, retag, specification, tag_mapping, user_tags
from .aws.queries import FILTER_LAG, stack_filter
from .permissions.security_group import PERMISSIONS
from .references import VpcRef


def with_rules_as_set(data: Any, field: str) -> Any:
    """Rules are a set: sorted, so that `==` compares them."""
    if isinstance(data, Mapping) and isinstance(data.get(field), list | tuple):
        rules = {rule.identity: rule for rule in map(IngressRule.model_validate, data[field])}
        data = {**data, field: tuple(rules[key] for key in sorted(rules))}
    return data


class SecurityGroup(Resource):
    """A security group and all of its inbound rules. `egress: null` leaves the outbound rules alone."""

    kind: ClassVar[str] = "security_group"
    name: Annotated[str | None, IMMUTABLE, Field(max_length=255, description="the name in AWS")] = None
    description: Annotated[str, IMMUTABLE, Field(max_length=255, description="AWS requires a description")] = (
        "made by elbplan"
    )
    vpc: Annotated[VpcRef, IMMUTABLE]
    ingress: tuple[IngressRule, ...] = ()
    egress: tuple[IngressRule, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        return with_rules_as_set(with_rules_as_set(data, "ingress"), "egress")


def read(scope: Scope) -> ReadProgram[Found[SecurityGroup]]:
    """The groups with the stacks' tags, and the owners of the names that groups still to be made want.

    EC2's filters find a new group by its name before they find it by its tags.
    """
    (answer,) = yield [Call("ec2", "DescribeSecurityGroups", stack_filter(scope.stacks))]
    found = {raw["GroupId"]: raw for raw in answer["SecurityGroups"]}
    if named_ids := ids_to_adopt(scope, "sg-"):
        named = {"Filters": [{"Name": "group-id", "Values": named_ids}]}
        (answer,) = yield [Call("ec2", "DescribeSecurityGroups", named)]
        found |= {raw["GroupId"]: raw for raw in answer["SecurityGroups"]}
    ours, adopting = _ours(found, scope)
    existing = {(stack, live.address) for stack, lives in ours.items() for live in lives}
    wanted = {
        resource.name or default_name(stack, address, resource)
        for stack, address, resource in scope.wanted(SecurityGroup)
        if (stack, address) not in existing
    }
    if wanted:
        named = {"Filters": [{"Name": "group-name", "Values": sorted(wanted)}]}
        (answer,) = yield [Call("ec2", "DescribeSecurityGroups", named)]
        found |= {raw["GroupId"]: raw for raw in answer["SecurityGroups"]}
        ours, adopting = _ours(found, scope)
    names_in_use = {f"{_live_vpc(raw)}/{raw['GroupName']}": id for id, raw in found.items()}
    owners = owners_by_id({id: tag_mapping(raw.get("Tags")) for id, raw in found.items()})
    return Found(ours, names_in_use, owners, adopting=adopting)


def _ours(
    groups: Mapping[str, Mapping[str, Any]], scope: Scope
) -> tuple[dict[str, list[LiveResource[SecurityGroup]]], frozenset[str]]:
    """The groups of the stacks, by stack; and the ids of those that a spec adopts."""
    ours: dict[str, list[LiveResource[SecurityGroup]]] = {}
    tags, adopting = with_adopted(scope, {id: tag_mapping(raw.get("Tags")) for id, raw in groups.items()})
    for id, raw in groups.items():
        if owned_by := owner(tags[id], SecurityGroup.kind, scope.stacks):
            ours.setdefault(owned_by[0], []).append(_live(owned_by[1], raw, tags[id]))
    return ours, adopting


def _live_vpc(raw: Mapping[str, Any]) -> str:
    return str(raw.get("VpcId") or "")


def _live(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> LiveResource[SecurityGroup]:
    fields = {
        "tags": user_tags(tags),
        "name": raw["GroupName"],
        "description": raw.get("Description") or "",
        "vpc": AwsId(_live_vpc(raw)),
        "ingress": tuple(ingress_rules_of(raw.get("IpPermissions") or ())),
        "egress": tuple(ingress_rules_of(raw.get("IpPermissionsEgress") or ())),
    }
    model = from_live(SecurityGroup, fields)
    return LiveResource(address, raw["GroupId"], model, {"name": raw["GroupName"], "account": raw.get("OwnerId", "")})


def create(new: SecurityGroup, context: StepContext) -> WriteProgram:
    """Creates the group, then its rules. CreateSecurityGroup has no token, so elbplan never repeats it."""
    params = {
        "GroupName": context.name,
        "Description": new.description,
        "VpcId": context.id(new.vpc),
        "TagSpecifications": specification("security-group", {"Name": context.name, **context.tags(new)}),
    }
    answer = yield Call("ec2", "CreateSecurityGroup", params, no_retry=True)
    id = answer["GroupId"]
    empty = new.model_copy(update={"ingress": (), "egress": None if new.egress is None else EVERYTHING_OUT})
    yield from _change(id, empty, new, context)
    yield from _without_ipv6_default(id, new.egress, context)
    return {"id": id, "name": context.name}


def _without_ipv6_default(id: str, egress: Iterable[IngressRule] | None, context: StepContext) -> WriteProgram:
    """Revokes the outbound rule that a group has only in a VPC with IPv6; elsewhere AWS refuses the IPv6 source."""
    if egress is not None and EVERYTHING_OUT_IPV6.identity not in {rule.identity for rule in egress}:
        params = {"GroupId": id, "IpPermissions": [permission_of(EVERYTHING_OUT_IPV6, context, "")]}
        absent = ("InvalidPermission.NotFound", "InvalidParameterValue")
        yield Call("ec2", "RevokeSecurityGroupEgress", params, done_if=absent)
    return {}


DUPLICATE = ("InvalidPermission.Duplicate",)
UNSEEN = ("InvalidGroup.NotFound",)
"""The error for a new group that not every part of EC2 knows yet: the rule's own group, or its source."""

EVERYTHING_OUT = (IngressRule(protocol="all", cidr="0.0.0.0/0"),)
"""The outbound rule that AWS gives a new group."""
EVERYTHING_OUT_IPV6 = IngressRule(protocol="all", cidr="::/0")
"""The second outbound rule of a new group in a VPC with an IPv6 block. Terraform revokes both, and accepts both errors:
https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group.go
"""


def update(before: SecurityGroup, after: SecurityGroup, context: StepContext) -> WriteProgram:
    """Authorizes first and revokes later, so that no desired rule is missing at any moment."""
    assert context.live is not None
    yield from _change(context.live.id, before, after, context)
    yield from retag("ec2", context.live.id, before.tags, after.tags)
    return {}


def _change(id: str, before: SecurityGroup, after: SecurityGroup, context: StepContext) -> WriteProgram:
    yield from _rules(id, before.ingress, after.ingress, "Ingress", context)
    if after.egress is not None:
        yield from _rules(id, before.egress or (), after.egress, "Egress", context)
    return {}


def _rules(
    id: str, before: Iterable[IngressRule], after: Iterable[IngressRule], side: str, context: StepContext
) -> WriteProgram:
    """One rule in a call: AWS refuses a complete call if one of its rules exists already."""
    old, new = {o.identity: o for o in before}, {o.identity: o for o in after}
    for key in sorted(set(new) - set(old)):
        params = {"GroupId": id, "IpPermissions": [permission_of(new[key], context, new[key].description)]}
        yield Call("ec2", f"AuthorizeSecurityGroup{side}", params, done_if=DUPLICATE, retry_on=UNSEEN, timeout=60)
    for key in sorted(set(new) & set(old)):
        if new[key].description != old[key].description:
            params = {"GroupId": id, "IpPermissions": [permission_of(new[key], context, new[key].description)]}
            yield Call("ec2", f"UpdateSecurityGroupRuleDescriptions{side}", params)
    for key in sorted(set(old) - set(new)):
        permission = yield from _live_permission(id, old[key], side, context)
        params = {"GroupId": id, "IpPermissions": [permission]}
        yield Call("ec2", f"RevokeSecurityGroup{side}", params, done_if=("InvalidPermission.NotFound",))
    return {}


def _live_permission(
    id: str, rule: IngressRule, side: str, context: StepContext
) -> Generator[Call, Answer, dict[str, Any]]:
    """The rule to revoke. AWS wants an exact copy, so elbplan reads a rule that it would write in another form."""
    if is_plain(rule):
        return permission_of(rule, context, rule.description)
    params = {"GroupIds": [id]}
    answer = yield Call("ec2", "DescribeSecurityGroups", params, done_if=("InvalidGroup.NotFound",))
    field = "IpPermissions" if side == "Ingress" else "IpPermissionsEgress"
    permissions = [permission for group in answer.get("SecurityGroups", []) for permission in group.get(field) or ()]
    return raw_permission(rule, permissions) or permission_of(rule, context, rule.description)


def delete(_: SecurityGroup, context: StepContext) -> WriteProgram:
    """Deletes the group. It retries while network interfaces of a deleted load balancer still use the group."""
    assert context.live is not None
    yield from revoke_foreign_rules(context.live)
    yield Call(
        "ec2",
        "DeleteSecurityGroup",
        {"GroupId": context.live.id},
        done_if=("InvalidGroup.NotFound",),
        retry_on=("DependencyViolation", "InvalidGroup.InUse"),
        timeout=900,
    )
    return {}


def update_path(
    before: SecurityGroup, after: SecurityGroup, *_: AbstractSet[Ref]
) -> Sequence[tuple[Phase, SecurityGroup]]:
    """Adds the new rules, and later removes the old ones."""

    def both(
        old: tuple[IngressRule, ...] | None, new: tuple[IngressRule, ...] | None
    ) -> tuple[IngressRule, ...] | None:
        return None if new is None else (*(old or ()), *new)

    wide = rebuilt(after, ingress=both(before.ingress, after.ingress), egress=both(before.egress, after.egress))
    return [("expand", wide), ("contract", after)]


def summary(group: SecurityGroup) -> str:
    """`in: 80, 443 from anywhere`"""
    return "in: " + (", ".join(ingress_rule_text(o) for o in group.ingress) or "nothing")


def default_name(stack: str, address: Address, _: SecurityGroup) -> str:
    """The name in the console."""
    return f"{stack}-{address.name}"


KIND = Kind(
    model=SecurityGroup,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    summary=summary,
    filter_lag=FILTER_LAG,
    default_name=default_name,
    longest_name=255,
    permissions=PERMISSIONS,
)
