"""The pools from which an application load balancer takes its public addresses: ModifyIpPools."""

from __future__ import annotations

from ...core.call import Call, WriteProgram
from .load_balancer_attributes import UNSEEN


def change_pool(arn: str, before: str | None, after: str | None) -> WriteProgram:
    """Takes the addresses from another IPAM pool, or from AWS's own."""
    if before != after:
        pools = {"IpamPools": {"Ipv4IpamPoolId": after}} if after else {"RemoveIpamPools": ["ipv4"]}
        yield Call("elbv2", "ModifyIpPools", {"LoadBalancerArn": arn, **pools}, retry_on=UNSEEN, timeout=60)
    return {}
