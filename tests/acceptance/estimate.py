"""What a run costs, from a table of prices. The suite prints it before it creates anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PRICES_OF = "2026-10-15"
SOURCE = "AWS price list (offer AmazonEC2), and AWS's pages on gateway load balancers and public IPv4 addresses"

REGIONS: dict[str, tuple[float, float, float]] = {
    "us-east-1": (0.0225, 0.0104, 0.08),
    "us-east-2": (0.0225, 0.0104, 0.08),
    "us-west-2": (0.0225, 0.0104, 0.08),
    "us-west-1": (0.0252, 0.0124, 0.096),
    "ca-central-1": (0.02475, 0.0116, 0.088),
    "ap-northeast-1": (0.0243, 0.0136, 0.096),
    "ap-northeast-2": (0.0225, 0.013, 0.0912),
    "ap-southeast-1": (0.0252, 0.0132, 0.096),
    "ap-southeast-2": (0.0252, 0.0132, 0.096),
    "ap-south-1": (0.0239, 0.0112, 0.0912),
    "eu-west-1": (0.0252, 0.0114, 0.088),
    "eu-west-2": (0.02646, 0.0118, 0.0928),
    "eu-west-3": (0.02646, 0.0118, 0.0928),
    "eu-central-1": (0.027, 0.012, 0.0952),
    "eu-north-1": (0.02394, 0.0108, 0.0836),
    "sa-east-1": (0.034, 0.0168, 0.152),
    "af-south-1": (0.029988, 0.0136, 0.1047),
}
"""US dollars by region: an application load balancer for an hour, a t3.micro for an hour, a GB of gp3 for a month."""

GATEWAY_HOUR, CAPACITY_HOUR, ADDRESS_HOUR = 0.0125, 0.008, 0.005
"""US dollars in most regions: a gateway load balancer, one unit of capacity, a public IPv4 address."""

HOURS_OF_MONTH, DISK_GB = 730, 8
MINUTES = (20, 45)
"""The duration of a run, without and with a domain."""


@dataclass(frozen=True)
class CostLine:
    """One line of the estimate, for one hour: AWS charges a load balancer for each hour that has begun."""

    what: str
    count: int
    price: float

    @property
    def dollars(self) -> float:
        return self.count * self.price


def cost_lines(region: str) -> list[CostLine]:
    """The costs of one hour. A region without prices gets the highest price of each kind."""
    balancer, server, disk = REGIONS.get(region) or tuple(max(prices) for prices in zip(*REGIONS.values(), strict=True))
    return [
        CostLine("application load balancer, one hour", 2, balancer),
        CostLine("gateway load balancer, one hour", 1, GATEWAY_HOUR),
        CostLine("load balancer capacity, at most one unit each", 2, CAPACITY_HOUR),
        CostLine("t3.micro, one hour", 2, server),
        CostLine("gp3 disk of 8 GB, one hour", 2, DISK_GB * disk / HOURS_OF_MONTH),
        CostLine("public IPv4 address, one hour", 6, ADDRESS_HOUR),
    ]


def estimate_text(region: str, domain: str) -> Iterator[str]:
    """The lines that a person reads before the run."""
    lines = cost_lines(region)
    known = "" if region in REGIONS else f" (no prices for {region}: the highest prices of all regions)"
    yield f"Estimated cost in {region}, prices of {PRICES_OF}{known}:"
    yield from (f"  {line.count} x {line.what:<48} ${line.dollars:.4f}" for line in lines)
    yield f"  {'total for the first hour':<52} ${total(lines):.2f}"
    yield f"Source: {SOURCE}."
    yield "Certificates of ACM, security groups, VPC and target groups cost nothing. No hosted zone is created."
    yield f"The run takes about {MINUTES[1] if domain else MINUTES[0]} minutes."


def total(lines: Sequence[CostLine]) -> float:
    """US dollars."""
    return sum(line.dollars for line in lines)
