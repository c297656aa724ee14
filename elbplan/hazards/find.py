"""All hazards of a timeline, in the order of its steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..core.hazard import HAZARDS, Hazard
from ..kinds.targets import Targets
from .rules import (
    balancer_settings,
    connections,
    delegation,
    dns,
    foreign_children,
    headers,
    load_balancers,
    log_buckets,
    logins,
    ordering,
    records,
    routes,
    scaling_groups,
    security,
    servers,
    sessions,
    targets,
    unreachable,
    web_acls,
)
from .timeline import NOTHING_HAPPENS, Timeline

RULES: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (
    load_balancers.outage,
    routes.route_interrupted,
    routes.targets_unverified,
    connections.other_connections,
    unreachable.targets_unreachable,
    routes.endless_wait,
    delegation.zone_not_delegated,
    dns.dns_too_early,
    dns.dns_still_cached,
    records.dns_share_lost,
    records.zone_left,
    load_balancers.dns_name_changes,
    routes.route_removed,
    load_balancers.family_removed,
    scaling_groups.detached_while_serving,
    targets.requests_cut_off,
    sessions.sessions_lost,
    targets.health_check_changes,
    records.record_check_changes,
    security.public_exposure,
    security.weaker_encryption,
    headers.hsts_removed,
    logins.login_removed,
    logins.revocations_removed,
    web_acls.web_acl_removed,
    dns.certificate_invalid,
    targets.too_few_zones,
    ordering.priority_conflict,
    security.protection_removed,
    servers.server_protection_removed,
    headers.security_headers_removed,
    records.failures_ignored,
    log_buckets.logs_deleted,
    balancer_settings.weaker_protection,
    balancer_settings.zone_left_meanwhile,
    web_acls.shield_removed,
    load_balancers.extra_cost,
    ordering.irreversible_before_hold,
    ordering.repeated_state,
    foreign_children.deletes_foreign_children,
    foreign_children.revokes_foreign_rules,
    foreign_children.takes_record_of_stack,
    foreign_children.server_in_use,
)
AT_THE_END: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (
    ordering.repeated_state,
    foreign_children.deletes_foreign_children,
    foreign_children.server_in_use,
    foreign_children.revokes_foreign_rules,
)
"""When a whole stack is destroyed, only what others attached to it, or made for it, is at risk."""
ANYWHERE = ("repeated-state",)
"""Hazards that count also for steps that change nothing in AWS."""


def find_hazards(timeline: Timeline) -> tuple[Hazard, ...]:
    """Every hazard, at most one of each name at each step."""
    # The targets of an Auto Scaling group stand in the state until AWS has deregistered them.
    ends = all(address.kind == Targets.kind for address in timeline.end.state)
    rules = AT_THE_END if ends else RULES
    found = [hazard for rule in rules for hazard in rule(timeline) if _happens(timeline, hazard)]
    ranks = {name: rank for rank, name in enumerate(HAZARDS)}
    return tuple(sorted(_merged(found), key=lambda hazard: (hazard.step, ranks[hazard.name])))


def _happens(timeline: Timeline, hazard: Hazard) -> bool:
    return hazard.name in ANYWHERE or timeline.steps[hazard.step].do not in NOTHING_HAPPENS


def _merged(found: Iterable[Hazard]) -> Iterable[Hazard]:
    """Joins the texts of hazards that have the same name and step."""
    merged: dict[tuple[str, int], Hazard] = {}
    for hazard in found:
        key = hazard.name, hazard.step
        if (first := merged.get(key)) is None:
            merged[key] = hazard
        elif hazard.text not in first.text:
            merged[key] = replace(first, text=f"{first.text}; {hazard.text}")
    return merged.values()
