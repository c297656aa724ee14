"""`health_check:` of a domain: a health check of Route 53 for its records."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ...core.address import AWS_ID
from ..errors import SpecValueError
from ..messages import shown_value
from .words import TEXT, Duration, OneOrMore, Port, Shorthand, ShortModel, UpperCaseWord, WholeNumber

REGIONS = (
    *("us-east-1", "us-west-1", "us-west-2", "eu-west-1"),
    *("ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "sa-east-1"),
)
"""https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (Regions)"""


def _path(value: str) -> str:
    if not value.startswith("/") or len(value) > 255:
        raise SpecValueError(f"{shown_value(value)} is not a path", "write at most 255 characters that begin with /")
    return value


def _region(value: str) -> str:
    if value not in REGIONS:
        raise SpecValueError(f"{shown_value(value)} has no health checkers", f"write regions of {', '.join(REGIONS)}")
    return value


def _regions(value: list[str]) -> list[str]:
    if len(set(value)) < 3:
        raise SpecValueError("Route 53 wants at least three regions", "write three or more, or leave out regions:")
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SpecValueError(f"{shown_value(value)} is not an address", "write an IPv4 or IPv6 address") from None


def _failures(value: int) -> int:
    if not 1 <= value <= 10:
        raise SpecValueError(f"{value} is out of range", "between 1 and 10")
    return value


def _interval(value: Any) -> Any:
    seconds = Duration("10s", "30s").read(value)
    if seconds not in (10, 30):
        raise SpecValueError(f"{shown_value(value)} is no interval of Route 53", "write 30s, or 10s, which costs more")
    return seconds


class Route53Check(ShortModel):
    """A health check of Route 53. Its checkers ask the load balancer from several regions, over the internet."""

    id: Annotated[str | None, Field(description="id of a health check that exists, in place of all other keys")] = None
    protocol: Annotated[
        Annotated[Literal["HTTP", "HTTPS", "TCP"], UpperCaseWord("HTTP", "HTTPS", "TCP")] | None,
        Field(description="by default https if a listener has TLS, else http"),
    ] = None
    path: Annotated[Annotated[str, AfterValidator(_path)] | None, Field(description="path and query")] = None
    port: Annotated[Port | None, Field(description="by default the port of the protocol")] = None
    host: Annotated[str | None, Field(description="name to ask, by default the name of the load balancer")] = None
    address: Annotated[
        Annotated[str, AfterValidator(_address)] | None, Field(description="IP address to ask; host is then a header")
    ] = None
    match: Annotated[
        str | None, Field(max_length=255, min_length=1, description="text in the first 5120 bytes of the answer")
    ] = None
    interval: Annotated[
        int, BeforeValidator(_interval), Field(description="30s or 10s", json_schema_extra={"type": "string"})
    ] = 30
    failures: Annotated[
        WholeNumber, AfterValidator(_failures), Field(description="answers in a row that change the status, 1 to 10")
    ] = 3
    inverted: Annotated[bool, Field(description="healthy while the endpoint fails")] = False
    disabled: Annotated[bool, Field(description="ask nothing; the check counts as healthy")] = False
    latency: Annotated[bool, Field(description="measure the latency; AWS bills it")] = False
    sni: Annotated[bool | None, Field(description="send the name in the TLS handshake; by default true")] = None
    regions: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_region)]], OneOrMore(), AfterValidator(_regions)] | None,
        Field(description="where the checkers are; by default everywhere"),
    ] = None

    @model_validator(mode="after")
    def _fits(self) -> Route53Check:
        if self.id and self.model_fields_set != {"id"}:
            raise SpecValueError("a health check by id has no other keys", "leave out the other keys, or id:")
        if self.protocol == "TCP" and (self.path or self.match or self.sni):
            raise SpecValueError("a check over TCP sends no request", "leave out path:, match: and sni:")
        if self.protocol == "TCP" and self.port is None:
            raise SpecValueError("a check over TCP needs a port", "write port:")
        if self.protocol == "HTTP" and self.sni:
            raise SpecValueError("a check over HTTP has no TLS handshake", "leave out sni:")
        return self


def route53_check(value: Any) -> Any:
    """A path, or the id of a check, as text."""
    if isinstance(value, bool):
        raise SpecValueError(f"{shown_value(value)} is not a health check", "write its path: /health")
    if not isinstance(value, str):
        return value
    return {"path": value} if value.startswith("/") or not AWS_ID.match(value) else {"id": value}


ShortRoute53Check = Annotated[Route53Check, Shorthand(route53_check, TEXT)]
