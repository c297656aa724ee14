"""Logins and token checks: the actions before the final action of an HTTPS listener or rule."""

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
    if kind == OIDC:
        _check_secret(config, before)
    if kind != "jwt-validation":
        _with_defaults(config)


@rule(22)
def _check_complete(kind: str, config: Params) -> None:
    """The required members: API_AuthenticateOidcActionConfig and the other configurations."""
    for name in NEEDED[kind]:
        if not config.get(name):
            raise validation(f"1 validation error detected: Value null at '{name}' failed to satisfy constraint")


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
