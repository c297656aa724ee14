"""`client_certificates:` of a listener, and `trust_stores:` of the stack: mutual TLS."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from ...kinds.aws.trust_store_contents import LOCATION
from ..errors import SpecValueError
from ..messages import shown_value
from .words import TEXT, OneOrMore, Shorthand, ShortModel, text_is

STORE_ARN = re.compile(r"arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:truststore/[^/]+/[0-9a-f]+", re.ASCII)
STORE_NAME = re.compile(r"(name:)?([a-zA-Z0-9]+-)*[a-zA-Z0-9]+", re.ASCII)
LOCATION_HINT = "write s3://BUCKET/KEY, or s3://BUCKET/KEY?versionId=VERSION"


def _location(value: str) -> str:
    if not LOCATION.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not an S3 object", LOCATION_HINT)
    return value


def _with_version(value: Any) -> Any:
    """A map `{object: s3://..., version: ID}` as text."""
    if isinstance(value, dict) and set(value) == {"object", "version"}:
        return f"{value['object']}?versionId={value['version']}"
    return value


WITH_VERSION = {
    "type": "object",
    "properties": {"object": TEXT, "version": TEXT},
    "required": ["object", "version"],
    "additionalProperties": False,
}
S3Object = Annotated[
    str,
    BeforeValidator(_with_version),
    AfterValidator(_location),
    WithJsonSchema({"anyOf": [TEXT, WITH_VERSION]}),
]


class ShortTrustStore(ShortModel):
    """CA certificates in S3, and lists of revoked certificates. AWS reads the files once."""

    bundle: Annotated[
        S3Object,
        Field(
            description="the CA certificates, in PEM", examples=["s3://bucket/ca.pem", "s3://bucket/ca.pem?versionId=1"]
        ),
    ]
    revocations: Annotated[
        Annotated[list[S3Object], OneOrMore(maps=True)] | None,
        Field(max_length=30, description="certificate revocation lists", examples=[["s3://bucket/ca.crl"]]),
    ] = None
    name: Annotated[str | None, Field(description="its name in AWS; by default STACK-NAME")] = None


ShortTrustStoreValue = Annotated[ShortTrustStore, text_is("bundle")]


def _store(value: str) -> str:
    if value.startswith("arn:") and not STORE_ARN.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the ARN of a trust store",
            "write arn:aws:elasticloadbalancing:REGION:ACCOUNT:truststore/NAME/ID",
        )
    if not value.startswith("arn:") and not STORE_NAME.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the name of a trust store",
            "write a name of trust_stores:, or the name or ARN of one in AWS",
        )
    return value


def _one_store(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else {"own": value} if isinstance(value, dict) else value


class UsedTrustStore(ShortModel):
    """A trust store by its name or ARN, or its definition."""

    name: Annotated[str, AfterValidator(_store)] | None = None
    own: ShortTrustStore | None = None


class ShortIdentity(ShortModel):
    """A client that the load balancer admits, by a field of its certificate."""

    field: Annotated[
        Literal["subject-cn", "subject-ou", "san-dns", "san-uri"], Field(description="field of the certificate")
    ] = "subject-cn"
    value: Annotated[str, Field(min_length=1, max_length=256, description="the text, or its beginning")]
    match: Annotated[Literal["exact", "prefix"], Field(description="all of the text, or its beginning")] = "exact"


def _client_certificates(value: Any) -> Any:
    """Also accepts the mode `passthrough` or `off`, or a trust store, which means `verify`."""
    if isinstance(value, str):
        return {"mode": value} if value in ("passthrough", "off") else {"trust_store": value}
    return value


class ClientCertificates(ShortModel):
    """What the listener does with the certificates of clients."""

    mode: Annotated[
        Literal["verify", "passthrough", "off"],
        Field(description="verify: refuse clients without a valid certificate; passthrough: let the targets decide"),
    ] = "verify"
    trust_store: Annotated[
        Annotated[UsedTrustStore, Shorthand(_one_store, TEXT)] | None,
        Field(description="verify: a name of trust_stores:, the name or ARN of one in AWS, or a definition"),
    ] = None
    allow_expired: Annotated[bool, Field(description="verify: accept expired certificates")] = False
    advertise_names: Annotated[bool, Field(description="verify: send clients the names of the CA certificates")] = False
    identities: Annotated[
        Annotated[list[ShortIdentity], OneOrMore(maps=True)] | None,
        Field(max_length=100, description="network load balancers: the only clients to admit"),
    ] = None

    @model_validator(mode="after")
    def _fitting(self) -> ClientCertificates:
        if self.mode == "verify" and self.trust_store is None:
            raise SpecValueError("the mode verify needs a trust store", "add trust_store:, or write mode: passthrough")
        given = [key for key in ("trust_store", "identities") if getattr(self, key) is not None]
        given += [key for key in ("allow_expired", "advertise_names") if getattr(self, key)]
        if self.mode != "verify" and given:
            raise SpecValueError(f"{given[0]} needs mode verify, not {self.mode}", "write mode: verify, or remove it")
        return self


ClientCertificatesValue = Annotated[ClientCertificates, Shorthand(_client_certificates, TEXT)]
