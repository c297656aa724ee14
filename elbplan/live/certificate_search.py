"""Finds the certificates of the account that cover a domain: `certificate: find`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import Lookup
from ..core.call import ReadProgram
from ..core.kind import LiveResource
from ..core.permission import reads
from ..core.resource import Resource, references
from ..kinds.aws.acm_validation import CERTIFICATES, REGIONS
from ..kinds.aws.moments import moment_text
from ..kinds.aws.queries import domain
from ..kinds.certificate import Certificate

Summary = Mapping[str, Any]
NAME = "name:"
MOST_SHOWN = 5


def finds_certificates(resource: Resource) -> Iterable[str]:
    """A value for a resource with a certificate that elbplan must find."""
    return ["*"] if any(map(is_certificate, references(resource))) else []


def is_certificate(ref: object) -> bool:
    """True for the lookup of a certificate by the domain that it covers."""
    return isinstance(ref, Lookup) and ref.what == Certificate.kind


PERMISSIONS = (
    *reads("acm:ListCertificates", verbs=("compare",), each=finds_certificates),
    *reads(
        "ec2:DescribeRegions",
        verbs=("compare",),
        each=finds_certificates,
        without_it="does not say which other region has a certificate for a domain",
    ),
)


@dataclass(frozen=True)
class CertificateSearch:
    """The certificates of the account, and those that cover each name.

    fitting     the ARNs for each lookup, the best first
    others      for a lookup without result: what the account has instead, in words
    """

    fitting: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    others: Mapping[Lookup, str] = field(default_factory=dict)

    def for_stack(self, lookup: Lookup, lives: Sequence[LiveResource[Any]]) -> Sequence[str]:
        """The best certificate that is not the stack's own: the stack deletes those that its spec does not have."""
        own = {live.id for live in lives if live.address.kind == Certificate.kind}
        return [arn for arn in self.fitting.get(lookup, ()) if arn not in own][:1]

    def problem(self, lookup: Lookup, region: str) -> str:
        """Why there is no certificate for a lookup."""
        name = lookup.query.removeprefix(NAME)
        found = self.others.get(lookup) or "only a certificate of this stack covers it, which its spec no longer has"
        return f"there is no issued certificate for {name} in {region} ({found})"


def search_certificates(region: str, lookups: Iterable[Lookup]) -> ReadProgram[CertificateSearch]:
    """Searches the region for an issued certificate of each name; if there is none, also the other regions."""
    names = {lookup: domain(lookup.query.removeprefix(NAME)) for lookup in sorted(lookups)}
    if not names:
        return CertificateSearch()
    (answer,) = yield [CERTIFICATES]
    listed: Sequence[Summary] = answer["CertificateSummaryList"]
    fitting = {lookup: best(name, listed) for lookup, name in names.items()}
    missing = {lookup: name for lookup, name in names.items() if not fitting[lookup]}
    elsewhere = (yield from _elsewhere(region)) if missing else {}
    return CertificateSearch(fitting, {lookup: _others(name, listed, elsewhere) for lookup, name in missing.items()})


def _elsewhere(region: str) -> ReadProgram[Mapping[str, Sequence[Summary]]]:
    """The certificates of the other regions; none of a region that does not answer."""
    (answer,) = yield [REGIONS]
    enabled = [r["RegionName"] for r in answer.get("Regions", []) if r.get("OptInStatus") != "not-opted-in"]
    regions = sorted(set(enabled) - {region})
    answers = (yield [replace(CERTIFICATES, region=other, optional=True) for other in regions]) if regions else []
    return {other: a.get("CertificateSummaryList", []) for other, a in zip(regions, answers, strict=True)}


def best(name: str, listed: Iterable[Summary]) -> list[str]:
    """The ARNs of the issued certificates that cover a name and that a load balancer can use, the last expiry first.

    A load balancer cannot use certificates that CloudFront manages:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/managed-cloudfront-certificates.html
    """
    fits = [s for s in listed if s.get("Status") == "ISSUED" and not s.get("ManagedBy") and covers(s, name)]
    ordered = sorted(fits, key=lambda summary: (moment_text(summary.get("NotAfter")), summary["CertificateArn"]))
    return [str(summary["CertificateArn"]) for summary in reversed(ordered)]


def covers(summary: Summary, name: str) -> bool:
    """True if a name of the certificate is this name, or a wildcard for its first label."""
    parent = f"*.{name.partition('.')[2]}"
    return any(each in (name, parent) for each in _names(summary))


def _names(summary: Summary) -> list[str]:
    names = summary.get("SubjectAlternativeNameSummaries") or []
    return list(dict.fromkeys(domain(name) for name in (summary.get("DomainName"), *names) if name))


def _others(name: str, listed: Sequence[Summary], elsewhere: Mapping[str, Sequence[Summary]]) -> str:
    """What the account has instead: certificates of the name with another status or in another region, or all names."""
    near = [f"{s['CertificateArn']} is {_state(s)}" for s in listed if covers(s, name)]
    for summaries in elsewhere.values():
        near += [f"{arn} covers it, but a load balancer needs one of its own region" for arn in best(name, summaries)]
    if near:
        return "; ".join(near[:MOST_SHOWN])
    issued = sorted({each for s in listed if s.get("Status") == "ISSUED" for each in _names(s)})
    more = f" and {len(issued) - MOST_SHOWN} more" if len(issued) > MOST_SHOWN else ""
    return f"issued here: {', '.join(issued[:MOST_SHOWN]) or 'none'}{more}"


def _state(summary: Summary) -> str:
    return "managed by CloudFront" if summary.get("ManagedBy") else str(summary.get("Status") or "in an unknown state")
