"""What other services attach to a load balancer: a web ACL, and reserved capacity. elbplan never touches these."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.call import Call, ReadProgram

PERMISSIONS = ("elasticloadbalancing:DescribeCapacityReservation", "wafv2:GetWebACLForResource")


@dataclass(frozen=True)
class Associations:
    """The web ACL, and the reserved capacity units; empty and 0 for none, or if AWS does not tell.

    is_managed  whether Firewall Manager made the web ACL, and associates it again after every change
    """

    web_acl: str = ""
    web_acl_arn: str = ""
    is_managed: bool = False
    capacity_units: int = 0


def read_associations(arn: str, type: str) -> ReadProgram[Associations]:
    """Reads both in one round. They are only listed, so a denial is no problem.

    Only application load balancers have a web ACL:
    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    """
    calls = [Call("elbv2", "DescribeCapacityReservation", {"LoadBalancerArn": arn}, optional=True)]
    if type == "application":
        calls.append(Call("wafv2", "GetWebACLForResource", {"ResourceArn": arn}, optional=True))
    reserved, *others = yield calls
    units = (reserved.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits") or 0
    acl = next((other.get("WebACL") or {} for other in others), {})
    managed = bool(acl.get("ManagedByFirewallManager"))
    return Associations(acl.get("Name") or "", acl.get("ARN") or "", managed, int(units))
