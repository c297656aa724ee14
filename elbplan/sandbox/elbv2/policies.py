"""TLS policies: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""

from moto.elbv2.ssl_policies import SSL_POLICIES

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from . import find, names

NEWER_THAN_MOTO = (
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
)
POLICIES = {*NEWER_THAN_MOTO, *SSL_POLICIES}
TYPES = ("application", "network", "gateway")


@rule(24)
def describe_ssl_policies(context: CallContext, params: Params) -> Params:
    """All policies, or those of these names; a type of load balancer leaves out those that it does not support.

    API_DescribeSSLPolicies (Names, LoadBalancerType, SSLPolicyNotFound), API_SslPolicy. The versions of TLS and the
    ciphers are those that moto knows; of newer policies only the names.
    """
    type = params.get("LoadBalancerType")
    if type:
        names.one_of("loadBalancerType", type, TYPES)
    known = {policy: _described(policy) for policy in sorted(POLICIES)}
    wanted = list(params.get("Names") or known)
    if missing := [name for name in wanted if name not in known]:
        raise AwsError("SSLPolicyNotFound", f"SSL policy '{missing[0]}' not found")
    page, marker = find.page(context, params, [known[name] for name in wanted])
    fits = [policy for policy in page if not type or type in policy["SupportedLoadBalancerTypes"]]
    return {"SslPolicies": fits, "NextMarker": marker}


def _described(name: str) -> Params:
    known = SSL_POLICIES.get(name, {})
    return {
        "Name": name,
        "SslProtocols": known.get("ssl_protocols", []),
        "Ciphers": [{"Name": cipher, "Priority": place} for place, cipher in enumerate(known.get("ciphers", []), 1)],
        "SupportedLoadBalancerTypes": ["application", "network"],
    }
