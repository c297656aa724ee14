"""Which network a command uses: the DNS that it asks about hosted zones, and the connections that it opens."""

from __future__ import annotations

from ..api import network
from ..live.delegation import ZoneDns
from ..verification.network import Network, NoNetwork
from .connect import access_of
from .context import App


def dns_of(app: App) -> ZoneDns | None:
    """Returns the DNS of the internet; None for the sandbox, whose zones are not real. The same one for each call."""
    return app.dns if app.options.sandbox else network.dns_of(access_of(app))


def network_of(app: App, region: str, account: str = "") -> Network | NoNetwork:
    """Returns the network on which the load balancers of a region answer; the reason if there is none."""
    return network.network_of(access_of(app), region, account)


def answering_dns(app: App, region: str, account: str = "") -> ZoneDns:
    """Returns the DNS that has the names of the load balancers: for the sandbox, that of the simulator."""
    return network.answering_dns(access_of(app), region, account)
