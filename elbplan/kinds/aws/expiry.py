"""When a stack expires, by a tag that says `8h` or a moment, and by AWS's own dates of the stack's resources.

The tag never changes with time, so a plan does not either. The stack is as old as its oldest dated resource: the load
balancer (CreatedTime) or an instance (the moment at which its first network interface was attached).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ...core.address import Address
from ...core.duration import duration_text, parse_duration
from ...core.kind import LiveResource
from ...core.resource import Resource
from .moments import seconds_of
from .ownership import EXPIRES

CREATED = "created"
"""The fact of a live resource with the moment of its creation."""

TAGGED = ("load_balancer", "instance", "elastic_ip")
"""The kinds that carry the tag: those that AWS bills by the hour."""

DURATION = re.compile(r"[1-9][0-9]{0,5}[mhd]", re.ASCII)
SHORTEST, LONGEST = 60, 366 * 86400
SPELLINGS = "8h, 2d, 90m, or a moment with its time zone: 2026-12-01T18:00:00Z"


def expires_text(value: object) -> str:
    """The normal form of a duration (`8h`) or a moment in UTC (`2026-12-01T18:00:00Z`). Raises ValueError."""
    text = value if isinstance(value, str) else ""
    if DURATION.fullmatch(text):
        seconds = parse_duration(text)
        if not SHORTEST <= seconds <= LONGEST:
            raise ValueError("write a duration from 1m to 366d")
        return duration_text(seconds)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"write {SPELLINGS}") from None
    if moment.tzinfo is None:
        raise ValueError(f"write its time zone too: {text}Z, or {text}+09:00")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Expiry:
    """When a stack expires.

    text   the tag: a duration or a moment
    at     seconds since 1970; None for a duration if nothing of the stack exists yet, or AWS tells no date
    """

    text: str
    at: float | None

    @property
    def lasts(self) -> bool:
        """True for a duration after the creation, False for a moment."""
        return bool(DURATION.fullmatch(self.text))

    def is_past(self, now: float) -> bool:
        """True if the stack has expired."""
        return self.at is not None and self.at <= now


def expiry_of(desired: Mapping[Address, Resource], lives: Mapping[Address, LiveResource[Any]]) -> Expiry | None:
    """When the stack expires: as its spec says, or, without a spec, as its resources in AWS say; None if never.

    If the tags of its resources differ, the latest moment counts: nothing is deleted too early.
    """
    models = desired.values() if desired else [live.model for live in lives.values()]
    created = created_at(lives.values())
    found = [Expiry(text, _moment(text, created)) for text in _texts(models)]
    return max(found, key=lambda expiry: expiry.at or 0, default=None)


def _texts(models: Iterable[Resource]) -> Iterator[str]:
    """The readable values of the tag."""
    for model in models:
        text = model.tags.get(EXPIRES)
        if text and (DURATION.fullmatch(text) or seconds_of(text) is not None):
            yield text


def _moment(text: str, created: float | None) -> float | None:
    if not DURATION.fullmatch(text):
        return seconds_of(text)
    return None if created is None else created + parse_duration(text)


def created_at(lives: Iterable[LiveResource[Any]]) -> float | None:
    """The creation of the oldest resource that AWS dates, in seconds since 1970; None if there is none."""
    moments = [seconds_of(live.facts.get(CREATED, "")) for live in lives]
    return min((moment for moment in moments if moment is not None), default=None)


def with_expiry(resources: Mapping[Address, Resource], text: str) -> dict[Address, Resource]:
    """The desired resources with the tag."""
    return {
        address: resource.model_copy(update={"tags": {**resource.tags, EXPIRES: text}})
        if text and address.kind in TAGGED
        else resource
        for address, resource in resources.items()
    }
