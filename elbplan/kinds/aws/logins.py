"""What protects a listener or rule: a login, a token check, a client certificate. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .actions import OtherAction


class Protected(Protocol):
    """A listener or rule."""

    @property
    def protections(self) -> frozenset[str]: ...


P = TypeVar("P", bound=Protected)


def logins(leading: Iterable[OtherAction]) -> frozenset[str]:
    """The types of these actions, in AWS's words, without a login that lets everybody pass."""
    return frozenset(action.type for action in leading if not _lets_everybody_pass(action.settings))


def _lets_everybody_pass(settings: Mapping[str, Any]) -> bool:
    configs = (config for config in settings.values() if isinstance(config, Mapping))
    return any(config.get("OnUnauthenticatedRequest") == "allow" for config in configs)


def more_protected(before: P, after: P) -> P:
    """The side whose protections stay until the last step: a lost protection goes last, a new one comes first."""
    return before if before.protections - after.protections else after
