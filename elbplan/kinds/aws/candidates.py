"""Where elbplan looks for the resources of a stack, without reading those of everybody else in the account.

Three sources name candidates: AWS's tag index, which learns of changes late and lists deleted resources for some time;
the stack's inventory; and the names that the spec gives. The tags of a candidate then decide whether it is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...core.address import Address, Lookup
from ...core.call import Answer, Call, ReadProgram
from ...core.kind import Scope
from ...core.resource import field_values
from .default_names import balancer_name_of, group_name_of
from .inventory import Inventory, Names, inventory_call, inventory_in
from .ownership import STACK

AT_ONCE = 20
"""The largest number of names or ARNs in a describe call, and of values in a filter of the tag index."""


class ElbType(NamedTuple):
    """Load balancers or target groups: their kind, and AWS's words for them."""

    kind: str
    operation: str
    results: str
    arn: str
    name: str
    arns: str
    part: str
    missing: str

    def describe(self, by: str, values: Sequence[str]) -> Call:
        """Describes these by `Names` or ARNs. The answer is empty if one of them does not exist."""
        return Call("elbv2", self.operation, {by: list(values)}, done_if=(self.missing,))


BALANCER = ElbType(
    "load_balancer",
    "DescribeLoadBalancers",
    "LoadBalancers",
    "LoadBalancerArn",
    "LoadBalancerName",
    "LoadBalancerArns",
    ":loadbalancer/",
    "LoadBalancerNotFound",
)
GROUP = ElbType(
    "target_group",
    "DescribeTargetGroups",
    "TargetGroups",
    "TargetGroupArn",
    "TargetGroupName",
    "TargetGroupArns",
    ":targetgroup/",
    "TargetGroupNotFound",
)
TYPES = (BALANCER, GROUP)


@dataclass(frozen=True)
class Hints:
    """What the tag index and the inventories of the stacks name.

    arns   the resources that the tag index lists
    names  the names in the inventories, by kind
    inventoried  whether every stack has an inventory
    """

    arns: frozenset[str] = frozenset()
    names: Names = field(default_factory=dict)
    inventoried: bool = False

    def has_any(self, kind: str) -> bool:
        """True if the stacks can have resources of this kind, one of `COUNTED`."""
        return not self.inventoried or kind in self.names or any(COUNTED[kind] in arn for arn in self.arns)


COUNTED = {
    "elastic_ip": ":elastic-ip/",
    "ingress_rules": ":security-group-rule/",
    "log_bucket": ":s3:::",
    "rule": ":listener-rule/",
    "trust_store": ":truststore/",
    "route53_health_check": ":healthcheck/",
    "hosted_zone": ":hostedzone/",
}
"""Kinds that many stacks do not have, with the part of an ARN that tells them.

The inventory says if a stack has any of them.
"""


def hint_calls(scope: Scope) -> list[Call]:
    """The calls that ask the tag index and the inventories."""
    stacks = sorted(scope.stacks)
    groups = [stacks[start : start + AT_ONCE] for start in range(0, len(stacks), AT_ONCE)]
    return [*map(_index_call, groups), *map(inventory_call, stacks)]


def _index_call(stacks: Sequence[str]) -> Call:
    """Asks for every type of resource: AWS refuses the call if it does not know a type."""
    params = {"TagFilters": [{"Key": STACK, "Values": list(stacks)}], "ResourcesPerPage": 100}
    return Call("resourcegroupstaggingapi", "GetResources", params, has_fallback=True)


LISTED = "ResourceTagMappingList"


def hints_in(calls: Sequence[Call], answers: Sequence[Answer]) -> Hints | None:
    """The hints in these answers; None if a source failed, so that elbplan must scan the account."""
    inventories = [inventory_in(a) for call, a in zip(calls, answers, strict=True) if call.service == "ssm"]
    listed = [a for call, a in zip(calls, answers, strict=True) if call.service != "ssm"]
    if not all(inventory.complete for inventory in inventories) or any(LISTED not in answer for answer in listed):
        return None
    arns = frozenset(raw["ResourceARN"] for answer in listed for raw in answer[LISTED])
    inventoried = all(inventory.names for inventory in inventories)
    return Hints(arns, Inventory.of(_pairs(inventories)).names, inventoried)


def may_have(scope: Scope, kind: str) -> ReadProgram[bool]:
    """True if a spec wants resources of this kind, or if the stacks can have some. Costs no call."""
    if scope.deep or scope.alone or scope.wants(kind):
        return True
    known = yield from hints(scope)
    return known is None or known.has_any(kind)


def _pairs(inventories: Iterable[Inventory]) -> Iterator[tuple[str, str]]:
    for inventory in inventories:
        for kind, names in inventory.names.items():
            yield from ((kind, name) for name in names)


def hints(scope: Scope) -> ReadProgram[Hints | None]:
    """The hints for these stacks; None if elbplan must scan the account."""
    if scope.deep:
        return None
    if scope.alone:
        return Hints()
    calls = hint_calls(scope)
    answers = yield calls
    return hints_in(calls, answers)


def wanted_names(scope: Scope) -> dict[str, frozenset[str]]:
    """By kind, the names that the specs and the migration files give, except those that elbplan must shorten."""
    names: dict[str, set[str]] = {type.kind: set() for type in TYPES}
    for ref in scope.file_references:
        if isinstance(ref, Lookup) and ref.what in names:
            names[ref.what].add(ref.query.removeprefix("name:"))
    for stack, resources in scope.desired.items():
        in_files = {ref for ref in scope.file_references if isinstance(ref, Address)}
        for address in {*resources, *(ref._replace(deposed="") for ref in in_files)}:
            if address.kind in names:
                fixed = field_values(resources[address])["name"] if address in resources else None
                names[address.kind].add(fixed or _default_name(stack, address))
    return {kind: frozenset(filter(VALID_NAME.fullmatch, values)) for kind, values in names.items()}


VALID_NAME = re.compile(r"[A-Za-z0-9-]{1,32}")
"""AWS refuses a search for any other name."""


def _default_name(stack: str, address: Address) -> str:
    default = balancer_name_of if address.kind == BALANCER.kind else group_name_of
    return default(stack, address)


def name_in(arn: str) -> str:
    """The name in the ARN of a load balancer or target group."""
    parts = arn.split("/")
    return parts[-2] if len(parts) > 2 else ""


def groups_in(actions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The target groups to which these actions of a listener or rule forward."""
    for action in actions:
        if arn := action.get("TargetGroupArn"):
            yield arn
        for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or ():
            if arn := group.get("TargetGroupArn"):
                yield arn
