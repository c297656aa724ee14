"""The names of TLS policies: elbplan asks AWS for them before the first write. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.permission import reads
from ..core.plan import Step
from ..core.suggest import did_you_mean
from .aws.tls_policies import EVERYWHERE
from .listener import Listener

TYPES = {"HTTPS": "application", "TLS": "network"}
"""The type of load balancer whose listeners have this protocol."""


def is_unusual(listener: Any) -> Iterable[str]:
    """A value for a listener with a policy that a region may not have."""
    return ["*"] if listener.kind == Listener.kind and (listener.ssl_policy or "") not in ("", *EVERYWHERE) else []


PERMISSIONS = reads(
    "elasticloadbalancing:DescribeSSLPolicies",
    verbs=("compare",),
    each=is_unusual,
    without_it="learns of a TLS policy that does not exist only when AWS refuses a listener",
)


class NewPolicy(NamedTuple):
    """A policy that a step gives to a listener."""

    listener: Address
    name: str
    type: str


def new_policies(steps: Sequence[Step]) -> list[NewPolicy]:
    """The policies that the steps set, without those that every region has, each once for a listener."""
    return list(dict.fromkeys(_new_policies(steps)))


def _new_policies(steps: Sequence[Step]) -> Iterator[NewPolicy]:
    for step in steps:
        before, after = step.before, step.after
        if isinstance(after, Listener) and any(is_unusual(after)) and after.protocol in TYPES:
            old = before.ssl_policy if isinstance(before, Listener) else None
            if after.ssl_policy and after.ssl_policy != old:
                yield NewPolicy(step.address, after.ssl_policy, TYPES[after.protocol])


def policies_call(type: str) -> Call:
    """Lists the policies for this type of load balancer."""
    return Call("elbv2", "DescribeSSLPolicies", {"LoadBalancerType": type})


def unknown_policies(new: Iterable[NewPolicy], answers: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    """The problem and the hint for each policy that AWS does not list; `answers` has the lists by type."""
    for policy in new:
        known = [raw["Name"] for raw in answers[policy.type].get("SslPolicies", ())]
        if known and policy.name not in known:
            what = f"{policy.listener}: AWS has no TLS policy {policy.name} for {policy.type} load balancers here"
            yield what, did_you_mean(policy.name, known) or "write recommended, modern or compatible"
