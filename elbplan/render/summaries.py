"""A resource in one row: its name, and what it is, in the words of a person who knows AWS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.address import Address, Lookup, Ref
from ..core.kind import Kinds
from ..core.resource import Resource
from ..kinds.aws.actions import Forward, action_text
from ..kinds.aws.conditions import condition_text
from ..kinds.aws.ingress_rules import ingress_rule_text
from ..kinds.aws.leading_actions import leading_text
from ..kinds.aws.routing_policies import policy_text
from ..kinds.certificate import Certificate
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.instance import ExternalInstance
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.targets import Targets
from .words import in_words, name_in_words

USUAL_NAME = "main"
"""The name of a stack's only load balancer: a row that leads to it need not say it."""


def row_name(address: Address, resource: Resource) -> str:
    """Returns the short name of a resource: `web`; the type of a record, since its DNS name is in its summary."""
    if isinstance(resource, Record):
        return f"{resource.type} (old)" if address.deposed else resource.type
    if isinstance(resource, ExternalInstance) and resource.name.strip():
        return " ".join(resource.name.split())
    return name_in_words(address)


def summary_of_row(address: Address, resource: Resource, kinds: Kinds) -> str:
    """Returns the resource in a few words: `HTTPS, certificate main → web`."""
    if isinstance(resource, LoadBalancer):
        return _balancer(resource)
    if isinstance(resource, SecurityGroup):
        return _security_group(resource)
    if isinstance(resource, Listener):
        return _listener(address, resource)
    if isinstance(resource, Rule):
        conditions = " and ".join(map(condition_text, resource.conditions))
        return _joined(f"{resource.priority}: {conditions}", _actions(resource.leading_actions, resource.action))
    if isinstance(resource, Record):
        return _record(resource)
    if isinstance(resource, Certificate):
        source = "DNS-validated" if resource.by_records else resource.source
        exported = ", exportable" if resource.export else ""
        return f"{', '.join(resource.domains)}, {source}{exported}"
    if isinstance(resource, ExternalInstance):
        facts = (address.name if resource.name.strip() else "", resource.type, resource.state_now)
        return ", ".join([*filter(None, facts), "not created by elbplan"])
    if isinstance(resource, ExternalElasticIp) and isinstance(resource.instance, Address):
        return f"of {resource.instance.name}, not created by elbplan"
    summary = kinds[resource.kind].summary(resource)
    if isinstance(resource, Targets):
        return ", ".join(target.removeprefix(f"{ExternalInstance.kind}.") for target in summary.split(", "))
    return summary


def _record(record: Record) -> str:
    """`shop.example.com → load balancer, weighted 90`"""
    text = f"{record.name} → {_destination(record)}"
    return f"{text}, {policy}" if (policy := policy_text(record)) else text


def _destination(record: Record) -> str:
    if isinstance(record.elastic_ip, Address):
        return in_words(record.elastic_ip)
    if record.multi_value_answer and record.type != "HTTPS":
        return str(record.elastic_ip or record.value)
    return _balancer_name(record.load_balancer)


def _balancer(balancer: LoadBalancer) -> str:
    type = "" if balancer.type == "application" else f"{balancer.type}, "
    zones = [subnet.query for subnet in balancer.subnets if isinstance(subnet, Lookup) and len(subnet.query) == 1]
    where = f"{len(balancer.subnets)} zones"
    if zones and len(zones) == len(balancer.subnets):
        where = f"zone{'s' if len(zones) > 1 else ''} {', '.join(zones)}"
    return f"{type}{balancer.scheme}, {where}"


def _balancer_name(ref: Ref) -> str:
    if not isinstance(ref, Address):
        return f"load balancer {ref}"
    return in_words(ref) if ref.name != USUAL_NAME or ref.deposed else "load balancer"


def _security_group(group: SecurityGroup) -> str:
    """The ports by their source: `in: 443, 80 from anywhere`."""
    sources: dict[str, list[str]] = {}
    for rule in group.ingress:
        ports, _, source = ingress_rule_text(rule).partition(" from ")
        sources.setdefault(source, []).append(ports)
    texts = [f"{', '.join(dict.fromkeys(ports))} from {source}" for source, ports in sources.items()]
    return f"in: {'; '.join(texts) or 'nothing'}"


def _listener(address: Address, listener: Listener) -> str:
    port = "" if str(listener.port or "") == address.name else f"{listener.port or ''} "
    more = f" and {len(listener.more_certificates)} more" if listener.more_certificates else ""
    certificate = f"certificate {_name(listener.certificate)}{more}" if listener.certificate else ""
    first = ", ".join(filter(None, [f"{port}{listener.protocol or ''}".strip(), certificate]))
    return _joined(first, _actions(listener.leading_actions, listener.action))


def _joined(first: str, action: str) -> str:
    return f"{first}{' ' if action.startswith('→') else ', ' if first else ''}{action}"


def _name(ref: Ref) -> str:
    return name_in_words(ref) if isinstance(ref, Address) else str(ref)


def _actions(leading: Sequence[Any], action: object) -> str:
    """`→ web`, `→ blue 90, green 10`, `redirect 301 to HTTPS:443`"""
    before = "".join(f"{leading_text(other)}, then " for other in leading)
    if not isinstance(action, Forward):
        return f"{before}{action_text(action)}"
    if len(action.groups) == 1:
        return f"{before}→ {_name(action.groups[0].group)}"
    return f"{before}→ {', '.join(f'{_name(share.group)} {share.weight}' for share in action.groups)}"
