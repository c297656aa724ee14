"""The hazard web-acl-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address, Ref, without_deposed
from ...core.hazard import Hazard
from ...kinds.aws.web_acls import name_in
from ...kinds.load_balancer import LoadBalancer
from ...kinds.web_acl_association import WebAclAssociation
from ..timeline import Timeline
from ..traffic_state import TrafficState


def web_acl_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A load balancer that stays loses its web ACL, or is replaced by one that never gets it."""
    staying = {without_deposed(address) for address, _ in timeline.end.of(LoadBalancer)}
    for transition in timeline.transitions:
        before, after = _filtered(transition.before), _filtered(transition.after)
        for balancer in sorted((before.keys() & staying) - after.keys(), key=str):
            address, web_acl = before[balancer]
            text = f"the web ACL {web_acl} no longer filters the requests to {balancer}"
            remedy = "leave web_acl: in the spec; write another web ACL there to exchange it without a gap"
            yield Hazard("web-acl-removed", address, text, step=transition.index, remedy=remedy)


def _filtered(traffic: TrafficState) -> dict[Ref, tuple[Address, str]]:
    """By load balancer, without the side of a replacement: its association, and the name of the web ACL."""
    return {
        without_deposed(association.load_balancer): (
            address,
            name_in(str(association.web_acl)).removeprefix("name:"),
        )
        for address, association in traffic.of(WebAclAssociation)
    }
