"""The DNS records that validate the domains of a certificate for ACM."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator

from ...core.address import AwsId
from ...core.call import Answer, Call, ReadProgram
from ...core.resource import Part
from ..references import ZoneRef
from .queries import domain, fits_one_answer, public_zones, record_asks, zone_for, zone_id

ZoneSearch = Generator[Call, Answer, Mapping[str, Any] | None]


class DnsValidation(Part):
    """A name of the certificate, and the hosted zone that holds its validation record."""

    domain: Annotated[str, Field(description="a name of the certificate")]
    zone: ZoneRef

    @field_validator("domain")
    @classmethod
    def _canonical(cls, name: str) -> str:
        return domain(name)


EVERY_KEY = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
CERTIFICATES = Call("acm", "ListCertificates", {"Includes": {"keyTypes": EVERY_KEY}})
"""Without `keyTypes` AWS lists only RSA certificates of at most 2048 bits."""

REGIONS = Call("ec2", "DescribeRegions", optional=True)
"""The regions that are enabled for the account."""

LOST = ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED", "INACTIVE")
IMPORTED, PRIVATE = "IMPORTED", "PRIVATE"
UNVALIDATED = (IMPORTED, PRIVATE)
"""Types of certificates that need no validation record."""

TTL = 300
MISSING = ("ResourceNotFoundException",)
VALIDATION_HOST = ".acm-validations.aws"
"""The end of the value of every validation record of ACM."""


def other_regions(answer: Answer, here: str) -> list[str]:
    """The enabled regions of an answer to `REGIONS`, without this one; [] if AWS did not return them."""
    enabled = {raw["RegionName"] for raw in answer.get("Regions", ()) if raw.get("OptInStatus") != "not-opted-in"}
    return sorted(enabled - {here})


def is_validation_record(record: Mapping[str, Any]) -> bool:
    """True if ACM validates a domain by this record."""
    values = [domain(value["Value"]) for value in record.get("ResourceRecords", ())]
    is_named_so = record["Type"] == "CNAME" and record["Name"].startswith("_")
    return is_named_so and any(value.endswith(VALIDATION_HOST) for value in values)


def without_wildcard(name: str) -> str:
    """The name without its wildcard: one record validates both the apex and the wildcard."""
    return domain(name).removeprefix("*.")


def is_fully_listed(summary: Mapping[str, Any], zones: Sequence[Mapping[str, Any]]) -> bool:
    """True if ListCertificates tells enough: it is issued, and its zones are small enough to read completely."""
    names = summary.get("SubjectAlternativeNameSummaries") or ()
    issued = summary.get("Status") == "ISSUED" and summary.get("KeyAlgorithm") and names
    return bool(issued and not summary.get("HasAdditionalSubjectAlternativeNames")) and all(
        (zone := zone_of(name, zones)) and fits_one_answer(zone, zones) for name in names
    )


def listed_validations(
    summaries: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]]
) -> ReadProgram[dict[str, list[DnsValidation]]]:
    """For each listed certificate, the names that have some validation record of ACM in their zone."""
    names = {name for s in summaries for name in s["SubjectAlternativeNameSummaries"]}
    places = {name: zone for name in names if (zone := zone_of(name, zones))}
    used = sorted(set(places.values()))
    answers = (yield [ask for zone in used for ask in record_asks(zone, [], zones)]) if used else []
    validated = {
        (zone, domain(record["Name"]).partition(".")[2])
        for zone, answer in zip(used, answers, strict=True)
        for record in answer["ResourceRecordSets"]
        if is_validation_record(record)
    }
    return {
        s["CertificateArn"]: [
            DnsValidation(domain=domain(name), zone=AwsId(places[name]))
            for name in s["SubjectAlternativeNameSummaries"]
            if name in places and (places[name], domain(name).removeprefix("*.")) in validated
        ]
        for s in summaries
    }


def describe_certificate(arn: str) -> Call:
    """Describes one certificate. The answer is empty if the certificate no longer exists."""
    return Call("acm", "DescribeCertificate", {"CertificateArn": arn}, done_if=MISSING)


def validation_records(raw: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each name of the certificate with its validation record, if AWS has created the record's value already."""
    for option in raw.get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            yield option["DomainName"].lower(), record


def existing_validations(
    raws: Sequence[Mapping[str, Any]], zones: Sequence[Mapping[str, Any]], named: Collection[str] = ()
) -> ReadProgram[dict[str, list[DnsValidation]]]:
    """For each certificate, the names whose validation record exists in a public zone.

    An account can have several public zones of one name. `named` are the ids of zones that specs name.
    """
    wanted = [(raw["CertificateArn"], name, record) for raw in raws for name, record in validation_records(raw)]
    places = [(arn, name, rec, zone) for arn, name, rec in wanted for zone in _possible_zones(name, zones, named)]
    asks = [ask for _, _, record, zone in places for ask in record_asks(zone, [record["Name"]], zones)]
    answers = (yield asks) if asks else []
    existing = {
        (ask.params["HostedZoneId"], domain(entry["Name"]), entry["Type"], domain(value["Value"]))
        for ask, answer in zip(asks, answers, strict=True)
        if isinstance(ask, Call)
        for entry in answer["ResourceRecordSets"]
        for value in entry.get("ResourceRecords", [])
    }
    proofs: dict[str, list[DnsValidation]] = {raw["CertificateArn"]: [] for raw in raws}
    for arn, name, record, zone in places:
        if (zone, domain(record["Name"]), record["Type"], domain(record["Value"])) in existing:
            proofs[arn].append(DnsValidation(domain=name, zone=AwsId(zone)))
    return proofs


def _possible_zones(name: str, zones: Sequence[Mapping[str, Any]], named: Collection[str]) -> list[str]:
    """The public zones with the longest match, and those of the specs that fit the name."""
    fits = public_zones(name.removeprefix("*."), zones)
    longest = max(fits.values(), default=0)
    return sorted(id for id, length in fits.items() if length == longest or id in named)


def zone_of(name: str, zones: Sequence[Mapping[str, Any]]) -> str | None:
    """The public zone that holds the validation record of a name; None if there is no such zone, or several."""
    try:
        return zone_for(name.removeprefix("*."), zones)
    except ValueError:
        return None


def in_public_zone(proof: DnsValidation, zones: Sequence[Mapping[str, Any]]) -> DnsValidation | None:
    """The proof; if its zone is private, with the public zone of the name. None if no public zone fits.

    ACM reads the record in public DNS only: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    private = {zone_id(zone["Id"]) for zone in zones if zone.get("Config", {}).get("PrivateZone")}
    if str(proof.zone) not in private:
        return proof
    public = zone_of(proof.domain, zones)
    return DnsValidation(domain=proof.domain, zone=AwsId(public)) if public else None


def record_change(action: str, record: Mapping[str, str]) -> dict[str, Any]:
    """A change of one validation record, for ChangeResourceRecordSets."""
    values = [{"Value": record["Value"]}]
    return {
        "Action": action,
        "ResourceRecordSet": {"Name": record["Name"], "Type": record["Type"], "TTL": TTL, "ResourceRecords": values},
    }


def record_at(zone: str, record: Mapping[str, str]) -> ZoneSearch:
    """The record set that has the name and type of a validation record; None if there is none."""
    params = {
        "HostedZoneId": zone,
        "StartRecordName": record["Name"],
        "StartRecordType": record["Type"],
        "MaxItems": "1",
    }
    answer = yield Call("route53", "ListResourceRecordSets", params, done_if=("NoSuchHostedZone",))
    sets: Sequence[Mapping[str, Any]] = answer.get("ResourceRecordSets", [])
    same = (raw for raw in sets if domain(raw["Name"]) == domain(record["Name"]) and raw["Type"] == record["Type"])
    return next(same, None)


def has_value_of(found: Mapping[str, Any] | None, record: Mapping[str, str]) -> bool:
    """True if the record set in the zone has the value of the validation record."""
    values = [domain(value["Value"]) for value in (found or {}).get("ResourceRecords", [])]
    return values == [domain(record["Value"])]


def listed_names(summary: Mapping[str, Any]) -> set[str]:
    """The names of a certificate without their wildcards, as far as ListCertificates returns them."""
    names = summary.get("SubjectAlternativeNameSummaries") or []
    return {without_wildcard(name) for name in (*names, summary.get("DomainName")) if name}
