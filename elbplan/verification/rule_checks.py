"""The checks of rules: each gets its sample request, and the answer must be the one of the rule."""

from __future__ import annotations

from ..kinds.aws.actions import Redirect, Respond
from ..kinds.aws.leading_actions import OtherAction
from ..kinds.listener import Listener
from ..kinds.sample_requests import SampleRequest
from .check import Check, failed, ok, skipped
from .http import Failure, Reply, shown, url_of
from .login_checks import login_result, wanted_login
from .meanings import meaning_of
from .redirects import expected_location
from .site import Site, plan_of
from .web_checks import SERVER_ERROR, is_secure, redirect_result
from .web_firewall import blocked, is_blocked

HARMLESS = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing: https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods"""


def rule_check(site: Site, listener: Listener, sample: SampleRequest) -> Check:
    """Sends the sample request of a rule, and compares the answer with the rule's action."""
    subject = f"{sample.place}"
    request = sample.request
    if request is None:
        return skipped("rule", subject, sample.skipped)
    if request.method not in HARMLESS:
        return skipped("rule", subject, f"elbplan sends no {request.method}: it could change something")
    if isinstance(sample.action, OtherAction):
        return skipped("rule", subject, f"elbplan does not know the action {sample.action.type}")
    url = url_of("https" if is_secure(listener) else "http", request.host, listener.port or 0, request.target)
    try:
        reply = site.client.fetch(url, request.method, request.headers)
    except Failure as failure:
        if failure.kind == "certificate":
            return skipped("rule", subject, f"no TLS for {request.host}: {failure.text}")
        return failed("rule", subject, f"{request.method} {shown(url)}: {failure.text}", "see the checks above")
    return _judged(subject, f"{request.method} {shown(url)}", url, reply, sample, site)


def _judged(subject: str, asked: str, url: str, reply: Reply, sample: SampleRequest, site: Site) -> Check:
    retry = site.retry
    if login := wanted_login(sample.leading):
        return login_result("rule", subject, f"{asked} ", reply, login, url, retry)
    if isinstance(sample.action, Redirect):
        wanted = expected_location(sample.action, url)
        return redirect_result("rule", subject, reply, url, wanted, sample.action.code, retry)
    took = {"status": reply.status, "milliseconds": round(reply.seconds * 1000)}
    if isinstance(sample.action, Respond):
        if str(reply.status) == str(sample.action.status):
            return ok("rule", subject, f"{asked} answers {reply.status}, as the rule says", **took)
        what = f"{asked} answers {reply.status}, the rule says {sample.action.status}"
        return failed("rule", subject, what, "see which rule takes the request", plan_of(retry))
    if reply.status >= SERVER_ERROR:
        meaning = meaning_of(reply.status, reply.server)
        return failed("rule", subject, f"{asked} answers {reply.status}: {meaning.text}", meaning.fix)
    if is_blocked(reply):
        return blocked("rule", subject, f"{asked} answers 403", site)
    return ok("rule", subject, f"{asked} answers {reply.status} in {took['milliseconds']} ms", **took)
