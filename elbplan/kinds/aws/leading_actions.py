"""The actions before the final action of a listener or rule, in one canonical form: logins and checks of tokens.

AWS never returns the client secret of a login. elbplan remembers in a tag from which reference it sent the secret, so
that another reference is a change, and sends the secret again only for such a change.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from ...core.call import Answer, Call, WriteProgram
from ...core.resource import Part, from_live, rebuilt
from .login_actions import (
    COGNITO,
    CONFIG,
    OIDC,
    SAME_SECRET,
    SECRET,
    TOKENS,
    CognitoLogin,
    KnownAction,
    OidcLogin,
    snake,
)
from .ownership import tag, untag
from .secret_references import secret_value
from .token_checks import TokenCheck


class OtherAction(Part):
    """An action in AWS's form that elbplan does not know."""

    type: Annotated[str, Field(min_length=1, description="the type of the action, as AWS names it")]
    settings: Annotated[Mapping[str, Any], Field(description="the action's fields, as AWS names them")] = {}


def _tag(value: Any) -> str:
    kind = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
    other = isinstance(value, OtherAction) or kind not in CONFIG
    return "other" if other else str(kind)


LeadingAction = Annotated[
    Annotated[OidcLogin, Tag(OIDC)]
    | Annotated[CognitoLogin, Tag(COGNITO)]
    | Annotated[TokenCheck, Tag(TOKENS)]
    | Annotated[OtherAction, Tag("other")],
    Discriminator(_tag),
]
MODELS: Mapping[str, type[KnownAction]] = {OIDC: OidcLogin, COGNITO: CognitoLogin, TOKENS: TokenCheck}


def oidc_of(leading: Sequence[Any]) -> OidcLogin | None:
    """The login with OpenID Connect among these actions."""
    return next((action for action in leading if isinstance(action, OidcLogin)), None)


def leading_text(action: Any) -> str:
    """`OIDC login at id.example.com`; the words of AWS for an action that elbplan does not know."""
    if isinstance(action, OidcLogin):
        return f"OIDC login at {_host(action.issuer)}"
    if isinstance(action, CognitoLogin):
        return f"Cognito login ({action.user_pool_arn.rpartition('/')[2]})"
    if isinstance(action, TokenCheck):
        return f"token check for {_host(action.issuer)}"
    return str(action.type)


def _host(issuer: str) -> str:
    return issuer.removeprefix("https://").partition("/")[0]


def leading_from_aws(raw: Mapping[str, Any], tags: Mapping[str, str]) -> Any:
    """An action before the final action, in canonical form; AWS's form if elbplan does not know all of it."""
    kind = str(raw.get("Type") or "unknown")
    config = raw.get(CONFIG.get(kind, ""))
    model = MODELS.get(kind)
    if model is None or not isinstance(config, Mapping):
        return other_action(raw)
    fields = {snake(name): value for name, value in config.items() if name not in NEVER_READ}
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    if not needed <= fields.keys() <= model.model_fields.keys():
        return other_action(raw)
    return from_live(model, fields | (_remembered(tags) if model is OidcLogin else {}))


NEVER_READ = (SECRET, SAME_SECRET)
"""AWS returns no secrets, but services that imitate AWS may do so."""


def other_action(raw: Mapping[str, Any]) -> OtherAction:
    """An action in AWS's form, without its order and without secrets."""
    settings = {key: _without_secret(value) for key, value in raw.items() if key not in ("Type", "Order")}
    return from_live(OtherAction, {"type": raw.get("Type") or "unknown", "settings": settings})


def _without_secret(config: Any) -> Any:
    if not isinstance(config, Mapping):
        return config
    return {key: value for key, value in config.items() if key not in NEVER_READ}


def leading_to_aws(action: Any, secret: str | None) -> dict[str, Any]:
    """The action as AWS writes it. Without a secret, AWS keeps the one that it has."""
    if isinstance(action, KnownAction):
        config = action.config
        if isinstance(action, OidcLogin):
            config |= {SAME_SECRET: True} if secret is None else {SECRET: secret}
        return {"Type": action.type, CONFIG[action.type]: config}
    settings = dict(action.settings)
    if action.type == OIDC and isinstance(settings.get(CONFIG[OIDC]), Mapping):
        settings[CONFIG[OIDC]] = {**settings[CONFIG[OIDC]], SAME_SECRET: True}
    return {"Type": action.type, **settings}


def sends_secret(before: Sequence[Any], after: Sequence[Any]) -> str:
    """The reference whose secret a change to these actions sends to AWS; empty if AWS keeps the secret that it has."""
    old, new = oidc_of(before), oidc_of(after)
    if new is None or new.client_secret is None:
        return ""
    return "" if old is not None and _about_secret(old) == _about_secret(new) else new.client_secret


def _about_secret(login: OidcLogin) -> tuple[Any, ...]:
    """What the secret belongs to: another client, or another server for tokens, has another secret."""
    return (
        login.client_secret,
        login.client_secret_version,
        login.client_id,
        login.issuer,
        login.token_endpoint,
    )


def fetched_secret(before: Sequence[Any], after: Sequence[Any]) -> Generator[Call, Answer, str | None]:
    """The secret that the change sends, read now; None if AWS keeps its secret. Raises ElbplanError, AwsProblem."""
    reference = sends_secret(before, after)
    return (yield from secret_value(reference)) if reference else None


SECRET_TAG = "elbplan:client-secret"
"""The tag of a listener or rule with the reference of its secret: `secretsmanager:web key=oidc version=2`.

A tag of ELB has no `#`: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html
"""


def secret_tags(leading: Sequence[Any]) -> dict[str, str]:
    """The tag that remembers the reference of these actions; none without a reference."""
    login = oidc_of(leading)
    if login is None or login.client_secret is None:
        return {}
    name, _, key = login.client_secret.partition("#")
    words = [name, *([f"key={key}"] if key else [])]
    words += [f"version={login.client_secret_version}"] if login.client_secret_version is not None else []
    return {SECRET_TAG: " ".join(words)}


def _remembered(tags: Mapping[str, str]) -> dict[str, str]:
    """The fields that `secret_tags` wrote."""
    name, *words = tags.get(SECRET_TAG, "").split() or [""]
    rest = dict(word.split("=", 1) for word in words if "=" in word)
    key = f"#{rest['key']}" if "key" in rest else ""
    fields = {"client_secret": f"{name}{key}", "client_secret_version": rest.get("version", "")}
    return {field: value for field, value in fields.items() if name and value}


def retag_secret(id: str, before: Sequence[Any], after: Sequence[Any]) -> WriteProgram:
    """Remembers another reference. It follows the write of the secret, so a killed run sends the secret again."""
    old, new = secret_tags(before), secret_tags(after)
    if new and old != new:
        yield tag(id, new)
    elif old and not new:
        yield untag(id, [SECRET_TAG])
    return {}


def with_live_secret(desired: tuple[Any, ...], live: Sequence[Any]) -> tuple[Any, ...]:
    """The desired actions; a login that names no secret keeps the one of the live login."""
    old = oidc_of(live)
    if old is None or old.client_secret is None:
        return desired
    kept = {"client_secret": old.client_secret, "client_secret_version": old.client_secret_version}
    return tuple(
        rebuilt(action, **kept) if isinstance(action, OidcLogin) and action.client_secret is None else action
        for action in desired
    )
