"""Security groups of a load balancer. AWS fixes at the creation of a network load balancer: groups, or none."""

from ..account import CallContext
from ..errors import misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer
from . import find, interfaces, subnets

PRIVATE_LINK = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


@rule(16)
def check_network_groups(balancer: StoredBalancer, wanted: list[str]) -> None:
    """A network load balancer neither gets its first group nor loses its last one.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
    https://github.com/kubernetes-sigs/cluster-api-provider-aws/issues/4790 has the code and the message.
    """
    if balancer.type == "network" and wanted and not balancer.security_groups:
        raise misconfigured(
            "You cannot set security groups on a Network Load Balancer which was created without any security groups."
        )
    if balancer.type == "network" and balancer.security_groups and not wanted:
        raise misconfigured("You cannot remove all security groups of a Network Load Balancer")


def set_security_groups(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    wanted = params.get("SecurityGroups") or []
    if balancer.type == "gateway":
        raise misconfigured("Security groups are not supported for load balancers of type gateway")
    check_network_groups(balancer, wanted)
    if not wanted:
        raise validation("At least one security group must be specified")
    balancer.security_groups = subnets.security_groups(context, wanted, balancer.vpc)
    balancer.private_link_rules = _private_link_rules(balancer, params)
    balancer.settings["SecurityGroups"] = sorted(balancer.security_groups)
    interfaces.attach(context, balancer)
    return {"SecurityGroupIds": balancer.security_groups, PRIVATE_LINK: balancer.private_link_rules}


@rule(16)
def _private_link_rules(balancer: StoredBalancer, params: Params) -> str:
    """Whether the inbound rules count for PrivateLink: a network load balancer only, `on` by default.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html
    """
    wanted = params.get(PRIVATE_LINK)
    if wanted is not None and balancer.type != "network":
        raise misconfigured(f"{PRIVATE_LINK} is only supported for Network Load Balancers")
    return str(wanted or balancer.private_link_rules)
