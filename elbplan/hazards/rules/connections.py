"""Hazards of what targets see of a connection: targets-unverified."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.target_group import TargetGroup
from ..timeline import Timeline

SWITCHES = {
    ("proxy_protocol_v2.enabled", "true"): "connections begin with a PROXY header, which targets must expect",
    ("proxy_protocol_v2.enabled", "false"): "connections no longer begin with the PROXY header that targets expect",
    (
        "preserve_client_ip.enabled",
        "true",
    ): "targets see the addresses of clients: their security groups must let them in",
}
"""By key and new value of an attribute: what changes for targets. Health checks can succeed all the same."""


def other_connections(timeline: Timeline) -> Iterator[Hazard]:
    """The connections of a group that serves change, so that none of its targets was seen healthy with them."""
    for transition in timeline.transitions:
        for address, before, group in transition.changed_to(TargetGroup):
            if before is None or address not in transition.before.serving:
                continue
            for (key, value), text in SWITCHES.items():
                if before.attributes.get(key) != value and group.attributes.get(key) == value:
                    remedy = "create a second group with this setting, test its targets, then shift to it"
                    yield Hazard("targets-unverified", address, text, step=transition.index, remedy=remedy)
