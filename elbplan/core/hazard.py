"""Hazards: risks with a name, which a person allows by the name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..errors import Refused
from .address import Address
from .suggest import did_you_mean

HAZARDS: Mapping[str, str] = {
    "outage": "nothing answers for some minutes, and AWS offers no way around it",
    "route-interrupted": "a route that is served before and after is not served in between",
    "targets-unverified": "requests go to targets that were never seen healthy",
    "targets-unreachable": "the security groups of servers that elbplan did not create are closed to the load balancer",
    "endless-wait": "a step waits for the health of a group that nothing uses, and AWS does not check such a group",
    "zone-not-delegated": "a certificate or record is created in a hosted zone that the internet does not ask",
    "dns-too-early": "a name points at a load balancer that does not serve all its routes yet",
    "dns-still-cached": "an old load balancer stops serving while resolvers still send clients there",
    "dns-share-lost": "a record of a name no longer answers clients that it answered before",
    "dns-name-changes": "a load balancer is replaced, and its DNS name in AWS changes",
    "route-removed": "a route that was served is no longer served",
    "requests-cut-off": "targets end before they have finished their requests",
    "sessions-lost": "clients that stay with one target can reach another, which does not know their session",
    "health-check-changes": "the health check of a group changes while the group serves",
    "public-exposure": "a port is open to the world, and no public listener uses it",
    "weaker-encryption": "requests travel with weaker encryption than before, or none",
    "login-removed": "a route loses a login, a token check or the check of client certificates",
    "web-acl-removed": "a load balancer loses the web ACL that filters its requests",
    "certificate-invalid": "a certificate is used before it is issued, or does not cover the name",
    "too-few-zones": "a load balancer has fewer zones than it needs",
    "priority-conflict": "two rules of one listener have one priority",
    "protection-removed": "deletion protection, a log or Shield Advanced is switched off",
    "extra-cost": "more load balancers are billed than before",
    "irreversible-before-hold": "something is removed before a hold, so that the hold cannot roll it back",
    "deletes-foreign-children": "AWS deletes, together with a resource, what others attached to it",
    "revokes-foreign-rules": "rules that others made refer to a security group that is deleted, and are revoked first",
    "takes-record-of-stack": "a DNS name is taken from another elbplan stack, which serves it now",
    "server-in-use": "a destroy stops or terminates an instance that is a target of others",
    "repeated-state": "one state occurs twice, so that elbplan could not tell where to resume",
}
"""Every hazard with its meaning, in the order in which hazards are shown."""


@dataclass(frozen=True)
class Hazard:
    """A named risk at a resource.

    seconds   how long it is expected to last, if it has a length
    step      the index of the step that causes it
    remedy    a way without the hazard, in one or two lines
    also      other steps at which a file may allow it
    """

    name: str
    address: Address
    text: str
    seconds: int = 0
    step: int = 0
    remedy: str = ""
    also: tuple[int, ...] = ()


def suggest_hazard(name: str) -> str:
    """Returns a hint for a name that is no hazard."""
    return did_you_mean(name, HAZARDS, most=len(HAZARDS))


def refuse_unless_allowed(found: Iterable[Hazard], allow: Collection[str]) -> None:
    """Raises Refused for hazards that are not allowed, with the flag that allows them."""
    blocking = [hazard for hazard in found if hazard.name not in allow]
    if blocking:
        lines = "\n".join(f"{hazard.name}: {hazard.address}: {hazard.text}" for hazard in blocking)
        flag = f"--allow {','.join(sorted({hazard.name for hazard in blocking}))}"
        raise Refused(lines, hint=f"nothing was changed; if that is acceptable now, add {flag}")
