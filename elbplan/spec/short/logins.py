"""`login:` and `token:`: what a client needs before its request gets the action of a listener or rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ...core.hidden import Hidden
from ...kinds.aws.login_actions import POOL, full_url
from ...kinds.aws.secret_references import FORMS, SecretReference
from ...kinds.aws.token_checks import ALWAYS_CHECKED
from ..errors import SpecValueError
from ..messages import shown_value
from .words import TEXT, Duration, OneOrMore, Shorthand, ShortModel, TextOrNumber


def _url(value: str) -> str:
    try:
        return full_url(value)
    except ValueError:
        raise SpecValueError(f"{shown_value(value)} is not a full URL", "write https:// and the domain") from None


def _reference(value: Any) -> Any:
    """A reference. The message never repeats the value, which may be the secret itself."""
    if isinstance(value, Hidden):
        variable = value.reference.strip("${}")
        what = f"{value.reference} puts the secret itself into the spec"
        raise SpecValueError(what, f"write env:{variable}, which elbplan reads when it sends the secret")
    try:
        return str(SecretReference.parse(value)) if isinstance(value, str) else value
    except ValueError as problem:
        what, _, _ = str(problem).partition("; ")
        raise SpecValueError(f"this {what}", f"never write the secret itself; write {FORMS}") from None


Url = Annotated[str, AfterValidator(_url)]
Unauthenticated = Literal["authenticate", "deny", "allow"]


class _ShortLogin(ShortModel):
    """What both kinds of login have."""

    scope: Annotated[str, Field(description="the claims to ask for, separated by spaces")] = "openid"
    session: Annotated[
        Annotated[int, Duration("1s", "7d")], Field(description="time after which a user logs in again")
    ] = 604800
    cookie: Annotated[str, Field(min_length=1, max_length=128, description="name of the session's cookie")] = (
        "AWSELBAuthSessionCookie"
    )
    extra: Annotated[
        Mapping[str, TextOrNumber],
        Field(max_length=10, description="query parameters for the login page", examples=[{"prompt": "login"}]),
    ] = {}
    unauthenticated: Annotated[
        Unauthenticated,
        Field(description="without a session: the login page (authenticate), the answer 401 (deny), or pass (allow)"),
    ] = "authenticate"


class ShortOidc(_ShortLogin):
    """A login with a provider of OpenID Connect."""

    issuer: Annotated[Url, Field(description="issuer, a URL", examples=["https://id.example.com"])]
    authorization: Annotated[Url, Field(description="URL of the login page")]
    tokens: Annotated[Url, Field(description="URL of the tokens")]
    user_info: Annotated[Url, Field(description="URL of the user's claims")]
    client_id: Annotated[str, Field(min_length=1, description="client at the provider")]
    client_secret: Annotated[
        Annotated[str, BeforeValidator(_reference)] | None,
        Field(
            description="where elbplan gets the secret when it sends it: ssm:/PATH, secretsmanager:NAME#KEY, env:NAME; "
            "without it, AWS keeps the secret of an existing login",
            examples=["ssm:/web/oidc"],
        ),
    ] = None
    client_secret_version: Annotated[
        TextOrNumber | None,
        Field(description="your own mark: another one sends the secret again, for example after a rotation"),
    ] = None


def _user_pool(value: str) -> str:
    if not POOL.fullmatch(value):
        hint = "write arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID"
        raise SpecValueError(f"{shown_value(value)} is not the ARN of a user pool", hint)
    return value


class ShortCognito(_ShortLogin):
    """A login with a user pool of Amazon Cognito."""

    user_pool: Annotated[str, AfterValidator(_user_pool), Field(description="ARN of the user pool")]
    client_id: Annotated[str, Field(min_length=1, description="client of the user pool")]
    domain: Annotated[str, Field(min_length=1, description="prefix or full domain of the user pool")]


class ShortLogin(ShortModel):
    """A login: `oidc` or `cognito`."""

    oidc: Annotated[ShortOidc | None, Field(description="a provider of OpenID Connect")] = None
    cognito: Annotated[ShortCognito | None, Field(description="a user pool of Amazon Cognito")] = None

    @model_validator(mode="after")
    def _one(self) -> ShortLogin:
        if (self.oidc is None) == (self.cognito is None):
            raise SpecValueError("a login has either oidc or cognito", "write login: {oidc: {...}}")
        return self


FORMATS = {"text": "single-string", "list": "string-array", "words": "space-separated-values"}


class ShortClaim(ShortModel):
    """The values that a claim may have; one match is enough."""

    values: Annotated[
        Annotated[list[TextOrNumber], OneOrMore()], Field(min_length=1, max_length=10, description="one is enough")
    ]
    format: Annotated[
        Literal["text", "list", "words"],
        Field(description="form of the claim: one text, a list, or words with spaces between"),
    ] = "text"

    @model_validator(mode="after")
    def _words(self) -> ShortClaim:
        if self.format == "words" and any(" " in value for value in self.values):
            raise SpecValueError("a value of the format words has no space", "write each word alone: [a, b]")
        return self


def _claim(value: Any) -> Any:
    return value if isinstance(value, dict) else {"values": value}


class ShortToken(ShortModel):
    """The check of a JSON Web Token in the header Authorization."""

    issuer: Annotated[str, Field(min_length=1, max_length=256, description="issuer of the tokens")]
    keys: Annotated[Url, Field(max_length=256, description="URL of the keys (JWKS)")]
    claims: Annotated[
        Mapping[str, Annotated[ShortClaim, Shorthand(_claim, TEXT, {"type": "array"})]],
        Field(max_length=10, description="claims beside exp, iss, nbf and iat", examples=[{"aud": "web"}]),
    ] = {}

    @model_validator(mode="after")
    def _others(self) -> ShortToken:
        if own := [name for name in self.claims if name in ALWAYS_CHECKED]:
            raise SpecValueError(f"AWS always checks {', '.join(own)} itself", "write only other claims")
        return self
