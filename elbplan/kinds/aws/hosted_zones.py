"""The hosted zones of some domain names: all zones of a small account; in a large one, only those of the names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...core.call import DENIED_ANSWER, FAILED_ANSWER, Call, ReadProgram
from .denied_reads import unless_denied
from .queries import HOSTED_ZONES, domain

FIRST_ZONES = Call("route53", "ListHostedZones", {"MaxItems": "100"})
"""The largest page: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html"""

Zones = list[Mapping[str, Any]]


def hosted_zones(names: Iterable[str], *, needed: bool = True) -> ReadProgram[Zones | None]:
    """The zones that can hold records of these names, and others; None if AWS may deny them, and does.

    One call, however many zones the account has, and in an account of more than 100 zones one for each parent domain.
    """
    (answer,) = yield [unless_denied(FIRST_ZONES, needed=needed)]
    if answer == DENIED_ANSWER:
        return None
    first: Zones = answer["HostedZones"]
    calls = [_by_name(parent) for parent in sorted({p for name in names for p in _parents(name)})]
    if not answer.get("IsTruncated") or not calls:
        return first
    answers = yield calls
    if FAILED_ANSWER in answers:
        (everything,) = yield [HOSTED_ZONES]
        return list(everything["HostedZones"])
    found = [zone for named in answers for zone in named["HostedZones"]]
    return list({zone["Id"]: zone for zone in (*first, *found)}.values())


def every_hosted_zone(names: Iterable[str]) -> ReadProgram[Zones]:
    """All zones of the account: a stack may have made one of a name that its spec no longer has."""
    found = yield from hosted_zones(names)
    (first,) = yield [FIRST_ZONES]
    if not first.get("IsTruncated"):
        return found or []
    (everything,) = yield [HOSTED_ZONES]
    return list(everything["HostedZones"])


def _by_name(name: str) -> Call:
    """Lists the zones from this name on: those of the name come first."""
    params = {"DNSName": name, "MaxItems": "20"}
    return Call("route53", "ListHostedZonesByName", params, has_fallback=True)


def _parents(name: str) -> Iterator[str]:
    """The domains that can have a zone for this name: the name itself and its parents, without the last label."""
    labels = domain(name).removeprefix("*.").split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])
