"""What AWS has around a load balancer and no spec can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..kinds.aws.login_actions import OIDC
from .source import NotImported
from .survey import Survey

SECRET_STAYS = "AWS never returns it, and it stays there; write client_secret: with a reference, for a new login"
OF_FIREWALL_MANAGER = "Firewall Manager made it and associates it; elbplan leaves it as it is"
NOT_MANAGED = "elbplan does not manage it, and leaves it as it is"


def not_expressible(seen: Survey) -> Iterator[NotImported]:
    """Settings that elbplan neither writes into a spec nor changes."""
    yield from _attached(seen)
    yield from _secrets(seen)


def _attached(seen: Survey) -> Iterator[NotImported]:
    """What is attached to the load balancer itself."""
    if seen.associations.web_acl and seen.associations.is_managed:
        yield NotImported(f"load_balancer.main: AWS WAF web ACL {seen.associations.web_acl}", OF_FIREWALL_MANAGER)
    for zone in seen.balancer.get("AvailabilityZones") or ():
        if outpost := zone.get("OutpostId"):
            yield NotImported(f"load_balancer.main: AWS Outpost {outpost} (OutpostId)", NOT_MANAGED)


def _secrets(seen: Survey) -> Iterator[NotImported]:
    """The secrets of OIDC logins, which AWS never returns. elbplan asks AWS to keep them."""
    for arn, listener in seen.listeners.items():
        port = listener.get("Port")
        actions = [(f"listener {port}", a) for a in listener.get("DefaultActions") or ()]
        actions += [(f"rule {r['Priority']} of listener {port}", a) for r in seen.rules[arn] for a in r["Actions"]]
        for where, action in actions:
            if action.get("Type") == OIDC:
                yield NotImported(f"client secret of the login at {where}", SECRET_STAYS)
