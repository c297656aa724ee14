"""`traffic:`: how much traffic the stack expects. It changes nothing in AWS; the cost of a plan uses it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from ...core.traffic_estimate import TrafficEstimate
from ..errors import SpecValueError
from ..messages import shown_value
from ..yaml.scalars import DECIMAL, WHOLE
from .words import ShortModel

MOST = 1_000_000
"""More than a load balancer handles in any dimension, so a larger number is an error in the unit."""


def _amount(value: Any) -> Decimal:
    """A number; also in quotes, as YAML requires around variables inside { }. Raises SpecValueError."""
    text = str(value)
    if isinstance(value, bool) or not (WHOLE.fullmatch(text) or DECIMAL.fullmatch(text)):
        raise SpecValueError(f"{shown_value(value)} is not a number", "write a number like 40 or 0.5")
    amount = Decimal(text)
    if not 0 <= amount <= MOST:
        raise SpecValueError(f"{shown_value(value)} is out of range", f"between 0 and {MOST}")
    return amount


Amount = Annotated[Decimal, BeforeValidator(_amount), WithJsonSchema({"type": "number", "minimum": 0, "maximum": MOST})]


class Traffic(ShortModel):
    """The traffic that the stack expects on average. AWS bills the largest of the four as capacity units."""

    new_connections_per_second: Annotated[
        Amount | None, Field(description="new connections in a second", examples=[5])
    ] = None
    active_connections_per_minute: Annotated[
        Amount | None, Field(description="connections that are open in a minute", examples=[300])
    ] = None
    gb_per_hour: Annotated[
        Amount | None, Field(description="gigabytes of requests and responses in an hour", examples=[0.5])
    ] = None
    requests_per_second: Annotated[
        Amount | None, Field(description="requests in a second; they count with more than ten rules", examples=[40])
    ] = None

    @property
    def estimate(self) -> TrafficEstimate | None:
        """The estimate; what the spec leaves out is 0. None if it has no number at all."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        amounts = {name: amount for name, amount in given.items() if amount is not None}
        return TrafficEstimate(**amounts) if amounts else None
