"""The login before the final action: with a provider of OpenID Connect, or with Amazon Cognito.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from ...core.hidden import FREE, Hidden
from ...core.resource import Part
from .secret_references import SecretReference

OIDC, COGNITO, TOKENS = "authenticate-oidc", "authenticate-cognito", "jwt-validation"
CONFIG = {OIDC: "AuthenticateOidcConfig", COGNITO: "AuthenticateCognitoConfig", TOKENS: "JwtValidationConfig"}
SECRET = "ClientSecret"
SAME_SECRET = "UseExistingClientSecret"
HTTPS_URL = re.compile(r"https://[^/\s?#]+([/?]\S*)?", re.ASCII)
POOL = re.compile(r"arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/[A-Za-z0-9_-]+", re.ASCII)
WEEK = 604800


def aws_name(field: str) -> str:
    """The member of AWS's configuration for a field: `client_id` is `ClientId`."""
    return "".join(word.capitalize() for word in field.split("_"))


def full_url(value: str) -> str:
    """The URL. Raises ValueError if it does not start with https:// and a domain."""
    if not HTTPS_URL.fullmatch(value):
        raise ValueError("is not a full URL; write it with https:// and the domain")
    return value


def _reference(value: str | None) -> str | None:
    if isinstance(value, Hidden):
        raise ValueError(f"is a value, not a reference to a secret; write env: and the name of {value.reference}")
    if value is not None:
        SecretReference.parse(value)
    return value


Url = Annotated[str, AfterValidator(full_url)]


class KnownAction(Part):
    """An action whose fields are the members of AWS's configuration, in snake_case."""

    type: str
    not_sent: ClassVar[tuple[str, ...]] = ()
    """Fields that are not members of AWS's configuration."""

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        """Also accepts `settings:` with AWS's own names. Leaves out what means the default."""
        if not isinstance(data, Mapping):
            return data
        if isinstance(data.get("settings"), Mapping):
            data = _with_fields(data)
        return {key: value for key, value in data.items() if value not in (None, "")}

    @property
    def config(self) -> dict[str, Any]:
        """AWS's configuration, without the members that have their default."""
        fields = type(self).model_fields.items()
        given = {name: getattr(self, name) for name, field in fields if name not in ("type", *self.not_sent)}
        defaults = {name: field.default for name, field in fields}
        return {aws_name(name): _to_aws(value) for name, value in given.items() if value != defaults[name]}

    def hashed_form(self) -> Mapping[str, Any]:
        """The form that migrations of earlier versions have for the action."""
        known = {name: value for name in self.not_sent if (value := getattr(self, name)) is not None}
        return {"type": self.type, "settings": {CONFIG[self.type]: self.config}, **known}


def _with_fields(data: Mapping[str, Any]) -> dict[str, Any]:
    (config,) = data["settings"].values() if len(data["settings"]) == 1 else ({},)
    if not isinstance(config, Mapping):
        return dict(data)
    if SECRET in config:
        raise ValueError(f"a {SECRET} does not belong here: write client_secret: with a reference ({FORM})")
    fields = {snake(name): value for name, value in config.items() if name != SAME_SECRET}
    return {**{key: value for key, value in data.items() if key != "settings"}, **fields}


FORM = "such as ssm:/web/oidc"


def snake(name: str) -> str:
    """The field for a member of AWS's configuration: `ClientId` is `client_id`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _to_aws(value: Any) -> Any:
    if isinstance(value, tuple):
        return [item.hashed_form() if isinstance(item, Part) else item for item in value]
    return dict(value) if isinstance(value, Mapping) else value


class Login(KnownAction):
    """What the logins have in common: the session of a user, and what happens without one."""

    session_cookie_name: Annotated[str, Field(max_length=128, description="the cookie of the session")] = (
        "AWSELBAuthSessionCookie"
    )
    scope: Annotated[str, Field(description="the claims that elbplan asks for, separated by spaces")] = "openid"
    session_timeout: Annotated[int, Field(ge=1, le=WEEK, description="seconds after which a user logs in again")] = WEEK
    authentication_request_extra_params: Annotated[
        Mapping[str, str], FREE, Field(max_length=10, description="query parameters for the authorization endpoint")
    ] = {}
    on_unauthenticated_request: Annotated[
        Literal["authenticate", "deny", "allow"],
        Field(description="without a session: log in (authenticate), answer 401 (deny), or let pass (allow)"),
    ] = "authenticate"

    @field_validator("session_timeout", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdigit() else value


class OidcLogin(Login):
    """A login with an identity provider that speaks OpenID Connect."""

    type: Literal["authenticate-oidc"] = "authenticate-oidc"
    not_sent = ("client_secret", "client_secret_version")
    issuer: Annotated[Url, Field(description="the issuer, a URL")]
    authorization_endpoint: Annotated[Url, Field(description="the URL to which users go to log in")]
    token_endpoint: Annotated[Url, Field(description="the URL of the tokens")]
    user_info_endpoint: Annotated[Url, Field(description="the URL of the user's claims")]
    client_id: Annotated[str, FREE, Field(min_length=1, description="the OAuth 2.0 client")]
    client_secret: Annotated[
        str | None,
        AfterValidator(_reference),
        Field(description="where elbplan gets the secret: ssm:/PATH, secretsmanager:NAME#KEY or env:NAME"),
    ] = None
    client_secret_version: Annotated[
        str | None,
        Field(
            coerce_numbers_to_str=True,
            pattern=r"^[A-Za-z0-9_.:-]{1,40}$",
            description="your own mark: another one sends the secret again, for example after a rotation",
        ),
    ] = None

    @field_validator("client_secret", mode="before")
    @classmethod
    def _no_value(cls, value: Any) -> Any:
        return _reference(value) if isinstance(value, Hidden) else value


class CognitoLogin(Login):
    """A login with a user pool of Amazon Cognito."""

    type: Literal["authenticate-cognito"] = "authenticate-cognito"
    user_pool_arn: Annotated[str, Field(description="the ARN of the user pool")]
    user_pool_client_id: Annotated[str, FREE, Field(min_length=1, description="the client of the user pool")]
    user_pool_domain: Annotated[str, Field(min_length=1, description="the prefix or the full domain of the user pool")]

    @field_validator("user_pool_arn")
    @classmethod
    def _arn(cls, value: str) -> str:
        if not POOL.fullmatch(value):
            raise ValueError("is not the ARN of a user pool; write arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID")
        return value
