"""The response codes of a health check that are not those of the group, and what a person can do about each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...core.cause import Cause
from .health_check import HealthCheck

LOGIN = "the page wants a login: write a page without one under health:"
REDIRECT = "the application redirects: write a page that answers 200 under health:, or allow {code} with health: codes:"
FAILS = "the application runs, but fails: read its log"
FIXES: Mapping[str, str] = {
    "301": REDIRECT,
    "302": REDIRECT,
    "303": REDIRECT,
    "307": REDIRECT,
    "308": REDIRECT,
    "400": "the application refuses the Host header, which is the server's address and port: allow it",
    "401": LOGIN,
    "403": LOGIN,
    "404": "create that page, or set {other}",
    "500": FAILS,
    "502": "a proxy on the server gets no answer from the application: start the application behind it",
    "503": FAILS,
    "504": "a proxy on the server gets no answer in time from the application behind it",
}
"""What to do about each code, as
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html advises.
"""


def response_code_cause(description: str, check: HealthCheck) -> Cause | None:
    """The cause for AWS's `Health checks failed with these codes: [404]`; None if it names no code."""
    found = re.search(r"\[(\d+)(?:,[\d, ]*)?\]", description)
    if found is None:
        return None
    code = found[1]
    word = "HTTP" if len(code) == 3 else "gRPC"
    other = "health: to a page that exists" if check.path == "/" else "health: /"
    fix = FIXES.get(code, f"let it answer {check.codes or '200'}, or allow {code} with health: codes:")
    return Cause(f"{word} {code} on {check.path or 'the health check'}", fix.format(code=code, other=other))
