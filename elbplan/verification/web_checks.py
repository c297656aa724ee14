"""The checks that send something to a load balancer: connections, TLS, redirects, requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ..kinds.aws.actions import Redirect
from ..kinds.listener import SECURE, Listener
from .check import Check, failed, ok, skipped
from .http import Failure, Reply, next_url, port_of, shown, url_of
from .meanings import meaning_of
from .redirects import REDIRECTS, expected_location, kept
from .site import Site, plan_of
from .web_firewall import blocked, is_blocked

MOST_REDIRECTS = 10
FEW_DAYS = 30
DAY = 86400
SERVER_ERROR = 500


def connection_check(site: Site, listener: Listener, opening: str = "") -> Check:
    """Whether a client can connect to the port of a listener. `opening` is the command that opens its group."""
    port = listener.port or 0
    subject = f"port {port}"
    try:
        site.client.connect(port).close()
    except Failure as failure:
        if site.internal and failure.kind in ("timeout", "unreachable"):
            return skipped("connection", subject, INTERNAL)
        if failure.kind == "refused":
            fix = "create the listener"
            return failed("connection", subject, "refused: nothing listens on this port", fix, site.retry)
        if failure.kind == "timeout":
            seconds = site.client.deadline.limits.connect
            text = f"no answer within {seconds:g} s: the security group or the network ACL is closed"
            fix = f"open port {port} of the load balancer's security group to its clients"
            return failed("connection", subject, text, fix, opening or site.retry)
        return failed("connection", subject, failure.text, "check the route from here to the load balancer")
    return ok("connection", subject, "open")


INTERNAL = "internal: run it inside the VPC"


def tls_check(site: Site, port: int, name: str, now: float) -> Check:
    """Whether a client with this name gets a certificate that it accepts. `now` is in seconds since 1970."""
    subject = name if port == 443 else f"{name}:{port}"
    try:
        peer = site.client.handshake(port, name)
    except Failure as failure:
        if failure.kind == "certificate":
            text, fix = CERTIFICATE_FAULTS.get(failure.code, (failure.text, "use a certificate that browsers accept"))
            return failed("tls", subject, text.format(name=name), fix, plan_of(site.retry))
        return failed("tls", subject, f"no TLS: {failure.text}", "see the protocol and the policy of the listener")
    days = int((peer.expires - now) // DAY)
    text = f"{peer.version}, certificate for {name} with {days} days left"
    if days < FEW_DAYS:
        return Check("tls", subject, "ok", f"{text}: renew it", warning=True, facts={"days_left": days})
    return ok("tls", subject, text, days_left=days)


OWN_AUTHORITY = "if the authority is your own, export SSL_CERT_FILE=AUTHORITY.pem before verify"

CERTIFICATE_FAULTS = {
    9: ("the certificate is not valid yet", "check the clock of this machine"),
    10: ("the certificate has expired", "renew it: its validation record must exist and its zone be delegated"),
    18: ("the certificate is self-signed", f"use a certificate of ACM or of a public authority; {OWN_AUTHORITY}"),
    19: (
        "its chain ends at an authority that this machine does not trust",
        f"use a certificate of ACM or of a public authority; {OWN_AUTHORITY}",
    ),
    20: (
        "its chain is incomplete or of an unknown authority",
        f"import the certificate with its chain; {OWN_AUTHORITY}",
    ),
    21: ("its chain is incomplete", "import the certificate with its chain"),
    62: ("the certificate is for other names, not for {name}", "add a certificate for this name to the listener"),
}
"""By OpenSSL's number: https://docs.openssl.org/3.0/man1/openssl-verification-options/ (X509_V_ERR_*)"""


def redirect_check(site: Site, port: int, name: str, redirect: Redirect, target: str) -> Check:
    """Whether `http://name/path?query` is redirected as the listener says, with path and query."""
    url = url_of("http", name, port, target)
    subject = shown(url_of("http", name, port))
    wanted = expected_location(redirect, url)
    try:
        reply = site.client.fetch(url)
    except Failure as failure:
        return failed("redirect", subject, failure.text, "see the listener", plan_of(site.retry))
    return redirect_result("redirect", subject, reply, url, wanted, redirect.code, site.retry)


def redirect_result(name: Any, subject: str, reply: Reply, url: str, wanted: str, code: int, retry: str) -> Check:
    """Compares an answer with the redirect that the spec wants."""
    fix, command = "see what changes the answer on its way", plan_of(retry)
    if reply.status not in REDIRECTS:
        return failed(name, subject, f"answers {reply.status}, not with a redirect", fix, command)
    try:
        found = next_url(url, reply.location)
    except ValueError:
        return failed(name, subject, f"answers {reply.status} without a usable address", fix, command)
    if lost := kept(found, wanted):
        return failed(name, subject, f"{reply.status} to {shown(found)}: {lost}", fix, command)
    if reply.status != code:
        return failed(name, subject, f"answers {reply.status}, the spec says {code}", fix, command)
    parts = urlsplit(found)
    origin = url_of(parts.scheme, parts.hostname or "", port_of(parts), "")
    return ok(name, subject, f"{reply.status} to {origin}, with path and query", status=reply.status)


def answer_check(site: Site, url: str) -> Check:
    """What a client gets in the end, after at most ten redirects. Any status below 500 is an answer."""
    seen: list[tuple[str, int]] = []
    cookies: dict[str, dict[str, str]] = {}
    current = url
    while True:
        host = urlsplit(current).hostname or ""
        sent = cookies.get(host, {})
        try:
            reply = site.client.fetch(current, cookies=sent)
        except Failure as failure:
            if failure.kind == "certificate":
                return skipped("answer", shown(current), f"no TLS: {failure.text}")
            return failed("answer", shown(current), failure.text, "see the checks above", "")
        cookies[host] = {**sent, **reply.cookies}
        if reply.status not in REDIRECTS or not reply.location:
            return answered(site, url, current, reply)
        seen.append((current, len(sent)))
        try:
            following = next_url(current, reply.location)
        except ValueError:
            return failed("answer", shown(url), f"answers {reply.status} without a usable address", LOOP_FIX)
        if not leads_back(site, following):
            text = f"{shown(url)} answers {reply.status} to {shown(following)}"
            return ok("answer", shown(url), text, status=reply.status, milliseconds=_milliseconds(reply))
        if (following, len(cookies.get(urlsplit(following).hostname or "", {}))) in seen:
            way = " → ".join(shown(place) for place, _ in [*seen, (following, 0)])
            return failed("answer", shown(url), f"a redirect loop: {way}", LOOP_FIX)
        if len(seen) > MOST_REDIRECTS:
            return failed("answer", shown(url), f"more than {MOST_REDIRECTS} redirects", LOOP_FIX)
        current = following


LOOP_FIX = (
    "let only one side redirect: an application behind HTTPS must trust X-Forwarded-Proto, or the listener must not "
    "redirect what the application redirects back"
)


def leads_back(site: Site, url: str) -> bool:
    """True if the URL is one of this load balancer. Other sites are not asked."""
    return (urlsplit(url).hostname or "") in site.names


def answered(site: Site, url: str, last: str, reply: Reply) -> Check:
    """The result for the last answer. `last` is where the redirects ended."""
    via = "" if last == url else f" (after redirects: {shown(last)})"
    took = _milliseconds(reply)
    if reply.status >= SERVER_ERROR:
        meaning = meaning_of(reply.status, reply.server)
        return failed("answer", shown(url), f"answers {reply.status}{via}: {meaning.text}", meaning.fix)
    if is_blocked(reply):
        return blocked("answer", shown(url), f"answers 403{via}", site)
    return ok("answer", shown(url), f"answers {reply.status} in {took} ms{via}", status=reply.status, milliseconds=took)


def _milliseconds(reply: Reply) -> int:
    return round(reply.seconds * 1000)


def is_secure(listener: Listener) -> bool:
    """True if clients use TLS."""
    return listener.protocol in SECURE
