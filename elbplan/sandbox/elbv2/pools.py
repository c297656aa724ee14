"""The pools from which a load balancer takes its addresses: IPAM pools, and customer-owned pools of Outposts."""

import re
from typing import Any

from ..account import CallContext
from ..errors import misconfigured, validation
from ..params import Params
from ..rules import rule
from . import find

IPAM = re.compile(r"ipam-pool-[a-zA-Z0-9]+")
CUSTOMER_OWNED = re.compile(r"ipv4pool-coip-[a-zA-Z0-9]+")


@rule(16)
def check_create(params: Params, kind: str, scheme: str | None) -> None:
    """Only an application load balancer has pools, and only an internet-facing one an IPAM pool.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html ("[Application Load
    Balancers] The IPAM pools to use", "[Application Load Balancers on Outposts] The ID of the customer-owned address
    pool") and https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    """
    wanted = (params.get("IpamPools") or {}).get("Ipv4IpamPoolId")
    if wanted:
        _check_ipam(kind, scheme or "", wanted)
    owned = params.get("CustomerOwnedIpv4Pool")
    if owned and (kind != "application" or not CUSTOMER_OWNED.fullmatch(owned)):
        raise validation(f"The customer-owned pool '{owned}' is not valid for a load balancer of type {kind}")


def _check_ipam(kind: str, scheme: str, pool: str) -> None:
    if not IPAM.fullmatch(pool):
        raise validation(f"The IPAM pool ID '{pool}' is not valid")
    if kind != "application" or scheme != "internet-facing":
        raise misconfigured("IPAM pools are only supported for internet-facing Application Load Balancers")


def of(params: Params) -> dict[str, Any]:
    """The pools of a request, as DescribeLoadBalancers answers them."""
    return {key: params[key] for key in ("IpamPools", "CustomerOwnedIpv4Pool") if params.get(key)}


@rule(16)
def modify_ip_pools(context: CallContext, params: Params) -> Params:
    """Sets or removes the IPAM pool: API_ModifyIpPools."""
    balancer = find.balancer(context, params["LoadBalancerArn"])
    wanted = (params.get("IpamPools") or {}).get("Ipv4IpamPoolId")
    if not wanted and not params.get("RemoveIpamPools"):
        raise validation("Either IpamPools or RemoveIpamPools must be specified")
    if wanted:
        _check_ipam(balancer.type, balancer.scheme, wanted)
        balancer.pools["IpamPools"] = {"Ipv4IpamPoolId": wanted}
    else:
        balancer.pools.pop("IpamPools", None)
    balancer.settings["IpamPools"] = balancer.pools.get("IpamPools")
    return {"IpamPools": balancer.pools.get("IpamPools") or {}}
