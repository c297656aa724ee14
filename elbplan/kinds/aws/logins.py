"""What protects a listener or rule: a login, a token check, a client certificate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .leading_actions import OtherAction
from .login_actions import CONFIG, TOKENS, Login
from .token_checks import TokenCheck


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
    """The protections that are gone. Another login or token check in place of one is no loss of it.

    Claims count only while the token check stays.
    """
    lost = before - after
    lost -= CONFIG.keys() if after & CONFIG.keys() else frozenset()
    return lost if TOKENS in after else frozenset(each for each in lost if not each.startswith(CLAIM))


def _lets_everybody_pass(action: Any) -> bool:
    if isinstance(action, Login):
        return action.on_unauthenticated_request == "allow"
    settings = action.settings if isinstance(action, OtherAction) else {}
    configs = (config for config in settings.values() if isinstance(config, Mapping))
    return any(config.get("OnUnauthenticatedRequest") == "allow" for config in configs)


def more_protected(before: P, after: P) -> P:
    """The side whose protections stay until the last step: a lost protection goes last, a new one comes first."""
    return before if before.protections - after.protections else after
