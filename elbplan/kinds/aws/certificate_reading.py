"""Reads what AWS has of the stacks' certificates, as data. The kind makes models of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.address import Address
from ...core.call import DENIED_ANSWER, Call, ReadProgram
from ...core.kind import Owner, Scope
from .acm_validation import (
    CERTIFICATES,
    IMPORTED,
    MISSING,
    UNVALIDATED,
    DnsValidation,
    describe_certificate,
    existing_validations,
    is_fully_listed,
    listed_names,
    listed_validations,
)
from .adoption import ids_to_adopt, with_adopted
from .certificate_candidates import candidates
from .denied_reads import denied_text, unless_denied
from .hosted_zones import hosted_zones
from .ownership import owner, owners_by_id, tag_mapping
from .pem import fingerprints_of
from .queries import USERS_OF_ZONES

KIND = "certificate"


@dataclass(frozen=True)
class ReadCertificate:
    """A certificate of a stack.

    raw           as DescribeCertificate answers; with fewer fields if ListCertificates tells enough
    proofs        its names whose validation record exists
    fingerprints  those of an imported certificate and of its chain
    """

    stack: str
    address: Address
    raw: Mapping[str, Any]
    tags: Mapping[str, str]
    proofs: Sequence[DnsValidation] = ()
    fingerprints: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return str(self.raw["CertificateArn"])


@dataclass(frozen=True)
class ReadCertificates:
    """All certificates of the stacks; the other fields are those of `Found`."""

    certificates: Sequence[ReadCertificate] = ()
    owners: Mapping[str, Owner] | None = None
    adopting: Collection[str] = ()
    unread: Sequence[str] = ()


def read_certificates(
    scope: Scope, names: Sequence[str], described: Collection[Address]
) -> ReadProgram[ReadCertificates]:
    """Reads the certificates that a source of candidates names, and whose tags say that they are ours.

    names       the domains of the desired certificates
    described   the addresses whose certificates need more than ListCertificates tells
    """
    needed = scope.wants(KIND)
    (listed,) = yield [unless_denied(CERTIFICATES, needed=needed)]
    if listed == DENIED_ANSWER:
        return ReadCertificates(unread=(denied_text("certificates", CERTIFICATES),))
    summaries = {summary["CertificateArn"]: summary for summary in listed["CertificateSummaryList"]}
    arns = yield from candidates(scope, list(summaries.values()), KIND, names)
    asks = [unless_denied(_tags_of(arn), needed=needed) for arn in arns]
    answers = (yield asks) if asks else []
    if DENIED_ANSWER in answers:
        return ReadCertificates(unread=(denied_text("certificates", asks[0]),))
    tags = {arn: tag_mapping(answer.get("Tags")) for arn, answer in zip(arns, answers, strict=True)}
    known, adopting = with_adopted(scope, tags)
    owned = {arn: owned_by for arn in arns if (owned_by := owner(known[arn], KIND, scope.stacks))}
    adopted = ids_to_adopt(scope)
    owners = owners_by_id({arn: tags[arn] for arn in adopted if arn in tags})
    whole = {arn for arn, (_, address) in owned.items() if address in described or arn in adopted}
    found = yield from _found(scope, summaries, owned, known, whole)
    return ReadCertificates(found, owners, adopting)


def _tags_of(arn: str) -> Call:
    return Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING)


def _found(
    scope: Scope,
    listed: Mapping[str, Mapping[str, Any]],
    owned: Mapping[str, tuple[str, Address]],
    tags: Mapping[str, Mapping[str, str]],
    whole: Collection[str],
) -> ReadProgram[list[ReadCertificate]]:
    """The certificates in `owned`, each with the names whose validation record exists."""
    if not owned:
        return []
    validated = [arn for arn in owned if listed[arn].get("Type") not in UNVALIDATED]
    zones = yield from _zones(scope, [name for arn in validated for name in listed_names(listed[arn])], validated)
    known = [listed[arn] for arn in validated if arn not in whole and is_fully_listed(listed[arn], zones)]
    proofs = yield from listed_validations(known, zones)
    # A listed certificate without its records may be validated by mail, which only DescribeCertificate tells.
    known = [s for s in known if len(proofs[s["CertificateArn"]]) == len(s["SubjectAlternativeNameSummaries"])]
    rest = [arn for arn in owned if listed[arn] not in known]
    answers = (yield [describe_certificate(arn) for arn in rest]) if rest else []
    raws = [answer["Certificate"] for answer in answers if answer]
    proofs |= yield from existing_validations(raws, zones, scope.named_ids(KIND))
    imported = [raw["CertificateArn"] for raw in raws if raw.get("Type") == IMPORTED]
    bodies = (yield [_body_of(arn) for arn in imported]) if imported else []
    prints = {arn: _fingerprints(answer) for arn, answer in zip(imported, bodies, strict=True)}
    raws += [{**s, "SubjectAlternativeNames": s["SubjectAlternativeNameSummaries"]} for s in known]
    return [
        ReadCertificate(*owned[arn], raw, tags[arn], proofs.get(arn, ()), prints.get(arn, ()))
        for raw in raws
        for arn in [raw["CertificateArn"]]
    ]


def _zones(scope: Scope, names: Sequence[str], validated: Sequence[str]) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """The hosted zones of these names; none if no certificate is validated by a record."""
    if not validated:
        return []
    zones = yield from hosted_zones(names, needed=scope.wants(*USERS_OF_ZONES))
    if zones is None:
        zones = yield from hosted_zones(names)  # the denial of a call that is needed after all
    return zones or []


def _body_of(arn: str) -> Call:
    return Call("acm", "GetCertificate", {"CertificateArn": arn}, done_if=MISSING)


def _fingerprints(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return fingerprints_of(answer.get("Certificate") or "", answer.get("CertificateChain") or "")
