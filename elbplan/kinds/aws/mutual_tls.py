"""Mutual TLS: how a listener handles the certificates of clients.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/mutual-authentication.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ...core.address import AwsId, Ref
from ...core.resource import LEARNED, Part, from_live
from ..references import TrustStoreRef

CLIENT_CERTIFICATE = "client certificate"
EXPIRY = "the expiry check of client certificates"
IDENTITIES = "the identity filter of client certificates"


class IdentityFilter(Part):
    """A client that a network load balancer admits, by one field of its certificate.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/client-certificate-filters.html
    """

    field: Literal["subject-cn", "subject-ou", "san-dns", "san-uri"]
    match: Literal["exact", "prefix"] = "exact"
    value: Annotated[str, Field(min_length=1, max_length=256, description="the text, or its beginning")]


class MutualTls(Part):
    """The handling of client certificates. `passthrough` gives them to the targets, `verify` refuses invalid ones."""

    mode: Literal["verify", "passthrough", "off"]
    trust_store: Annotated[TrustStoreRef | None, Field(description="verify: the CA certificates of valid clients")] = (
        None
    )
    allow_expired: Annotated[bool, Field(description="verify: accept expired client certificates")] = False
    advertise_names: Annotated[bool, Field(description="verify: send clients the names of the CA certificates")] = False
    identities: Annotated[
        tuple[IdentityFilter, ...], LEARNED, Field(max_length=100, description="network: the only clients to admit")
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Also accepts AWS's own names. The identity filters are a set."""
        if not isinstance(data, Mapping):
            return data
        data = _from_aws_names(data) if any(name in data for name in AWS_NAMES) else dict(data)
        if isinstance(data.get("identities"), list | tuple):
            filters = {IdentityFilter.model_validate(item) for item in data["identities"]}
            data["identities"] = tuple(sorted(filters, key=lambda item: (item.field, item.match, item.value)))
        return data

    def hashed_form(self) -> Mapping[str, Any]:
        """AWS's names without AWS's defaults, as the first fingerprints have it."""
        filters = [[item.field, item.match, item.value] for item in self.identities]
        store = str(self.trust_store) if self.trust_store else None
        values = (self.mode, store, self.allow_expired, "on" if self.advertise_names else None, filters)
        return {name: value for name, value in zip(AWS_NAMES, values, strict=False) if value}

    @property
    def checks(self) -> frozenset[str]:
        """What AWS checks of a client certificate, in words for a person."""
        if self.mode != "verify":
            return frozenset()
        return frozenset(
            {CLIENT_CERTIFICATE}
            | (set() if self.allow_expired else {EXPIRY})
            | ({IDENTITIES} if self.identities else set())
        )


MODE, STORE, EXPIRED, NAMES, FILTERS = (
    "Mode",
    "TrustStoreArn",
    "IgnoreClientCertificateExpiry",
    "AdvertiseTrustStoreCaNames",
    "ClientCertificateIdentityFilters",
)
AWS_NAMES = (MODE, STORE, EXPIRED, NAMES, FILTERS, "TrustStoreAssociationStatus")


def _from_aws_names(raw: Mapping[str, Any]) -> dict[str, Any]:
    fields = {"mode": raw.get(MODE) or "off", "trust_store": raw.get(STORE)}
    filters = [
        {"field": f["Field"], "match": f.get("MatchType") or "exact", "value": f["Value"]}
        for f in raw.get(FILTERS) or ()
    ]
    return fields | {
        "allow_expired": bool(raw.get(EXPIRED)),
        "advertise_names": raw.get(NAMES) in ("on", True),
        "identities": filters,
    }


def is_off(value: Any) -> bool:
    """True for a value of the field that means: the listener ignores client certificates."""
    if isinstance(value, Mapping):
        return not value or value.get(MODE, value.get("mode")) in (None, "off", False)
    return value is None or getattr(value, "mode", "") == "off"


def live_mutual_tls(raw: Mapping[str, Any] | None) -> MutualTls | None:
    """The field of a live listener."""
    if not raw or is_off(raw):
        return None
    store = {STORE: AwsId(raw[STORE])} if raw.get(STORE) else {}
    return from_live(MutualTls, _from_aws_names({**raw, **store}))


def mutual_tls_params(mutual: MutualTls, id_of: Callable[[Ref], str]) -> dict[str, Any]:
    """The parameter of CreateListener and ModifyListener, which has the values that are not AWS's defaults."""
    params: dict[str, Any] = {MODE: mutual.mode}
    if mutual.trust_store is not None:
        params[STORE] = id_of(mutual.trust_store)
    if mutual.mode == "verify":
        params |= {EXPIRED: mutual.allow_expired, NAMES: "on" if mutual.advertise_names else "off"}
    if mutual.identities:
        params[FILTERS] = [
            {"Field": item.field, "Action": "accept", "MatchType": item.match, "Value": item.value}
            for item in mutual.identities
        ]
    return params


def mutual_tls_text(mutual: MutualTls) -> str:
    """`verify with trust_store.clients, expired ones too`"""
    store = f" with {mutual.trust_store}" if mutual.trust_store else ""
    only = ", only " + " or ".join(f"{item.field} {item.value}" for item in mutual.identities)
    parts = (", expired ones too" if mutual.allow_expired else "", ", CA names sent" if mutual.advertise_names else "")
    return f"{mutual.mode}{store}{''.join(parts)}{only if mutual.identities else ''}"
