"""The quotas of an application load balancer. elbplan counts the desired resources before it creates any. Pure.

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
    "certificates-per-application-load-balancer": 25,
}
"""AWS's default quotas."""

REACHED = frozenset(
    f"TooMany{what}"
    for what in ("Rules", "Listeners", "Certificates", "TargetGroups", "Targets", "LoadBalancers", "Actions",
                 "RegistrationsForTargetId", "UniqueTargetGroupsPerLoadBalancer", "TrustStores",
                 "TrustStoreRevocationEntries")
) | {"AddressLimitExceeded", "VcpuLimitExceeded", "InstanceLimitExceeded", "LimitExceededException"}  # fmt: skip
"""Errors for a quota that is reached. A retry does not help."""


@dataclass(frozen=True)
class QuotaExcess:
    """A load balancer that needs more than the account's quota allows."""

    balancer: Ref
    quota: str
    wanted: int
    most: int

    def __str__(self) -> str:
        what = self.quota.partition("-")[0]
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
    listeners = {a: r for a, r in desired.items() if isinstance(r, Listener) and _application(desired, r)}
    rules, ports, certificates = Counter[Ref](), Counter[Ref](), Counter[Ref]()
    for listener in listeners.values():
        ports[listener.load_balancer] += 1
        certificates[listener.load_balancer] += len(listener.more_certificates)
    for resource in desired.values():
        if isinstance(resource, Rule) and isinstance(resource.listener, Address) and resource.listener in listeners:
            rules[listeners[resource.listener].load_balancer] += 1
    return dict(zip(DEFAULTS, (rules, ports, certificates), strict=True))


def _application(desired: Mapping[Address, Resource], listener: Listener) -> bool:
    balancer = desired.get(listener.load_balancer) if isinstance(listener.load_balancer, Address) else None
    return isinstance(balancer, LoadBalancer) and balancer.type == "application"
