"""The routing policies of Route 53: which of the record sets of one name and type answers a query.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from pydantic import Field

from ...core.resource import Part, field_values


class GeoLocation(Part):
    """The place from which a query comes: a continent, a country, or a subdivision of a country.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoLocation.html
    """

    continent_code: Annotated[str | None, Field(description="two letters: AF, AN, AS, EU, OC, NA or SA")] = None
    country_code: Annotated[str | None, Field(description="two letters of ISO 3166, or * for everywhere else")] = None
    subdivision_code: Annotated[str | None, Field(description="a state of the United States, or of Ukraine")] = None


class Coordinates(Part):
    """A place on the earth, in degrees with at most two decimals, as Route 53 writes them."""

    latitude: Annotated[str, Field(description="from -90 to 90")]
    longitude: Annotated[str, Field(description="from -180 to 180")]


class GeoProximity(Part):
    """The place of a resource: a region of AWS, a group of Local Zones, or coordinates.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_GeoProximityLocation.html
    """

    aws_region: Annotated[str | None, Field(description="a region, like eu-west-1")] = None
    local_zone_group: Annotated[str | None, Field(description="a group of Local Zones, like us-east-1-bos-1")] = None
    coordinates: Coordinates | None = None
    bias: Annotated[int | None, Field(ge=-99, le=99, description="a wider (1 to 99) or smaller area (-1 to -99)")] = (
        None
    )


class CidrRouting(Part):
    """A location of a CIDR collection. https://docs.aws.amazon.com/Route53/latest/APIReference/API_CidrRoutingConfig.html"""

    collection_id: Annotated[str, Field(description="the id of the collection")]
    location_name: Annotated[str, Field(description="a location of the collection, or * for all other networks")]


class Routed(Protocol):
    """A record with at most one routing policy."""

    @property
    def set_identifier(self) -> str | None: ...
    @property
    def weight(self) -> int | None: ...
    @property
    def region(self) -> str | None: ...
    @property
    def failover(self) -> str | None: ...
    @property
    def geo_location(self) -> GeoLocation | None: ...
    @property
    def geo_proximity(self) -> GeoProximity | None: ...
    @property
    def cidr_routing(self) -> CidrRouting | None: ...
    @property
    def multi_value_answer(self) -> bool | None: ...


SIMPLE = "simple"
MULTIVALUE = "multivalue"
POLICIES: Mapping[str, tuple[str, str]] = {
    "weight": ("Weight", "weighted"),
    "region": ("Region", "latency"),
    "failover": ("Failover", "failover"),
    "geo_location": ("GeoLocation", "geolocation"),
    "geo_proximity": ("GeoProximityLocation", "geoproximity"),
    "cidr_routing": ("CidrRoutingConfig", "CIDR"),
    "multi_value_answer": ("MultiValueAnswer", MULTIVALUE),
}
"""By field of a record: its name in AWS, and the name of the policy."""

NAMES = {
    "continent_code": "ContinentCode",
    "country_code": "CountryCode",
    "subdivision_code": "SubdivisionCode",
    "aws_region": "AWSRegion",
    "local_zone_group": "LocalZoneGroup",
    "coordinates": "Coordinates",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "bias": "Bias",
    "collection_id": "CollectionId",
    "location_name": "LocationName",
}
FIELDS = {name: field for field, name in NAMES.items()}


def policies_of(record: Routed) -> list[str]:
    """The names of the policies that the record has: none if it is simple; more than one is a mistake."""
    return [policy for field, (_, policy) in POLICIES.items() if getattr(record, field) is not None]


def policy_of(record: Routed) -> str:
    """The name of the record's policy."""
    return next(iter(policies_of(record)), SIMPLE)


def policy_in(raw: Mapping[str, Any]) -> str:
    """The name of the policy of a record set in AWS."""
    return next((policy for name, policy in POLICIES.values() if _given(raw, name)), SIMPLE)


def _given(raw: Mapping[str, Any], name: str) -> bool:
    """True if the record set has the member. A weight of 0 is given, a false `MultiValueAnswer` is not."""
    return raw.get(name) is not None and raw[name] is not False


def distinct_policy(params: Mapping[str, Any]) -> str:
    """The policy of a record set, with what only one record of a name can have: `latency eu-west-1`, `weighted`."""
    policy = policy_in(params)
    if policy == "latency":
        return f"{policy} {params['Region']}"
    if policy == "failover":
        return f"{policy} {params['Failover']}"
    if policy == "geolocation":
        return f"{policy} {'/'.join(value for _, value in sorted(params['GeoLocation'].items()) if value)}"
    return policy


def policy_params(record: Routed) -> dict[str, Any]:
    """The members of a record set for the identifier and the policy."""
    params: dict[str, Any] = {"SetIdentifier": record.set_identifier} if record.set_identifier else {}
    for field, (name, _) in POLICIES.items():
        value = getattr(record, field)
        if value is not None:
            params[name] = value.upper() if field == "failover" else _to_aws(value)
    return params


def _to_aws(value: Any) -> Any:
    if not isinstance(value, Part):
        return value
    return {NAMES[key]: _to_aws(inner) for key, inner in field_values(value).items() if inner not in (None, {})}


def policy_fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record for the identifier and the policy of a record set in AWS."""
    given = {field: raw[name] for field, (name, _) in POLICIES.items() if _given(raw, name)}
    fields = {field: _from_aws(value) for field, value in given.items()}
    if "failover" in fields:
        fields["failover"] = str(fields["failover"]).lower()
    return {**fields, "set_identifier": raw.get("SetIdentifier") or None}


def _from_aws(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {FIELDS[key]: _from_aws(inner) for key, inner in value.items() if key in FIELDS and inner is not None}


def policy_text(record: Routed) -> str:
    """The policy in a few words: `weighted 90`, `latency eu-west-1`; "" for a simple record."""
    if record.weight is not None:
        return f"weighted {record.weight}"
    if record.region is not None:
        return f"latency {record.region}"
    if record.failover is not None:
        return f"failover {record.failover}"
    if record.geo_location is not None:
        return f"geolocation {_words(record.geo_location)}"
    if record.geo_proximity is not None:
        return f"geoproximity {_words(record.geo_proximity)}"
    if record.cidr_routing is not None:
        return f"CIDR {_words(record.cidr_routing)}"
    return MULTIVALUE if record.multi_value_answer else ""


def _words(part: Part) -> str:
    values = [value for value in field_values(part).values() if value is not None]
    return "/".join(_words(value) if isinstance(value, Part) else str(value) for value in values)
