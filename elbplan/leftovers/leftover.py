"""What AWS bills although it serves nobody, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..cost.items import CostItem, CostSum, oldest_date, sum_of
from ..cost.quantity import Quantity

LeftoverKind = Literal[
    "stack",
    "load_balancer",
    "classic_load_balancer",
    "nat_gateway",
    "capacity_reservation",
    "elastic_ip",
    "volume",
    "hosted_zone",
    "log_bucket",
]
SinceWhat = Literal["", "created", "stopped", "expired"]

EVERYWHERE = "global"
"""The region of what belongs to no region: hosted zones."""


@dataclass(frozen=True)
class Leftover:
    """A resource, or a whole stack of elbplan, that is left over.

    title       what it is, for a person: `Elastic IP 203.0.113.7`
    why         why it counts as left over
    since       a moment as text; `since_what` says what happened then; both empty if AWS does not tell
    commands    the commands that end it, in their order
    quantities  what AWS bills of it; empty for what is free
    stack       the stack of elbplan that owns it; empty if none does
    facts       more about it, for programs
    """

    kind: LeftoverKind
    id: str
    region: str
    title: str
    why: str
    commands: Sequence[str]
    quantities: Sequence[Quantity] = ()
    since: str = ""
    since_what: SinceWhat = ""
    stack: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NotChecked:
    """Something that could not be read, and why: `needs ec2:DescribeNatGateways`."""

    title: str
    region: str
    why: str


@dataclass(frozen=True)
class Finding:
    """The result of one look for one kind of leftovers."""

    leftovers: Sequence[Leftover] = ()
    not_checked: Sequence[NotChecked] = ()


@dataclass(frozen=True)
class PricedLeftover:
    """A leftover with its prices."""

    leftover: Leftover
    items: Sequence[CostItem] = ()

    @property
    def cost(self) -> CostSum:
        """Dollars for what has a known price."""
        return sum_of(self.items)

    @property
    def month(self) -> Decimal | None:
        """Dollars for a month; None if no price of it is known."""
        known = [item for item in self.items if item.month is not None]
        return self.cost.month if known or not self.items else None

    @property
    def unknown(self) -> Sequence[str]:
        """What is billed and has no known price."""
        return [item.what for item in self.items if item.month is None]

    @property
    def free(self) -> bool:
        """True if AWS bills nothing of it."""
        return not self.items

    @property
    def date(self) -> str:
        """The date of its oldest price; empty without a price."""
        return oldest_date(self.items)
