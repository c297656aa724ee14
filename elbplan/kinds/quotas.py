"""The quotas of load balancers and target groups. elbplan counts the desired resources before it creates any. Pure.

Names and defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
and the page of DescribeAccountLimits. The default rules of listeners do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..core.address import Address, Ref
from ..core.call import Call
from ..core.permission import reads
from ..core.plan import Step
from ..core.resource import Resource
from .listener import Listener
from .load_balancer import LoadBalancer
from .rule import Rule
from .target_group import TargetGroup
from .targets import Targets

LIMITED = (LoadBalancer.kind, Listener.kind, Rule.kind)
LIMITS = Call("elbv2", "DescribeAccountLimits")

PERMISSIONS = reads(
    "elasticloadbalancing:DescribeAccountLimits",
    verbs=("compare",),
    each=lambda resource: ["*"] if resource.kind in LIMITED else [],
    without_it="learns of a quota that is too low only when AWS refuses a create",
)

DEFAULTS: Mapping[str, int] = {
    "rules-per-application-load-balancer": 100,
    "listeners-per-application-load-balancer": 50,
    "listeners-per-network-load-balancer": 50,
    "certificates-per-application-load-balancer": 25,
    "certificates-per-network-load-balancer": 25,
    "target-groups-per-application-load-balancer": 100,
    "targets-per-application-load-balancer": 1000,
    "targets-per-network-load-balancer": 3000,
    "targets-per-target-group": 1000,
}
"""AWS's default quotas. Targets of Auto Scaling groups and services do not count: elbplan does not register them."""

REACHED = frozenset(
    f"TooMany{what}"
    for what in ("Rules", "Listeners", "Certificates", "TargetGroups", "Targets", "LoadBalancers", "Actions",
                 "RegistrationsForTargetId", "UniqueTargetGroupsPerLoadBalancer", "TrustStores",
                 "TrustStoreRevocationEntries")
) | {"AddressLimitExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded", "LimitExceededException"}  # fmt: skip
"""Errors for a quota that is reached. A retry does not help."""


@dataclass(frozen=True)
class QuotaExcess:
    """A load balancer or target group that needs more than the account's quota allows."""

    balancer: Ref
    quota: str
    wanted: int
    most: int

    def __str__(self) -> str:
        what = self.quota.partition("-per-")[0].replace("-", " ")
        return f"{self.balancer}: the spec wants {self.wanted:,} {what}, and this account's quota is {self.most:,}"


def needs_limits(steps: Sequence[Step], desired: Mapping[Address, Resource]) -> bool:
    """True if the account's quotas count: a step creates something that they limit, or the spec exceeds the defaults.

    Most accounts have the default quotas, but an account can also have lower ones.
    """
    creates = any(step.do == "create" and step.address.kind in LIMITED for step in steps)
    return creates or (bool(steps) and any(excesses(desired, DEFAULTS)))


def limits_of(answer: Mapping[str, list[Mapping[str, str]]]) -> dict[str, int]:
    """The quotas by name, from the answer of DescribeAccountLimits."""
    values = {str(limit.get("Name")): str(limit.get("Max")) for limit in answer.get("Limits", [])}
    return {name: int(most) for name, most in values.items() if most.isdigit()}


def excesses(desired: Mapping[Address, Resource], limits: Mapping[str, int]) -> Iterator[QuotaExcess]:
    """The quotas that the desired resources exceed. A quota that is not in `limits` has no limit."""
    for quota, counts in _counted(desired).items():
        for balancer, wanted in counts.items():
            if quota in limits and wanted > limits[quota]:
                yield QuotaExcess(balancer, quota, wanted, limits[quota])


def _counted(desired: Mapping[Address, Resource]) -> dict[str, Counter[Ref]]:
    """By quota, how much of it each load balancer or target group wants."""
    counts: dict[str, Counter[Ref]] = {quota: Counter() for quota in DEFAULTS}

    def add(what: str, balancer: Ref | None, number: int) -> None:
        found = desired.get(balancer) if isinstance(balancer, Address) else None
        quota = f"{what}-per-{found.type}-load-balancer" if isinstance(found, LoadBalancer) else ""
        if balancer is not None and quota in counts:
            counts[quota][balancer] += number

    for resource in desired.values():
        if isinstance(resource, Listener):
            add("listeners", resource.load_balancer, 1)
            add("certificates", resource.load_balancer, len(resource.more_certificates))
        elif isinstance(resource, Rule):
            listener = desired.get(resource.listener) if isinstance(resource.listener, Address) else None
            add("rules", listener.load_balancer if isinstance(listener, Listener) else None, 1)
        elif isinstance(resource, TargetGroup):
            add("target-groups", resource.balancer, 1)
        elif isinstance(resource, Targets):
            group = desired.get(resource.group) if isinstance(resource.group, Address) else None
            add("targets", group.balancer if isinstance(group, TargetGroup) else None, len(resource.members))
            counts["targets-per-target-group"][resource.group] += len(resource.members)
    return counts
