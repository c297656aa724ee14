"""Whether a request would be answered, from the state of the account alone. In doubt, it would not.

Probes after every write and requests over the network (`network/`) take the same way: names.py, routing.py.
"""

from dataclasses import dataclass, field
from typing import Any

from ..account import Account, CallContext
from ..ec2 import facts
from ..params import Params
from ..server.moto_bridge import known_regions
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener, StoredRule
from ..state.route53 import plain
from .certificates import covers, covers_host, shown_certificate
from .names import Resolution, resolutions
from .nodes import balancers_with_nodes
from .request import VisitorRequest
from .routing import connection_to, rule_for, serving_targets, weights_of

__all__ = ["TrafficAnswer", "answer", "covers"]


@dataclass
class TrafficAnswer:
    """The answer to a request: its HTTP status (0 without HTTP), its way, and the reason if there is none."""

    ok: bool
    status: int = 0
    via: list[str] = field(default_factory=list)
    why: str = ""


def answer(account: Account, name: str, port: int = 443, host: str = "", path: str = "/") -> TrafficAnswer:
    """Simulates a request to `name` (a domain or a load balancer's DNS name) at a port, for a host and a path.

    If a name has records with weights, all of them must lead to an answer.
    """
    request = VisitorRequest(plain(host or name), path)
    answers = [_after_dns(account, found, port, request) for found in resolutions(account, name, "A")]
    return next((reply for reply in answers if not reply.ok), answers[0])


def _after_dns(account: Account, found: Resolution, port: int, request: VisitorRequest) -> TrafficAnswer:
    via = list(found.names)
    if balancer := found.balancer:
        context = CallContext(account, balancer.arn.split(":")[3])
        return _by_balancer(context, balancer, port, request, [*via, balancer.arn])
    if found.looped:
        return TrafficAnswer(False, via=via, why=f"{found.last} is part of an endless chain of aliases")
    if found.result != "found":
        return TrafficAnswer(False, via=via[:-1], why=f"{found.last} does not resolve")
    return _by_addresses(account, found.values, port, request, via)


def _by_addresses(
    account: Account, addresses: tuple[str, ...], port: int, request: VisitorRequest, via: list[str]
) -> TrafficAnswer:
    """Every address must be that of a load balancer's node, or a public address of a running instance."""
    for address in addresses:
        nodes = ((context, found) for context, found, own in balancers_with_nodes(account) if address in own)
        if node := next(nodes, None):
            reply = _by_balancer(*node, port, request, [*via, node[1].arn])
            if not reply.ok:
                return reply
            via = reply.via
            continue
        running = running_at(account, address)
        if running is None:
            return TrafficAnswer(False, via=via, why=f"no running instance has the address {address}")
        via = [*via, str(running[1].id)]
    return TrafficAnswer(True, 200, via)


def running_at(account: Account, address: str) -> tuple[CallContext, Any] | None:
    """Returns the running instance with a public address, and its region."""
    for region in known_regions(account.id):
        context = CallContext(account, region)
        for instance in facts.instances(context):
            elastic_ips = {elastic.public_ip for elastic in context.ec2.addresses if elastic.instance is instance}
            if instance.state == "running" and address in {instance.public_ip, *elastic_ips}:
                return context, instance
    return None


def _by_balancer(
    context: CallContext, balancer: StoredBalancer, port: int, request: VisitorRequest, via: list[str]
) -> TrafficAnswer:
    connection = connection_to(context, balancer, port)
    listener = connection.listener
    if listener is None:
        return TrafficAnswer(False, via=via, why=connection.why)
    if listener.protocol in SECURE and not _certified(context, listener, request.host):
        why = f"no issued certificate on port {port} covers {request.host}"
        return TrafficAnswer(False, via=[*via, listener.arn], why=why)
    rule = rule_for(listener, request)
    return _by_rule(context, rule, [*via, listener.arn, rule.arn])


def _certified(context: CallContext, listener: StoredListener, host: str) -> bool:
    if listener.protocol == "TLS" and ".elb." in host:
        return True
    certificate = shown_certificate(context.account, listener, host)
    return certificate is not None and covers_host(certificate, host)


def _by_rule(context: CallContext, rule: StoredRule, via: list[str]) -> TrafficAnswer:
    action = rule.actions[-1]
    if action["Type"] == "redirect":
        return TrafficAnswer(True, int(action["RedirectConfig"]["StatusCode"].removeprefix("HTTP_")), via)
    if action["Type"] == "fixed-response":
        return TrafficAnswer(True, int(action["FixedResponseConfig"]["StatusCode"]), via)
    return _forwarded(context, action, via)


def _forwarded(context: CallContext, action: Params, via: list[str]) -> TrafficAnswer:
    """Every target group with weight must have a healthy target."""
    weighted = list(weights_of(action))
    if not weighted:
        return TrafficAnswer(False, 503, via, "every target group has weight 0")
    for arn in weighted:
        group = context.elb.groups[arn]
        serving = serving_targets(context, group)
        if not serving.healthy:
            why = f"target group {group.name} has no healthy target ({serving.states})"
            return TrafficAnswer(False, 503, [*via, arn], why)
    return TrafficAnswer(True, 200, [*via, *weighted])
