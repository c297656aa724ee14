"""Words of the short form for what a rule does before and beside its action: logins, token checks, rewrites. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.duration import duration_text
from ..core.resource import field_values
from ..kinds.aws.login_actions import CognitoLogin, OidcLogin
from ..kinds.aws.token_checks import Claim, TokenCheck
from ..kinds.aws.transforms import TRANSFORMS, rewrites
from ..spec.expand.logins import COGNITO, OIDC
from ..spec.short.logins import FORMATS

Words = dict[str, Any]
REWRITES = {"host-header-rewrite": "host", "url-rewrite": "path"}


def leading_words(leading: Sequence[Any]) -> Words | None:
    """`{login: {oidc: {...}}}`; None if the short form cannot say these actions."""
    if not leading:
        return {}
    if len(leading) > 1:
        return None
    (action,) = leading
    if isinstance(action, OidcLogin):
        return {"login": {"oidc": _login(action, OIDC)}}
    if isinstance(action, CognitoLogin):
        return {"login": {"cognito": _login(action, COGNITO)}}
    return {"token": _token(action)} if isinstance(action, TokenCheck) else None


def _login(action: OidcLogin | CognitoLogin, names: Mapping[str, str]) -> Words:
    """The fields that do not have their default."""
    values, fields = field_values(action), type(action).model_fields
    given = {key: values[field] for key, field in names.items() if values[field] != fields[field].default}
    if "session" in given:
        given["session"] = duration_text(given["session"])
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in given.items()}


def _token(check: TokenCheck) -> Words:
    claims = {claim.name: _claim(claim) for claim in check.additional_claims}
    return {"issuer": check.issuer, "keys": check.jwks_endpoint, **({"claims": claims} if claims else {})}


def _claim(claim: Claim) -> Any:
    values: Any = claim.values[0] if len(claim.values) == 1 else list(claim.values)
    word = next(word for word, name in FORMATS.items() if name == claim.format)
    if word == "text" and isinstance(values, str):
        return values
    return {"values": values, **({"format": word} if word != "text" else {})}


def rewrite_words(transforms: Sequence[Mapping[str, Any]]) -> Words | None:
    """`{rewrite: {path: {...}}}`; None if the short form cannot say these transforms."""
    found = list(rewrites(transforms))
    known = all(str(transform.get("Type")) in TRANSFORMS for transform in transforms)
    if not known or len(found) != len(transforms) or len({kind for kind, *_ in found}) < len(found):
        return None
    words = {REWRITES[kind]: {"regex": regex, "to": replacement} for kind, regex, replacement in found}
    return {"rewrite": words} if words else {}
