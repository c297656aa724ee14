"""Why targets are not healthy: AWS's reason, and behind it the rule, network ACL, zone or listener that is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.address import Address, AwsId
from ..core.cause import Cause, ServerFacts
from ..core.hidden import redacted
from ..core.security_edge import SecurityEdge
from ..kinds.aws.target_gates import NOT_REGISTERED, described_target
from ..kinds.aws.target_health import FIRST_CHECKS, DescribedTarget, HealthContext, is_outside_zones
from ..kinds.external_servers import balancer_of
from ..kinds.network import closed_ways
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.traffic import attached_groups, weighted
from .diagnosis import Finding, ok, unknown
from .look import Look

Raw = Mapping[str, Any]
SHIFTED = "zonal_shift_active"
AWAY = "a zonal shift moves the traffic away from its zone"
END_SHIFT = "aws arc-zonal-shift list-zonal-shifts --status ACTIVE"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AdministrativeOverride.html"""

OPEN = "its security groups and network ACLs let the load balancer in, so the application does not answer in time"


def target_findings(look: Look, group: Address) -> Iterator[Finding]:
    """The findings about a target group and its targets."""
    subject, arn = str(group), look.id(group)
    if not arn:
        yield missing(look, subject)
        return
    yield _listeners(look, group)
    if arn in look.facts.unread:
        yield unknown(subject, look.facts.unread[arn])
        return
    raws = look.facts.health.get(arn, ())
    described = [*((raw["Target"], raw) for raw in raws), *((target, {}) for target in _not_there(look, group, raws))]
    if not described:
        yield Finding(
            "cause", subject, "no target is registered", fix="register targets", command=look.apply, more="503"
        )
    for target, raw in sorted(described, key=lambda each: look.server_name(each[0]["Id"])):
        yield _target(look, group, target, raw)


def missing(look: Look, subject: str) -> Finding:
    """A resource of the spec that AWS does not have."""
    return Finding("cause", subject, "it does not exist in AWS", fix="create it", command=look.apply)


def _listeners(look: Look, group: Address) -> Finding:
    """Whether a listener or rule uses the group."""
    using = [str(address) for address, resource in look.live.items() if group in attached_groups(resource)]
    if using and not any(group in weighted(resource) for resource in look.live.values()):
        text = f"{', '.join(using)} {'uses' if len(using) == 1 else 'use'} it with weight 0: it gets no requests yet"
        return ok(str(group), text)
    if using:
        return ok(str(group), f"{', '.join(using)} {'forwards' if len(using) == 1 else 'forward'} to it")
    if old := _listeners_of_old(look, group):
        return ok(str(group), f"new: {', '.join(old)} still uses the old group, and elbplan apply switches it")
    wanted = [str(address) for address, resource in look.plan.desired.items() if group in attached_groups(resource)]
    text = "no listener and no rule in AWS forwards to it"
    fix = f"create {', '.join(wanted)}" if wanted else "let a listener or rule of the spec forward to it"
    return Finding("cause", str(group), text, "", fix, look.apply if wanted else "", "Target.NotInUse")


def _listeners_of_old(look: Look, group: Address) -> list[str]:
    """The listeners and rules that still use the group's old side, in the middle of a replacement."""
    old = {address for address in look.live if address[:2] == group[:2] and address != group}
    return [str(address) for address, resource in look.live.items() if old & {*attached_groups(resource)}]


def _not_there(look: Look, group: Address, raws: Sequence[Raw]) -> Iterator[Raw]:
    """The targets of the spec that are not registered."""
    model = look.stack.resources.get(group)
    port = model.port if isinstance(model, TargetGroup) else None
    there = {(raw["Target"]["Id"], raw["Target"].get("Port")) for raw in raws}
    for targets in look.plan.desired.values():
        for member in targets.members if isinstance(targets, Targets) and targets.group == group else ():
            id = look.stack.id(member.instance) if member.instance is not None else str(member.address)
            if id and not any(id == other and (member.port or port) in (None, at) for other, at in there):
                yield {"Id": id, "Port": member.port or port}


def _target(look: Look, group: Address, target: Raw, raw: Raw) -> Finding:
    health = raw.get("TargetHealth", NOT_REGISTERED)
    port = f", port {target['Port']}" if target.get("Port") else ""
    subject = f"{look.server_name(target['Id'])}{port}"
    reason, description = health.get("Reason", ""), health.get("Description", "")
    if (raw.get("AdministrativeOverride") or {}).get("State") == SHIFTED:
        text = f"{health['State']}, but it gets no requests"
        return Finding("cause", subject, text, AWAY, "wait for its end, or cancel it", END_SHIFT)
    if not reason:
        return ok(subject, health["State"])
    text = f"{health['State']}: {reason}{f' ({description})' if description else ''}"
    if reason == "Target.HealthCheckDisabled":
        return replace(
            ok(subject, text), cause="AWS does not check the health of this group; it gets requests", more=reason
        )
    cause = _refined(look, group, described_target(target["Id"], raw), _cause(look, group, target["Id"], raw))
    command = cause.command or (look.apply if "elbplan apply" in cause.fix else "")
    return Finding("cause", subject, text, cause.text, cause.fix, command, reason)


def _cause(look: Look, group: Address, id: str, raw: Raw) -> Cause:
    """The cause that every other screen names too."""
    model = look.stack.resources.get(group)
    checked = redacted(model) if isinstance(model, TargetGroup) else None
    context = HealthContext(look.region, lambda server: _facts(look, server), checked)
    return context.causes([described_target(id, raw)])[0]


def _facts(look: Look, id: str) -> ServerFacts:
    server = look.surroundings.servers.servers.get(id)
    return ServerFacts(server.name, server.zone) if server is not None else ServerFacts()


def _refined(look: Look, group: Address, target: DescribedTarget, cause: Cause) -> Cause:
    """The cause behind a timeout, an unused target, or a target that waits for its first check."""
    reason = target.health.get("Reason", "")
    if reason in ("Target.Timeout", *FIRST_CHECKS):
        closed = _closed(look, group, target.id)
        proven = reason == "Target.Timeout" and _is_open(look, group, target.id)
        return closed or (_application(cause) if proven else cause)
    if is_outside_zones(target.health):
        return _zone(look, group, target.id, cause)
    if reason == "Target.NotInUse":
        finding = _listeners(look, group)
        return Cause(finding.text, finding.fix, finding.command) if finding.state == "cause" else cause
    return cause


def _closed(look: Look, group: Address, server: str) -> Cause | None:
    """The security group or network ACL that closes the way to a server; None if the way is open."""
    edges = _edges(look, group, server)
    for edge in edges:
        if edge.state == "missing":
            return edge.cause
    balancer = balancer_of(group, look.live)
    place = look.surroundings.subnet_of.get(server, "")
    for subnet in balancer.subnets if balancer is not None else ():
        for port in dict.fromkeys(edge.port for edge in edges):
            for way in closed_ways(look.surroundings.network, str(subnet), place, port):
                return Cause(way.text, "let it pass", way.command(look.region))
    return None


def _edges(look: Look, group: Address, server: str) -> list[SecurityEdge]:
    """The connections from the load balancer to a server of this group."""
    return [edge for edge in look.path if edge.server == server and _belongs(look, edge.address, group)]


def _is_open(look: Look, group: Address, server: str) -> bool:
    """True if security groups and network ACLs certainly let the load balancer in; `_closed` found nothing."""
    edges = _edges(look, group, server)
    return bool(edges) and all(edge.state == "open" for edge in edges) and not look.surroundings.network.unread


def _belongs(look: Look, targets: Address, group: Address) -> bool:
    model = look.live.get(targets)
    return isinstance(model, Targets) and model.group in (group, AwsId(look.id(group)))


def _application(cause: Cause) -> Cause:
    """The fix of a timeout, without its first half: the ports are open."""
    _, _, application = cause.fix.partition("and let ")
    return Cause(OPEN, f"let {application}; on the server try: ss -ltn", code=cause.code)


def _zone(look: Look, group: Address, server: str, cause: Cause) -> Cause:
    """Which zone the load balancer needs."""
    places = look.surroundings
    balancer, known = balancer_of(group, look.live), places.servers.servers.get(server)
    if balancer is None or known is None:
        return cause
    zones = sorted(places.servers.zones(balancer) or ())
    letters = ", ".join(sorted({zone[-1] for zone in (*zones, known.zone)}))
    text = f"it is in {known.zone}; the load balancer has only {', '.join(zones)}"
    return Cause(text, f"write `zones: [{letters}]` in the spec, then run elbplan apply", look.apply)
