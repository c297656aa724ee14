"""The settings of the load balancer itself: its attributes, its capacity, and the pools of its addresses."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from ..errors import SpecValueError
from ..messages import shown_value
from .words import Duration, ShortModel, WholeNumber

IPAM_POOL = re.compile(r"ipam-pool-[a-zA-Z0-9]{1,990}", re.ASCII)
OUTPOST_POOL = re.compile(r"ipv4pool-coip-[a-zA-Z0-9]{1,242}", re.ASCII)


class ShortAttributes(ShortModel):
    """Attributes of the load balancer, in short words or by AWS's own keys."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)

    idle_timeout: Annotated[
        Annotated[int, Duration("1s", "4000s")] | None,
        Field(description="application: a connection without data is closed after this time; 60s by default"),
    ] = None
    keep_alive: Annotated[
        Annotated[int, Duration("60s", "7d")] | None,
        Field(description="application: how long a client may use one connection; 1h by default"),
    ] = None
    http2: Annotated[bool | None, Field(description="application: HTTP/2 for clients; true by default")] = None
    desync: Annotated[
        Literal["monitor", "defensive", "strictest"] | None,
        Field(description="application: what happens to requests that may be an attack; defensive by default"),
    ] = None
    drop_invalid_headers: Annotated[
        bool | None, Field(description="application: remove headers with invalid names; false by default")
    ] = None
    preserve_host: Annotated[
        bool | None, Field(description="application: the Host header reaches the targets unchanged; false by default")
    ] = None
    client_port: Annotated[
        bool | None, Field(description="application: X-Forwarded-For has the client's port; false by default")
    ] = None
    forwarded_for: Annotated[
        Literal["append", "preserve", "remove"] | None,
        Field(description="application: what happens to X-Forwarded-For; append by default"),
    ] = None
    tls_headers: Annotated[
        bool | None,
        Field(description="application: headers with the client's TLS version and cipher; false by default"),
    ] = None
    waf_fail_open: Annotated[
        bool | None, Field(description="application: forward requests while AWS WAF does not answer; false by default")
    ] = None
    cross_zone: Annotated[
        bool | None, Field(description="network, gateway: also targets of other zones get requests; false by default")
    ] = None
    client_routing: Annotated[
        Literal["any", "partial", "zone"] | None,
        Field(description="network: DNS answers with any zone, mostly the client's zone, or only it; any by default"),
    ] = None
    secondary_addresses: Annotated[
        WholeNumber | None,
        Field(ge=0, le=7, description="network: further addresses in each subnet; AWS never decreases the number"),
    ] = None
    zonal_shift: Annotated[
        bool | None, Field(description="application, network: a zonal shift can move traffic away; false by default")
    ] = None


def _pool(pattern: re.Pattern[str], what: str, example: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise SpecValueError(f"{shown_value(value)} is not {what}", f"write an id like {example}")
        return value

    return AfterValidator(check)


Attributes = Annotated[
    ShortAttributes | None,
    Field(
        description="attributes of the load balancer, in short words or by AWS's keys; others have AWS's default",
        examples=[{"idle_timeout": "2m", "http2": False}],
    ),
]
Capacity = Annotated[
    Annotated[int, Field(ge=1)] | None,
    Field(description="capacity units that AWS reserves for the load balancer, and bills", examples=[500]),
]
IpamPool = Annotated[
    Annotated[str, _pool(IPAM_POOL, "an IPAM pool", "ipam-pool-0abc1234def567890")] | None,
    Field(description="application, public: the IPAM pool of its addresses", examples=["ipam-pool-0abc1234def567890"]),
]
OutpostPool = Annotated[
    Annotated[str, _pool(OUTPOST_POOL, "a customer-owned pool", "ipv4pool-coip-0abc1234def567890")] | None,
    Field(description="application on an Outpost: its pool of customer-owned addresses"),
]
PrivateLinkRules = Annotated[
    bool | None,
    Field(description="network: traffic of PrivateLink must pass the inbound rules; true by default"),
]


def given_attributes(short: ShortAttributes | None) -> dict[str, Any]:
    """The attributes that the spec names, by the key that it uses."""
    if short is None:
        return {}
    named = {name: getattr(short, name) for name in type(short).model_fields if name in short.model_fields_set}
    return {**{name: value for name, value in named.items() if value is not None}, **(short.model_extra or {})}
