"""Why a name does not lead to the load balancer, and why a certificate is not issued or does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ..core.address import Address, Ref
from ..kinds.aws.acm_validation import IMPORTED, LOST, UNVALIDATED
from ..kinds.aws.certificate_gates import CAUSES, mail_cause
from ..kinds.certificate import Certificate
from ..kinds.delegation import ZoneDelegation
from ..kinds.record import Record
from ..verification.check import CheckState
from ..verification.dns_checks import PRIVATE, record_check
from .diagnosis import Finding, FindingState, ok, unknown
from .look import Look
from .target_findings import missing

NOT_ASKED = "elbplan did not ask DNS"


def record_findings(look: Look, address: Address) -> Iterator[Finding]:
    """The findings about a record: it exists, points at the load balancer, and its zone is delegated."""
    live, wanted = look.live.get(address), look.plan.desired.get(address)
    if not isinstance(live, Record):
        yield missing(look, str(address))
        return
    balancer = live.load_balancer
    there = isinstance(balancer, Address) and balancer in look.live
    if isinstance(wanted, Record) and wanted.load_balancer != balancer:
        text = f"it points at {balancer}, not at {wanted.load_balancer}"
        yield Finding("cause", str(address), text, "", "point it at the load balancer", look.apply)
    elif isinstance(balancer, Address) and not there:
        yield Finding(
            "cause", str(address), f"it points at {balancer}, which does not exist", "", "create it", look.apply
        )
    else:
        yield ok(str(address), f"points at {balancer}")
    yield from zone_findings(look, [live.zone])
    if there and isinstance(balancer, Address):
        yield from _answers(look, live, balancer)


def _answers(look: Look, record: Record, balancer: Address) -> Iterator[Finding]:
    """Whether the name servers of the zone answer with the addresses of the load balancer."""
    dns_name = look.plan.lives[balancer].facts.get("dns_name", "")
    if look.names is None or not dns_name:
        return
    addresses = look.names.at_source(dns_name, record.type).addresses
    check = record_check(look.served(record.zone), record, addresses, look.names)
    yield Finding(STATES[check.state], check.subject, check.text, "", check.fix, check.command)


STATES: Mapping[CheckState, FindingState] = {"ok": "ok", "failed": "cause", "skipped": "unknown"}


def zone_findings(look: Look, zones: Sequence[Ref]) -> Iterator[Finding]:
    """Whether the internet asks these hosted zones."""
    delegations = look.delegations(zones)
    if zones and not delegations:
        yield unknown("delegation", NOT_ASKED) if look.dns is None else ok("delegation", PRIVATE)
    for zone in delegations:
        yield _delegation(zone)


def _delegation(zone: ZoneDelegation) -> Finding:
    subject = f"zone {zone.name} ({zone.zone})"
    if zone.problem:
        return unknown(subject, f"whether it is delegated: {zone.problem}")
    if zone.is_wrong:
        return Finding("cause", subject, zone.text, "", zone.fix, f"dig +short NS {zone.name}", "zone-not-delegated")
    foreign = sorted(set(zone.found) - {*zone.servers, *zone.aliases})
    if foreign:
        text = f"{', '.join(foreign)} is no name server of the hosted zone: some resolvers get other answers"
        return Finding("cause", subject, text, "", zone.fix, f"dig +short NS {zone.name}", "zone-not-delegated")
    return ok(subject, f"is delegated to its {len(zone.found)} name servers")


def certificate_findings(look: Look, address: Address) -> Iterator[Finding]:
    """The findings about a certificate: issued, not expired, its records there, its zones delegated."""
    arn = look.id(address)
    if not arn:
        yield missing(look, str(address))
        return
    raw = look.certificates.certificates.get(arn)
    if raw is None:
        yield unknown(str(address), look.certificates.unread.get(arn, "AWS does not describe it"))
        return
    yield _status(look, address, raw)
    if raw["Status"] == PENDING:
        yield from _records(look, address, raw)
    live = look.plan.desired.get(address) or look.live.get(address)
    zones = [proof.zone for proof in live.proofs] if isinstance(live, Certificate) else []
    yield from zone_findings(look, zones)


PENDING = "PENDING_VALIDATION"


def _status(look: Look, address: Address, raw: Mapping[str, Any]) -> Finding:
    status = raw["Status"]
    if status == "ISSUED":
        end = raw.get("NotAfter")
        until = f" until {end:%Y-%m-%d}" if isinstance(end, datetime) else ""
        until += ", imported: AWS does not renew it" if raw.get("Type") == IMPORTED else ""
        return ok(str(address), f"issued for {', '.join(raw.get('SubjectAlternativeNames', ()))}{until}")
    if status in LOST:
        reason = raw.get("FailureReason") or status
        known = CAUSES.get(reason)
        cause, fix = (known.text, known.fix) if known is not None else (f"AWS gives only this reason: {reason}", "")
        more = reason if known is not None else ""
        return Finding("cause", str(address), f"not issued: {status}", cause, fix, look.apply, more)
    waiting = [o for o in raw.get("DomainValidationOptions", ()) if o.get("ValidationStatus") != "SUCCESS"]
    if raw.get("Type") in UNVALIDATED:
        what = "not issued yet by its private authority"
        return Finding(
            "cause", str(address), what, "", "wait a minute, then check that the authority is active", more=PENDING
        )
    if any(option.get("ValidationMethod") == "EMAIL" for option in waiting):
        mail = mail_cause(raw, look.region)
        return Finding("cause", str(address), f"not issued yet: {mail.text}", "", mail.fix, mail.command, PENDING)
    pending = [option["DomainName"] for option in waiting]
    text = f"not issued yet: AWS has not seen the record of {', '.join(pending) or 'its names'}"
    return Finding("cause", str(address), text, more=PENDING)


def _records(look: Look, address: Address, raw: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the validation record of each name exists in its hosted zone."""
    live = look.live.get(address)
    there = {proof.domain for proof in live.proofs} if isinstance(live, Certificate) else set()
    for option in raw.get("DomainValidationOptions", ()):
        name = option["DomainName"].lower()
        if option.get("ValidationMethod") == "EMAIL":
            continue
        if name in there:
            yield ok(f"record for {name}", "is in the hosted zone")
        elif option.get("ResourceRecord"):
            yield Finding("cause", f"record for {name}", "is not in the hosted zone", "", "create it", look.apply)
        else:
            yield unknown(f"record for {name}", "AWS has not named it yet, which takes some seconds")
