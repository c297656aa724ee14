"""Finds the load balancer that a person names: by its name, its ARN, its DNS name, or a record that leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..core.call import ReadProgram
from ..core.suggest import closest
from ..errors import ElbplanError, UsageProblem, escaped
from ..kinds.aws.queries import LOAD_BALANCERS, balancer_name
from .aliases import ZoneRecord, destination_of, every_record
from .classic.read import ARN as CLASSIC_ARN
from .classic.read import EVERY_CLASSIC

RawBalancer = Mapping[str, Any]
ARN = re.compile(r"arn:aws[\w-]*:elasticloadbalancing:(?P<region>[a-z0-9-]+):\d{12}:loadbalancer/.+")

PERMISSIONS = ("elasticloadbalancing:DescribeLoadBalancers",)


def find_balancer(word: str, region: str) -> ReadProgram[RawBalancer]:
    """AWS's description of the load balancer. Raises ElbplanError, with the names that the account has."""
    answer, old = yield [LOAD_BALANCERS, EVERY_CLASSIC]
    every: Sequence[RawBalancer] = (*answer["LoadBalancers"], *old["LoadBalancerDescriptions"])
    if found := _named(word, every):
        return found
    records: list[ZoneRecord] = []
    if "." in word and not ARN.fullmatch(word):
        records, _ = yield from every_record()
        if found := _named(destination_of(records, word), every):
            return found
    raise _no_balancer(word, region, every, destination_of(records, word))


def is_classic(raw: RawBalancer) -> bool:
    """True for the description of a Classic load balancer, which has no ARN."""
    return "LoadBalancerArn" not in raw


def _named(word: str, every: Iterable[RawBalancer]) -> RawBalancer | None:
    """The load balancer with this name, ARN or DNS name. Raises UsageProblem if a Classic one has the same name."""
    found = [raw for raw in every if word and _has_name(word, raw)]
    if len(found) > 1:
        hint = f"give the DNS name: {' or '.join(sorted(raw.get('DNSName') or '' for raw in found))}"
        raise UsageProblem(f"{escaped(word)} is the name of a Classic load balancer and of another one", hint=hint)
    return found[0] if found else None


def _has_name(word: str, raw: RawBalancer) -> bool:
    if balancer_name(word) == balancer_name(raw.get("DNSName") or ""):
        return True
    if is_classic(raw):
        return bool(raw["LoadBalancerName"] == (match["name"] if (match := CLASSIC_ARN.fullmatch(word)) else word))
    return bool(word == raw["LoadBalancerArn"] or word.lower() == raw["LoadBalancerName"].lower())


def _no_balancer(word: str, region: str, every: Sequence[RawBalancer], leads_to: str) -> ElbplanError:
    shown = escaped(word)
    arn = ARN.fullmatch(word)
    if arn and arn["region"] != region:
        return ElbplanError(f"{shown} is in {arn['region']}, not in {region}", hint=f"add --region {arn['region']}")
    if leads_to:
        what = f"{shown} leads to {leads_to}, and no load balancer of {region} has that DNS name"
        return ElbplanError(what, hint="check the region and the account")
    names = sorted({raw["LoadBalancerName"] for raw in every})
    similar = closest(word, names, cutoff=0.5)
    many = f"{region} has: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}" if names else ""
    hint = f"did you mean {similar}? {many}" if similar else many
    return ElbplanError(
        f"there is no load balancer {shown} in {region}",
        hint=hint or f"{region} has no load balancer: check the region and the account",
    )
