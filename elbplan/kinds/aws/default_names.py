"""The AWS names that elbplan gives to load balancers and target groups, if the spec does not name them."""

from __future__ import annotations

from ...core.address import Address


def balancer_name_of(stack: str, address: Address) -> str:
    """The main load balancer has the name of its stack. AWS reserves names that begin with `internal-`."""
    name = stack if address.name == "main" else f"{stack}-{address.name}"
    return f"lb-{name}" if name.startswith("internal-") else name


def group_name_of(stack: str, address: Address) -> str:
    """The name of a target group in the console."""
    return f"{stack}-{address.name}"
