"""Keys of a domain that describe its DNS records."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from ..errors import SpecValueError
from ..messages import shown_value
from .health_checks import ShortRoute53Check
from .routing import ShortPolicy
from .words import OneOrMore, ResourceName, ResourceNames, ShortModel, UpperCaseWord, WholeNumber

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:=+-]{0,63}", re.ASCII)
"""Route 53 allows 128 characters of any kind. The tags that record who made a record allow fewer."""
LONGEST_TTL = 2147483647


def identifier(value: str) -> str:
    """Checks the identifier of a record. Raises SpecValueError."""
    if not IDENTIFIER.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not an id", "use at most 64 letters, digits and the characters _ . : = + -"
        )
    return value


def _ttl(value: int) -> int:
    if not 0 <= value <= LONGEST_TTL:
        raise SpecValueError(f"{value} is not a TTL", f"seconds go from 0 to {LONGEST_TTL}")
    return value


class ShortZone(ShortModel):
    """A hosted zone by name."""

    name: Annotated[ResourceName, Field(description="name or id of the zone", examples=["example.com"])]
    private: Annotated[bool, Field(description="the private zone of this name, of the stack's VPC")] = False
    create: Annotated[bool, Field(description="elbplan makes the zone, and deletes it if it is empty")] = False
    vpc: Annotated[
        ResourceNames | None, Field(description="VPCs of a private zone that elbplan makes; by default the stack's VPC")
    ] = None
    comment: Annotated[str | None, Field(description="comment of a zone that elbplan makes")] = None
    delegation_set: Annotated[
        str | None, Field(description="id of a reusable delegation set for a zone that elbplan makes")
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> ShortZone:
        given = [key for key in ("vpc", "comment", "delegation_set") if getattr(self, key) is not None]
        if given and not self.create:
            raise SpecValueError(f"{given[0]}: is for a zone that elbplan makes", "write create: true too")
        if self.vpc and not self.private:
            raise SpecValueError("only a private zone has VPCs", "write private: true too, or leave out vpc:")
        if self.private and self.delegation_set:
            raise SpecValueError("a private zone has no delegation set", "leave out delegation_set:")
        return self


class RecordWords(ShortModel):
    """The records of a domain."""

    type: Annotated[
        Annotated[
            list[Annotated[Literal["A", "AAAA", "CNAME", "HTTPS"], UpperCaseWord("A", "AAAA", "CNAME", "HTTPS")]],
            OneOrMore(),
        ]
        | None,
        Field(description="types of the records; by default a, and aaaa with dualstack", examples=[["a", "https"]]),
    ] = None
    policy: Annotated[
        ShortPolicy | None,
        Field(description="routing policy of the records; without it, the name leads only here"),
    ] = None
    id: Annotated[
        Annotated[str, AfterValidator(identifier)] | None,
        Field(description="tells this record from others of its name; by default the stack's name"),
    ] = None
    evaluate_target_health: Annotated[
        bool | None, Field(description="no answer with this record while no target is healthy; by default true")
    ] = None
    health_check: Annotated[
        ShortRoute53Check | None, Field(description="health check of Route 53: a path, an id, or a map")
    ] = None
    ttl: Annotated[
        Annotated[WholeNumber, AfterValidator(_ttl)] | None,
        Field(description="seconds, for cname, https and multivalue; by default 60"),
    ] = None

    @model_validator(mode="after")
    def _types_fit(self) -> RecordWords:
        types = set(self.type or ())
        multivalue = self.policy is not None and self.policy.multivalue is not None
        if "CNAME" in types and len(types) > 1:
            raise SpecValueError("a name with a CNAME has no other record", "write type: cname alone")
        if multivalue:
            self._fits_multivalue()
        if self.ttl is not None and not multivalue and not types & {"CNAME", "HTTPS"}:
            raise SpecValueError("an alias has no TTL of its own", "leave out ttl:, or write type: cname or https")
        if self.evaluate_target_health is not None and "CNAME" in types:
            raise SpecValueError(
                "a CNAME does not follow the health of targets",
                "leave out evaluate_target_health:, or write health_check:",
            )
        if self.id is not None and self.policy is None:
            raise SpecValueError(
                "only a record with a policy has an id: it tells the records of one name apart",
                "write policy: too, or leave out id:",
            )
        return self

    def _fits_multivalue(self) -> None:
        """https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-multivalue.html"""
        if "CNAME" in (self.type or ()):
            raise SpecValueError("a multivalue answer has addresses, and a CNAME has none", "leave out type:")
        if self.evaluate_target_health is not None:
            raise SpecValueError(
                "a record with an address does not follow the health of targets",
                "leave out evaluate_target_health:, and write health_check: for a check of each address",
            )
        check = self.health_check
        if check is not None and check.address:
            raise SpecValueError(
                "with policy: multivalue, elbplan makes a health check for each address of the load balancer",
                "leave out address:",
            )
