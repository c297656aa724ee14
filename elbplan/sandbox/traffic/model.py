"""Whether a request would be answered, from the state of the account alone. In doubt, it would not.

Probes after every write and requests over the network (`network/`) take the same way: names.py, routing.py.
"""

from typing import Any

from ..account import Account, CallContext
from ..ec2 import facts
from ..server.moto_bridge import known_regions
from ..state.route53 import plain
from ..state.visitors import EVERYBODY, Visitor
from .at_balancer import AskedBalancer, TrafficAnswer
from .certificates import covers
from .names import Resolution, resolutions
from .nodes import balancers_with_nodes
from .request import VisitorRequest, request_of_probe

__all__ = ["TrafficAnswer", "answer", "covers"]


def answer(
    account: Account, name: str, port: int = 443, host: str = "", path: str = "/", visitor: Visitor = EVERYBODY
) -> TrafficAnswer:
    """Simulates a request to `name` (a domain or a load balancer's DNS name) at a port, for a host and a path.

    If a name has records with a policy, all that can answer this visitor must lead to an answer.
    """
    request = request_of_probe(plain(host or name), path, visitor)
    found = resolutions(account, name, "A", visitor=visitor)
    answers = [_after_dns(account, each, port, request, visitor) for each in found]
    return next((reply for reply in answers if not reply.ok), answers[0])


def _after_dns(
    account: Account, found: Resolution, port: int, request: VisitorRequest, visitor: Visitor
) -> TrafficAnswer:
    via = list(found.names)
    if balancer := found.balancer:
        context = CallContext(account, balancer.arn.split(":")[3])
        return AskedBalancer(context, balancer, request, visitor, [*via, balancer.arn]).answer(port)
    if found.looped:
        return TrafficAnswer(False, via=via, why=f"{found.last} is part of an endless chain of aliases")
    if found.result != "found":
        return TrafficAnswer(False, via=via[:-1], why=f"{found.last} does not resolve")
    return _by_addresses(account, found.values, port, request, visitor, via)


def _by_addresses(
    account: Account,
    addresses: tuple[str, ...],
    port: int,
    request: VisitorRequest,
    visitor: Visitor,
    via: list[str],
) -> TrafficAnswer:
    """Every address must be that of a load balancer's node, or a public address of a running instance."""
    for address in addresses:
        nodes = ((context, found) for context, found, own in balancers_with_nodes(account) if address in own)
        if node := next(nodes, None):
            reply = AskedBalancer(*node, request, visitor, [*via, node[1].arn]).answer(port)
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
