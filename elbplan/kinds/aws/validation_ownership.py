"""Which validation records elbplan made: the certificates remember it in a tag, by domain.

The tag is written before the record is, so that who is killed in between leaves nothing that nobody knows; and it is
handed on before a certificate goes, while another certificate of its stack still needs the record.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass

from ...core.call import Answer, Call, WriteProgram
from .acm_validation import (
    CERTIFICATES,
    MISSING,
    bare,
    change_batch,
    describe,
    has_value_of,
    listed_names,
    record_at,
    record_change,
    validation_records,
)
from .ownership import pack, pairs, unpack, unpair

MADE = "elbplan:validation"
"""Begins the tags of a certificate that name the domains whose validation record elbplan made."""

WHY_IT_STAYS = (
    "costs nothing, and certificates of other regions may need it to be renewed; "
    "`remove_validation: true` in the spec has it removed where none does"
)


def record_of(name: str) -> str:
    """What a person calls the record that validates a domain."""
    return f"validation record (CNAME) of {name}"


@dataclass(frozen=True)
class RecordClaim:
    """What one certificate of a stack remembers.

    needs   its names without wildcards, if it is or may be issued
    made    the domains whose record elbplan made
    """

    stack: str
    needs: frozenset[str]
    made: frozenset[str]

    @classmethod
    def of(cls, stack: str, domains: Iterable[str], tags: Mapping[str, str]) -> RecordClaim:
        """The claim of a certificate of these names, with these tags."""
        return cls(stack, frozenset(map(bare, domains)), frozenset(unpack(MADE, tags)))


def facts_of(arn: str, claims: Mapping[str, RecordClaim], asked: bool) -> dict[str, str]:
    """What the end of a certificate must know: what elbplan made, whether that is to go, and who inherits it."""
    mine = claims[arn]
    if not mine.made:
        return {}
    heirs = {
        other: claim.made | (mine.made & claim.needs)
        for other, claim in claims.items()
        if other != arn and claim.stack == mine.stack and (mine.made & claim.needs) - claim.made
    }
    lines = [" ".join([other, *sorted(made)]) for other, made in sorted(heirs.items())]
    word = {"remove_validation": "yes"} if asked else {}
    return {"validation_made": " ".join(sorted(mine.made)), "heirs": "\n".join(lines), **word}


def pass_on_claims(facts: Mapping[str, str]) -> WriteProgram:
    """Before a certificate goes: those of its stack that need its records remember who made them."""
    for line in facts.get("heirs", "").splitlines():
        arn, *made = line.split()
        yield from _remember(arn, made)
    return {}


def left_in_the_zone(claim: RecordClaim, standing: Iterable[str], wanted: Collection[str]) -> tuple[str, ...]:
    """The records that elbplan made, that stand, and that no wanted certificate of the stack needs."""
    left = claim.made & {bare(name) for name in standing} - {bare(name) for name in wanted}
    return tuple(f"{record_of(name)}: {WHY_IT_STAYS}" for name in sorted(left))


def create_records(arn: str, places: Mapping[str, str]) -> WriteProgram:
    """Put up the records that validate these names, each in its zone. One that stands already is left as it is.

    The certificate is told first which ones elbplan makes: who is killed in between leaves nothing that nobody knows.
    """
    answer = yield describe(arn)
    records = {name: record for name, record in validation_records(answer["Certificate"]) if name in places}
    batches: dict[str, dict[str, Mapping[str, str]]] = {}
    made, met = set(), set()
    for name, record in sorted(records.items()):
        found = yield from record_at(places[name], record)
        if found is None:
            made.add(bare(name))
        if has_value_of(found, record):
            met.add(bare(name))
        else:
            batches.setdefault(places[name], {})[record["Name"]] = record
    if met:
        made |= yield from _made_by_others(arn, met)
    known = (yield from _made(arn)) if made else set()
    if made - known:
        yield from _remember(arn, made | known)
    for zone, some in sorted(batches.items()):
        yield change_batch(zone, [record_change("UPSERT", record) for _, record in sorted(some.items())])
    return {}


def _remember(arn: str, made: Iterable[str]) -> WriteProgram:
    tags = pairs(pack(MADE, sorted(made)))
    yield Call("acm", "AddTagsToCertificate", {"CertificateArn": arn, "Tags": tags}, done_if=MISSING)
    return {}


def _made(arn: str) -> Generator[Call, Answer, set[str]]:
    """The domains whose validation record elbplan made for this certificate."""
    answer = yield Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING)
    return set(unpack(MADE, unpair(answer.get("Tags"))))


def _made_by_others(arn: str, names: Collection[str]) -> Generator[Call, Answer, set[str]]:
    """Which of these records elbplan made for another certificate, which may end before this one."""
    found: set[str] = set()
    answer = yield CERTIFICATES
    for summary in answer["CertificateSummaryList"]:
        if summary["CertificateArn"] != arn and listed_names(summary) & set(names):
            found |= yield from _made(summary["CertificateArn"])
    return found & set(names)
