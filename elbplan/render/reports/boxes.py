"""The words of the boxes of a map: a title and a few lines for each resource."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.address import Address, Lookup, Ref
from ...core.hidden import redacted
from ...core.resource import Resource
from ...kinds import KINDS
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ...kinds.aws.actions import Forward
from ...kinds.aws.actions import action_text as full_action_text
from ...kinds.aws.conditions import condition_text
from ...kinds.aws.leading_actions import leading_text
from ...kinds.aws.routing_policies import policy_text
from ...kinds.aws.transforms import transform_text
from ...kinds.certificate import Certificate
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.shield_protection import ShieldProtection
from ...kinds.target_group import TargetGroup
from ...kinds.web_acl_association import WebAclAssociation
from .. import words
from ..routing_words import client_certificates
from ..style import count
from ..words import name_in_words
from .entries import Entries, Entry
from .map import Column

COLUMN_OF: Mapping[str, Column] = {
    Record.kind: "name",
    LoadBalancer.kind: "balancer",
    Listener.kind: "listener",
    Rule.kind: "rule",
    TargetGroup.kind: "group",
}
"""The column of each kind; `targets` become one box for each target, and all others stand aside."""


def title_of(entry: Entry) -> str:
    """The first line of a box."""
    resource = redacted(entry.shown)
    if isinstance(resource, Record):
        return resource.name
    if isinstance(resource, Listener):
        return f"{resource.port}/{resource.protocol}" if resource.port else "all ports"
    if isinstance(resource, Rule):
        return str(resource.priority)
    if isinstance(resource, Certificate):
        return ", ".join(resource.domains)
    return (entry.name if isinstance(resource, LoadBalancer) else "") or name_in_words(entry.address)


def lines_of(entry: Entry, entries: Entries, summary: str) -> tuple[str, ...]:
    """The further lines of a box; `summary` serves for kinds without lines of their own."""
    resource = redacted(entry.shown)
    if isinstance(resource, Record):
        return tuple(
            filter(None, (f"{resource.type} {'alias' if resource.is_alias else 'record'}", policy_text(resource)))
        )
    if isinstance(resource, LoadBalancer):
        return tuple(filter(None, (*_balancer_lines(resource, entry), *beside(entry, entries))))
    if isinstance(resource, Listener):
        return tuple(filter(None, (*_certificates(resource, entries), client_certificates(resource))))
    if isinstance(resource, Rule):
        return (*map(condition_text, resource.conditions), *action_lines(resource, entries))
    if isinstance(resource, Certificate):
        return (resource.source,)
    if isinstance(resource, TargetGroup):
        return (*summary.split(", ", 1), *beside(entry, entries))
    return (summary,)


def beside(entry: Entry, entries: Entries) -> tuple[str, ...]:
    """What belongs to a load balancer or a target group and has no box in a column: `web ACL edge`."""
    found = []
    for other in entries:
        resource = other.shown
        place = getattr(resource, "group" if isinstance(resource, AutoScalingAttachment) else "load_balancer", None)
        if isinstance(resource, BESIDE) and entries.address(place) == entry.address and other.action != "delete":
            found.append(KINDS[resource.kind].summary(resource).partition(" at ")[0].partition(" protects")[0])
    return tuple(found)


BESIDE = (WebAclAssociation, ShieldProtection, AutoScalingAttachment)


def _balancer_lines(balancer: LoadBalancer, entry: Entry) -> tuple[str, ...]:
    return (f"{balancer.type}, {balancer.scheme}", zones_text(balancer, entry), entry.fact("dns_name"))


def zones_text(balancer: LoadBalancer, entry: Entry) -> str:
    """`zones a, c`, as far as they are known; else their number."""
    known = entry.fact("zones").split() if entry.before == entry.after else []
    zones = known or [str(subnet) for subnet in balancer.subnets if isinstance(subnet, Lookup)]
    if len(zones) != len(balancer.subnets):
        return count(len(balancer.subnets), "zone")
    short = [zone[-1] if re.fullmatch(r"[a-z-]+-\d[a-z]", zone) else zone for zone in zones]
    return f"{'zone' if len(short) == 1 else 'zones'} {', '.join(short)}"


def _certificates(listener: Listener, entries: Entries) -> tuple[str, ...]:
    refs = [ref for ref in (listener.certificate, *listener.more_certificates) if ref is not None]
    return tuple(f"certificate {_certificate(ref, entries)}" for ref in refs)


def _certificate(ref: Ref, entries: Entries) -> str:
    entry = entries.of(ref)
    return title_of(entry) if entry else str(ref).rpartition("/")[2]


def action_lines(resource: Listener | Rule, entries: Entries) -> tuple[str, ...]:
    """What a listener or rule does with a request: `forward to web`, `redirect 301 to HTTPS:443`."""
    rewrites = resource.transforms if isinstance(resource, Rule) else ()
    first = (*map(leading_text, resource.leading_actions), *map(transform_text, rewrites))
    return (*first, _action(resource, entries))


def _action(resource: Listener | Rule, entries: Entries) -> str:
    action = redacted(resource.action)
    if not isinstance(action, Forward):
        return full_action_text(action)
    total = sum(share.weight for share in action.groups)
    shares = [(group_title(share.group, entries), share.weight) for share in action.groups]
    if len(shares) == 1:
        return f"forward to {shares[0][0]}"
    return "forward to " + ", ".join(f"{name} {percent(weight, total)}" for name, weight in shares)


def group_title(ref: Ref, entries: Entries) -> str:
    """The short name of a target group: its label in the stack, or the end of its ARN."""
    if isinstance(ref, Address):
        return name_in_words(entries.address(ref) or ref)
    arn = str(ref)
    return arn.split("/")[1] if arn.count("/") > 1 else arn


def percent(weight: int, total: int) -> str:
    """`90 %`; a weight above 0 is never shown as 0."""
    return f"{share(weight, total)} %"


def share(weight: int, total: int) -> int:
    """The share of a weight in percent, rounded half up, and at least 1 for a weight above 0."""
    if not weight or not total:
        return 0
    return max(1, (200 * weight + total) // (2 * total))


def kind_title(resource: Resource) -> str:
    """The kind in words."""
    return words.title_of(resource.kind)
