"""Removes validation records, if no certificate needs them.

"The CNAME validation token works for any AWS Region": certificates of one domain in all regions of an account share
one record, and AWS renews none of them without it. https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...core.call import Answer, Call, WriteProgram
from .acm_validation import (
    CERTIFICATES,
    LOST,
    MISSING,
    REGIONS,
    UNVALIDATED,
    describe_certificate,
    has_value_of,
    listed_names,
    other_regions,
    record_at,
    validation_records,
    without_wildcard,
    zone_of,
)
from .queries import HOSTED_ZONES
from .record_batches import RecordSearch, delete_record
from .validation_ownership import pass_on_claims, record_of


class RecordNeed(NamedTuple):
    """The reason why a record stays, and the region of the certificate that needs it."""

    why: str
    region: str = ""


RecordNeeds = Generator[Call, Answer, dict[str, RecordNeed]]


@dataclass
class RecordRemoval:
    """Removes the records that elbplan made for one certificate.

    places   the zone of each name, if it is known
    open     the records that still exist, by name
    needs    the reason why each of them stays
    """

    arn: str
    region: str
    places: Mapping[str, str]
    open: dict[str, Mapping[str, str]] = field(default_factory=dict)
    needs: dict[str, RecordNeed] = field(default_factory=dict)

    @property
    def reasons(self) -> str:
        """The records that stay and the reasons, one record a line."""
        return "\n".join(f"{record_of(name)}: {need.why}" for name, need in sorted(self.needs.items()))

    def read_records(self, made: Collection[str]) -> WriteProgram:
        """Reads the records of these names, while the certificate still exists."""
        if made:
            answer = yield describe_certificate(self.arn)
            records = validation_records(answer["Certificate"]) if answer else ()
            self.open = {without_wildcard(name): record for name, record in records if without_wildcard(name) in made}
        return {}

    def remove(self, only_here: bool = False) -> WriteProgram:
        """Removes the records that no certificate needs.

        `only_here` checks again only the records that certificates of this region needed.
        """
        names = {name for name in self.open if not only_here or self.needs[name].region == self.region}
        if not names:
            return {}
        needs = yield from needed_records(self.arn, names, self.region)
        self.needs = {name: need for name, need in self.needs.items() if name not in names} | needs
        for name in sorted(names - needs.keys()):
            zone = self.places.get(name) or (yield from _found_zone(name))
            if zone:
                yield from _take_down(zone, self.open[name])
            del self.open[name]
        return {}


def delete_certificate(arn: str, facts: Mapping[str, str], region: str, places: Mapping[str, str]) -> WriteProgram:
    """Deletes a certificate, and the records that its facts name if nobody needs them; `places` has their zones.

    It checks the records again after the certificate is deleted: of two certificates that are deleted together, each
    seems to need the record until one of them is gone.
    """
    made = facts.get("validation_made", "").split() if facts.get("remove_validation") else []
    removal = RecordRemoval(arn, region, places)
    yield from pass_on_claims(facts)
    yield from removal.read_records(made)
    yield from removal.remove()
    in_use = ("ResourceInUseException",)
    yield Call("acm", "DeleteCertificate", {"CertificateArn": arn}, done_if=MISSING, retry_on=in_use, timeout=1200)
    yield from removal.remove(only_here=True)
    return {"kept": removal.reasons} if removal.reasons else {}


def _found_zone(name: str) -> Generator[Call, Answer, str]:
    answer = yield HOSTED_ZONES
    return zone_of(name, answer["HostedZones"]) or ""


def _take_down(zone: str, record: Mapping[str, str]) -> WriteProgram:
    def find() -> RecordSearch:
        found = yield from record_at(zone, record)
        return found if has_value_of(found, record) else None

    yield from delete_record(zone, find)
    return {}


def needed_records(arn: str, names: Collection[str], here: str) -> RecordNeeds:
    """The records of these names that stay, because a certificate of an enabled region needs them, or may need them."""
    needs = yield from _needed_in(here, arn, set(names), {})
    if needs.keys() >= set(names):
        return needs
    answer = yield REGIONS
    if not answer.get("Regions"):
        unknown = RecordNeed(
            "AWS did not return the regions of the account (ec2:DescribeRegions), so another region may need it"
        )
        return dict.fromkeys(names, unknown) | needs
    for region in other_regions(answer, here):
        if left := set(names) - needs.keys():
            needs |= yield from _needed_in(region, arn, left, {"region": region, "optional": True})
    return needs


def _needed_in(region: str, arn: str, names: set[str], where: Mapping[str, Any]) -> RecordNeeds:
    answer = yield replace(CERTIFICATES, **where)
    if "CertificateSummaryList" not in answer:
        silent = RecordNeed(f"the region {region} did not return its certificates, and one of them may need it", region)
        return dict.fromkeys(names, silent)
    needs: dict[str, RecordNeed] = {}
    for summary in answer["CertificateSummaryList"]:
        other = summary["CertificateArn"]
        if other == arn or summary.get("Type") in UNVALIDATED or summary.get("Status") in LOST:
            continue
        validated = yield from _validated_names(summary, where)
        for name in names if validated is None else names.intersection(validated):
            needs[name] = RecordNeed(f"AWS needs it to renew the certificate {other}", region)
    return needs


def _validated_names(
    summary: Mapping[str, Any], where: Mapping[str, Any]
) -> Generator[Call, Answer, Iterable[str] | None]:
    """The names of a certificate that need a validation record; None if AWS does not return them."""
    if summary.get("Status") and listed_names(summary) and not summary.get("HasAdditionalSubjectAlternativeNames"):
        return listed_names(summary)
    answer = yield replace(describe_certificate(summary["CertificateArn"]), done_if=MISSING, **where)
    if not answer:
        return None if where else ()
    raw = answer["Certificate"]
    if raw["Status"] in LOST:
        return ()
    return {without_wildcard(name) for name in (raw["DomainName"], *raw.get("SubjectAlternativeNames", []))}
