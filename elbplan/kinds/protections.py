"""The protections of listeners and rules, and those that elbplan cannot create again. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.change import Diff
from ..core.resource import Resource
from ..errors import Refused
from .aws.actions import OIDC
from .listener import Listener
from .rule import Rule


def protections(resource: Resource | None) -> frozenset[str]:
    """The logins and checks of a listener or rule, in AWS's words."""
    return resource.protections if isinstance(resource, Listener | Rule) else frozenset()


def uncreatable_protections(diff: Diff) -> Iterator[Refused]:
    """New listeners and rules with an OIDC login: AWS never returns its client secret, so elbplan cannot copy it."""
    for change in diff.changes:
        leading = change.after.leading_actions if isinstance(change.after, Listener | Rule) else ()
        if change.action in ("create", "replace") and any(action.type == OIDC for action in leading):
            yield Refused(
                f"{change.address}: it must be created again, and AWS never returns the client secret of its login"
                f" ({OIDC})",
                hint="leave leading_actions out of the spec and of `ignore:`, and add the login to the new one by hand",
            )
