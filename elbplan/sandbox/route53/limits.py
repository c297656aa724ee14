"""The quotas of Route 53."""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule

LIMITS = {"MAX_HOSTED_ZONES_BY_OWNER": "hosted_zones", "MAX_HEALTH_CHECKS_BY_OWNER": "health_checks"}


@rule(23)
def get_account_limit(context: CallContext, params: Params) -> dict[str, Any]:
    """The quota and its use: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetAccountLimit.html"""
    if params["Type"] not in LIMITS:
        raise AwsError("InvalidInput", f"Unknown limit {params['Type']}")
    quota, dns = LIMITS[params["Type"]], context.account.dns
    used = len(dns.zones if quota == "hosted_zones" else dns.health_checks)
    return {"Limit": {"Type": params["Type"], "Value": context.account.quota(quota)}, "Count": used}


@rule(23)
def check_zones(context: CallContext) -> None:
    """API_CreateHostedZone (TooManyHostedZones)."""
    if len(context.account.dns.zones) >= context.account.quota("hosted_zones"):
        raise AwsError("TooManyHostedZones", "This operation would exceed the limit of hosted zones per account.")


@rule(23)
def check_health_checks(context: CallContext) -> None:
    """API_CreateHealthCheck (TooManyHealthChecks)."""
    if len(context.account.dns.health_checks) >= context.account.quota("health_checks"):
        raise AwsError("TooManyHealthChecks", "This operation would exceed the limit of health checks per account.")
