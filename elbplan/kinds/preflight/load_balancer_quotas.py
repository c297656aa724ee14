"""The load balancers of a region: its quota has room for those that the plan creates.

An old load balancer is deleted after the new one that replaces it, so both count.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ...core.call import Answer, ReadProgram
from ...core.permission import reads
from ...core.plan import Plan, Refusal
from ...core.resource import Resource
from ..aws.service_quota import ServiceQuota
from ..load_balancer import LoadBalancer
from .asking import LATER, asked, asked_quota, is_known, quota_of

QUOTAS = {
    "application": ServiceQuota("elasticloadbalancing", "L-53DA6B97"),
    "network": ServiceQuota("elasticloadbalancing", "L-69A177A2"),
}
"""By type: "Application (Network) Load Balancers per Region"."""
LIST = asked("elbv2", "DescribeLoadBalancers", {})


def _limited(resource: Resource) -> Iterable[str]:
    return ["*"] if isinstance(resource, LoadBalancer) and resource.type in QUOTAS else []


PERMISSIONS = reads("servicequotas:GetServiceQuota", verbs=("compare",), each=_limited, without_it=LATER)


def look(plan: Plan) -> ReadProgram[Sequence[Refusal]]:
    """A refusal for each type of load balancer of which the region has too many. Asks only if the plan creates some."""
    created = [step.after for step in plan.steps if step.do == "create"]
    new = Counter(after.type for after in created if isinstance(after, LoadBalancer) and after.type in QUOTAS)
    if not new:
        return ()
    listed, *quotas = yield [LIST, *(asked_quota(QUOTAS[type]) for type in new)]
    if not is_known(listed):
        return ()
    existing = Counter(raw.get("Type") for raw in listed.get("LoadBalancers", ()))
    pairs = zip(new, quotas, strict=True)
    return [refusal for type, quota in pairs for refusal in _too_many(type, new[type], existing[type], quota)]


def _too_many(type: str, new: int, existing: int, quota: Answer) -> Iterator[Refusal]:
    most = quota_of(quota)
    if most is not None and existing + new > most:
        what = (
            f"the plan creates {new} {type} load balancer{'s' * (new > 1)}, this region has {existing}, "
            f"and its quota is {int(most)}"
        )
        more = QUOTAS[type].increase(existing + new)
        yield Refusal(what, f"delete those that nobody uses, or ask AWS for more: {more}")
