"""`listeners:`: the ports of the load balancer, and the actions for their requests."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from ...core.hidden import Hidden, as_text
from ..errors import SpecValueError
from ..messages import shown_value
from .actions import MAPS, ForwardValue, ListenOnValue, RedirectValue, RespondValue, is_text_or_number
from .certificates import ShortCertificate
from .logins import ShortLogin, ShortToken
from .words import (
    TEXT,
    OneOrMore,
    RuleName,
    Shorthand,
    ShortModel,
    Texts,
    TextsOrNumbers,
    WholeNumber,
    network,
)


def _headers(value: Any) -> Any:
    if isinstance(value, list):
        return [header for item in value for header in _headers(item)]
    if not isinstance(value, dict):
        raise SpecValueError(
            f"{shown_value(value)} is not a map of header names to values", "write header: {X-Name: value}"
        )
    if "values" in value and set(value) <= {"name", "values"}:
        return [value]
    return [{"name": name, "values": values} for name, values in value.items()]


def _queries(value: Any) -> Any:
    if not isinstance(value, dict):
        values = value if isinstance(value, list) else [value]
        return [{"values": values}]
    spread = {key: texts if isinstance(texts, list) else [texts] for key, texts in value.items()}
    for texts in spread.values():
        if not all(map(is_text_or_number, texts)):
            raise SpecValueError(
                "a query value must be text or a number", 'write query: {key: value}; quote a value like "true"'
            )
    return [{"values": [_pair(key, text) for text in texts]} for key, texts in spread.items()]


def _pair(key: str, text: Any) -> str:
    value = as_text(text) if isinstance(text, int) and not isinstance(text, bool) else text
    return value.between(f"{key}=") if isinstance(value, Hidden) else f"{key}={value}"


class Header(ShortModel):
    """A header and its possible values."""

    name: str
    values: TextsOrNumbers


class Query(ShortModel):
    """The possible `key=value` pairs of a query."""

    values: TextsOrNumbers


def _source(value: str) -> str:
    return "!" + network(value[1:].strip()) if value.startswith("!") else network(value)


class ShortRule(ShortModel):
    """A rule of a listener: the requests that match all its conditions get its action."""

    name: Annotated[RuleName | None, Field(description="name; keep it when you move the rule")] = None
    host: Annotated[
        Texts | None, Field(description="host names, with the wildcards * and ?", examples=["api.example.com"])
    ] = None
    path: Annotated[Texts | None, Field(description="paths, with the wildcards * and ?", examples=["/api/*"])] = None
    method: Annotated[Texts | None, Field(description="HTTP methods", examples=["GET"])] = None
    header: Annotated[
        Annotated[list[Header], Shorthand(_headers, MAPS)] | None, Field(description="headers: {X-Name: value}")
    ] = None
    query: Annotated[
        Annotated[list[Query], Shorthand(_queries, MAPS, TEXT)] | None, Field(description="{key: value}")
    ] = None
    ip: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_source)]], OneOrMore()] | None,
        Field(description='networks of the clients; "!10.0.0.0/8" means all other networks', examples=["10.0.0.0/8"]),
    ] = None
    login: Annotated[ShortLogin | None, Field(description="a login before the action; HTTPS only")] = None
    token: Annotated[ShortToken | None, Field(description="a check of a token before the action; HTTPS only")] = None
    forward: Annotated[ForwardValue | None, Field(description="a group, or {group: weight}")] = None
    redirect: Annotated[RedirectValue | None, Field(description="443/https, or a map")] = None
    respond: Annotated[RespondValue | None, Field(description="a fixed response")] = None
    priority: Annotated[
        WholeNumber | None, Field(ge=1, le=50000, description="fixed priority; by default it follows from the order")
    ] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortRule:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) != 1:
            what = " and ".join(given) if given else "no action"
            raise SpecValueError(f"a rule has {what}", "write exactly one of forward, redirect, respond")
        return self


class ShortListener(ShortModel):
    """A listener of the load balancer."""

    listen: Annotated[
        ListenOnValue | None, Field(description="port and protocol", examples=["443/https", "80/http"])
    ] = None
    login: Annotated[ShortLogin | None, Field(description="a login before the action; HTTPS only")] = None
    token: Annotated[ShortToken | None, Field(description="a check of a token before the action; HTTPS only")] = None
    forward: Annotated[ForwardValue | None, Field(description="a group, or {group: weight}")] = None
    redirect: Annotated[RedirectValue | None, Field(description="443/https, or a map")] = None
    respond: Annotated[RespondValue | None, Field(description="a fixed response")] = None
    tls: Annotated[str | None, Field(description="recommended, modern, compatible, or a policy's name")] = None
    certificate: Annotated[
        ShortCertificate | None, Field(description="ARN or name of a certificate, in place of the domains' own")
    ] = None
    certificates: Annotated[
        Annotated[list[ShortCertificate], OneOrMore()] | None,
        Field(description="more certificates; AWS selects one by the host name that the client requests (SNI)"),
    ] = None
    rules: Annotated[list[ShortRule] | None, Field(description="rules; the first rule that matches applies")] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortListener:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) > 1:
            raise SpecValueError(
                f"a listener has {' and '.join(given)}", "keep one of them; put exceptions into rules:"
            )
        return self
