"""Checks for what AWS would refuse, as far as elbplan knows it without AWS."""

from __future__ import annotations

from . import (
    arns,
    attributes,
    balancer_addresses,
    balancer_attributes,
    certificates,
    client_certificates,
    edge,
    groups,
    identity,
    ignored_fields,
    lint_ignores,
    listeners,
    logins,
    names,
    on_destroy,
    records,
    references,
    routing_places,
    rules,
    security_groups,
    servers,
    targets,
)
from . import load_balancers as balancers
from .subject import Subject

CHECKS = (
    references.check, balancers.check, balancer_attributes.check, balancer_addresses.check,
    listeners.check, client_certificates.check, rules.check, logins.check, groups.check, targets.check, arns.check,
    on_destroy.check, names.check, servers.check, certificates.check, records.check, routing_places.check,
    security_groups.check, attributes.check, edge.check, identity.check, ignored_fields.check, lint_ignores.check,
)  # fmt: skip


def run_checks(subject: Subject) -> None:
    """Adds a problem to the report for everything that AWS would refuse."""
    for check in CHECKS:
        check(subject)


__all__ = ["Subject", "run_checks"]
