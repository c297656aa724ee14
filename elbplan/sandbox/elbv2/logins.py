"""Logins and token checks: the actions before the final action of an HTTPS listener or rule."""

import re

from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule

OIDC = "authenticate-oidc"
NEEDED = {
    OIDC: ("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "ClientId"),
    "authenticate-cognito": ("UserPoolArn", "UserPoolClientId", "UserPoolDomain"),
    "jwt-validation": ("JwksEndpoint", "Issuer"),
}
DEFAULTS = {
    "SessionCookieName": "AWSELBAuthSessionCookie",
    "Scope": "openid",
    "SessionTimeout": 604800,
    "OnUnauthenticatedRequest": "authenticate",
}


def checked(kind: str, config: Params, before: list[Params]) -> None:
    """Puts the configuration into the form in which AWS keeps it, or refuses it."""
    _check_complete(kind, config)
    if kind == "jwt-validation":
        _check_token(config)
        return
    if kind == OIDC:
        _check_urls(config, ("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint"))
        _check_secret(config, before)
    _check_session(config)
    _with_defaults(config)


@rule(22)
def _check_complete(kind: str, config: Params) -> None:
    """The required members: API_AuthenticateOidcActionConfig and the other configurations."""
    for name in NEEDED[kind]:
        if not config.get(name):
            raise validation(f"1 validation error detected: Value null at '{name}' failed to satisfy constraint")


@rule(22)
def _check_urls(config: Params, names: tuple[str, ...]) -> None:
    """A full URL with https, the domain and the path: API_AuthenticateOidcActionConfig, API_JwtValidationActionConfig.

    AWS accepts an issuer without a path in practice, such as https://accounts.google.com.
    """
    for name in names:
        if not re.fullmatch(r"https://[^/\s]+\S*", str(config[name])):
            raise AwsError("InvalidLoadBalancerAction", f"The {name} must be a full URL, including the HTTPS protocol")


@rule(22)
def _check_session(config: Params) -> None:
    """At most ten parameters, and one of three behaviours: API_AuthenticateOidcActionConfig.

    The page names 7 days as the default of SessionTimeout and no range. Here it is from 1 second to 7 days.
    """
    if len(config.get("AuthenticationRequestExtraParams") or {}) > 10:
        raise validation("You can specify up to 10 AuthenticationRequestExtraParams")
    behaviour = config.get("OnUnauthenticatedRequest", "authenticate")
    if behaviour not in ("deny", "allow", "authenticate"):
        raise validation(f"OnUnauthenticatedRequest '{behaviour}' must be one of 'deny', 'allow', 'authenticate'")
    if not 1 <= int(config.get("SessionTimeout") or 604800) <= 604800:
        raise validation("SessionTimeout must be between 1 and 604800 seconds")


ALWAYS_CHECKED = ("exp", "iss", "nbf", "iat")
FORMATS = ("single-string", "string-array", "space-separated-values")


@rule(22)
def _check_token(config: Params) -> None:
    """Lengths of 256, at most ten claims with ten values, and none that AWS checks itself.

    API_JwtValidationActionConfig, API_JwtValidationActionAdditionalClaim.
    """
    _check_urls(config, ("JwksEndpoint",))
    claims = config.get("AdditionalClaims") or []
    texts = [config["JwksEndpoint"], config["Issuer"], *(value for claim in claims for value in claim["Values"])]
    if any(len(text) > 256 for text in texts):
        raise validation("A value of a JWT validation can have at most 256 characters")
    if len(claims) > 10 or any(not 1 <= len(claim["Values"]) <= 10 for claim in claims):
        raise validation("A JWT validation can have at most 10 additional claims with 10 values each")
    for claim in claims:
        if claim["Name"] in ALWAYS_CHECKED or claim["Format"] not in FORMATS:
            raise validation(f"The additional claim '{claim['Name']}' is not valid")
        if claim["Format"] == "space-separated-values" and any(" " in value for value in claim["Values"]):
            raise validation("The values of a claim with the format 'space-separated-values' can't include spaces")


@rule(22)
def _check_secret(config: Params, before: list[Params]) -> None:
    """A login has a client secret, or keeps the existing one; the answer contains neither.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateOidcActionConfig.html
    ("required if you are creating a rule"; "you can omit this parameter if you set UseExistingClientSecret to true");
    both together are refused: https://github.com/ansible-collections/amazon.aws/issues/1877
    """
    existing, secret = config.pop("UseExistingClientSecret", False), config.pop("ClientSecret", "")
    has_secret = any(action["Type"] == OIDC for action in before)
    if existing and secret:
        words = "You cannot both specify a client secret and set UseExistingClientSecret to true"
        raise AwsError("InvalidLoadBalancerAction", words)
    if not secret and not (existing and has_secret):
        raise AwsError("InvalidLoadBalancerAction", "You must either specify a client secret or use the existing one")


@rule(24)
def _with_defaults(config: Params) -> None:
    """The answer contains the defaults of omitted members: API_AuthenticateOidcActionConfig."""
    for name, default in DEFAULTS.items():
        config.setdefault(name, default)
