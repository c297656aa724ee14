"""What AWS has around a load balancer and no spec can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..kinds.aws.login_actions import OIDC
from ..kinds.aws.ownership import owner_in_tags
from .source import NotImported
from .survey import Survey

SECRET_STAYS = (
    "AWS keeps it and never returns it, so the login keeps working; only a new login needs client_secret: with "
    "a reference, like ssm:/PARAMETER"
)
OF_FIREWALL_MANAGER = "Firewall Manager made it and associates it; elbplan leaves it as it is"
NOT_MANAGED = "elbplan does not manage it, and leaves it as it is"


def not_expressible(seen: Survey) -> Iterator[NotImported]:
    """Settings that elbplan neither writes into a spec nor changes."""
    yield from _attached(seen)
    yield from _protections(seen)
    yield from _secrets(seen)


def _attached(seen: Survey) -> Iterator[NotImported]:
    """What is attached to the load balancer itself."""
    if seen.associations.web_acl and seen.associations.is_managed:
        yield NotImported(f"load_balancer.main: AWS WAF web ACL {seen.associations.web_acl}", OF_FIREWALL_MANAGER)
    for zone in seen.balancer.get("AvailabilityZones") or ():
        if outpost := zone.get("OutpostId"):
            yield NotImported(f"load_balancer.main: AWS Outpost {outpost} (OutpostId)", NOT_MANAGED)


def _protections(seen: Survey) -> Iterator[NotImported]:
    """Protections of Shield Advanced that are another stack's, and settings of protections."""
    for protection in seen.associations.protections:
        what = f"Shield Advanced protection {protection.name}"
        if owner := owner_in_tags(protection.tags):
            yield NotImported(what, f"it belongs to {owner}")
        yield from (NotImported(f"{what}: {setting}", NOT_MANAGED) for setting in protection.settings)


def _secrets(seen: Survey) -> Iterator[NotImported]:
    """The secrets of OIDC logins, which AWS never returns. elbplan asks AWS to keep them."""
    for arn, listener in seen.listeners.items():
        port = listener.get("Port")
        actions = [(f"listener {port}", a) for a in listener.get("DefaultActions") or ()]
        actions += [(f"rule {r['Priority']} of listener {port}", a) for r in seen.rules[arn] for a in r["Actions"]]
        for where, action in actions:
            if action.get("Type") == OIDC:
                yield NotImported(f"client secret of the login at {where}", SECRET_STAYS)
