"""What AWS has around a load balancer and no spec can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator

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
