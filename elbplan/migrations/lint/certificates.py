"""Certificates of a stack that end soon: `elbplan lint --live`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...core.kind import LiveResource
from ...core.stack import Stack
from ...core.utc import time_text
from ...kinds.aws.moments import seconds_of
from ...kinds.certificate import Certificate
from ...run.condition import DAY, RENEWAL, WARNED_DAYS, renewal_of
from ...run.workflow import Cloud
from ..observe import observe_with_files


def certificates_in(aws: Cloud, stack: Stack) -> list[LiveResource[Any]]:
    """The certificates of a stack in AWS. Raises AwsProblem, and NotFound if a lookup of the spec has no result."""
    observed = observe_with_files(aws, stack, ())[stack.name]
    return [live for live in observed.live if isinstance(live.model, Certificate)]


def ending_soon(lives: Iterable[LiveResource[Any]], now: float) -> Iterator[str]:
    """A sentence for each certificate that ends within 30 days. `now` is in seconds since 1970.

    ACM renews a certificate 60 days before its end, if its validation record exists and a load balancer uses it.
    """
    for live in lives:
        end = seconds_of(live.facts.get("expires", ""))
        if not isinstance(live.model, Certificate) or end is None or end - now >= WARNED_DAYS * DAY:
            continue
        names, day = ", ".join(live.model.domains), time_text(end)[:10]
        if end < now:
            yield f"{live.address} ({names}) has expired on {day}: {_what_to_do(live)}"
        else:
            days = int((end - now) // DAY)
            left = f"{days} day{'s' if days != 1 else ''}"
            yield f"{live.address} ({names}) ends in {left}, on {day}: {_what_to_do(live)}"


def _what_to_do(live: LiveResource[Any]) -> str:
    renewal = renewal_of(live.model)
    return f"elbplan explain {live.address}" if renewal == "records" else RENEWAL[renewal]
