"""Looks at the resources of a subject, in the order in which a request meets them, and collects the findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..core.address import Address, without_deposed
from ..core.change import Change, field_difference
from ..core.resource import differing_fields, rewrite
from ..kinds.aws.actions import Forward
from ..kinds.certificate import Certificate
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from .balancer_findings import balancer_findings, edge_finding, listener_findings
from .diagnosis import Diagnosis, Finding, ok
from .look import Look
from .name_findings import certificate_findings, record_findings
from .subjects import Subject
from .target_findings import missing, target_findings


def diagnose(look: Look, subject: Subject) -> Diagnosis:
    """Everything that elbplan can find out about a subject. Raises AwsProblem."""
    findings = [
        finding for address in subject.addresses for finding in _findings(look, address, len(subject.addresses))
    ]
    if subject.server:
        names = {str(address) for address in subject.addresses}
        findings = [f for f in findings if subject.server in f.subject or f.subject in names]
    plan = look.plan
    found, addresses = tuple(dict.fromkeys(findings)), tuple({**plan.lives, **plan.desired})
    return Diagnosis(subject.word, plan.stack, plan.region, plan.account, found, addresses)


def _findings(look: Look, address: Address, several: int) -> Iterator[Finding]:
    """The findings about one resource; alone, a listener comes with its certificate and its groups."""
    if address.kind in (Listener.kind, Rule.kind) and several == 1:
        yield from listener_findings(look, address)
        yield from _around_listener(look, address)
    else:
        yield from CHECKS.get(address.kind, _other)(look, address)
    yield from _replacement(look, address)


def _replacement(look: Look, address: Address) -> Iterator[Finding]:
    """A note if the spec wants another resource in its place. Everything else is about what AWS has now."""
    change = next((c for c in look.plan.changes if c.address == address and c.action == "replace"), None)
    if change is not None and (differences := _own_differences(change)):
        yield ok(str(address), f"elbplan apply will replace it: {differences}")


def _own_differences(change: Change) -> str:
    """`port 80 → 8080`; empty if only what it refers to is replaced."""
    if change.before is None or change.after is None:
        return ""
    before, after = (rewrite(side, lambda ref: (without_deposed(ref),)) for side in (change.before, change.after))
    fields = [field for field in change.fields if field in differing_fields(before, after)]
    return ", ".join(field_difference(before, after, field) for field in fields)


def _around_listener(look: Look, address: Address) -> Iterator[Finding]:
    resource = look.live.get(address)
    if isinstance(resource, Listener):
        yield from (edge_finding(look, edge) for edge in look.path if edge.address == address)
        if isinstance(resource.certificate, Address):
            yield from certificate_findings(look, resource.certificate)
    action = resource.action if isinstance(resource, Listener | Rule) else None
    for share in action.groups if isinstance(action, Forward) else ():
        if isinstance(share.group, Address):
            yield from target_findings(look, share.group)


def _targets(look: Look, address: Address) -> Iterator[Finding]:
    """`targets.web` means the targets of its group."""
    resource = look.plan.desired.get(address) or look.live.get(address)
    group = resource.group if isinstance(resource, Targets) else None
    of = group if isinstance(group, Address) else address._replace(kind=TargetGroup.kind)
    yield from target_findings(look, of)
    yield from _replacement(look, of)


def _other(look: Look, address: Address) -> Iterator[Finding]:
    """A kind without checks of its own: it exists, and what security groups let in there."""
    id = look.id(address)
    if not id:
        yield missing(look, str(address))
        return
    yield ok(str(address), f"exists: {id.partition('#')[0]}")
    for edge in look.path:
        if {id, str(address)} & {*edge.groups, edge.server}:
            yield edge_finding(look, edge)


CHECKS: Mapping[str, Callable[[Look, Address], Iterator[Finding]]] = {
    Targets.kind: _targets,
    TargetGroup.kind: target_findings,
    LoadBalancer.kind: balancer_findings,
    Listener.kind: listener_findings,
    Rule.kind: listener_findings,
    Record.kind: record_findings,
    Certificate.kind: certificate_findings,
}
