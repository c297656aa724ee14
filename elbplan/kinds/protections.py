"""What stands between people and a route: a login, a token check, a client certificate. Pure.

Told by shape, not by class: a listener or rule has `leading_actions`, a listener `mutual_authentication`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.change import Diff
from ..errors import Refused

FIELDS = ("leading_actions", "mutual_authentication")
CLIENT_CERTIFICATE = "client certificate"
OIDC = "authenticate-oidc"


def protections(resource: Any) -> frozenset[str]:
    """What keeps strangers out here, by AWS's own names; a login that lets everybody pass keeps nobody out."""
    found = {action.type for action in getattr(resource, "leading_actions", ()) if not _lets_pass(action.settings)}
    verifies = getattr(resource, "mutual_authentication", {}).get("Mode") == "verify"
    return frozenset(found | ({CLIENT_CERTIFICATE} if verifies else set()))


def _lets_pass(settings: Mapping[str, Any]) -> bool:
    configs = (config for config in settings.values() if isinstance(config, Mapping))
    return any(config.get("OnUnauthenticatedRequest") == "allow" for config in configs)


def protection_fields(before: Any, after: Any) -> dict[str, Any]:
    """The values of these fields while one becomes the other: what protects a route goes last, and comes first."""
    source = before if protections(before) - protections(after) else after
    return {field: getattr(source, field) for field in FIELDS if hasattr(source, field)}


def uncreatable_protections(comparison: Diff) -> Iterator[Refused]:
    """New listeners and rules with a login whose client secret only AWS has, and never gives back."""
    for change in comparison.changes:
        leading = getattr(change.after, "leading_actions", ())
        if change.action in ("create", "replace") and any(action.type == OIDC for action in leading):
            yield Refused(
                f"{change.address}: it must be made anew, and AWS gives back no client secret of its login ({OIDC})",
                hint="leave leading_actions out of the spec and of `ignore:`, and add the login by hand to the new one",
            )
