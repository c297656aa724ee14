"""The validation records that elbplan made: a tag of the certificate lists their domains.

elbplan writes the tag before the record, so that a killed run leaves no unknown record. Before it deletes a
certificate, it passes the tag on to another certificate of the stack that needs the record.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from .acm_validation import (
    CERTIFICATES,
    MISSING,
    REGIONS,
    describe_certificate,
    has_value_of,
    listed_names,
    other_regions,
    record_at,
    record_change,
    validation_records,
    without_wildcard,
)
from .ownership import pack, tag_list, tag_mapping, unpack
from .record_batches import change_batch

MADE = "elbplan:validation"
"""Begins the tags of a certificate that list the domains whose validation record elbplan made."""

HERE: Mapping[str, Any] = {}
"""The stack's own region, and an answer that the program needs."""

WHY_IT_STAYS = (
    "it costs nothing, and AWS may need it to renew certificates of other regions; "
    "with `remove_validation: true` in the spec, elbplan removes it if no certificate needs it"
)


def record_of(name: str) -> str:
    """`validation record (CNAME) of example.com`"""
    return f"validation record (CNAME) of {name}"


@dataclass(frozen=True)
class RecordClaim:
    """The validation records that one certificate of a stack needs and that elbplan made for it.

    needs   its names without wildcards, if it is or may be issued
    made    the domains whose record elbplan made
    """

    stack: str
    needs: frozenset[str]
    made: frozenset[str]

    @classmethod
    def of(cls, stack: str, domains: Iterable[str], tags: Mapping[str, str]) -> RecordClaim:
        """The claim of a certificate of these names, with these tags."""
        return cls(stack, frozenset(map(without_wildcard, domains)), frozenset(unpack(MADE, tags)))


def facts_of(arn: str, claims: Mapping[str, RecordClaim], remove: bool) -> dict[str, str]:
    """Facts for the deletion of a certificate: the records that elbplan made, heirs, and whether to remove them."""
    own = claims[arn]
    if not own.made:
        return {}
    heirs = {
        other: claim.made | (own.made & claim.needs)
        for other, claim in claims.items()
        if other != arn and claim.stack == own.stack and (own.made & claim.needs) - claim.made
    }
    lines = [" ".join([other, *sorted(made)]) for other, made in sorted(heirs.items())]
    removal = {"remove_validation": "yes"} if remove else {}
    return {"validation_made": " ".join(sorted(own.made)), "heirs": "\n".join(lines), **removal}


def pass_on_claims(facts: Mapping[str, str]) -> WriteProgram:
    """Passes a certificate's tag on to the certificates of its stack that need its records, before it is deleted."""
    for line in facts.get("heirs", "").splitlines():
        arn, *made = line.split()
        yield from _remember(arn, made)
    return {}


def left_in_the_zone(claim: RecordClaim, existing: Iterable[str], wanted: Collection[str]) -> tuple[str, ...]:
    """The existing records that elbplan made and that no desired certificate of the stack needs."""
    left = claim.made & {without_wildcard(name) for name in existing} - {without_wildcard(name) for name in wanted}
    return tuple(f"{record_of(name)}: {WHY_IT_STAYS}" for name in sorted(left))


def create_records(arn: str, places: Mapping[str, str], remove: bool) -> WriteProgram:
    """Creates the validation records of these names, each in its zone. An existing record stays as it is.

    `remove` says that elbplan removes them with the certificate. Then it also looks whether it made an existing record
    for a certificate of another region: that stack leaves the record to this one.

    elbplan first tags the certificate with the records that it is about to make, so that a killed run leaves no unknown
    record.
    """
    answer = yield describe_certificate(arn)
    records = {name: record for name, record in validation_records(answer["Certificate"]) if name in places}
    batches: dict[str, dict[str, Mapping[str, str]]] = {}
    made, existing = set(), set()
    for name, record in sorted(records.items()):
        found = yield from record_at(places[name], record)
        if found is None:
            made.add(without_wildcard(name))
        if has_value_of(found, record):
            existing.add(without_wildcard(name))
        else:
            batches.setdefault(places[name], {})[record["Name"]] = record
    if existing:
        made |= yield from _made_by_others(arn, existing, everywhere=remove)
    known = (yield from _made(arn)) if made else set()
    if made - known:
        yield from _remember(arn, made | known)
    for zone, batch in sorted(batches.items()):
        yield change_batch(zone, [record_change("UPSERT", record) for _, record in sorted(batch.items())])
    return {}


def _remember(arn: str, made: Iterable[str]) -> WriteProgram:
    tags = tag_list(pack(MADE, sorted(made)))
    yield Call("acm", "AddTagsToCertificate", {"CertificateArn": arn, "Tags": tags}, done_if=MISSING)
    return {}


def _made(arn: str, where: Mapping[str, Any] = HERE) -> Generator[Call, Answer, set[str]]:
    """The domains whose validation record elbplan made for this certificate."""
    call = Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING)
    answer = yield replace(call, **where)
    return set(unpack(MADE, tag_mapping(answer.get("Tags"))))


def _made_by_others(arn: str, names: Collection[str], everywhere: bool) -> Generator[Call, Answer, set[str]]:
    """The records that elbplan made for other certificates, which may be deleted before this certificate."""
    found = yield from _made_in(arn, names, HERE)
    if everywhere and not found.issuperset(names):
        answer = yield REGIONS
        for region in other_regions(answer, arn.split(":")[3]):
            found |= yield from _made_in(arn, names, {"region": region, "optional": True})
    return found & set(names)


def _made_in(arn: str, names: Collection[str], where: Mapping[str, Any]) -> Generator[Call, Answer, set[str]]:
    found: set[str] = set()
    answer = yield replace(CERTIFICATES, **where)
    for summary in answer.get("CertificateSummaryList", ()):
        if summary["CertificateArn"] != arn and listed_names(summary) & set(names):
            found |= yield from _made(summary["CertificateArn"], where)
    return found
