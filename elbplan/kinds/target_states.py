"""The health of single targets, as DescribeTargetHealth describes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TargetState:
    """The health of one target.

    state   AWS's word: `healthy`, `unhealthy`, `unused`, `initial`, `draining`, `unavailable`
    reason  AWS's code, for example `Target.Timeout`; `text` is its description
    """

    id: str
    port: int | None
    zone: str
    state: str
    reason: str = ""
    text: str = ""


def target_states(descriptions: Iterable[Mapping[str, Any]]) -> Iterator[TargetState]:
    """The targets in the answer of DescribeTargetHealth."""
    for raw in descriptions:
        target, health = raw["Target"], raw.get("TargetHealth") or {}
        yield TargetState(
            str(target["Id"]),
            target.get("Port"),
            target.get("AvailabilityZone") or "",
            health.get("State") or "unknown",
            health.get("Reason") or "",
            health.get("Description") or "",
        )
