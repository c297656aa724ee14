"""A public certificate, and the DNS records that prove the domain is ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from ..core.address import Address, Id, Ref, ZoneRef
from ..core.call import Call, Calling, Looking, Reading, Sight
from ..core.kind import Found, Gate, Kind, Live, Phase, Scope, Site
from ..core.resource import IMMUTABLE, Part, Resource
from .ownership import owner, pairs, retag, unpair, users
from .reading import HOSTED_ZONES, domain, reads_whole, record_asks, zone_for


class Proof(Part):
    """A name of the certificate and the hosted zone in which it is validated."""

    domain: str
    zone: ZoneRef

    @field_validator("domain")
    @classmethod
    def _canonical(cls, name: str) -> str:
        return domain(name)


class Certificate(Resource):
    """An ACM certificate validated by DNS. Its names cannot change: other names make a new certificate."""

    kind: ClassVar[str] = "certificate"
    domains: Annotated[tuple[str, ...], IMMUTABLE, Field(min_length=1, max_length=100)]
    key: Annotated[
        Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1", "RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"],
        IMMUTABLE,
    ] = "RSA_2048"
    proofs: Annotated[tuple[Proof, ...], Field(description="the zone of each name; found by itself if left out")] = ()
    """Which names stand validated in which zone; live, those whose record is really there."""

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Names are a set, in lower case and without the final dot."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if isinstance(data.get("domains"), list | tuple):
            data["domains"] = tuple(sorted({str(name).lower().rstrip(".") for name in data["domains"]}))
        if isinstance(data.get("proofs"), list | tuple):
            proofs = {p.domain: p for p in map(Proof.model_validate, data["proofs"])}
            data["proofs"] = tuple(proofs[name] for name in sorted(proofs))
        return data


EVERY_KEY = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
CERTIFICATES = Call("acm", "ListCertificates", {"Includes": {"keyTypes": EVERY_KEY}})
"""Without `keyTypes` AWS lists RSA certificates of up to 2048 bits only."""

LOST = ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE")
TTL = 300


def read(scope: Scope) -> Reading[Found[Certificate]]:
    """Certificates have no names: ours are found by tag, one question each, as AWS has it."""
    listed, zones = yield [CERTIFICATES, HOSTED_ZONES]
    arns = [s["CertificateArn"] for s in listed["CertificateSummaryList"] if s.get("Type") != "IMPORTED"]
    asks = [Call("acm", "ListTagsForCertificate", {"CertificateArn": arn}, done_if=MISSING) for arn in arns]
    answers = (yield asks) if asks else []
    tags = {arn: unpair(answer.get("Tags")) for arn, answer in zip(arns, answers, strict=True)}
    owned = {arn: mine for arn in arns if (mine := owner(tags[arn], Certificate.kind, scope.stacks))}
    told = {s["CertificateArn"]: s for s in listed["CertificateSummaryList"] if _whole(s, zones["HostedZones"])}
    described = (yield [_describe(arn) for arn in owned if arn not in told]) if set(owned) - set(told) else []
    raws = [answer["Certificate"] for answer in described if answer]
    proofs = yield from _proofs(raws, zones["HostedZones"])
    summaries = [summary for arn, summary in told.items() if arn in owned]
    proofs |= yield from _signs(summaries, zones["HostedZones"])
    raws += [s | {"SubjectAlternativeNames": s["SubjectAlternativeNameSummaries"]} for s in summaries]
    ours: dict[str, list[Live[Certificate]]] = {}
    for raw in raws:
        stack, address = owned[raw["CertificateArn"]]
        if raw["Status"] not in LOST:
            live = _live(address, raw, tags[raw["CertificateArn"]], proofs[raw["CertificateArn"]])
        else:
            live = _lost(address, raw, tags[raw["CertificateArn"]])
        ours.setdefault(stack, []).append(live)
    return Found(ours)


MISSING = ("ResourceNotFoundException",)
PROVING = ".acm-validations.aws"
"""Where every validation record of ACM points."""


def _whole(summary: Mapping[str, Any], zones: Sequence[Mapping[str, Any]]) -> bool:
    """Does the list alone say all about it? So it is for an issued one whose zones are small enough to read whole."""
    names = summary.get("SubjectAlternativeNameSummaries") or ()
    said = summary.get("Status") == "ISSUED" and summary.get("KeyAlgorithm") and names
    return bool(said and not summary.get("HasAdditionalSubjectAlternativeNames")) and all(
        (zone := _zone(name, zones)) and reads_whole(zone, zones) for name in names
    )


def _signs(
    summaries: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]
) -> Reading[dict[str, list[Proof]]]:
    """For each certificate the names that have a validation record of ACM in their zone."""
    names = {name for s in summaries for name in s["SubjectAlternativeNameSummaries"]}
    places = {name: zone for name in names if (zone := _zone(name, zones))}
    asked = sorted(set(places.values()))
    answers = (yield [ask for zone in asked for ask in record_asks(zone, [], zones)]) if asked else []
    signs = {
        (zone, domain(found["Name"]).partition(".")[2])
        for zone, answer in zip(asked, answers, strict=True)
        for found in answer["ResourceRecordSets"]
        if found["Type"] == "CNAME"
        and found["Name"].startswith("_")
        and any(domain(value["Value"]).endswith(PROVING) for value in found.get("ResourceRecords", []))
    }
    return {
        s["CertificateArn"]: [
            Proof(domain=domain(name), zone=Id(places[name]))
            for name in s["SubjectAlternativeNameSummaries"]
            if name in places and (places[name], domain(name).removeprefix("*.")) in signs
        ]
        for s in summaries
    }


def _describe(arn: str) -> Call:
    return Call("acm", "DescribeCertificate", {"CertificateArn": arn}, done_if=MISSING)


def _live(
    address: Address, raw: Mapping[str, Any], tags: Mapping[str, str], proofs: Sequence[Proof]
) -> Live[Certificate]:
    model = Certificate(
        tags=users(tags),
        domains=tuple({raw["DomainName"], *raw.get("SubjectAlternativeNames", [])}),
        key=(raw.get("KeyAlgorithm") or "RSA_2048").replace("-", "_"),
        proofs=tuple(proofs),
    )
    told = len(list(_options(raw))) == len(raw.get("DomainValidationOptions", []))
    state = raw["Status"] if told else "UNTOLD"
    return Live(address, raw["CertificateArn"], model, {"state": state})


def unready(live: Live[Certificate]) -> str:
    """Not yet told how to prove it, or not yet issued."""
    state = live.facts.get("state")
    return {"ISSUED": "", "UNTOLD": "records"}.get(str(state), "issued")


def _lost(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> Live[Certificate]:
    """A certificate that will never be issued (again): told as one of no use, so that a new one replaces it."""
    model = Certificate(tags=users(tags), domains=(f"{raw['Status'].lower()}.invalid",))
    return Live(address, raw["CertificateArn"], model, {"state": raw["Status"]})


def _options(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each name of the certificate with its validation record, where AWS has made one up already."""
    for option in raw.get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            yield option["DomainName"].lower(), record


def _proofs(raws: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]) -> Reading[dict[str, list[Proof]]]:
    """For each certificate, the names whose validation record really stands in a public zone."""
    wanted = [(raw["CertificateArn"], name, record) for raw in raws for name, record in _options(raw)]
    places = [(arn, name, record, _zone(name, zones)) for arn, name, record in wanted]
    asks = [ask for _, _, record, zone in places if zone for ask in record_asks(zone, [record["Name"]], zones)]
    answers = (yield asks) if asks else []
    standing = {
        (ask.params["HostedZoneId"], domain(found["Name"]), found["Type"], domain(value["Value"]))
        for ask, answer in zip(asks, answers, strict=True)
        if isinstance(ask, Call)
        for found in answer["ResourceRecordSets"]
        for value in found.get("ResourceRecords", [])
    }
    proofs: dict[str, list[Proof]] = {raw["CertificateArn"]: [] for raw in raws}
    for arn, name, record, zone in places:
        if zone and (zone, domain(record["Name"]), record["Type"], domain(record["Value"])) in standing:
            proofs[arn].append(Proof(domain=name, zone=Id(zone)))
    return proofs


def _zone(name: str, zones: Sequence[Mapping[str, Any]]) -> str | None:
    try:
        return zone_for(name.removeprefix("*."), zones)
    except ValueError:
        return None


def birth(new: Certificate, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Certificate]]:
    """Requested first; then, when AWS has told the records, proved."""
    bare = new.model_copy(update={"proofs": ()})
    return [("expand", bare), ("expand", new)] if new.proofs else [("expand", bare)]


def create(new: Certificate, site: Site) -> Calling:
    """RequestCertificate with a token: asked again within the hour, AWS answers with the same certificate."""
    first, *others = sorted(new.domains, key=lambda name: (name.startswith("*."), len(name), name))
    params: dict[str, Any] = {
        "DomainName": first,
        "ValidationMethod": "DNS",
        "KeyAlgorithm": new.key,
        "IdempotencyToken": site.token[:32],
        "Tags": pairs(site.tags(new)),
    }
    if others:
        params["SubjectAlternativeNames"] = [first, *others]
    answer = yield Call("acm", "RequestCertificate", params)
    return {"id": answer["CertificateArn"]}


def update(before: Certificate, after: Certificate, site: Site) -> Calling:
    """Put up the validation records, one batch a zone. Apex and wildcard share one; so do two certificates."""
    arn = site.id(site.address)
    missing = [proof for proof in after.proofs if proof not in before.proofs]
    if missing:
        answer = yield _describe(arn)
        records = dict(_options(answer["Certificate"]))
        batches: dict[str, dict[str, Any]] = {}
        for proof in missing:
            if record := records.get(proof.domain):
                batches.setdefault(site.id(proof.zone), {})[record["Name"]] = record
        for zone, batch in sorted(batches.items()):
            yield _batch(zone, [_change("UPSERT", record) for _, record in sorted(batch.items())])
    yield from retag("acm", arn, before.tags, after.tags)
    return {}


def _change(action: str, record: Mapping[str, str]) -> dict[str, Any]:
    values = [{"Value": record["Value"]}]
    return {
        "Action": action,
        "ResourceRecordSet": {"Name": record["Name"], "Type": record["Type"], "TTL": TTL, "ResourceRecords": values},
    }


def _batch(zone: str, changes: Sequence[Mapping[str, Any]]) -> Call:
    params = {"HostedZoneId": zone, "ChangeBatch": {"Changes": list(changes)}}
    return Call("route53", "ChangeResourceRecordSets", params, not_yet=("PriorRequestNotComplete",), within=120)


def delete(_: Certificate, site: Site) -> Calling:
    """The validation records first, except those another certificate needs; then the certificate."""
    assert site.live is not None
    arn = site.live.id
    answer = yield _describe(arn)
    if answer:
        yield from _unprove(arn, dict(_options(answer["Certificate"])))
    yield Call(
        "acm",
        "DeleteCertificate",
        {"CertificateArn": arn},
        done_if=MISSING,
        not_yet=("ResourceInUseException",),
        within=1200,
    )
    return {}


def _unprove(arn: str, records: Mapping[str, Mapping[str, str]]) -> Calling:
    """Take down what only this certificate needed, as it stands there now."""
    listed = yield CERTIFICATES
    needed: set[str] = set()
    for summary in listed["CertificateSummaryList"]:
        if summary["CertificateArn"] == arn or summary.get("Type") == "IMPORTED":
            continue
        other = yield _describe(summary["CertificateArn"])
        if other and other["Certificate"]["Status"] not in LOST:
            needed |= {domain(record["Name"]) for _, record in _options(other["Certificate"])}
    zones = yield HOSTED_ZONES
    for name, record in records.items():
        zone = _zone(name, zones["HostedZones"])
        if zone and domain(record["Name"]) not in needed:
            needed.add(domain(record["Name"]))
            yield from _take_down(zone, record)
    return {}


def _take_down(zone: str, record: Mapping[str, str]) -> Calling:
    asked = {
        "HostedZoneId": zone,
        "StartRecordName": record["Name"],
        "StartRecordType": record["Type"],
        "MaxItems": "1",
    }
    answer = yield Call("route53", "ListResourceRecordSets", asked, done_if=("NoSuchHostedZone",))
    for found in answer.get("ResourceRecordSets", []):
        values = [domain(value["Value"]) for value in found.get("ResourceRecords", [])]
        same = domain(found["Name"]) == domain(record["Name"]) and found["Type"] == record["Type"]
        if same and values == [domain(record["Value"])]:
            call = _batch(zone, [{"Action": "DELETE", "ResourceRecordSet": found}])
            yield replace(call, done_if=("InvalidChangeBatch",))
    return {}


def told(_: Certificate, site: Site) -> Looking:
    """AWS makes up the validation records some seconds after the request."""
    answer = yield _describe(site.id(site.address))
    options = answer.get("Certificate", {}).get("DomainValidationOptions", [])
    shown = sum(bool(option.get("ResourceRecord")) for option in options)
    if options and shown == len(options):
        return Sight("ready", f"{shown} of {len(options)} known")
    return Sight("waiting", f"{shown} of {len(options)} known")


def issued(_: Certificate, site: Site) -> Looking:
    """ISSUED, or never: AWS says why it failed."""
    answer = yield _describe(site.id(site.address))
    raw = answer.get("Certificate", {"Status": "PENDING_VALIDATION"})
    if raw["Status"] == "ISSUED":
        return Sight("ready", "issued")
    if raw["Status"] in LOST:
        reason = raw.get("FailureReason") or raw["Status"]
        return Sight("hopeless", raw["Status"].lower(), CAUSES.get(reason, reason))
    pending = [
        o["DomainName"] for o in raw.get("DomainValidationOptions", []) if o.get("ValidationStatus") != "SUCCESS"
    ]
    cause = "do the name servers at your registrar match those of the hosted zone? waiting for " + ", ".join(pending)
    return Sight("waiting", "pending validation", cause)


CAUSES = {
    "CAA_ERROR": 'a CAA record of the domain does not allow Amazon: add `0 issue "amazon.com"`',
    "DOMAIN_NOT_ALLOWED": "AWS refuses this domain: it is on a list of unsafe or reserved names",
    "INVALID_PUBLIC_DOMAIN": "this is not a public domain name",
    "VALIDATION_TIMED_OUT": "the validation record was not seen for 72 hours",
}


def text(certificate: Certificate) -> str:
    """`api.example.com, validated by DNS`"""
    return f"{', '.join(certificate.domains)}, validated by DNS"


KIND = Kind(
    model=Certificate,
    read=read,
    create=create,
    update=update,
    delete=delete,
    birth=birth,
    text=text,
    unready=unready,
    gates=(
        Gate("records", "AWS has told the validation records", 300, told, after=("create",)),
        Gate("issued", "the certificate is issued", 4500, issued, after=("update",)),
    ),
    permissions=(
        "acm:ListCertificates",
        "acm:ListTagsForCertificate",
        "acm:DescribeCertificate",
        "acm:RequestCertificate",
        "acm:AddTagsToCertificate",
        "acm:RemoveTagsFromCertificate",
        "acm:DeleteCertificate",
        "route53:ListHostedZones",
        "route53:ListResourceRecordSets",
        "route53:ChangeResourceRecordSets",
    ),
)
