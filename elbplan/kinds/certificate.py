"""A certificate of ACM: public or private, requested or imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..core.address import Lookup, Ref
from ..core.call import ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext, fill_unset
from ..core.resource import IMMUTABLE, LEARNED, SHARED, WRITE_ONLY, Resource, from_live
from .aws.acm_validation import IMPORTED, LOST, DnsValidation, validation_records, without_wildcard
from .aws.certificate_gates import GATES
from .aws.certificate_reading import ReadCertificate, read_certificates
from .aws.certificate_requests import LONGEST_FIRST_NAME, MailDomain, by_first_name, import_call, request_call
from .aws.moments import expiry_facts
from .aws.ownership import retag, user_tags
from .aws.pem import PemFiles
from .aws.validation_ownership import RecordClaim, create_records, facts_of, left_in_the_zone
from .aws.validation_removal import delete_certificate
from .permissions.certificate import PERMISSIONS

__all__ = ["KIND", "LONGEST_FIRST_NAME", "Certificate", "by_first_name"]


class Certificate(Resource):
    """An ACM certificate. AWS cannot change the domains of a certificate that it issued: others need a new one."""

    kind: ClassVar[str] = "certificate"
    domains: Annotated[
        tuple[str, ...], IMMUTABLE, Field(min_length=1, max_length=100, description="the names that it is valid for")
    ]
    key: Annotated[
        Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1", "RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"],
        IMMUTABLE,
        Field(description="RSA_2048, EC_prime256v1 or EC_secp384r1; the others only for imported certificates"),
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
    authority: Annotated[
        str | None,
        IMMUTABLE,
        LEARNED,
        Field(description="ARN of the private authority (AWS Private CA) that issues it"),
    ] = None
    validation: Annotated[
        Literal["DNS", "EMAIL"] | None,
        IMMUTABLE,
        LEARNED,
        Field(description="how AWS checks the domains: DNS (the default) or EMAIL"),
    ] = None
    mail_domains: Annotated[
        tuple[MailDomain, ...] | None,
        IMMUTABLE,
        LEARNED,
        Field(description="EMAIL: where AWS sends the mail for a name, if not to addresses of the name itself"),
    ] = None
    export: Annotated[
        bool | None, IMMUTABLE, LEARNED, Field(description="the private key may be exported; AWS bills each name")
    ] = None
    pem: Annotated[PemFiles | None, WRITE_ONLY, Field(description="the files of a certificate to import")] = None
    fingerprints: Annotated[
        tuple[str, ...],
        LEARNED,
        Field(description="SHA-256 of an imported certificate and of its chain"),
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Domains are a set, in lower case and without the final dot. The defaults of newer fields are None."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if isinstance(data.get("domains"), list | tuple):
            data["domains"] = tuple(sorted({str(name).lower().rstrip(".") for name in data["domains"]}))
        if isinstance(data.get("proofs"), list | tuple):
            proofs = {p.domain: p for p in map(DnsValidation.model_validate, data["proofs"])}
            data["proofs"] = tuple(proofs[name] for name in sorted(proofs))
        if isinstance(data.get("mail_domains"), list | tuple):
            mails = {m.domain: m for m in map(MailDomain.model_validate, data["mail_domains"])}
            data["mail_domains"] = tuple(m for _, m in sorted(mails.items()) if m.mail_domain != m.domain) or None
        if data.get("validation") == "DNS":
            data["validation"] = None
        if data.get("export") is False:
            data["export"] = None
        if data.get("pem") and (pem := PemFiles.model_validate(data["pem"])).certificate_text:
            data["fingerprints"] = pem.fingerprints
        return data

    @property
    def imported(self) -> bool:
        """True if somebody else issued it and elbplan imports it."""
        return bool(self.pem or self.fingerprints)

    @property
    def by_records(self) -> bool:
        """True if AWS validates its domains by DNS records."""
        return not (self.imported or self.authority or self.validation == "EMAIL")

    @property
    def source(self) -> str:
        """Where it comes from, in words: `validated by DNS`."""
        if self.imported:
            return "imported"
        if self.authority:
            return "from a private authority"
        return "validated by mail" if self.validation == "EMAIL" else "validated by DNS"

    @property
    def issue_gate(self) -> str:
        """The wait for its issue."""
        return "signed" if self.authority else "approved" if self.validation == "EMAIL" else "issued"

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """A new import under the same ARN may have other domains, but no other key.

        https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html
        """
        return {"domains": IMPORTED} if self.imported else {}


def read(scope: Scope) -> ReadProgram[Found[Certificate]]:
    """The stacks' certificates, by their tags, with the names whose validation record exists."""
    wanted = {(stack, address): certificate for stack, address, certificate in scope.wanted(Certificate)}
    names = [name for certificate in wanted.values() for name in certificate.domains]
    described = {address for (_, address), certificate in wanted.items() if not certificate.by_records}
    answer = yield from read_certificates(scope, names, described)
    claims = {each.arn: _claim(each) for each in answer.certificates}
    ours: dict[str, list[LiveResource[Certificate]]] = {}
    stays: dict[str, Sequence[str]] = {}
    for each in answer.certificates:
        spec = wanted.get((each.stack, each.address))
        remove = spec is not None and spec.remove_validation
        live = _lost(each) if each.raw["Status"] in LOST else _live(each)
        live = replace(live, facts={**live.facts, **facts_of(each.arn, claims, remove)})
        ours.setdefault(each.stack, []).append(live)
        existing = [proof.domain for proof in each.proofs]
        left = () if remove else left_in_the_zone(claims[each.arn], existing, _wanted_names(scope, each.stack))
        stays[each.arn] = left
    return Found(ours, stays=stays, owners=answer.owners or {}, adopting=answer.adopting, unread=answer.unread)


def _claim(each: ReadCertificate) -> RecordClaim:
    names = () if each.raw["Status"] in LOST else _names(each)
    return RecordClaim.of(each.stack, names, each.tags)


def _names(each: ReadCertificate) -> tuple[str, ...]:
    return (each.raw["DomainName"], *(each.raw.get("SubjectAlternativeNames") or ()))


def _wanted_names(scope: Scope, stack: str) -> list[str]:
    """The domains of the stack's desired certificates; none if the stack is to end."""
    wanted = () if scope.ending else scope.wanted(Certificate)
    return [name for s, _, certificate in wanted if s == stack for name in certificate.domains]


def _live(each: ReadCertificate) -> LiveResource[Certificate]:
    raw = each.raw
    options = raw.get("DomainValidationOptions", [])
    by_mail = any(option.get("ValidationMethod") == "EMAIL" for option in options)
    exported = (raw.get("Options") or {}).get("Export") or raw.get("ExportOption")
    fields = {
        "tags": user_tags(each.tags),
        "domains": tuple(set(_names(each))),
        "key": (raw.get("KeyAlgorithm") or "RSA_2048").replace("-", "_"),
        "proofs": () if by_mail else tuple(each.proofs),
        "authority": raw.get("CertificateAuthorityArn"),
        "validation": "EMAIL" if by_mail else None,
        "mail_domains": [
            MailDomain(domain=option["DomainName"], mail_domain=option.get("ValidationDomain") or option["DomainName"])
            for option in options
            if by_mail
        ],
        "export": exported == "ENABLED" or None,
        "fingerprints": each.fingerprints,
    }
    complete = by_mail or len(list(validation_records(raw))) == len(options)
    facts = {"state": raw["Status"] if complete else NO_RECORDS_YET, **expiry_facts(raw)}
    return LiveResource(each.address, each.arn, from_live(Certificate, fields), facts)


NO_RECORDS_YET = "NO_RECORDS_YET"
"""Our state of a certificate for which AWS has not created the validation records' values."""


def pending_gate(live: LiveResource[Certificate]) -> str:
    """`records` until AWS returns the validation records, then the wait for the issue, by the kind of validation."""
    state, model = live.facts.get("state"), live.model
    if state == "ISSUED":
        return ""
    return "records" if state == NO_RECORDS_YET else model.issue_gate


def _lost(each: ReadCertificate) -> LiveResource[Certificate]:
    """A certificate that AWS will never issue. It has a useless domain here, so that the plan replaces it."""
    state = each.raw["Status"]
    model = Certificate(tags=user_tags(each.tags), domains=(f"{state.lower()}.invalid",))
    return LiveResource(each.address, each.arn, model, {"state": state, **expiry_facts(each.raw)})


def with_dns_validation(certificate: Certificate) -> Certificate:
    """A certificate without `proofs` is validated in the hosted zones of its domains."""
    if certificate.proofs or not certificate.by_records:
        return certificate
    proofs = tuple(
        DnsValidation(domain=name, zone=Lookup("hosted_zone", name.removeprefix("*."))) for name in certificate.domains
    )
    return certificate.model_copy(update={"proofs": proofs})


def with_live_defaults(wanted: Certificate, live: Certificate) -> Certificate:
    """AWS decides nothing of a certificate: a field that the spec does not have is the default."""
    return fill_unset(wanted, live, keep=("authority", "validation", "mail_domains", "export", "pem"))


def create_path(new: Certificate, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Certificate]]:
    """Requests the certificate; then, when AWS returns the validation records, creates them."""
    requested = new.model_copy(update={"proofs": ()})
    return [("expand", requested), ("expand", new)] if new.proofs else [("expand", requested)]


def create(new: Certificate, context: StepContext) -> WriteProgram:
    """Imports the certificate, or requests it with a token: within an hour, a second request returns the same one."""
    tags = context.tags(new)
    call = import_call(new.pem, tags=tags) if new.imported else request_call(new, context.token, tags)
    answer = yield call
    return {"id": answer["CertificateArn"]}


def update(before: Certificate, after: Certificate, context: StepContext) -> WriteProgram:
    """Creates the validation records, or imports the new files under the same ARN.

    An apex and its wildcard share a record, and so do two certificates.
    """
    arn = context.id(context.address)
    if after.fingerprints != before.fingerprints:
        yield import_call(after.pem, arn=arn)
    missing = {proof.domain: context.id(proof.zone) for proof in after.proofs if proof not in before.proofs}
    if missing:
        yield from create_records(arn, missing, after.remove_validation)
    yield from retag("acm", arn, before.tags, after.tags)
    return {}


def delete(old: Certificate, context: StepContext) -> WriteProgram:
    """Deletes the certificate and, if the spec wants it, the validation records that elbplan made and nobody needs."""
    assert context.live is not None
    places = {without_wildcard(proof.domain): context.id(proof.zone) for proof in old.proofs}
    return (yield from delete_certificate(context.live.id, context.live.facts, context.region, places))


def summary(certificate: Certificate) -> str:
    """`api.example.com, validated by DNS`"""
    return f"{', '.join(certificate.domains)}, {certificate.source}"


KIND = Kind(
    model=Certificate,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    summary=summary,
    with_implied_references=with_dns_validation,
    with_live_defaults=with_live_defaults,
    pending_gate=pending_gate,
    gates=GATES,
    permissions=PERMISSIONS,
)
