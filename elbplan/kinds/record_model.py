"""The fields of a Route 53 record, its place in AWS, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, field_validator, model_validator

from ..core.resource import IDENTITY, IMMUTABLE, LEARNED, WRITE_ONLY, Resource
from .aws.alias_tags import RecordPlace
from .aws.queries import domain
from .aws.record_places import excludes
from .aws.routing_policies import (
    CidrRouting,
    GeoLocation,
    GeoProximity,
    distinct_policy,
    policy_of,
    policy_params,
    policy_text,
)
from .references import ElasticIpRef, HealthCheckRef, LoadBalancerRef, ZoneRef

ALIASES = ("A", "AAAA")
"""The types of alias records to a load balancer.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Type: "A | AAAA")
"""
DEFAULT_TTL = 60
"""Seconds for which resolvers may cache a record with values: as long as an alias to a load balancer."""
HTTP2 = '1 . alpn="h2,http/1.1"'
"""The value of an HTTPS record: this name itself speaks HTTP/2 and HTTP/1.1. https://www.rfc-editor.org/rfc/rfc9460"""


class RecordFields(Resource):
    """The fields of a record."""

    name: Annotated[str, IMMUTABLE, Field(min_length=1, max_length=255, description="the full domain name")]
    type: Annotated[
        Literal["A", "AAAA", "CNAME", "HTTPS"],
        IDENTITY,
        Field(
            description="A and AAAA are aliases, except for a multivalue answer; CNAME and HTTPS have values and a TTL"
        ),
    ] = "A"
    zone: Annotated[ZoneRef, IMMUTABLE]
    load_balancer: LoadBalancerRef
    evaluate_target_health: Annotated[
        bool, Field(description="whether Route 53 stops answering with the record while no target is healthy")
    ] = True
    take_over: Annotated[
        bool, WRITE_ONLY, Field(description="may replace a record of this name that elbplan did not make")
    ] = False
    restore: Annotated[
        bool | None,
        LEARNED,
        Field(description="whether the record that this one replaced comes back when elbplan deletes this one"),
    ] = False
    """None in AWS if this record replaced no other."""
    ttl: Annotated[int | None, LEARNED, Field(ge=0, le=2147483647, description="seconds; not for aliases")] = None
    value: Annotated[
        str | None,
        LEARNED,
        Field(description="the value of an HTTPS record, by RFC 9460; or the address of a multivalue answer"),
    ] = None
    elastic_ip: Annotated[
        ElasticIpRef | None,
        LEARNED,
        Field(description="multivalue answer: the Elastic IP of the load balancer whose address is the value"),
    ] = None
    set_identifier: Annotated[
        str | None, LEARNED, Field(description="tells this record from the others of its name; with a routing policy")
    ] = None
    weight: Annotated[
        int | None, LEARNED, Field(ge=0, le=255, description="weighted routing: its share of the queries")
    ] = None
    region: Annotated[str | None, LEARNED, Field(description="latency routing: the region of the load balancer")] = None
    failover: Annotated[
        Literal["primary", "secondary"] | None, LEARNED, Field(description="failover routing: its role")
    ] = None
    geo_location: Annotated[GeoLocation | None, LEARNED, Field(description="geolocation routing")] = None
    geo_proximity: Annotated[GeoProximity | None, LEARNED, Field(description="geoproximity routing")] = None
    cidr_routing: Annotated[CidrRouting | None, LEARNED, Field(description="routing by the network of clients")] = None
    multi_value_answer: Annotated[
        bool | None, LEARNED, Field(description="multivalue answer: the value is one address of the load balancer")
    ] = None
    health_check: Annotated[
        HealthCheckRef | None, LEARNED, Field(description="Route 53 answers with the record while this check succeeds")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _defaults(cls, data: Any) -> Any:
        """A record with values has a TTL, and an HTTPS record has a value."""
        if not isinstance(data, Mapping) or not (
            data.get("type") in ("CNAME", "HTTPS") or data.get("multi_value_answer")
        ):
            return data
        value = {"value": data.get("value") or HTTP2} if data.get("type") == "HTTPS" else {}
        return {**data, **value, "ttl": DEFAULT_TTL if data.get("ttl") is None else data["ttl"]}

    @field_validator("multi_value_answer")
    @classmethod
    def _only_true(cls, given: bool | None) -> bool | None:
        """AWS has the member only with the policy."""
        return given or None

    @field_validator("name")
    @classmethod
    def _canonical(cls, name: str) -> str:
        """The canonical form, as Route 53 compares names."""
        return domain(name)

    @property
    def is_alias(self) -> bool:
        """True for an alias, which has neither a value nor a TTL of its own."""
        return self.type in ALIASES and not self.multi_value_answer


R = TypeVar("R", bound=RecordFields)


def place_of(record: RecordFields, zone: str = "") -> RecordPlace:
    """The zone, name, type and set identifier of a record; in this zone, if one is given."""
    return RecordPlace(zone or str(record.zone), record.name, record.type, record.set_identifier or "")


def record_mark(record: RecordFields) -> str:
    """The record as a word of the load balancer's tag."""
    return place_of(record).mark


def same_set(before: RecordFields, after: RecordFields) -> bool:
    """True if UPSERT leads from one record to the other: both are the same record set, with the same policy."""
    return place_of(before)[1:] == place_of(after)[1:] and policy_of(before) == policy_of(after)


def excluded(record: RecordFields, other: RecordFields) -> bool:
    """True if AWS refuses these two records beside each other."""
    policy, other_policy = distinct_policy(policy_params(record)), distinct_policy(policy_params(other))
    return excludes(place_of(record), policy, place_of(other), other_policy)


def summary(record: RecordFields) -> str:
    """`A alias to load_balancer.main`"""
    what = "alias to" if record.is_alias else "for"
    if record.multi_value_answer and (address := record.elastic_ip or record.value):
        what = f"{address} of"
    policy = policy_text(record)
    text = f"{record.name} {record.type} {what} {record.load_balancer}"
    return f"{text}, {policy} as {record.set_identifier}" if policy else text


def with_live_defaults(desired: R, live: R) -> R:
    """The desired record; `restore` is only a difference if the live record replaced another one."""
    restore = None if live.restore is None else bool(desired.restore)
    return desired.model_copy(update={"restore": restore, "take_over": live.take_over})
