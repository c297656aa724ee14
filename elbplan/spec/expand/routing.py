"""Expands `policy:` of a domain to the fields of its records."""

from __future__ import annotations

from typing import Any

from ..short.domains import Domain
from ..short.routing import POLICIES, Geolocation, Geoproximity
from ..yaml.tree import YamlPath
from .context import ExpandContext

STACK = "stack"


def policy_fields(domain: Domain, context: ExpandContext, path: YamlPath) -> dict[str, Any]:
    """The fields of the policy; none without a policy."""
    policy = domain.policy
    if policy is None:
        return {}
    if not any(getattr(policy, name) is not None for name in POLICIES) and context.report.complete("domain"):
        context.report.at(
            (*path, "policy"), "the policy is empty", f"write one of {', '.join(POLICIES)} with its value"
        )
    return {
        "weight": policy.weighted,
        "region": _region(policy.latency, context, path) if policy.latency else None,
        "failover": policy.failover,
        "geo_location": _geolocation(policy.geolocation, context, path) if policy.geolocation else None,
        "geo_proximity": _geoproximity(policy.geoproximity, context, path) if policy.geoproximity else None,
        "multi_value_answer": policy.multivalue,
        "cidr_routing": {"collection_id": policy.cidr.collection, "location_name": policy.cidr.location}
        if policy.cidr
        else None,
    }


def _region(text: str, context: ExpandContext, path: YamlPath) -> str | None:
    """The region of latency routing. Without a region in the spec, elbplan would have to guess it."""
    if text != STACK:
        return text
    if context.short.region is None and "region" not in context.report.lost:
        what = "the policy needs the region of the stack, and the spec has none"
        context.report.at((*path, "policy"), what, "write region: at the top, or the region in the policy")
    return context.short.region or text


def _geolocation(place: Geolocation, context: ExpandContext, path: YamlPath) -> dict[str, Any]:
    if place.continent is None and place.country is None and context.report.complete("domain"):
        hint = 'write country: "*" for everywhere else'
        context.report.at((*path, "policy"), "a place needs a continent or a country", hint)
    return {
        "continent_code": place.continent,
        "country_code": place.country,
        "subdivision_code": place.subdivision,
    }


def _geoproximity(place: Geoproximity, context: ExpandContext, path: YamlPath) -> dict[str, Any]:
    coordinates = None
    if place.latitude is not None and place.longitude is not None:
        coordinates = {"latitude": f"{place.latitude:.2f}", "longitude": f"{place.longitude:.2f}"}
    elsewhere = coordinates or place.local_zone
    return {
        "aws_region": None if elsewhere else _region(place.region or STACK, context, path),
        "local_zone_group": place.local_zone,
        "coordinates": coordinates,
        "bias": place.bias,
    }
