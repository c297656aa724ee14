"""Why clients do not reach a load balancer: its state, subnets, security groups, network ACLs and listeners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..core.address import Address, AwsId
from ..core.security_edge import SecurityEdge
from ..kinds.aws.actions import Forward
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.network import Blocked, PlacedSubnet, closed_to_clients
from ..kinds.rule import Rule
from .diagnosis import Finding, ok, unknown
from .look import Look
from .target_findings import missing

ACTIVE = ("active", "active_impaired")
DENIED = "elbplan could not read the {what}: {reason}"
STATES: Mapping[str, tuple[str, str]] = {
    "provisioning": ("AWS is still creating it, which takes 2 to 3 minutes", "wait until it is active"),
    "failed": ("AWS could not create it", "run elbplan apply, which replaces it"),
}


def balancer_findings(look: Look, address: Address) -> Iterator[Finding]:
    """The findings about a load balancer, without its listeners and targets."""
    live = look.live.get(address)
    if not isinstance(live, LoadBalancer):
        yield missing(look, str(address))
        return
    yield _state(look, address)
    yield from _subnets(look, live)
    for edge in look.path:
        if edge.to == "balancer" and edge.balancer == address:
            yield edge_finding(look, edge)
    yield from _closed(look, address, live)
    if not any(_is_at(look, resource, address) for resource in look.live.values()):
        fix = "write domain: or listeners: in the spec, then run elbplan apply"
        yield Finding(
            "cause", str(address), "it has no listener, so it refuses every connection", "", fix, look.apply, "000"
        )


def _state(look: Look, address: Address) -> Finding:
    raw: Mapping[str, Any] = look.facts.balancers.get(look.id(address), {})
    state = raw.get("State", {}).get("Code", look.plan.lives[address].facts.get("state", ""))
    if state in ACTIVE:
        return ok(str(address), state)
    if state not in STATES:
        return unknown(str(address), f"its state is {state or 'unknown'}")
    cause, fix = STATES[state]
    reason = raw.get("State", {}).get("Reason", "")
    return Finding("cause", str(address), f"{state}{f' ({reason})' if reason else ''}", cause, fix,
                   look.apply if state == "failed" else "")  # fmt: skip


def _subnets(look: Look, balancer: LoadBalancer) -> Iterator[Finding]:
    """Whether each subnet of an internet-facing load balancer reaches the internet."""
    network = look.surroundings.network
    if balancer.scheme != "internet-facing":
        return
    for ref in balancer.subnets:
        place = network.subnets.get(str(ref))
        table = network.table_of(str(ref)) if place is not None else None
        if place is None or table is None:
            reason = network.why_unread("DescribeRouteTables")
            yield unknown(f"subnet {ref}", DENIED.format(what="route table", reason=reason))
        elif table.reaches_internet:
            yield ok(f"subnet {ref} ({place.zone})", "has a route to an internet gateway")
        else:
            yield _private(look, place)


def _private(look: Look, place: PlacedSubnet) -> Finding:
    """A subnet without a route to an internet gateway. A route to another gateway stays: others may need it."""
    network = look.surroundings.network
    table, gateway = network.table_of(place.id), network.gateways.get(place.vpc, "")
    assert table is not None
    route = table.default_route
    subject, text = f"subnet {place.id} ({place.zone})", "has no route to an internet gateway"
    cause = f"route table {table.id} sends {route.cidr} to {route.target}" if route is not None else (
        f"route table {table.id} has no route for 0.0.0.0/0"
    )  # fmt: skip
    if route is not None and not route.works:
        cause = f"{cause}, which does not exist any more"
    if route is not None and route.works:
        fix = "write subnets with a route to an internet gateway under `network: {subnets: [...]}`"
        return Finding("cause", subject, text, cause, fix, more="000")
    if not gateway:
        cause = f"{cause}, and {place.vpc} has no internet gateway"
        create = f"aws ec2 create-internet-gateway --region {look.region}"
        return Finding(
            "cause", subject, text, cause, f"create one, attach it to {place.vpc}, add the route", create, "000"
        )
    verb = "create-route" if route is None else "replace-route"
    command = (
        f"aws ec2 {verb} --region {look.region} --route-table-id {table.id} "
        f"--destination-cidr-block 0.0.0.0/0 --gateway-id {gateway}"
    )
    return Finding("cause", subject, text, cause, "add the route", command, "000")


def edge_finding(look: Look, edge: SecurityEdge) -> Finding:
    """Whether security groups let one connection in."""
    subject = f"security group, port {edge.port_text} of {edge.destination}"
    if edge.state == "open":
        return ok(subject, f"lets in {edge.source}")
    if edge.state == "unknown":
        return unknown(subject, edge.why)
    cause = edge.cause
    return Finding("cause", subject, cause.text, "", cause.fix, cause.command or look.apply, "000")


def _closed(look: Look, address: Address, balancer: LoadBalancer) -> Iterator[Finding]:
    """What network ACLs close between clients and the listeners."""
    network = look.surroundings.network
    if balancer.scheme == "internet-facing" and not all(network.acl_of(str(subnet)) for subnet in balancer.subnets):
        reason = network.why_unread("DescribeNetworkAcls")
        yield unknown("network ACLs", DENIED.format(what="network ACLs", reason=reason))
        return
    listeners = [r for r in look.live.values() if isinstance(r, Listener) and _is_at(look, r, address)]
    ports = dict.fromkeys(listener.port for listener in listeners if listener.port)
    public = balancer.scheme == "internet-facing"
    ways: dict[Blocked, list[str]] = {}
    for subnet in balancer.subnets if public else ():
        for port in ports:
            for way in closed_to_clients(network, str(subnet), port):
                ways.setdefault(replace(way, subnet=""), []).append(str(subnet))
    for way, subnets in ways.items():
        text = replace(way, subnet=", ".join(dict.fromkeys(subnets))).text
        yield Finding("cause", f"network ACL {way.acl}", text, "", "let it pass", way.command(look.region), "000")
    if public and ports and not ways:
        yield ok("network ACLs", f"let in port {', '.join(map(str, ports))}, and the answers out")


def _is_at(look: Look, resource: object, balancer: Address) -> bool:
    return isinstance(resource, Listener) and resource.load_balancer in (balancer, AwsId(look.id(balancer)))


def listener_findings(look: Look, address: Address) -> Iterator[Finding]:
    """The findings about a listener or rule itself: it exists, and where its requests go."""
    resource = look.live.get(address)
    if not isinstance(resource, Listener | Rule):
        yield missing(look, str(address))
        return
    action = resource.action
    if not isinstance(action, Forward):
        yield ok(str(address), "answers by itself: a redirect or a fixed response")
        return
    serving = [share for share in action.groups if share.weight]
    if serving:
        yield ok(str(address), f"forwards to {', '.join(str(share.group) for share in serving)}")
    else:
        fix = "give a group a weight above 0"
        yield Finding("cause", str(address), "all of its groups have weight 0, so it answers 503", "", fix, more="503")
