"""The checks of what AWS says: load balancers, listeners, certificates, targets. They send no request. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..core.address import Address, Ref
from ..core.hidden import redacted
from ..kinds.aws.target_gates import described_target
from ..kinds.aws.target_health import WELL, HealthContext
from ..kinds.listener import SECURE, Listener
from ..kinds.target import EVERY_ZONE
from ..kinds.target_group import TargetGroup
from .check import Check, CheckState, failed, ok, skipped
from .stack import ServedStack, certificate_names, certificates_of, is_covered

ACTIVE = ("active", "active_impaired")
FEW_DAYS = 30
"""ACM renews its certificates 60 days before they end; with fewer days than this, the renewal has a problem."""

DAY = 86400
LEAVING = ("draining", "unhealthy.draining")


def balancer_checks(stack: ServedStack) -> Iterator[Check]:
    """Whether each load balancer is active."""
    for address, _ in stack.balancers():
        arn, name = stack.id(address), str(address)
        raw = stack.facts.balancers.get(arn, {})
        state = raw.get("State", {})
        if not arn or (not raw and arn not in stack.facts.unread):
            yield failed("load-balancer", name, "does not exist in AWS", "create it", stack.retry)
        elif not raw:
            yield skipped("load-balancer", name, stack.facts.unread[arn])
        elif state.get("Code") in ACTIVE:
            yield ok("load-balancer", name, state["Code"].replace("_", ", "), dns_name=raw.get("DNSName", ""))
        else:
            reason = f": {state['Reason']}" if state.get("Reason") else ""
            fix = "wait until it is active" if state.get("Code") == "provisioning" else "replace it"
            yield failed("load-balancer", name, f"{state.get('Code', 'unknown')}{reason}", fix, stack.retry)


def listener_checks(stack: ServedStack) -> Iterator[Check]:
    """Whether each listener exists with its port and protocol."""
    for address, listener in stack.listeners():
        balancer = stack.id(listener.load_balancer)
        if reason := stack.facts.unread.get(balancer):
            yield skipped("listener", str(address), reason)
            continue
        wanted = (listener.port, listener.protocol)
        found = {raw.get("Port"): raw.get("Protocol") for raw in stack.facts.listeners.get(balancer, ())}
        text = listener_text(listener)
        if listener.port not in found:
            what = f"the load balancer does not listen on port {listener.port}"
            yield failed("listener", str(address), what, "create the listener", stack.retry)
        elif (listener.port, found[listener.port]) != wanted:
            what = f"its protocol is {found[listener.port]}, the spec says {listener.protocol}"
            yield failed("listener", str(address), what, "change it back", stack.retry)
        else:
            yield ok("listener", str(address), f"listens on {text}")


def listener_text(listener: Listener) -> str:
    """`443/HTTPS`"""
    return f"{listener.port}/{listener.protocol}" if listener.port else "all ports"


def certificate_checks(stack: ServedStack, now: float) -> Iterator[Check]:
    """Whether the certificates are issued, valid for more than a few days, and cover the names of their listeners.

    `now` is the time of day in seconds since 1970.
    """
    seen: set[str] = set()
    for address, listener in stack.listeners():
        if listener.protocol not in SECURE:
            continue
        for ref in certificates_of(listener):
            if stack.id(ref) not in seen or not stack.id(ref):
                seen.add(stack.id(ref))
                yield _certificate_check(stack, ref, now)
        yield from _uncovered(stack, address, listener)


def _certificate_check(stack: ServedStack, ref: Ref, now: float) -> Check:
    arn, name = stack.id(ref), str(ref)
    raw = stack.facts.certificates.get(arn)
    if not arn:
        return failed("certificate", name, "does not exist in AWS", "request it", stack.retry)
    if raw is None:
        return skipped("certificate", name, stack.facts.unread.get(arn, "no certificate of ACM"))
    if raw.get("Status") not in ("ISSUED", "EXPIRED"):
        status = str(raw.get("Status", "unknown")).lower().replace("_", " ")
        return failed("certificate", name, f"not issued: {status}", "its plan shows what is missing", _plan(stack))
    end = _seconds(raw.get("NotAfter"))
    if end is None:
        return ok("certificate", name, f"issued for {', '.join(certificate_names(raw))}")
    days = int((end - now) // DAY)
    date = datetime.fromtimestamp(end).date().isoformat()
    if days < 0 or raw.get("Status") == "EXPIRED":
        return failed("certificate", name, f"expired on {date}", _renewal(raw), _plan(stack))
    names = ", ".join(certificate_names(raw))
    if days >= FEW_DAYS:
        return ok("certificate", name, f"{days} days left, for {names}", days_left=days)
    text = f"only {days} days left, until {date}"
    return Check("certificate", name, "ok", text, _renewal(raw), _plan(stack), warning=True, facts={"days_left": days})


def _renewal(raw: Mapping[str, Any]) -> str:
    if raw.get("Type") == "IMPORTED":
        return "AWS does not renew an imported certificate: import the new one, or let elbplan request one"
    return "AWS renews it only while its validation record exists, and its zone is delegated"


def _plan(stack: ServedStack) -> str:
    return stack.retry.replace("elbplan apply", "elbplan plan", 1)


def _seconds(moment: Any) -> float | None:
    return moment.timestamp() if isinstance(moment, datetime) else None


def _uncovered(stack: ServedStack, address: Address, listener: Listener) -> Iterator[Check]:
    """The names of the load balancer that no certificate of the listener covers, if all of them are known."""
    balancer = next((a for a, _ in stack.balancers() if stack.same(listener.load_balancer, a)), None)
    certified = [stack.facts.certificates.get(stack.id(ref)) for ref in certificates_of(listener)]
    if balancer is None or None in certified:
        return
    names = [name for raw in certified if raw is not None for name in certificate_names(raw)]
    for name in stack.names_of(balancer):
        if not is_covered(name, names):
            what = f"no certificate covers {name}: only {', '.join(names)}"
            yield failed("certificate", str(address), what, "add a certificate for this name", _plan(stack))


def path_checks(stack: ServedStack) -> Iterator[Check]:
    """Whether security groups let in the clients of each load balancer, and the load balancer at its servers."""
    for address, _ in stack.balancers():
        edges = [edge for edge in stack.path if edge.balancer == address]
        missing = [edge for edge in edges if edge.state == "missing"]
        unknown = [edge for edge in edges if edge.state == "unknown"]
        for edge in missing:
            what = f"{edge.destination} is closed on port {edge.port_text} for {edge.source}"
            yield failed("security-path", str(address), what, edge.fix, edge.command or stack.retry)
        if unknown and not missing:
            why = f": {unknown[0].why}" if unknown[0].why else ""
            rest = f"{len(unknown)} of {len(edges)} connections are not known{why}"
            yield skipped("security-path", str(address), rest)
        elif edges and not missing:
            ports = ", ".join(dict.fromkeys(edge.port_text for edge in edges if edge.to == "balancer"))
            inside = ", ".join(dict.fromkeys(edge.port_text for edge in edges if edge.to == "server"))
            text = f"open from clients to {ports or 'no port'}" + (
                f", and to the servers on {inside}" if inside else ""
            )
            yield ok("security-path", str(address), text)


def openings(stack: ServedStack) -> Mapping[int, str]:
    """The commands that open a port of a load balancer to its clients, by the port."""
    return {e.port: e.command for e in stack.path if e.to == "balancer" and e.state == "missing" and e.command}


def target_checks(stack: ServedStack) -> Iterator[Check]:
    """Whether the targets of each group are healthy, and in which zones."""
    for address, group in stack.resources.items():
        if isinstance(group, TargetGroup) and stack.serves(address):
            yield _target_check(stack, address, group)


def _target_check(stack: ServedStack, address: Address, group: TargetGroup) -> Check:
    arn, name = stack.id(address), str(address)
    if not arn:
        return failed("targets", name, "does not exist in AWS", "create it", stack.retry)
    if arn not in stack.facts.health:
        return skipped("targets", name, stack.facts.unread.get(arn, "AWS does not say"))
    raws = [raw for raw in stack.facts.health[arn] if raw.get("TargetHealth", {}).get("State") not in LEAVING]
    healthy = [raw for raw in raws if raw.get("TargetHealth", {}).get("State") in WELL]
    if not raws:
        if stack.is_filled_by_others(address):
            return skipped("targets", name, "no target yet: others register the targets of this group")
        return failed("targets", name, "no target is registered: the load balancer answers 503", "", stack.retry)
    text = f"{len(healthy)} of {len(raws)} healthy{_zones_text(stack, group, raws, healthy)}"
    if len(healthy) == len(raws):
        return ok("targets", name, text, healthy=len(healthy), registered=len(raws))
    described = [described_target(str(raw.get("Target", {}).get("Id", "")), raw) for raw in raws]
    cause = HealthContext(stack.region, stack.server, redacted(group)).causes(described)[0]
    text = f"{text}: {', '.join(cause.labels)} {cause.text}{f' ({cause.code})' if cause.code else ''}"
    state: CheckState = "ok" if healthy else "failed"
    facts = {"healthy": len(healthy), "registered": len(raws)}
    return Check("targets", name, state, text, cause.fix, cause.command, warning=bool(healthy), facts=facts)


def _zones_text(
    stack: ServedStack, group: TargetGroup, raws: Sequence[Mapping[str, Any]], healthy: Sequence[Mapping[str, Any]]
) -> str:
    """` (1 in 2a, 1 in 2c; none in 2b)`; empty if the zones are unknown."""
    zones = Counter(_zone(stack, raw) for raw in healthy)
    if group.target_type not in ("instance", "ip") or "" in zones or not all(_zone(stack, raw) for raw in raws):
        return ""
    enabled = {
        zone.get("ZoneName", "")
        for address, _ in stack.balancers()
        if _leads_to(stack, address, group)
        for zone in stack.facts.balancers.get(stack.id(address), {}).get("AvailabilityZones", ())
    }
    without = sorted(_short(zone) for zone in enabled - set(zones) if zone)
    text = ", ".join(f"{number} in {_short(zone)}" for zone, number in sorted(zones.items()))
    none = f"none in {', '.join(without)}" if without else ""
    inside = "; ".join(part for part in (text, none) if part)
    return f" ({inside})" if inside else ""


def _leads_to(stack: ServedStack, balancer: Address, group: TargetGroup) -> bool:
    """True if the group belongs to the load balancer; a group without one belongs to the only one."""
    return stack.same(group.balancer, balancer) if group.balancer else len(list(stack.balancers())) == 1


def _zone(stack: ServedStack, raw: Mapping[str, Any]) -> str:
    target = raw.get("Target", {})
    known = stack.facts.zone_of.get(str(target.get("Id", "")), "")
    zone = known or str(target.get("AvailabilityZone") or "")
    return zone if zone != EVERY_ZONE else ""


def _short(zone: str) -> str:
    """`2a` for `ap-northeast-2a`."""
    return zone.rpartition("-")[2]
