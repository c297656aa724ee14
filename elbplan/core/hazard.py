"""A named risk, and the word by which a person takes it on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ..errors import Refused
from .address import Address
from .suggest import did_you_mean

HAZARDS: Mapping[str, str] = {
    "outage": "AWS leaves no way around some minutes without answers",
    "route-interrupted": "a route that is served before and after is not served in between",
    "targets-unverified": "requests go to targets that were never seen healthy",
    "endless-wait": "a wait for the health of a group that nothing uses, so that nobody checks it",
    "dns-too-early": "a name leads to a load balancer that does not serve all its routes yet",
    "dns-still-cached": "an old load balancer ends while resolvers still send people there",
    "dns-name-changes": "a load balancer is replaced, and AWS's own name for it changes",
    "route-removed": "a route that was served is served no more",
    "requests-cut-off": "targets go before they have finished their requests",
    "health-check-changes": "the health check of a group that serves is changed in place",
    "public-exposure": "a port is open to the world that no public listener has",
    "weaker-encryption": "requests travel with weaker encryption than before, or none",
    "login-removed": "a login, a token check or the check of client certificates in front of a route is taken away",
    "certificate-invalid": "a certificate is used before it is issued, or does not cover the name",
    "too-few-zones": "a load balancer stands in fewer zones than it needs",
    "priority-conflict": "two rules of one listener have one priority",
    "protection-removed": "deletion protection or the access log is switched off",
    "extra-cost": "more load balancers are billed than before",
    "irreversible-before-hold": "something is let go before a hold, so that there is no way back from it",
    "deletes-foreign-children": "AWS deletes what others hung on a resource together with the resource",
    "takes-record-of-stack": "a DNS name is taken from another elbplan stack, which serves it now",
    "repeated-state": "one state is passed through twice, so that nobody could tell where to go on",
}
"""Every hazard there is, with what it means; the order in which they are told."""


@dataclass(frozen=True)
class Hazard:
    """A named risk at a resource.

    seconds   its expected length, where it has one
    step      the index of the step that brings it
    remedy      how to do it without: one or two lines that a person could write
    also      other steps that are part of it: who allows it may say so at any of them
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
    """Returns if every hazard is allowed by name. Raises Refused, naming the others and the flag that allows them."""
    blocking = [hazard for hazard in found if hazard.name not in allow]
    if blocking:
        lines = "\n".join(f"{hazard.name}: {hazard.address}: {hazard.text}" for hazard in blocking)
        flag = f"--allow {','.join(sorted({hazard.name for hazard in blocking}))}"
        raise Refused(lines, hint=f"nothing was changed; if that is acceptable now, add {flag}")
