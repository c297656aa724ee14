"""Security groups of a network load balancer, which AWS fixes at its creation: groups, or none."""

from ..errors import misconfigured
from ..rules import rule
from ..state.elbv2 import StoredBalancer


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
