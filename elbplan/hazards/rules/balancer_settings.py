"""Hazards of a load balancer's own settings: protection-removed, public-exposure, requests-cut-off."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.aws.fixed_addresses import pins_by_subnet
from ...kinds.aws.load_balancer_attributes import INTERNAL_ONLY, attribute_defaults
from ...kinds.load_balancer import LoadBalancer
from ..timeline import Timeline

DESYNC = "routing.http.desync_mitigation_mode"
FORWARDED_FOR = "routing.http.xff_header_processing.mode"
MODES = ("monitor", "defensive", "strictest")
"""From the weakest to the strongest."""

SWITCHES = {
    ("waf.fail_open.enabled", "true"): "requests reach the targets unchecked while AWS WAF does not answer",
    ("routing.http.drop_invalid_header_fields.enabled", "false"): "headers with invalid names reach the targets",
    (FORWARDED_FOR, "preserve"): "clients choose the content of X-Forwarded-For, which targets may trust",
}
"""By key and new value of an attribute: what is no longer protected."""

OWN_MIGRATION = "leave it as it is; if it must change, do it in a migration of its own"


def weaker_protection(timeline: Timeline) -> Iterator[Hazard]:
    """An attribute, or the rules for PrivateLink, protect less than before. A new one protected nobody yet."""
    for transition in timeline.transitions:
        for address, before, balancer in transition.changed_to(LoadBalancer):
            if before is None or address in timeline.spare or address not in timeline.start.state:
                continue
            for text in _weaker(before, balancer):
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=OWN_MIGRATION)
            if _value(before, INTERNAL_ONLY) == "true" and _value(balancer, INTERNAL_ONLY) == "false":
                text = f"{INTERNAL_ONLY} is off, so an internet gateway may lead to the internal load balancer"
                yield Hazard("public-exposure", address, text, step=transition.index, remedy=OWN_MIGRATION)


def _weaker(before: LoadBalancer, after: LoadBalancer) -> Iterator[str]:
    for (key, value), text in SWITCHES.items():
        if _value(after, key) == value != _value(before, key):
            yield text
    old, new = _value(before, DESYNC), _value(after, DESYNC)
    if old in MODES and new in MODES and MODES.index(new) < MODES.index(old):
        yield f"desync mitigation goes from {old} to {new}: more requests that may be an attack are forwarded"
    rules = [side.enforce_security_group_inbound_rules_on_private_link_traffic for side in (before, after)]
    if rules == ["on", "off"]:
        yield "traffic of PrivateLink passes no rules of the security groups any more"


def _value(balancer: LoadBalancer, key: str) -> str:
    defaults = attribute_defaults(balancer.type, balancer.scheme)
    return balancer.attributes.get(key, defaults.get(key, ""))


def zone_left_meanwhile(timeline: Timeline) -> Iterator[Hazard]:
    """A network load balancer leaves a zone and enters it again, since AWS gives other addresses in no other way."""
    ends = dict(timeline.end.of(LoadBalancer))
    for transition in timeline.transitions:
        for address, before, balancer in transition.changed_to(LoadBalancer):
            if before is None or address not in ends:
                continue
            for text, remedy in _left(before, balancer, ends[address]):
                yield Hazard("requests-cut-off", address, text, step=transition.index, remedy=remedy)


def _left(before: LoadBalancer, after: LoadBalancer, end: LoadBalancer) -> Iterator[tuple[str, str]]:
    """What clients notice of each zone that it leaves in order to enter it again, or another one; and a remedy."""
    old, kept = pins_by_subnet(before.pins), {pin.fixed for pin in end.pins}
    for subnet in before.subnets:
        if subnet in after.subnets:
            continue
        fixed = old[subnet].fixed if subnet in old else None
        if subnet in end.subnets:
            lost = f", and clients of {fixed} are cut off" if fixed else ""
            text = f"it leaves {subnet} to get another address there: open connections in that zone end{lost}"
            yield text, "first add a zone with the new address and move the clients there, then remove the old zone"
        elif fixed and fixed in kept:
            text = f"{fixed} moves from {subnet} to another zone: until it is there, nothing answers at this address"
            yield text, "give the other zone an address of its own, and move the clients before the old zone is removed"
