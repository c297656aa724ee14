"""Expands `login:` and `token:` to the actions before the final action."""

from __future__ import annotations

from typing import Any

from ..short.listeners import ShortListener, ShortRule
from ..short.logins import FORMATS, ShortCognito, ShortLogin, ShortOidc, ShortToken
from ..yaml.tree import YamlPath

LOGIN = {
    "scope": "scope",
    "session": "session_timeout",
    "cookie": "session_cookie_name",
    "extra": "authentication_request_extra_params",
    "unauthenticated": "on_unauthenticated_request",
}
OIDC = {
    "issuer": "issuer",
    "authorization": "authorization_endpoint",
    "tokens": "token_endpoint",
    "user_info": "user_info_endpoint",
    "client_id": "client_id",
    "client_secret": "client_secret",
    "client_secret_version": "client_secret_version",
    **LOGIN,
}
COGNITO = {
    "user_pool": "user_pool_arn",
    "client_id": "user_pool_client_id",
    "domain": "user_pool_domain",
    **LOGIN,
}
TOKEN = {"issuer": "issuer", "keys": "jwks_endpoint", "claims": "additional_claims"}
"""For each key of the short form, the field of the long form."""


def leading_actions(short: ShortListener | ShortRule) -> list[dict[str, Any]]:
    """The login, then the check of a token, in the long form."""
    return [*([_login(short.login)] if short.login else []), *([_token(short.token)] if short.token else [])]


def leading_fields(short: ShortListener | ShortRule) -> dict[str, Any]:
    """The field with these actions; none without a login and a token check."""
    actions = leading_actions(short)
    return {"leading_actions": actions} if actions else {}


def leading_places(short: ShortListener | ShortRule, path: YamlPath) -> dict[YamlPath, YamlPath]:
    """The document paths of the fields of these actions."""
    places: dict[YamlPath, YamlPath] = {}
    if short.login:
        kind, words = ("oidc", OIDC) if short.login.oidc else ("cognito", COGNITO)
        places |= _places(0, (*path, "login", kind), words)
    if short.token:
        index = 1 if short.login else 0
        places |= _places(index, (*path, "token"), TOKEN)
        claims = enumerate(short.token.claims)
        places |= {("leading_actions", index, "additional_claims", i): (*path, "token", "claims", n) for i, n in claims}
    first = "login" if short.login else "token"
    return {("leading_actions",): (*path, first), **places} if places else {}


def _places(index: int, path: YamlPath, words: dict[str, str]) -> dict[YamlPath, YamlPath]:
    fields: dict[YamlPath, YamlPath] = {("leading_actions", index, long): (*path, key) for key, long in words.items()}
    return {("leading_actions", index): path, **fields}


def _login(short: ShortLogin) -> dict[str, Any]:
    if short.oidc:
        return _fields("authenticate-oidc", short.oidc, OIDC)
    assert short.cognito is not None
    return _fields("authenticate-cognito", short.cognito, COGNITO)


def _fields(kind: str, short: ShortOidc | ShortCognito, words: dict[str, str]) -> dict[str, Any]:
    given = {long: getattr(short, key) for key, long in words.items() if key in short.model_fields_set}
    return {"type": kind, **given}


def _token(short: ShortToken) -> dict[str, Any]:
    claims = [{"name": name, "format": FORMATS[c.format], "values": c.values} for name, c in short.claims.items()]
    check = {"type": "jwt-validation", "issuer": short.issuer, "jwks_endpoint": short.keys}
    return check | ({"additional_claims": claims} if claims else {})
