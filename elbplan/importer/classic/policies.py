"""What the policies of a Classic load balancer become: stickiness, TLS policies, and what has no successor. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-sticky-sessions.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-ssl-security-policy.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html (1 second to 7 days)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..source import NotImported
from .read import Raw

APP_COOKIE = "AppCookieStickinessPolicyType"
BALANCER_COOKIE = "LBCookieStickinessPolicyType"
TLS = "SSLNegotiationPolicyType"
PROXY = "ProxyProtocolPolicyType"
BACKEND_AUTH = "BackendServerAuthenticationPolicyType"

DAY, WEEK = 86400, 604800
SAME_NAME = (
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
)
"""TLS policies that both kinds of load balancers have."""
OLD_CLIENTS, TLS_1_1, TLS_1_2 = SAME_NAME


def attributes_of(policy: Raw) -> dict[str, str]:
    """The attributes of a policy."""
    pairs = policy.get("PolicyAttributeDescriptions") or ()
    return {pair["AttributeName"]: pair.get("AttributeValue") or "" for pair in pairs}


def of_type(policies: Sequence[Raw], type: str) -> Raw | None:
    """The first policy of this type."""
    return next((policy for policy in policies if policy["PolicyTypeName"] == type), None)


def stickiness(policies: Sequence[Raw]) -> tuple[tuple[str, str], ...]:
    """The attributes of a target group for the same stickiness; none without a cookie policy."""
    if policy := of_type(policies, APP_COOKIE):
        return (
            ("stickiness.enabled", "true"),
            ("stickiness.type", "app_cookie"),
            ("stickiness.app_cookie.cookie_name", attributes_of(policy).get("CookieName", "")),
        )
    if policy := of_type(policies, BALANCER_COOKIE):
        seconds = str(min(_seconds(policy) or DAY, WEEK))
        return (("stickiness.enabled", "true"), ("stickiness.lb_cookie.duration_seconds", seconds))
    return ()


def _seconds(policy: Raw) -> int:
    text = attributes_of(policy).get("CookieExpirationPeriod", "")
    return int(text) if text.isdigit() else 0


def sticky_differences(port: int, policies: Sequence[Raw], sticks: bool) -> Iterator[NotImported]:
    """What is different with the new cookies. `sticks`: the new load balancer has cookies."""
    what = f"stickiness of listener {port}"
    app, own = of_type(policies, APP_COOKIE), of_type(policies, BALANCER_COOKIE)
    if (app or own) and not sticks:
        yield NotImported(what, "a network load balancer has no cookies")
    elif app:
        cookie = attributes_of(app).get("CookieName", "")
        yield NotImported(what, f"it ends after 1 day, and not with the application's cookie {cookie}")
    elif own and not _seconds(own):
        yield NotImported(what, "it ends after 1 day, and not with the browser session")
    elif own and _seconds(own) > WEEK:
        yield NotImported(what, f"it ends after 7 days, the longest time, and not after {_seconds(own)} s")


def tls_policy(policies: Sequence[Raw]) -> str:
    """The name of the TLS policy that accepts the same clients: never a weaker protocol than before."""
    policy = of_type(policies, TLS)
    settings = attributes_of(policy) if policy else {}
    named = settings.get("Reference-Security-Policy", "")
    if named in SAME_NAME or not settings:
        return named or TLS_1_2
    if _on(settings, "Protocol-TLSv1") or named:
        return OLD_CLIENTS
    return TLS_1_1 if _on(settings, "Protocol-TLSv1.1") else TLS_1_2


def _on(settings: Mapping[str, str], name: str) -> bool:
    return settings.get(name, "").lower() == "true"


def tls_differences(port: int, policies: Sequence[Raw]) -> Iterator[NotImported]:
    """A policy that only Classic load balancers have."""
    policy = of_type(policies, TLS)
    if policy and attributes_of(policy).get("Reference-Security-Policy") not in SAME_NAME:
        why = f"no other load balancer has it; {tls_policy(policies)} is the nearest, with AWS's choice of ciphers"
        yield NotImported(f"TLS policy {policy['PolicyName']} of listener {port}", why)


def backend_differences(port: int, policies: Sequence[Raw]) -> Iterator[NotImported]:
    """Policies of an instance port have no successor."""
    for policy in policies:
        what = f"policy {policy['PolicyName']} of instance port {port}"
        if policy["PolicyTypeName"] == PROXY:
            yield NotImported(what, "only network load balancers have the proxy protocol, and only version 2")
        elif policy["PolicyTypeName"] == BACKEND_AUTH:
            yield NotImported(what, "a new load balancer does not check the certificates of its targets")
