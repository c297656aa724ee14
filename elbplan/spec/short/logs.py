"""The short form of the logs of a load balancer."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ...kinds.aws.log_delivery import LOGS
from ..errors import SpecValueError
from ..messages import shown_value
from .words import SWITCH, TEXT, Shorthand, ShortModel

BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?", re.ASCII)
DAYS = re.compile(r"([1-9][0-9]{0,4})d", re.ASCII)
OWN = "own"
"""Stands for the bucket that elbplan makes."""


def _place(value: Any) -> Any:
    """`true` is the bucket that elbplan makes; `false` switches the log off. Raises SpecValueError."""
    if isinstance(value, bool):
        return OWN if value else None
    if not isinstance(value, str):
        raise SpecValueError(f"{shown_value(value)} is not a place for logs", "write true, or s3://BUCKET/PREFIX")
    found = BUCKET.fullmatch(value)
    if found is None or len(value) > 1000:
        raise SpecValueError(f"{shown_value(value)} is not an S3 location", "write s3://BUCKET/PREFIX")
    if "AWSLogs" in (found[2] or ""):
        hint = "leave it out: AWS adds AWSLogs/ACCOUNT to the prefix"
        raise SpecValueError(f"the prefix {shown_value(found[2])} contains AWSLogs", hint)
    return value


def _days(value: Any) -> Any:
    found = DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) > 36500:
        raise SpecValueError(f"{shown_value(value)} is not a number of days", "write a duration like 30d")
    return int(found[1])


Place = Annotated[str | None, BeforeValidator(_place, json_schema_input_type=bool | str)]


class ShortLogs(ShortModel):
    """Logs in S3. `true` is a bucket that elbplan makes."""

    access: Annotated[
        Place, Field(description="access logs: true, or s3://BUCKET/PREFIX", examples=["s3://bucket/prefix"])
    ] = None
    connection: Annotated[Place, Field(description="logs of connections to an application load balancer")] = None
    health_checks: Annotated[Place, Field(description="logs of health checks by an application load balancer")] = None
    keep: Annotated[
        Annotated[int, BeforeValidator(_days, json_schema_input_type=str)] | None,
        Field(description="days after which S3 deletes a log; by default never", examples=["30d"]),
    ] = None
    on_destroy: Annotated[
        Literal["keep", "delete"] | None,
        Field(description="what destroy does with the bucket of elbplan if it has logs; by default keep"),
    ] = None

    @property
    def places(self) -> dict[str, str]:
        """The logs that are on, with their places: `own`, or a location in S3."""
        places = {"access": self.access, "connection": self.connection, "health_checks": self.health_checks}
        return {log: place for log, place in places.items() if place is not None}

    @property
    def own(self) -> bool:
        """True if a log goes to the bucket that elbplan makes."""
        return OWN in self.places.values()


def _logs(value: Any) -> Any:
    return {"access": value} if isinstance(value, bool | str) else value


LOGS_SHORTHAND = Shorthand(_logs, TEXT, SWITCH)

PREFIXES = {"access": "access", "connection": "connection", "health_checks": "health-checks"}
"""The prefixes in the bucket that elbplan makes."""


def log_attributes(logs: ShortLogs, known: Collection[str]) -> dict[str, str]:
    """The attributes of a load balancer with those of the logs that it can have.

    A log that names no bucket goes to the stack's own.
    """
    attributes: dict[str, str] = {}
    for log, place in logs.places.items():
        if log not in known:
            continue
        start, found = LOGS[log], BUCKET.fullmatch(place)
        attributes[f"{start}.enabled"] = "true"
        if found:
            attributes[f"{start}.bucket"] = found[1]
        if prefix := found[2] if found else PREFIXES[log]:
            attributes[f"{start}.prefix"] = prefix
    return attributes
