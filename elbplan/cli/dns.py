"""Which DNS a command asks about the delegation of hosted zones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError

from ..kinds.delegation import ParentAnswer
from ..live.debug_log import DebugLog
from ..live.delegation import NotAsked, ZoneDns
from .connect import debug_log_of
from .context import App

OVERRIDE = "AWS_ENDPOINT_URL"
ELSEWHERE = f"the AWS endpoint is overridden ({OVERRIDE}), and the DNS of the internet does not know that AWS"


class Internet:
    """The DNS of the internet. Few plans ask it."""

    def __init__(self, log: DebugLog | None = None) -> None:
        self._log = log

    @cached_property
    def _servers(self) -> ZoneDns:
        from ..live.dns import Internet as Network  # dnspython takes 0.1 s to import
        from ..live.dns import LoggedNetwork, ParentServers

        return ParentServers(LoggedNetwork(Network(), self._log) if self._log else None)

    def name_servers(self, zone: str) -> ParentAnswer:
        return self._servers.name_servers(zone)


def dns_of(app: App) -> ZoneDns | None:
    """Returns the DNS of the internet; None for the sandbox, whose zones are not real. The same one for each call."""
    if app.dns is None and not app.options.sandbox and app.connect is None:
        app.dns = NotAsked(ELSEWHERE) if _is_overridden(app) else Internet(debug_log_of(app))
    return app.dns


def _is_overridden(app: App) -> bool:
    """True if a variable or the profile sends the requests elsewhere than to AWS.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    environ = app.terminal.environ
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return False
    if any(name.startswith(OVERRIDE) and value for name, value in environ.items()):
        return True
    profile = _profile(app.options.profile)
    return "endpoint_url" in profile or "services" in profile


def _profile(name: str | None) -> Mapping[str, Any]:
    """Returns the settings of the profile; none if it does not exist, which the first call reports."""
    try:
        return dict(botocore.session.Session(profile=name).get_scoped_config())
    except BotoCoreError:
        return {}
