"""What AWS has around a load balancer and no spec can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..kinds.aws.actions import OIDC
from .source import NotImported
from .survey import Survey

LISTENER_DEFAULTS = {"tcp.idle_timeout.seconds": "350", "routing.http.response.server.enabled": "true"}
"""AWS's defaults; every other attribute is empty unless somebody sets it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
"""

BALANCER_FIELDS = {
    "CustomerOwnedIpv4Pool": "a pool of customer-owned addresses",
    "IpamPools": "an IPAM pool",
    "EnablePrefixForIpv6SourceNat": "a source NAT prefix for IPv6",
    "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "security group rules for PrivateLink",
}


def not_expressible(seen: Survey) -> Iterator[NotImported]:
    """Settings that elbplan neither writes into a spec nor changes."""
    for key, what in BALANCER_FIELDS.items():
        value = seen.balancer.get(key)
        usual = "on" if key.startswith("Enforce") else "off"
        if value not in (None, "", {}, [], usual):
            yield NotImported(f"load_balancer.main: {what} ({key})", "elbplan does not manage it")
    for arn, attributes in seen.listener_attributes.items():
        raw = seen.listeners[arn]
        for key, value in sorted(attributes.items()):
            if value not in ("", LISTENER_DEFAULTS.get(key)):
                where = f"listener.{raw.get('Port') or 'main'}: attribute {key} = {value}"
                yield NotImported(where, "elbplan does not manage attributes of listeners")
    yield from _secrets(seen)


def _secrets(seen: Survey) -> Iterator[NotImported]:
    """The secrets of OIDC logins, which AWS never returns. elbplan asks AWS to keep them."""
    for arn, listener in seen.listeners.items():
        port = listener.get("Port")
        actions = [(f"listener {port}", a) for a in listener.get("DefaultActions") or ()]
        actions += [(f"rule {r['Priority']} of listener {port}", a) for r in seen.rules[arn] for a in r["Actions"]]
        for where, action in actions:
            if action.get("Type") == OIDC:
                yield NotImported(f"client secret of the login at {where}", "AWS never returns it, and it stays there")
