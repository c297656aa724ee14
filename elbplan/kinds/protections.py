"""The protections of listeners and rules, and those that elbplan cannot create again. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Change, Diff
from ..core.resource import Resource
from ..errors import Refused
from .aws.leading_actions import oidc_of
from .aws.login_actions import OIDC, OidcLogin
from .aws.secret_references import FORMS
from .listener import Listener
from .rule import Rule


def protections(resource: Resource | None) -> frozenset[str]:
    """The logins and checks of a listener or rule, in AWS's words."""
    return resource.protections if isinstance(resource, Listener | Rule) else frozenset()


def uncreatable_protections(diff: Diff) -> Iterator[Refused]:
    """Logins that need a client secret, and name none: AWS never returns the secret, so elbplan cannot copy it."""
    for change in diff.changes:
        login = _new_login(change)
        if login is not None and login.client_secret is None:
            yield Refused(
                f"{change.address}: AWS needs the client secret of a new login ({OIDC}), and the spec names none",
                hint=f"write client_secret: with a reference: {FORMS}",
            )


def _new_login(change: Change) -> OidcLogin | None:
    """The OIDC login that this change gives to a listener or rule which has none."""
    after = oidc_of(change.after.leading_actions) if isinstance(change.after, Listener | Rule) else None
    if change.action in ("create", "replace"):
        return after
    before = oidc_of(change.before.leading_actions) if isinstance(change.before, Listener | Rule) else None
    return after if before is None else None
