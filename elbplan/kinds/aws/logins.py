"""What protects a listener or rule: a login, a token check, a client certificate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .leading_actions import OtherAction
from .login_actions import CONFIG, Login
from .token_checks import TokenCheck

CLIENT_CERTIFICATE = "client certificate"
READ_ONLY = ("TrustStoreAssociationStatus",)
DEFAULTS: tuple[Any, ...] = ("off", False, None, "", [])
"""The values that AWS returns for mutual authentication where it is not configured."""


class Protected(Protocol):
    """A listener or rule."""

    @property
    def protections(self) -> frozenset[str]: ...


P = TypeVar("P", bound=Protected)


def logins(leading: Iterable[Any]) -> frozenset[str]:
    """The types of these actions, in AWS's words, and the claims of tokens; no login that lets everybody pass."""
    actions = [action for action in leading if not _lets_everybody_pass(action)]
    claims = (claim for action in actions if isinstance(action, TokenCheck) for claim in action.additional_claims)
    return frozenset({*(action.type for action in actions), *(f"{CLAIM}{claim.name}" for claim in claims)})


CLAIM = "claim "
"""Begins the protection by a claim that tokens must have."""


def lost_protections(before: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    """The protections that are gone. Another login or token check in place of one is no loss of it."""
    replaced = CONFIG.keys() if after & CONFIG.keys() else frozenset()
    return before - after - replaced


def without_defaults(mutual_authentication: Mapping[str, Any]) -> dict[str, Any]:
    """The mutual authentication of a listener without what AWS fills in."""
    return {k: v for k, v in mutual_authentication.items() if k not in READ_ONLY and v not in DEFAULTS}


def certificate_checks(mutual_authentication: Mapping[str, Any]) -> frozenset[str]:
    """The check of client certificates, if AWS makes it."""
    return frozenset({CLIENT_CERTIFICATE} if mutual_authentication.get("Mode") == "verify" else ())


def _lets_everybody_pass(action: Any) -> bool:
    if isinstance(action, Login):
        return action.on_unauthenticated_request == "allow"
    settings = action.settings if isinstance(action, OtherAction) else {}
    configs = (config for config in settings.values() if isinstance(config, Mapping))
    return any(config.get("OnUnauthenticatedRequest") == "allow" for config in configs)


def more_protected(before: P, after: P) -> P:
    """The side whose protections stay until the last step: a lost protection goes last, a new one comes first."""
    return before if before.protections - after.protections else after
