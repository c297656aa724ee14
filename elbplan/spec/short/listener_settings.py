"""The settings of a listener beside its action: client certificates, headers, timeouts."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from ...core.suggest import did_you_mean
from ...kinds.aws.listener_attributes import RESPONSE_HEADERS
from ..errors import SpecValueError
from ..messages import shown_value
from ..values import as_text
from .client_certificates import ClientCertificatesValue
from .words import NUMBER, SWITCH, TEXT, Duration, Shorthand, ShortModel, Texts

ALPN = {
    "http1": "HTTP1Only",
    "http2": "HTTP2Only",
    "http2-optional": "HTTP2Optional",
    "http2-preferred": "HTTP2Preferred",
    "none": "None",
}
"""The short words for ALPN policies."""

REQUEST_WORDS = {
    "tls_version": "X-Amzn-Tls-Version",
    "tls_cipher": "X-Amzn-Tls-Cipher-Suite",
    "client_certificate": "X-Amzn-Mtls-Clientcert",
    "client_certificate_leaf": "X-Amzn-Mtls-Clientcert-Leaf",
    "client_certificate_serial": "X-Amzn-Mtls-Clientcert-Serial-Number",
    "client_certificate_issuer": "X-Amzn-Mtls-Clientcert-Issuer",
    "client_certificate_subject": "X-Amzn-Mtls-Clientcert-Subject",
    "client_certificate_validity": "X-Amzn-Mtls-Clientcert-Validity",
}
"""The short words for the headers that the load balancer adds to requests."""

YEAR = 31536000


def _alpn(value: Any) -> Any:
    word = ALPN.get(value.lower()) if isinstance(value, str) else None
    if word is None and value not in ALPN.values():
        hint = did_you_mean(str(value), ALPN)
        raise SpecValueError(f"{shown_value(value)} is not one of {', '.join(ALPN)}", hint)
    return word or value


def _hsts(value: Any) -> Any:
    if isinstance(value, bool):
        return {"on": value}
    return value if isinstance(value, dict) else {"max_age": value}


class Hsts(ShortModel):
    """Strict-Transport-Security: browsers use only HTTPS for this name."""

    max_age: Annotated[int, Duration("0s", "3650d"), Field(description="how long browsers remember it")] = YEAR
    subdomains: Annotated[bool, Field(description="also for every subdomain")] = False
    preload: Annotated[bool, Field(description="allow browsers to have the name built in")] = False
    on: Annotated[bool, Field(description="false: without this header")] = True

    @model_validator(mode="after")
    def _fitting(self) -> Hsts:
        if self.preload and (not self.subdomains or self.max_age < YEAR):
            raise SpecValueError(
                "preload needs subdomains: true and a max_age of 365 days or more",
                "add them, or remove preload:; browsers refuse the name otherwise",
            )
        return self

    @property
    def header(self) -> str:
        """The value of the header; empty for none."""
        parts = [f"max-age={self.max_age}", *(["includeSubDomains"] * self.subdomains), *(["preload"] * self.preload)]
        return "; ".join(parts) if self.on else ""


class Cors(ShortModel):
    """Which pages of other origins may read the responses."""

    origin: Annotated[str, Field(description='the origin of those pages, or "*"', examples=["https://example.com"])]
    methods: Annotated[Texts | None, Field(description="allowed methods", examples=[["GET", "POST"]])] = None
    headers: Annotated[Texts | None, Field(description="allowed request headers")] = None
    expose: Annotated[Texts | None, Field(description="response headers that the pages may read")] = None
    credentials: Annotated[bool, Field(description="allow cookies and logins")] = False
    max_age: Annotated[
        Annotated[int, Duration("0s", "1d")] | None, Field(description="how long browsers remember the answer")
    ] = None

    @model_validator(mode="after")
    def _fitting(self) -> Cors:
        if self.credentials and self.origin == "*":
            raise SpecValueError('credentials need one origin, not "*"', "write origin: https://...")
        return self

    @property
    def headers_of_response(self) -> dict[str, str]:
        """The headers with their values."""
        lists = {"Methods": self.methods, "Headers": self.headers}
        values = {f"Access-Control-Allow-{name}": ", ".join(texts) for name, texts in lists.items() if texts}
        if self.expose:
            values["Access-Control-Expose-Headers"] = ", ".join(self.expose)
        if self.credentials:
            values["Access-Control-Allow-Credentials"] = "true"
        if self.max_age is not None:
            values["Access-Control-Max-Age"] = str(self.max_age)
        return {"Access-Control-Allow-Origin": self.origin, **values}


def _cors(value: Any) -> Any:
    return {"origin": value} if isinstance(value, str) else value


def _known_headers(words: dict[str, str], what: str) -> Any:
    """A reader of a map whose keys are headers, in any case, or short words for them."""
    headers = {**{header.lower(): header for header in words.values()}, **words}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise SpecValueError(f"{shown_value(value)} is not a map of headers", "write HEADER: VALUE")
        for key in value:
            if str(key).lower() not in headers:
                known = [*(word for word in words if word not in words.values()), *words.values()]
                raise SpecValueError(
                    f'AWS cannot {what} the header "{key}"', did_you_mean(str(key), known, most=len(known))
                )
        return as_text({headers[str(key).lower()]: text for key, text in value.items()})

    return read


ResponseHeaders = Annotated[
    dict[str, str], BeforeValidator(_known_headers({header: header for header in RESPONSE_HEADERS}, "add"))
]
RequestHeaders = Annotated[dict[str, str], BeforeValidator(_known_headers(REQUEST_WORDS, "rename"))]


def _attributes(value: Any) -> Any:
    return as_text(value) if isinstance(value, dict) else value


class ListenerSettings(ShortModel):
    """What a listener has beside its action."""

    alpn: Annotated[
        str | None,
        BeforeValidator(_alpn),
        Field(description="TLS: http1, http2, http2-optional, http2-preferred or none", examples=["http2-preferred"]),
    ] = None
    client_certificates: Annotated[
        ClientCertificatesValue | None,
        Field(description="mutual TLS: a trust store, passthrough, or a map", examples=["clients"]),
    ] = None
    hsts: Annotated[
        Annotated[Hsts, Shorthand(_hsts, SWITCH, TEXT, NUMBER)] | None,
        Field(description="Strict-Transport-Security: true, how long, or a map", examples=[True, "365d"]),
    ] = None
    cors: Annotated[
        Annotated[Cors, Shorthand(_cors, TEXT)] | None,
        Field(description="Access-Control-...: an origin, or a map", examples=["https://example.com"]),
    ] = None
    csp: Annotated[str | None, Field(description="Content-Security-Policy", examples=["default-src 'self'"])] = None
    response_headers: Annotated[
        ResponseHeaders | None,
        Field(description="headers of responses: {X-Frame-Options: DENY}", examples=[{"X-Frame-Options": "DENY"}]),
    ] = None
    server_header: Annotated[bool | None, Field(description="false: responses without the load balancer's Server")] = (
        None
    )
    request_headers: Annotated[
        RequestHeaders | None,
        Field(
            description="other names of the headers about TLS and client certificates",
            examples=[{"tls_version": "X-Tls-Version"}],
        ),
    ] = None
    idle_timeout: Annotated[
        Annotated[int, Duration("60s", "6000s")] | None,
        Field(description="TCP, TCP_UDP and gateway: how long a connection may be silent"),
    ] = None
    tcp_reset: Annotated[bool | None, Field(description="gateway: tell the sender that a connection timed out")] = None
    attributes: Annotated[
        dict[str, str] | None, BeforeValidator(_attributes), Field(description="listener attributes by AWS's own keys")
    ] = None
