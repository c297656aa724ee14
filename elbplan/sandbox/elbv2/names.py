"""Checks of names, enumerations and ranges."""

import re

from ..errors import validation
from ..rules import rule


@rule(21)
def checked(kind: str, name: str) -> str:
    """At most 32 letters, digits and hyphens, no hyphen at the ends; no load balancer is called `internal-...`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (Name)
    """
    if not name or len(name) > 32:
        raise validation(f"{kind} name '{name}' cannot be longer than '32' characters")
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise validation(
            f"{kind} name '{name}' can only contain characters that are alphanumeric characters and hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise validation(f"{kind} name '{name}' cannot begin or end with '-'")
    if kind == "Load balancer" and name.startswith("internal-"):
        raise validation(f"{kind} name '{name}' cannot begin with 'internal-'")
    return name


@rule(21)
def one_of(key: str, value: str, allowed: tuple[str, ...]) -> str:
    """An enumeration, which AWS checks but not botocore: botocore's service model of elbv2 (API_CreateLoadBalancer)."""
    if value not in allowed:
        raise validation(
            f"1 validation error detected: Value '{value}' at '{key}' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
    return value


@rule(21)
def between(key: str, value: int, low: int, high: int) -> int:
    """A range, of which botocore checks only the lower end: its service model of elbv2 (API_CreateTargetGroup)."""
    if not low <= value <= high:
        raise validation(f"{key} '{value}' must be between '{low}' and '{high}'")
    return value
