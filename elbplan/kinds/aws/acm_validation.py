"""The DNS records that prove a domain to ACM: which stand, how they are put up, and when they may go."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator

from ...core.address import AwsId
from ...core.call import Answer, Call, ReadProgram
from ...core.resource import Part
from ..references import ZoneRef
from .queries import domain, reads_whole, record_asks, zone_for

ZoneSearch = Generator[Call, Answer, Mapping[str, Any] | None]


class DnsValidation(Part):
    """A name of the certificate and the hosted zone in which it is validated."""

    domain: Annotated[str, Field(description="a name of the certificate")]
    zone: ZoneRef

    @field_validator("domain")
    @classmethod
    def _canonical(cls, name: str) -> str:
        return domain(name)


EVERY_KEY = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
CERTIFICATES = Call("acm", "ListCertificates", {"Includes": {"keyTypes": EVERY_KEY}})
"""Without `keyTypes` AWS lists RSA certificates of up to 2048 bits only."""

LOST = ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE")
TTL = 300


MISSING = ("ResourceNotFoundException",)
PROVING = ".acm-validations.aws"
"""Where every validation record of ACM points."""


def bare(name: str) -> str:
    """A name without its wildcard: apex and wildcard are validated by one record."""
    return domain(name).removeprefix("*.")


def is_fully_listed(summary: Mapping[str, Any], zones: Sequence[Mapping[str, Any]]) -> bool:
    """Does the list alone say all about it? So it is for an issued one whose zones are small enough to read whole."""
    names = summary.get("SubjectAlternativeNameSummaries") or ()
    said = summary.get("Status") == "ISSUED" and summary.get("KeyAlgorithm") and names
    return bool(said and not summary.get("HasAdditionalSubjectAlternativeNames")) and all(
        (zone := zone_of(name, zones)) and reads_whole(zone, zones) for name in names
    )


def validated_by(
    summaries: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]
) -> ReadProgram[dict[str, list[DnsValidation]]]:
    """For each certificate the names that have a validation record of ACM in their zone."""
    names = {name for s in summaries for name in s["SubjectAlternativeNameSummaries"]}
    places = {name: zone for name in names if (zone := zone_of(name, zones))}
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
            DnsValidation(domain=domain(name), zone=AwsId(places[name]))
            for name in s["SubjectAlternativeNameSummaries"]
            if name in places and (places[name], domain(name).removeprefix("*.")) in signs
        ]
        for s in summaries
    }


def describe(arn: str) -> Call:
    """All about one certificate; nothing of one that is gone."""
    return Call("acm", "DescribeCertificate", {"CertificateArn": arn}, done_if=MISSING)


def validation_records(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each name of the certificate with its validation record, where AWS has made one up already."""
    for option in raw.get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            yield option["DomainName"].lower(), record


def validation_complete(
    raws: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]
) -> ReadProgram[dict[str, list[DnsValidation]]]:
    """For each certificate, the names whose validation record really stands in a public zone."""
    wanted = [(raw["CertificateArn"], name, record) for raw in raws for name, record in validation_records(raw)]
    places = [(arn, name, record, zone_of(name, zones)) for arn, name, record in wanted]
    asks = [ask for _, _, record, zone in places if zone for ask in record_asks(zone, [record["Name"]], zones)]
    answers = (yield asks) if asks else []
    standing = {
        (ask.params["HostedZoneId"], domain(found["Name"]), found["Type"], domain(value["Value"]))
        for ask, answer in zip(asks, answers, strict=True)
        if isinstance(ask, Call)
        for found in answer["ResourceRecordSets"]
        for value in found.get("ResourceRecords", [])
    }
    proofs: dict[str, list[DnsValidation]] = {raw["CertificateArn"]: [] for raw in raws}
    for arn, name, record, zone in places:
        if zone and (zone, domain(record["Name"]), record["Type"], domain(record["Value"])) in standing:
            proofs[arn].append(DnsValidation(domain=name, zone=AwsId(zone)))
    return proofs


def zone_of(name: str, zones: Sequence[Mapping[str, Any]]) -> str | None:
    """The public zone in which a name is validated, if it is clear which one."""
    try:
        return zone_for(name.removeprefix("*."), zones)
    except ValueError:
        return None


def record_change(action: str, record: Mapping[str, str]) -> dict[str, Any]:
    """One validation record, as a change of its zone."""
    values = [{"Value": record["Value"]}]
    return {
        "Action": action,
        "ResourceRecordSet": {"Name": record["Name"], "Type": record["Type"], "TTL": TTL, "ResourceRecords": values},
    }


def change_batch(zone: str, changes: Sequence[Mapping[str, Any]]) -> Call:
    """Changes of one zone, all or none."""
    params = {"HostedZoneId": zone, "ChangeBatch": {"Changes": list(changes)}}
    return Call("route53", "ChangeResourceRecordSets", params, retry_on=("PriorRequestNotComplete",), timeout=120)


def record_at(zone: str, record: Mapping[str, str]) -> ZoneSearch:
    """What stands where a validation record is to stand; None if nothing does."""
    asked = {
        "HostedZoneId": zone,
        "StartRecordName": record["Name"],
        "StartRecordType": record["Type"],
        "MaxItems": "1",
    }
    answer = yield Call("route53", "ListResourceRecordSets", asked, done_if=("NoSuchHostedZone",))
    sets: Sequence[Mapping[str, Any]] = answer.get("ResourceRecordSets", [])
    same = (one for one in sets if domain(one["Name"]) == domain(record["Name"]) and one["Type"] == record["Type"])
    return next(same, None)


def has_value_of(found: Mapping[str, Any] | None, record: Mapping[str, str]) -> bool:
    """Does what stands there prove what the record proves?"""
    values = [domain(value["Value"]) for value in (found or {}).get("ResourceRecords", [])]
    return values == [domain(record["Value"])]


def listed_names(summary: Mapping[str, Any]) -> set[str]:
    """The names of a certificate without their wildcards, as far as the list tells them."""
    names = summary.get("SubjectAlternativeNameSummaries") or []
    return {bare(name) for name in (*names, summary.get("DomainName")) if name}
