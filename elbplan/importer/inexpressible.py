"""What AWS has around a load balancer and no spec can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..kinds.aws.login_actions import OIDC
from .source import NotImported
from .survey import Survey

LISTENER_DEFAULTS = {"tcp.idle_timeout.seconds": "350", "routing.http.response.server.enabled": "true"}
"""AWS's defaults; every other attribute is empty unless somebody sets it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
"""

SECRET_STAYS = "AWS never returns it, and it stays there; write client_secret: with a reference, for a new login"
NOT_MANAGED = "elbplan does not manage it, and leaves it as it is"


def not_expressible(seen: Survey) -> Iterator[NotImported]:
    """Settings that elbplan neither writes into a spec nor changes."""
    yield from _attached(seen)
    yield from _groups_and_targets(seen)
    for arn, attributes in seen.listener_attributes.items():
        raw = seen.listeners[arn]
        for key, value in sorted(attributes.items()):
            if value not in ("", LISTENER_DEFAULTS.get(key)):
                where = f"listener.{raw.get('Port') or 'main'}: attribute {key} = {value}"
                yield NotImported(where, "elbplan does not manage attributes of listeners")
    yield from _secrets(seen)


def _attached(seen: Survey) -> Iterator[NotImported]:
    """What is attached to the load balancer itself."""
    if seen.associations.web_acl:
        yield NotImported(f"load_balancer.main: AWS WAF web ACL {seen.associations.web_acl}", NOT_MANAGED)
    for zone in seen.balancer.get("AvailabilityZones") or ():
        if outpost := zone.get("OutpostId"):
            yield NotImported(f"load_balancer.main: AWS Outpost {outpost} (OutpostId)", NOT_MANAGED)


def _groups_and_targets(seen: Survey) -> Iterator[NotImported]:
    """New fields of target groups and targets: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"""
    for arn, raw in seen.groups.items():
        where = f"target group {raw.get('TargetGroupName')}"
        if port := raw.get("TargetControlPort"):
            yield NotImported(f"{where}: target control port {port} (TargetControlPort)", NOT_MANAGED)
        targets = [described["Target"] for described in seen.targets.get(arn, ())]
        if ids := sorted(target["Id"] for target in targets if target.get("QuicServerId")):
            yield NotImported(f"{where}: QUIC server ids of {', '.join(ids)} (QuicServerId)", NOT_MANAGED)


def _secrets(seen: Survey) -> Iterator[NotImported]:
    """The secrets of OIDC logins, which AWS never returns. elbplan asks AWS to keep them."""
    for arn, listener in seen.listeners.items():
        port = listener.get("Port")
        actions = [(f"listener {port}", a) for a in listener.get("DefaultActions") or ()]
        actions += [(f"rule {r['Priority']} of listener {port}", a) for r in seen.rules[arn] for a in r["Actions"]]
        for where, action in actions:
            if action.get("Type") == OIDC:
                yield NotImported(f"client secret of the login at {where}", SECRET_STAYS)
