"""The table of rules: numbered behaviour of AWS that moto lacks. The docstring of each function names its source."""

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

RULES: dict[int, list[Callable[..., Any]]] = {}

TITLES = {
    1: "one load balancer per name; the same settings give the same ARN",
    2: "one target group per name; the same settings give the same ARN",
    3: "one listener per port",
    4: "load balancers are provisioning before they are active",
    5: "network interfaces outlive their load balancer and keep its groups, subnets and addresses in use",
    6: "a security group in use is not deleted",
    7: "a target group in use is not deleted",
    8: "a listener's certificate must exist, be issued and be in the same region; what can be imported",
    9: "certificates are issued by their DNS records, by an approved mail, or by a private authority only",
    10: "a certificate in use is not deleted",
    11: "a Route 53 batch is applied completely or not at all",
    12: "which records a zone accepts",
    13: "Route 53 changes are pending first",
    14: "targets become healthy, or do not",
    15: "targets are instances and ports, and must exist",
    16: "which subnets a load balancer accepts",
    17: "a target group serves one load balancer",
    18: "deletion protection",
    19: "rule priorities",
    20: "the default rule stays",
    21: "names, ranges and patterns",
    22: "which protocols and actions can be combined",
    23: "quotas",
    24: "answers come in AWS's own full form",
    25: "one missing name fails the whole batch",
    26: "answers come in pages",
    27: "a new resource may not be visible yet",
    28: "instances take time, and are launched once per token",
    29: "security group rules and Elastic IPs",
    30: "WAF and Parameter Store refuse; one update of a parameter at a time; the tag index lags",
    31: "what a load balancer answers",
    32: "which certificate a listener shows",
    33: "what DNS answers",
    34: "Classic Load Balancers",
    35: "requests have a signature and the right time",
    36: "S3 buckets",
    37: "Shield Advanced",
    38: "accounts, roles and temporary credentials",
    39: "what the policies of the caller allow",
    40: "Auto Scaling groups fill their target groups",
    41: "trust stores and client certificates",
    53: "health checks of Route 53",
    47: "the settings of an instance, and its volumes",
}


def rule(number: int) -> Callable[[F], F]:
    """Adds a function to the table under its number."""

    def register(function: F) -> F:
        RULES.setdefault(number, []).append(function)
        return function

    return register
