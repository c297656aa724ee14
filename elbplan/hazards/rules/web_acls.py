"""Hazards of what stands before a load balancer: web-acl-removed, and protection-removed for Shield Advanced."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address, Ref, without_deposed
from ...core.hazard import Hazard
from ...kinds.aws.web_acls import name_in
from ...kinds.load_balancer import LoadBalancer
from ...kinds.shield_protection import ShieldProtection
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


def shield_removed(timeline: Timeline) -> Iterator[Hazard]:
    """Shield Advanced no longer protects a load balancer that stays."""
    staying = {without_deposed(address) for address, _ in timeline.end.of(LoadBalancer)}
    for transition in timeline.transitions:
        after = {without_deposed(shield.load_balancer) for _, shield in transition.after.of(ShieldProtection)}
        for address, before, now in transition.changed:
            if isinstance(before, ShieldProtection) and now is None:
                balancer = without_deposed(before.load_balancer)
                if balancer in staying - after:
                    text = f"Shield Advanced no longer protects {balancer}"
                    remedy = "leave shield: true in the spec"
                    yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)


def _filtered(traffic: TrafficState) -> dict[Ref, tuple[Address, str]]:
    """By load balancer, without the side of a replacement: its association, and the name of the web ACL."""
    return {
        without_deposed(association.load_balancer): (
            address,
            name_in(str(association.web_acl)).removeprefix("name:"),
        )
        for address, association in traffic.of(WebAclAssociation)
    }
