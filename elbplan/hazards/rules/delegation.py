"""The hazard zone-not-delegated: a certificate or record is created in a hosted zone that the internet does not ask."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.certificate import Certificate
from ...kinds.delegation import ZoneDelegation
from ..timeline import Timeline


def zone_not_delegated(timeline: Timeline) -> Iterator[Hazard]:
    """A step creates the first certificate or record of a zone whose parent names other name servers, or none."""
    seen: set[str] = set()
    for transition in timeline.transitions:
        for address, before, _ in transition.changed:
            for zone in timeline.delegations.get(address, ()) if before is None else ():
                if zone.is_wrong and zone.zone not in seen:
                    seen.add(zone.zone)
                    text = f"{zone.text}: {_effect(address, zone)}"
                    yield Hazard("zone-not-delegated", address, text, step=transition.index, remedy=zone.fix)


def _effect(address: Address, zone: ZoneDelegation) -> str:
    if address.kind == Certificate.kind:
        return "AWS cannot see the validation record there, and does not issue the certificate"
    return "nobody sees the record there"
