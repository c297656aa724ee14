"""The hazard dns-share-lost."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.aws.routing_policies import policy_text
from ...kinds.record import Record, place_of
from ..timeline import Timeline


def dns_share_lost(timeline: Timeline) -> Iterator[Hazard]:
    """A record that answered clients stays, and no longer answers all of them: by its weight, its role or a place."""
    for transition in timeline.transitions:
        for address, before, after in transition.changed_to(Record):
            if before is None or place_of(before)[:2] != place_of(after)[:2] or _share(after) >= _share(before):
                continue
            change = f"{policy_text(before) or 'simple'} → {policy_text(after)}"
            text = f"{after.name}: {change}, so DNS sends fewer clients here"
            remedy = "first let another record of the name answer these clients: apply its stack before this step"
            yield Hazard("dns-share-lost", address, text, step=transition.index, remedy=remedy)


EVERYBODY, SOME, NOBODY = 2, 1, 0


def _share(record: Record) -> int:
    """How many clients the record answers, as far as it alone tells: a weight above 0 is a share that people shift."""
    if record.weight == 0 or record.failover == "secondary":
        return NOBODY
    place, networks = record.geo_location, record.cidr_routing
    if place is not None and place.country_code != "*":
        return SOME
    return SOME if networks is not None and networks.location_name != "*" else EVERYBODY
