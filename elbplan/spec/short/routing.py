"""`policy:` of a domain: the routing policy of its records, in short words."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from ..errors import SpecValueError
from ..messages import shown_value
from .words import TEXT, Shorthand, ShortModel, WholeNumber

POLICIES = ("weighted", "latency", "failover", "geolocation", "geoproximity", "cidr", "multivalue")
CONTINENTS = ("AF", "AN", "AS", "EU", "NA", "OC", "SA")


def _weight(value: int) -> int:
    if not 0 <= value <= 255:
        raise SpecValueError(f"{value} is not a weight", "weights go from 0 to 255; 0 gets no queries")
    return value


def _continent(value: str) -> str:
    if value.upper() not in CONTINENTS:
        raise SpecValueError(f"{shown_value(value)} is not a continent", f"write one of {', '.join(CONTINENTS)}")
    return value.upper()


def _country(value: str) -> str:
    if value != "*" and not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise SpecValueError(
            f"{shown_value(value)} is not a country", "write two letters of ISO 3166 like KR, or * for everywhere else"
        )
    return value.upper()


def _bias(value: int) -> int:
    if not -99 <= value <= 99:
        raise SpecValueError(f"{value} is not a bias", "it goes from -99 to 99")
    return value


def _multivalue(value: bool) -> bool:
    if not value:
        raise SpecValueError("a record without a policy is written without policy:", "leave out policy:")
    return value


class Geolocation(ShortModel):
    """Where the clients are."""

    continent: Annotated[
        Annotated[str, AfterValidator(_continent)] | None, Field(description="AF, AN, AS, EU, NA, OC or SA")
    ] = None
    country: Annotated[
        Annotated[str, AfterValidator(_country)] | None, Field(description="two letters; * for everywhere else")
    ] = None
    subdivision: Annotated[str | None, Field(description="a state of US or UA, like NY")] = None

    @model_validator(mode="after")
    def _fits(self) -> Geolocation:
        if self.continent is not None and self.country is not None:
            raise SpecValueError("a place is either a continent or a country", "leave out one of the two")
        if self.subdivision and self.country not in ("US", "UA"):
            raise SpecValueError("Route 53 knows subdivisions only of US and UA", "leave out subdivision:")
        return self


class Geoproximity(ShortModel):
    """Where the load balancer is, and how far its area reaches."""

    region: Annotated[
        str | None, Field(min_length=1, description="region of AWS; by default the region of the stack")
    ] = None
    local_zone: Annotated[str | None, Field(min_length=1, description="group of Local Zones, like us-east-1-bos-1")] = (
        None
    )
    latitude: Annotated[float | int | None, Field(description="from -90 to 90, with longitude")] = None
    longitude: Annotated[float | int | None, Field(description="from -180 to 180, with latitude")] = None
    bias: Annotated[
        Annotated[WholeNumber, AfterValidator(_bias)] | None,
        Field(description="a wider (1 to 99) or a smaller area (-1 to -99)"),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Geoproximity:
        if (self.latitude is None) != (self.longitude is None):
            raise SpecValueError("coordinates need both latitude and longitude", "write both")
        if sum(place is not None for place in (self.region, self.local_zone, self.latitude)) > 1:
            raise SpecValueError(
                "a load balancer has one place", "write only one of region, local_zone and the coordinates"
            )
        if abs(self.latitude or 0) > 90 or abs(self.longitude or 0) > 180:
            raise SpecValueError("these are not coordinates", "latitude goes to 90 and longitude to 180 degrees")
        return self


class Cidr(ShortModel):
    """A location of a CIDR collection."""

    collection: Annotated[str, Field(description="id of the collection")]
    location: Annotated[str, Field(description="a location of the collection, or * for all other networks")] = "*"


def _place(value: Any) -> Any:
    if value == "*":
        return {"country": "*"}
    if isinstance(value, str):
        raise SpecValueError(
            f"{shown_value(value)} could be a continent or a country", "write {continent: EU} or {country: KR}"
        )
    return value


class Policy(ShortModel):
    """The routing policy: which of several records of one name answers a query. Write one of these keys."""

    weighted: Annotated[
        Annotated[WholeNumber, AfterValidator(_weight)] | None,
        Field(description="its share of the queries, 0 to 255", examples=[90]),
    ] = None
    latency: Annotated[
        str | None, Field(description="the region whose clients get it; `stack` is the region of the stack")
    ] = None
    failover: Annotated[
        Literal["primary", "secondary"] | None, Field(description="secondary answers while primary is unhealthy")
    ] = None
    geolocation: Annotated[Annotated[Geolocation, Shorthand(_place, TEXT)] | None, Field(description="by place")] = None
    geoproximity: Annotated[Geoproximity | None, Field(description="by distance")] = None
    cidr: Annotated[Cidr | None, Field(description="by the network of clients")] = None
    multivalue: Annotated[
        Annotated[bool, AfterValidator(_multivalue)] | None,
        Field(description="true: a record for each fixed address of a network load balancer"),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Policy:
        given = [name for name in POLICIES if getattr(self, name) is not None]
        if len(given) > 1:
            raise SpecValueError(
                f"a record has one policy, not {len(given)}", f"write one of {', '.join(POLICIES)} with its value"
            )
        return self


def policy(value: Any) -> Any:
    """A policy as text, with the default of its value. Raises SpecValueError."""
    words: dict[str, Any] = {
        "latency": "stack",
        "geolocation": {"country": "*"},
        "geoproximity": {},
        "multivalue": True,
    }
    if isinstance(value, str) and value in words:
        return {value: words[value]}
    if value == "simple":
        raise SpecValueError("simple is the policy of a record without one", "leave out policy:")
    if not isinstance(value, dict | Policy):
        raise SpecValueError(f"{shown_value(value)} is not a policy", _how(value))
    return value


def _how(value: Any) -> str:
    if value in ("primary", "secondary", "failover"):
        return f"write {{failover: {'primary' if value == 'failover' else value}}}"
    return "write {weighted: 10}, {failover: primary}, latency, geolocation or multivalue"


ShortPolicy = Annotated[Policy, Shorthand(policy, TEXT)]
