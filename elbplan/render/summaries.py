"""A resource in one row: its name, and what it is, in the words of a person who knows AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core.address import Address, Lookup, Ref
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.resource import Resource
from ..kinds.aws.ingress_rules import ingress_rule_text
from ..kinds.aws.routing_policies import policy_text
from ..kinds.aws.web_acls import name_in
from ..kinds.certificate import Certificate
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.instance import ExternalInstance
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.security_group import SecurityGroup
from ..kinds.target import Target, target_name
from ..kinds.targets import Targets
from ..kinds.web_acl_association import WebAclAssociation
from .routing_words import listener_row, rule_row
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


def summary_of_row(address: Address, resource: Resource, kinds: Kinds, *, full: bool = False) -> str:
    """Returns the resource in a few words: `HTTPS, certificate main → web`; with all of its conditions if `full`."""
    if isinstance(resource, Rule):
        return rule_row(resource, full=full)
    words = next((words for model, words in WORDS.items() if isinstance(resource, model)), None)
    return words(address, resource) if words else kinds[resource.kind].summary(resource)


def _record(_: Address, record: Record) -> str:
    """`shop.example.com → load balancer, weighted 90`"""
    policy = policy_text(record)
    return f"{record.name} → {_destination(record)}{f', {policy}' if policy else ''}"


def _destination(record: Record) -> str:
    if isinstance(record.elastic_ip, Address):
        return in_words(record.elastic_ip)
    if record.multi_value_answer and record.type != "HTTPS":
        return str(record.elastic_ip or record.value)
    return _balancer_name(record.load_balancer)


def _certificate(_: Address, certificate: Certificate) -> str:
    source = "DNS-validated" if certificate.by_records else certificate.source
    return f"{', '.join(certificate.domains)}, {source}{', exportable' if certificate.export else ''}"


def _external_instance(address: Address, server: ExternalInstance) -> str:
    facts = (address.name if server.name.strip() else "", server.type, server.state_now)
    return ", ".join([*filter(None, facts), "not created by elbplan"])


def _external_address(_: Address, ip: ExternalElasticIp) -> str:
    owner = ip.instance.name if isinstance(ip.instance, Address) else ""
    return f"of {owner}, not created by elbplan" if owner else f"for {ip.instance}, not created by elbplan"


def _web_acl(_: Address, association: WebAclAssociation) -> str:
    name = name_in(str(association.web_acl)).removeprefix("name:")
    return f"{name}, for {_balancer_name(association.load_balancer)}"


def _targets(_: Address, targets: Targets) -> str:
    return ", ".join(map(target_text, targets.members)) or "none"


def target_text(target: Target) -> str:
    """`web-1:8080`, `function hello:live`, `load balancer inner`: an ARN has no room in a row."""
    name = target_name(target).removeprefix(f"{ExternalInstance.kind}.")
    if ":function:" in name:
        name = f"function {name.partition(':function:')[2]}"
    elif ":loadbalancer/" in name:
        name = f"load balancer {name.split('/')[2]}"
    return f"{name}{f':{target.port}' if target.port else ''}"


def user_of(address: Address, plan: Plan) -> str:
    """`for load balancer`: the load balancer that has this Elastic IP; empty if none of the plan has it."""
    states = (*plan.desired.items(), *((live.address, live.model) for live in plan.lives.values()))
    balancers = ((place, balancer) for place, balancer in states if isinstance(balancer, LoadBalancer))
    users = [place for place, balancer in balancers if any(pin.allocation == address for pin in balancer.pins)]
    return f"for {_balancer_name(users[0])}" if users else ""


def _balancer(_: Address, balancer: LoadBalancer) -> str:
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


def _security_group(_address: Address, group: SecurityGroup) -> str:
    """The ports by their source: `in: 443, 80 from anywhere`."""
    sources: dict[str, list[str]] = {}
    for rule in group.ingress:
        ports, _, source = ingress_rule_text(rule).partition(" from ")
        sources.setdefault(source, []).append(ports)
    texts = [f"{', '.join(dict.fromkeys(ports))} from {source}" for source, ports in sources.items()]
    return f"in: {'; '.join(texts) or 'nothing'}"


WORDS: Mapping[type[Resource], Callable[[Address, Any], str]] = {
    LoadBalancer: _balancer,
    SecurityGroup: _security_group,
    Listener: listener_row,
    Record: _record,
    Certificate: _certificate,
    ExternalInstance: _external_instance,
    ExternalElasticIp: _external_address,
    Targets: _targets,
    WebAclAssociation: _web_acl,
}
"""The words of the kinds whose own summary is not meant for a row."""
