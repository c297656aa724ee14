"""Hazards of what DNS answers: dns-share-lost, protection-removed, health-check-changes."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.hazard import Hazard
from ...core.resource import differing_fields
from ...kinds.aws.routing_policies import policy_text
from ...kinds.hosted_zone import HostedZone
from ...kinds.record import Record, place_of
from ...kinds.route53_health_check import Route53HealthCheck
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


def zone_left(timeline: Timeline) -> Iterator[Hazard]:
    """A private zone is no longer associated with a VPC, so the names do not resolve there."""
    for transition in timeline.transitions:
        for address, before, zone in transition.changed_to(HostedZone):
            for vpc in before.vpcs if before is not None else ():
                if vpc not in zone.vpcs:
                    text = f"the names of {zone.name} no longer resolve in {vpc}"
                    remedy = "first move the clients of that VPC to another name"
                    yield Hazard("dns-share-lost", address, text, step=transition.index, remedy=remedy)


def failures_ignored(timeline: Timeline) -> Iterator[Hazard]:
    """DNS goes on to answer with a record whose load balancer fails, and did not before."""
    for transition in timeline.transitions:
        for address, before, after in transition.changed_to(Record):
            if before is None:
                continue
            remedy = "keep the check, or let another record of the name answer first"
            if before.health_check is not None and after.health_check is None:
                text = f"{after.name} has no health check any more: DNS answers with it also while it fails"
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
            if before.evaluate_target_health and not after.evaluate_target_health:
                text = f"DNS answers with {after.name} also while no target is healthy"
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
        for address, was, check in transition.changed_to(Route53HealthCheck):
            if was is not None and check.disabled and not was.disabled:
                text = "the health check is switched off: Route 53 takes its records for healthy"
                remedy = "leave it on; to keep a record in DNS for some minutes, raise failure_threshold"
                yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)


ASKED = (
    "load_balancer",
    "fully_qualified_domain_name",
    "ip_address",
    "elastic_ip",
    "port",
    "resource_path",
    "search_string",
    "inverted",
)
"""The fields that decide whether the endpoint is healthy; the others say how often, and from where, it is asked."""


def record_check_changes(timeline: Timeline) -> Iterator[Hazard]:
    """An endpoint may fail a changed check; then DNS no longer answers with the records that follow it."""
    for transition in timeline.transitions:
        followed = {record.health_check for _, record in transition.before.of(Record)}
        for address, before, check in transition.changed_to(Route53HealthCheck):
            changed = [f for f in differing_fields(before, check) if f in ASKED] if before is not None else []
            if changed and address in followed:
                text = f"the check changes ({', '.join(changed)}): DNS drops its records if the endpoint fails it"
                remedy = "first let the endpoint pass both checks"
                yield Hazard("health-check-changes", address, text, step=transition.index, remedy=remedy)


EVERYBODY, SOME, NOBODY = 2, 1, 0


def _share(record: Record) -> int:
    """How many clients the record answers, as far as it alone tells: a weight above 0 is a share that people shift."""
    if record.weight == 0 or record.failover == "secondary":
        return NOBODY
    place, networks = record.geo_location, record.cidr_routing
    if place is not None and place.country_code != "*":
        return SOME
    return SOME if networks is not None and networks.location_name != "*" else EVERYBODY
