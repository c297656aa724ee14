"""TLS policies: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""

from moto.elbv2.ssl_policies import SSL_POLICIES, build_policy

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from . import find

MORE = (
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-0-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
)
POLICIES = {**{name: {} for name in MORE}, **SSL_POLICIES}


def describe_ssl_policies(site: CallContext, params: Params) -> Params:
    wanted = params.get("Names") or list(POLICIES)
    for name in wanted:
        if name not in POLICIES:
            raise AwsError("SSLPolicyNotFound", f"SSL policy '{name}' not found")
    some, marker = find.page(site, params, wanted)
    told = [build_policy(name, POLICIES[name]) if POLICIES[name] else {"Name": name} for name in some]
    return {"SslPolicies": told, "NextMarker": marker}
