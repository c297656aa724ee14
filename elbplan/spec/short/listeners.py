"""`listeners:`: the ports of the load balancer, and the actions for their requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from ..errors import SpecValueError
from .actions import ForwardValue, ListenOnValue, RedirectValue, RespondValue
from .certificates import ShortCertificate
from .conditions import HeadersValue, PatternsValue, QueriesValue
from .listener_settings import ListenerSettings
from .logins import ShortLogin, ShortToken
from .rewrites import ShortRewrite
from .words import (
    OneOrMore,
    OwnTags,
    RuleName,
    ShortModel,
    Texts,
    WholeNumber,
    network,
)


def _source(value: str) -> str:
    return "!" + network(value[1:].strip()) if value.startswith("!") else network(value)


class ShortRule(ShortModel):
    """A rule of a listener: the requests that match all its conditions get its action."""

    name: Annotated[RuleName | None, Field(description="name; keep it when you move the rule")] = None
    tags: OwnTags = None
    host: Annotated[
        PatternsValue | None,
        Field(description="host names, with the wildcards * and ?, or {regex: ...}", examples=["api.example.com"]),
    ] = None
    path: Annotated[
        PatternsValue | None,
        Field(description="paths, with the wildcards * and ?, or {regex: ...}", examples=["/api/*"]),
    ] = None
    method: Annotated[Texts | None, Field(description="HTTP methods", examples=["GET"])] = None
    header: Annotated[HeadersValue | None, Field(description="headers: {X-Name: value}, or {X-Name: {regex: ...}}")] = (
        None
    )
    query: Annotated[QueriesValue | None, Field(description="{key: value}")] = None
    ip: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_source)]], OneOrMore()] | None,
        Field(description='networks of the clients; "!10.0.0.0/8" means all other networks', examples=["10.0.0.0/8"]),
    ] = None
    login: Annotated[ShortLogin | None, Field(description="a login before the action; HTTPS only")] = None
    token: Annotated[ShortToken | None, Field(description="a check of a token before the action; HTTPS only")] = None
    forward: Annotated[ForwardValue | None, Field(description="a group, or {group: weight}")] = None
    redirect: Annotated[RedirectValue | None, Field(description="443/https, or a map")] = None
    respond: Annotated[RespondValue | None, Field(description="a fixed response")] = None
    rewrite: Annotated[ShortRewrite | None, Field(description="changes of the host and the path for the target")] = None
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


class ShortListener(ListenerSettings):
    """A listener of the load balancer."""

    tags: OwnTags = None
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
