"""The checks of rules: each gets its sample request, and the answer must be the one of the rule."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ..kinds.aws.actions import Redirect, Respond
from ..kinds.aws.leading_actions import OtherAction
from ..kinds.aws.login_actions import CognitoLogin, Login, OidcLogin
from ..kinds.aws.token_checks import TokenCheck
from ..kinds.listener import Listener
from ..kinds.sample_requests import SampleRequest
from .check import Check, failed, ok, skipped
from .http import Failure, Reply, next_url, shown, url_of
from .meanings import meaning_of
from .redirects import expected_location
from .web_checks import REDIRECTS, SERVER_ERROR, Site, is_secure, plan_of, redirect_result

HARMLESS = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing: https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods"""

DENIED = 401


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
    return _judged(subject, f"{request.method} {shown(url)}", url, reply, sample, site.retry)


def _judged(subject: str, asked: str, url: str, reply: Reply, sample: SampleRequest, retry: str) -> Check:
    for action in sample.leading:
        if wanted := _login(action):
            return _login_result(subject, asked, reply, wanted, url, retry)
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
    return ok("rule", subject, f"{asked} answers {reply.status} in {took['milliseconds']} ms", **took)


def _login(action: Any) -> str:
    """What an anonymous client gets: `401`, or the host of the login; empty if it passes."""
    if isinstance(action, TokenCheck):
        return str(DENIED)
    if not isinstance(action, Login):
        return ""
    place = action.authorization_endpoint if isinstance(action, OidcLogin) else ""
    place = action.user_pool_domain if isinstance(action, CognitoLogin) else place
    usual = urlsplit(place).hostname or place
    return {"allow": "", "deny": str(DENIED)}.get(action.on_unauthenticated_request, usual)


def _login_result(subject: str, asked: str, reply: Reply, wanted: str, url: str, retry: str) -> Check:
    if wanted == str(DENIED):
        if reply.status == DENIED:
            return ok("rule", subject, f"{asked} answers 401 without a login", status=reply.status)
        return failed("rule", subject, f"{asked} answers {reply.status} without a login, not 401", "", plan_of(retry))
    try:
        host = urlsplit(next_url(url, reply.location)).hostname or "" if reply.status in REDIRECTS else ""
    except ValueError:
        host = ""
    if host == wanted or host.startswith(f"{wanted}."):
        return ok("rule", subject, f"{asked} leads to the login at {host}", status=reply.status)
    what = f"{asked} answers {reply.status}, not with the login at {wanted}"
    return failed("rule", subject, what, "see the login of the rule", plan_of(retry))
