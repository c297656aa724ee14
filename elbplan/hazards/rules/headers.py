"""Hazards of response headers: weaker-encryption (the header that keeps browsers on HTTPS), protection-removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...core.hazard import Hazard
from ...kinds.aws.listener_attributes import HSTS, RESPONSE_HEADERS
from ...kinds.listener import Listener
from ..timeline import Timeline

KEEPS = re.compile(r"max-age=0*[1-9]")


def hsts_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A listener no longer tells browsers to use HTTPS only (Strict-Transport-Security)."""
    for transition in timeline.transitions:
        for address, before, listener in transition.changed_to(Listener):
            if before is not None and _keeps_https(before) and not _keeps_https(listener):
                text = "browsers are no longer told to use HTTPS only (Strict-Transport-Security)"
                remedy = "keep hsts: of the listener, or leave the header to the targets and allow this once"
                yield Hazard("weaker-encryption", address, text, step=transition.index, remedy=remedy)


SECURITY = {
    RESPONSE_HEADERS[header]: header
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options")
}
"""The headers by which browsers refuse what an attacker added to a page."""


def security_headers_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A listener no longer adds a header by which browsers protect their users."""
    for transition in timeline.transitions:
        for address, before, listener in transition.changed_to(Listener):
            for key, header in SECURITY.items():
                if before is not None and before.attributes.get(key) and not listener.attributes.get(key):
                    text = f"responses no longer have the header {header}"
                    remedy = "keep it in response_headers:, or let the targets send it first"
                    yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)


def _keeps_https(listener: Listener) -> bool:
    return KEEPS.match(listener.attributes.get(HSTS, "").lower()) is not None
