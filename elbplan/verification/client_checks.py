"""The checks of listeners with mutual TLS: whom they refuse, and whether they accept the client certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ..core.address import Address
from ..kinds.listener import Listener
from .check import Check, failed, ok, skipped
from .http import Failure, url_of
from .site import Site, plan_of
from .tasks import Task

HOW = "its answers are checked with --client-certificate FILE --client-key FILE"
NEEDED = "clients need a certificate of their own"
WEB = "HTTPS"


def client_tasks(site: Site, closed: Sequence[tuple[Address, Listener]], has_identity: bool) -> Iterator[Task]:
    """The checks of listeners that refuse clients without a certificate."""
    for _, listener in closed:
        for name in site.names if listener.protocol == WEB else ():
            yield Task("tls", name, partial(stranger_check, site, listener.port or 0, name, has_identity))
            if has_identity:
                yield Task("tls", name, partial(identity_check, site, listener.port or 0, name))


def untried_clients(closed: Sequence[tuple[Address, Listener]], has_identity: bool) -> Iterator[Check]:
    """What is not asked without a certificate. TLS 1.3 alone does not tell whether a client is refused."""
    for address, listener in closed:
        if not has_identity and listener.protocol != WEB:
            yield skipped("tls", str(address), f"{NEEDED}: {HOW}")


def stranger_check(site: Site, port: int, name: str, has_identity: bool) -> Check:
    """Whether a client without a certificate is refused, as the spec says."""
    subject = name if port == 443 else f"{name}:{port}"
    try:
        reply = site.client.without_identity().fetch(url_of("https", name, port))
    except Failure as failure:
        if failure.kind == "broken":
            text = "refuses clients without a certificate, as the spec says"
            return ok("tls", subject, text if has_identity else f"{text}; {HOW}")
        if failure.kind == "certificate":
            return failed("tls", subject, failure.text, "use a certificate that clients accept", plan_of(site.retry))
        return skipped("tls", subject, failure.text)
    what = f"answers {reply.status} to a client without a certificate"
    return failed("tls", subject, what, "see the client certificates of the listener", plan_of(site.retry))


def identity_check(site: Site, port: int, name: str) -> Check:
    """Whether the listener accepts the client certificate. Its answer may have any status."""
    subject = name if port == 443 else f"{name}:{port}"
    try:
        site.client.fetch(url_of("https", name, port))
    except Failure as failure:
        if failure.kind == "broken":
            what = f"refuses the client certificate ({failure.text})"
            return failed("tls", subject, what, REFUSED)
        return skipped("tls", subject, failure.text)
    return ok("tls", subject, "accepts the client certificate")


REFUSED = "show one that an authority of the trust store has signed, that is valid today, and that no list revokes"
