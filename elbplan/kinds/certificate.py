"""A public ACM certificate that DNS records validate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Address, Lookup, Ref
from ..core.call import DENIED_ANSWER, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Gate, Kind, LiveResource, Phase, Scope, StepContext
from ..core.resource import IMMUTABLE, SHARED, WRITE_ONLY, Resource, from_live
from .aws.acm_validation import (
    CERTIFICATES,
    LOST,
    MISSING,
    DnsValidation,
    describe_certificate,
    existing_validations,
    is_fully_listed,
    listed_names,
    listed_validations,
    validation_records,
    without_wildcard,
)
from .aws.adoption import ids_to_adopt, with_adopted
from .aws.certificate_candidates import candidates
from .aws.certificate_gates import issued, validation_records_known
from .aws.denied_reads import denied_text, unless_denied
from .aws.hosted_zones import hosted_zones
from .aws.moments import expiry_facts
from .aws.ownership import owner, owners_by_id, retag, tag_list, tag_mapping, user_tags
from .aws.queries import USERS_OF_ZONES
from .aws.validation_ownership import RecordClaim, create_records, facts_of, left_in_the_zone, pass_on_claims
from .aws.validation_removal import RecordRemoval
from .permissions.certificate import PERMISSIONS


class Certificate(Resource):
    """An ACM certificate, validated by DNS. Its domains cannot change: other domains need a new certificate."""

    kind: ClassVar[str] = "certificate"
    domains: Annotated[
        tuple[str, ...], IMMUTABLE, Field(min_length=1, max_length=100, description="the names that it is valid for")
    ]
    key: Annotated[
        Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1", "RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"],
        IMMUTABLE,
    ] = "RSA_2048"
    proofs: Annotated[
        tuple[DnsValidation, ...], SHARED, Field(description="the zone of each name; by default elbplan finds it")
    ] = ()
    """The zone of each name. A live certificate has only the names whose validation record exists."""
    remove_validation: Annotated[
        bool,
        WRITE_ONLY,
        Field(description="elbplan also deletes the validation records that it made, if no region needs them"),
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Domains are a set, in lower case and without the final dot."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if isinstance(data.get("domains"), list | tuple):
            data["domains"] = tuple(sorted({str(name).lower().rstrip(".") for name in data["domains"]}))
        if isinstance(data.get("proofs"), list | tuple):
            proofs = {p.domain: p for p in map(DnsValidation.model_validate, data["proofs"])}
            data["proofs"] = tuple(proofs[name] for name in sorted(proofs))
        return data


def read(scope: Scope) -> ReadProgram[Found[Certificate]]:
    """Reads the certificates that a source of candidates names, and whose tags say that they are ours."""
    needed = scope.wants(Certificate.kind)
    (listed,) = yield [unless_denied(CERTIFICATES, needed=needed)]
    if listed == DENIED_ANSWER:
        return Found({}, unread=(denied_text("certificates", CERTIFICATES),))
    summaries = listed["CertificateSummaryList"]
    desired = [name for _, _, wanted in scope.wanted(Certificate) for name in wanted.domains]
    arns = yield from candidates(scope, summaries, Certificate.kind, desired)
    asks = [unless_denied(_tags_of(arn), needed=needed) for arn in arns]
    answers = (yield asks) if asks else []
    if DENIED_ANSWER in answers:
        return Found({}, unread=(denied_text("certificates", asks[0]),))
    tags = {arn: tag_mapping(answer.get("Tags")) for arn, answer in zip(arns, answers, strict=True)}
    known, adopting = with_adopted(scope, tags)
    owned = {arn: owned_by for arn in arns if (owned_by := owner(known[arn], Certificate.kind, scope.stacks))}
    owners = owners_by_id({arn: tags[arn] for arn in ids_to_adopt(scope) if arn in tags})
    if not owned:
        return Found({}, owners=owners)
    found = yield from _found(scope, {s["CertificateArn"]: s for s in summaries}, owned, known)
    return replace(found, owners=owners, adopting=adopting)


Owned = Mapping[str, tuple[str, Address]]


def _found(
    scope: Scope, listed: Mapping[str, Mapping[str, Any]], owned: Owned, tags: Mapping[str, Mapping[str, str]]
) -> ReadProgram[Found[Certificate]]:
    """The stacks' certificates, by ARN in `owned`, with the names whose validation record exists."""
    names = [name for arn in owned for name in listed_names(listed[arn])]
    zones = yield from hosted_zones(names, needed=scope.wants(*USERS_OF_ZONES))
    if zones is None:
        zones = (yield from hosted_zones(names)) or []  # the denial of a call that is needed after all
    summaries = [listed[arn] for arn in owned if is_fully_listed(listed[arn], zones)]
    rest = [arn for arn in owned if listed[arn] not in summaries]
    described = (yield [describe_certificate(arn) for arn in rest]) if rest else []
    raws = [answer["Certificate"] for answer in described if answer]
    proofs = yield from existing_validations(raws, zones)
    proofs |= yield from listed_validations(summaries, zones)
    raws += [{**s, "SubjectAlternativeNames": s["SubjectAlternativeNameSummaries"]} for s in summaries]
    claims = {raw["CertificateArn"]: _claim(raw, owned[raw["CertificateArn"]][0], tags) for raw in raws}
    ours: dict[str, list[LiveResource[Certificate]]] = {}
    stays: dict[str, Sequence[str]] = {}
    for raw in raws:
        arn = raw["CertificateArn"]
        stack, address = owned[arn]
        lost = raw["Status"] in LOST
        live = _lost(address, raw, tags[arn]) if lost else _live(address, raw, tags[arn], proofs[arn])
        remove = any(wanted.remove_validation for s, a, wanted in scope.wanted(Certificate) if (s, a) == owned[arn])
        ours.setdefault(stack, []).append(replace(live, facts={**live.facts, **facts_of(arn, claims, remove)}))
        existing = [proof.domain for proof in proofs[arn]]
        stays[arn] = () if remove else left_in_the_zone(claims[arn], existing, _wanted_names(scope, stack))
    return Found(ours, stays=stays)


def _tags_of(arn: str) -> Call:
    return Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING)


def _claim(raw: Mapping[str, Any], stack: str, tags: Mapping[str, Mapping[str, str]]) -> RecordClaim:
    names = () if raw["Status"] in LOST else (raw["DomainName"], *raw.get("SubjectAlternativeNames", []))
    return RecordClaim.of(stack, names, tags[raw["CertificateArn"]])


def _wanted_names(scope: Scope, stack: str) -> list[str]:
    """The domains of the stack's desired certificates; none if the stack is to end."""
    wanted = () if scope.ending else scope.wanted(Certificate)
    return [name for s, _, certificate in wanted if s == stack for name in certificate.domains]


def _live(
    address: Address, raw: Mapping[str, Any], tags: Mapping[str, str], proofs: Sequence[DnsValidation]
) -> LiveResource[Certificate]:
    fields = {
        "tags": user_tags(tags),
        "domains": tuple({raw["DomainName"], *(raw.get("SubjectAlternativeNames") or ())}),
        "key": (raw.get("KeyAlgorithm") or "RSA_2048").replace("-", "_"),
        "proofs": tuple(proofs),
    }
    model = from_live(Certificate, fields)
    complete = len(list(validation_records(raw))) == len(raw.get("DomainValidationOptions", []))
    state = raw["Status"] if complete else NO_RECORDS_YET
    return LiveResource(address, raw["CertificateArn"], model, {"state": state, **expiry_facts(raw)})


NO_RECORDS_YET = "NO_RECORDS_YET"
"""Our state of a certificate for which AWS has not created the validation records' values."""


def pending_gate(live: LiveResource[Certificate]) -> str:
    """`records` until AWS returns the validation records, `issued` until the certificate is issued."""
    state = live.facts.get("state")
    return {"ISSUED": "", NO_RECORDS_YET: "records"}.get(str(state), "issued")


def _lost(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> LiveResource[Certificate]:
    """A certificate that AWS will never issue. It has a useless domain here, so that the plan replaces it."""
    model = Certificate(tags=user_tags(tags), domains=(f"{raw['Status'].lower()}.invalid",))
    return LiveResource(address, raw["CertificateArn"], model, {"state": raw["Status"], **expiry_facts(raw)})


def with_dns_validation(certificate: Certificate) -> Certificate:
    """A certificate without `proofs` is validated in the hosted zones of its domains."""
    if certificate.proofs:
        return certificate
    proofs = tuple(
        DnsValidation(domain=name, zone=Lookup("hosted_zone", name.removeprefix("*."))) for name in certificate.domains
    )
    return certificate.model_copy(update={"proofs": proofs})


def create_path(new: Certificate, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Certificate]]:
    """Requests the certificate; then, when AWS returns the validation records, creates them."""
    requested = new.model_copy(update={"proofs": ()})
    return [("expand", requested), ("expand", new)] if new.proofs else [("expand", requested)]


LONGEST_FIRST_NAME = 64
"""https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html (DomainName)"""


def by_first_name(names: Iterable[str]) -> list[str]:
    """The names in the order of the request: AWS allows fewer characters in the first name than in the others."""
    return sorted(names, key=lambda name: (len(name) > LONGEST_FIRST_NAME, name.startswith("*."), len(name), name))


def create(new: Certificate, context: StepContext) -> WriteProgram:
    """RequestCertificate with a token: within an hour, a second request returns the same certificate."""
    first, *others = by_first_name(new.domains)
    params: dict[str, Any] = {
        "DomainName": first,
        "ValidationMethod": "DNS",
        "KeyAlgorithm": new.key,
        "IdempotencyToken": context.token[:32],
        "Tags": tag_list(context.tags(new)),
    }
    if others:
        params["SubjectAlternativeNames"] = [first, *others]
    answer = yield Call("acm", "RequestCertificate", params)
    return {"id": answer["CertificateArn"]}


def update(before: Certificate, after: Certificate, context: StepContext) -> WriteProgram:
    """Creates the validation records. An apex and its wildcard share a record, and so do two certificates."""
    arn = context.id(context.address)
    missing = {proof.domain: context.id(proof.zone) for proof in after.proofs if proof not in before.proofs}
    if missing:
        yield from create_records(arn, missing)
    yield from retag("acm", arn, before.tags, after.tags)
    return {}


def delete(old: Certificate, context: StepContext) -> WriteProgram:
    """Deletes the certificate and, if the spec wants it, the validation records that elbplan made and nobody needs.

    It checks the records again after the certificate is deleted: of two certificates that are deleted together, each
    seems to need the record until one of them is gone.
    """
    assert context.live is not None
    arn, facts = context.live.id, context.live.facts
    made = facts.get("validation_made", "").split() if facts.get("remove_validation") else []
    places = {without_wildcard(proof.domain): context.id(proof.zone) for proof in old.proofs}
    removal = RecordRemoval(arn, context.region, places)
    yield from pass_on_claims(facts)
    yield from removal.read_records(made)
    yield from removal.remove()
    yield Call(
        "acm",
        "DeleteCertificate",
        {"CertificateArn": arn},
        done_if=MISSING,
        retry_on=("ResourceInUseException",),
        timeout=1200,
    )
    yield from removal.remove(only_here=True)
    return {"kept": removal.reasons} if removal.reasons else {}


def summary(certificate: Certificate) -> str:
    """`api.example.com, validated by DNS`"""
    return f"{', '.join(certificate.domains)}, validated by DNS"


KIND = Kind(
    model=Certificate,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    summary=summary,
    with_implied_references=with_dns_validation,
    pending_gate=pending_gate,
    gates=(
        Gate(
            "records",
            "AWS has returned the validation records",
            300,
            validation_records_known,
            after=("create",),
            usual="< 1 min",
        ),
        Gate("issued", "the certificate is issued", 4500, issued, after=("update",), usual="a few minutes"),
    ),
    permissions=PERMISSIONS,
)
