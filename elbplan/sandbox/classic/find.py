"""Look-ups of Classic Load Balancers by name."""

from collections.abc import Sequence

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.classic import StoredClassicBalancer


def balancer(context: CallContext, name: str) -> StoredClassicBalancer:
    found = context.classic.get(name)
    if found is None:
        raise AwsError("LoadBalancerNotFound", f"There is no ACTIVE Load Balancer named '{name}'")
    return found


def of(context: CallContext, params: Params) -> StoredClassicBalancer:
    return balancer(context, params["LoadBalancerName"])


@rule(34)
def all_named(context: CallContext, names: Sequence[str]) -> list[StoredClassicBalancer]:
    """One missing name fails the whole call: API_DescribeLoadBalancers (LoadBalancerNotFound)."""
    return [balancer(context, name) for name in dict.fromkeys(names)]
