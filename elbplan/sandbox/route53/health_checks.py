"""Health checks of Route 53.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html
"""

import uuid
from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.route53 import HealthCheck
from .limits import check_health_checks

ENDPOINTS = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
FIXED = ("Type", "RequestInterval", "MeasureLatency")
DEFAULTS: dict[str, Any] = {
    "RequestInterval": 30,
    "FailureThreshold": 3,
    "MeasureLatency": False,
    "Inverted": False,
    "Disabled": False,
}
FEWEST_REGIONS = 3


def check_of(context: CallContext, id: str) -> HealthCheck:
    check = context.account.dns.health_checks.get(id)
    if check is None:
        raise AwsError("NoSuchHealthCheck", f"A health check with id {id} does not exist.", 404)
    return check


def description(check: HealthCheck) -> Params:
    return {
        "Id": check.id,
        "CallerReference": check.caller_reference,
        "HealthCheckConfig": check.config,
        "HealthCheckVersion": check.version,
    }


@rule(53)
def create_health_check(context: CallContext, params: Params) -> Params:
    """The same reference with the same settings gives the same check; with others, or of a deleted check, an error.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html (CallerReference)
    """
    dns, reference = context.account.dns, params["CallerReference"]
    config = {key: value for key, value in params["HealthCheckConfig"].items() if value is not None}
    for check in dns.health_checks.values():
        if check.caller_reference == reference and check.requested == config:
            return {"HealthCheck": description(check), "Location": f"/2013-04-01/healthcheck/{check.id}"}
    if reference in dns.used_references:
        raise AwsError("HealthCheckAlreadyExists", f"The reference {reference} was used for another health check.", 409)
    check_config(config)
    check_health_checks(context)
    id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{reference} {next(context.account.numbers)}"))
    stored = HealthCheck(id, reference, completed(config), dict(config))
    dns.health_checks[id] = stored
    dns.used_references.add(reference)
    return {"HealthCheck": description(stored), "Location": f"/2013-04-01/healthcheck/{id}"}


def completed(config: Params) -> Params:
    """The settings with AWS's defaults."""
    kind = config["Type"]
    port = {"Port": 443 if kind.startswith("HTTPS") else 80} if kind.startswith("HTTP") else {}
    sni = {"EnableSNI": kind.startswith("HTTPS")} if kind in ENDPOINTS else {}
    return {**DEFAULTS, **port, **sni, **config}


@rule(53)
def check_config(config: Params) -> None:
    """Which settings fit together: API_HealthCheckConfig (InvalidInput).

    An endpoint needs an address or a name, a check over TCP a port, a string match its string; three regions at least.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
    """
    kind = config["Type"]
    if kind in ENDPOINTS and not (config.get("IPAddress") or config.get("FullyQualifiedDomainName")):
        raise _invalid("Either IPAddress or FullyQualifiedDomainName is required")
    if kind == "TCP" and not config.get("Port"):
        raise _invalid("Port is required for a TCP health check")
    if kind.endswith("STR_MATCH") != bool(config.get("SearchString")):
        raise _invalid("SearchString is required for, and only for, a string match")
    if kind == "TCP" and (config.get("ResourcePath") or config.get("EnableSNI")):
        raise _invalid("ResourcePath and EnableSNI are not allowed for a TCP health check")
    if config.get("RequestInterval", 30) not in (10, 30):
        raise _invalid("RequestInterval must be 10 or 30")
    if not 1 <= int(config.get("FailureThreshold", 3)) <= 10:
        raise _invalid("FailureThreshold must be between 1 and 10")
    if config.get("Regions") and len(config["Regions"]) < FEWEST_REGIONS:
        raise _invalid("At least 3 regions are required")


def _invalid(why: str) -> AwsError:
    return AwsError("InvalidInput", f"Invalid parameter: {why}")


@rule(53)
def update_health_check(context: CallContext, params: Params) -> Params:
    """Members that are left out stay; three can be reset. An address is never added or removed.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
    """
    check = check_of(context, params["HealthCheckId"])
    sent = {key: value for key, value in params.items() if value is not None}
    if sent.get("HealthCheckVersion", check.version) != check.version:
        raise AwsError("HealthCheckVersionMismatch", "The health check has another version.", 409)
    if sent.get("IPAddress") and not check.config.get("IPAddress"):
        raise _invalid("IPAddress cannot be added to a health check")
    changed = {k: v for k, v in sent.items() if k not in ("HealthCheckId", "HealthCheckVersion", "ResetElements")}
    config = {**check.config, **changed}
    for element in sent.get("ResetElements") or ():
        config.pop(element, None)
    check_config(config)
    check.config = config
    check.version += 1
    return {"HealthCheck": description(check)}


def delete_health_check(context: CallContext, params: Params) -> Params:
    """AWS deletes a check also if records use it: API_DeleteHealthCheck."""
    check = check_of(context, params["HealthCheckId"])
    del context.account.dns.health_checks[check.id]
    return {}


def get_health_check(context: CallContext, params: Params) -> Params:
    return {"HealthCheck": description(check_of(context, params["HealthCheckId"]))}


def list_health_checks(context: CallContext, params: Params) -> Params:
    checks = list(context.account.dns.health_checks.values())
    size = min(int(params.get("MaxItems") or 100), 100, context.account.quota("page"))
    ids = [check.id for check in checks]
    start = ids.index(params["Marker"]) if params.get("Marker") in ids else 0
    page, rest = checks[start : start + size], checks[start + size :]
    answer: Params = {"HealthChecks": [description(check) for check in page], "IsTruncated": bool(rest)}
    more = {"NextMarker": rest[0].id} if rest else {}
    return {**answer, "Marker": params.get("Marker") or "", "MaxItems": str(size), **more}
