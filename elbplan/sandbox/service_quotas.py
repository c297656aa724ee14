"""Service Quotas: the quotas of the sandbox that other services do not tell."""

from collections.abc import Callable
from typing import Any

from .account import CallContext
from .errors import AwsError
from .params import Params
from .rules import rule

QUOTAS = {
    ("ec2", "L-0263D0A3"): ("EC2-VPC Elastic IPs", "elastic_ips"),
    ("vpc", "L-0EA8095F"): ("Inbound or outbound rules per security group", "rules_per_group"),
    ("vpc", "L-2AFB9258"): ("Security groups per network interface", "groups_per_interface"),
    ("acm", "L-F141DD1D"): ("ACM certificates", "certificates"),
    ("acm", "L-FB94F0B0"): ("Domain names per ACM certificate", "names_per_certificate"),
    ("elasticloadbalancing", "L-53DA6B97"): ("Application Load Balancers per Region", "load_balancers"),
    ("elasticloadbalancing", "L-69A177A2"): ("Network Load Balancers per Region", "network_load_balancers"),
    ("elasticloadbalancing", "L-B22855CB"): ("Target Groups per Region", "target_groups"),
}


@rule(23)
def get_service_quota(context: CallContext, params: Params) -> Params:
    """The quota of this account in a region; an unknown code is an error.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
    """
    key = (params["ServiceCode"], params["QuotaCode"])
    if key not in QUOTAS:
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")
    return {"Quota": _quota(context, key)}


@rule(23)
def list_service_quotas(context: CallContext, params: Params) -> Params:
    """The quotas of a service.

    https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
    """
    return {"Quotas": [_quota(context, key) for key in QUOTAS if key[0] == params["ServiceCode"]]}


def _quota(context: CallContext, key: tuple[str, str]) -> dict[str, Any]:
    service, code = key
    name, quota = QUOTAS[key]
    value = float(context.account.quota(quota))
    arn = context.arn("servicequotas", f"{service}/{code}")
    return {"ServiceCode": service, "QuotaArn": arn, "QuotaCode": code, "QuotaName": name, "Value": value,
            "Unit": "None", "Adjustable": True, "GlobalQuota": False}  # fmt: skip


ACTIONS: dict[str, Callable[[CallContext, Params], Params]] = {
    "GetServiceQuota": get_service_quota,
    "ListServiceQuotas": list_service_quotas,
}
