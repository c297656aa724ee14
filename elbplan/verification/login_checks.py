"""The checks of logins and tokens: what a client gets that shows neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..kinds.aws.login_actions import CognitoLogin, Login, OidcLogin
from ..kinds.aws.token_checks import TokenCheck
from .check import Check, CheckName, failed, ok, skipped
from .http import Failure, Reply, next_url, shown
from .redirects import REDIRECTS
from .site import Site, plan_of

DENIED = 401


@dataclass(frozen=True)
class WantedLogin:
    """What a client without a login or token gets: a redirect to this host, or 401 if there is none."""

    host: str = ""
    lacks: str = "a login"


def wanted_login(leading: Sequence[Any]) -> WantedLogin | None:
    """The first of the actions before the last one that lets no such client pass; None if all let it pass."""
    return next((wanted for action in leading if (wanted := _wanted(action))), None)


def _wanted(action: Any) -> WantedLogin | None:
    if isinstance(action, TokenCheck):
        return WantedLogin(lacks="a token")
    if not isinstance(action, Login) or action.on_unauthenticated_request == "allow":
        return None
    if action.on_unauthenticated_request == "deny":
        return WantedLogin()
    place = action.authorization_endpoint if isinstance(action, OidcLogin) else ""
    place = action.user_pool_domain if isinstance(action, CognitoLogin) else place
    return WantedLogin(urlsplit(place).hostname or place)


def login_check(site: Site, url: str, wanted: WantedLogin) -> Check:
    """Whether `GET` leads to the login, or is refused."""
    try:
        reply = site.client.fetch(url)
    except Failure as failure:
        if failure.kind == "certificate":
            return skipped("answer", shown(url), f"no TLS: {failure.text}")
        return failed("answer", shown(url), failure.text, "see the checks above", "")
    return login_result("answer", shown(url), "", reply, wanted, url, site.retry)


def login_result(
    name: CheckName, subject: str, asked: str, reply: Reply, wanted: WantedLogin, url: str, retry: str
) -> Check:
    """Compares an answer with the login. `asked` begins the text: the request, if it is not the subject."""
    found = f"{asked}answers {reply.status}"
    if not wanted.host:
        text = f"{found} without {wanted.lacks}"
        if reply.status == DENIED:
            return ok(name, subject, text, status=reply.status)
        return failed(name, subject, f"{text}, not {DENIED}", f"see {wanted.lacks[2:]} in the spec", plan_of(retry))
    try:
        host = urlsplit(next_url(url, reply.location)).hostname or "" if reply.status in REDIRECTS else ""
    except ValueError:
        host = ""
    if host == wanted.host or host.startswith(f"{wanted.host}."):
        return ok(name, subject, f"{asked}leads to the login at {host}", status=reply.status)
    what = f"{found}, not with the login at {wanted.host}"
    return failed(name, subject, what, "see the login in the spec", plan_of(retry))
