"""Which network a program uses: the DNS that it asks about hosted zones, and the connections that it opens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import ModuleType
from typing import Any

from botocore.exceptions import BotoCoreError

from ..kinds.delegation import ParentAnswer
from ..live.aws_models import botocore_session
from ..live.debug_log import DebugLog
from ..live.delegation import NotAsked, ZoneDns
from ..sandbox.admin import daemon
from ..sandbox.errors import SandboxError
from ..verification.network import InternetConnections, Network, NoNetwork, ProxyConnections
from .access import Access

OVERRIDE = "AWS_ENDPOINT_URL"
ELSEWHERE = f"the AWS endpoint is overridden ({OVERRIDE}), and the DNS of the internet does not know that AWS"


class Internet:
    """The DNS of the internet. Few plans ask it."""

    def __init__(self, log: DebugLog | None = None) -> None:
        self._log = log

    @cached_property
    def _servers(self) -> ZoneDns:
        servers: ZoneDns = _dns_module().parents_on_internet(self._log)
        return servers

    def name_servers(self, zone: str) -> ParentAnswer:
        return self._servers.name_servers(zone)


def dns_of(access: Access) -> ZoneDns | None:
    """Returns the DNS of the internet; None for the simulator, whose zones are not real. The same one for each call."""
    if access.dns is None and access.simulator is None and access.connect is None:
        access.dns = NotAsked(ELSEWHERE) if _is_overridden(access) else Internet(access.log)
    return access.dns


STAND_IN = "the AWS of this program is a stand-in, and its load balancers have no network"


def network_of(access: Access, region: str, account: str = "") -> Network | NoNetwork:
    """Returns the network on which the load balancers of a region answer; the reason if there is none.

    `account` is an account of the simulator, each of which has its own network; empty: its default account.

    A stand-in for AWS has none, so that nothing that AWS does not have is ever asked on the internet.
    """
    if access.network is not None:
        return access.network
    if access.simulator:
        return _simulated_network(account)
    if access.connect is not None:
        return NoNetwork(STAND_IN)
    if _is_overridden(access):
        return NoNetwork(ELSEWHERE)
    proxy = next((name for name in PROXIES if access.environ.get(name)), "")
    return InternetConnections(_dns_module().names_of_internet(access.log), region, proxy)


def answering_dns(access: Access, region: str, account: str = "") -> ZoneDns:
    """Returns the DNS that has the names of the load balancers: for the sandbox, that of the simulator."""
    if access.dns is not None:
        return access.dns
    network = network_of(access, region, account)
    return NotAsked(network.reason) if isinstance(network, NoNetwork) else network.names


PROXIES = ("HTTPS_PROXY", "https_proxy")
"""The variables whose proxy the requests to AWS use."""


def _simulated_network(account: str) -> Network | NoNetwork:
    running = daemon.find()
    if running is None:
        return NoNetwork("the local AWS simulator does not run")
    try:
        network = running.box().in_account(account).network()
    except SandboxError as problem:
        return NoNetwork(f"the local AWS simulator has no network: {problem}")
    names = _dns_module().names_of_simulator(*network["dns"])
    return ProxyConnections(names, network["proxy"], network["authority"])


def _dns_module() -> ModuleType:
    from ..live import names  # dnspython takes 0.1 s to import

    return names


def _is_overridden(access: Access) -> bool:
    """True if a variable or the profile sends the requests elsewhere than to AWS.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """
    environ = access.environ
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return False
    if any(name.startswith(OVERRIDE) and value for name, value in environ.items()):
        return True
    profile = _profile(access.profile or None)
    return "endpoint_url" in profile or "services" in profile


def _profile(name: str | None) -> Mapping[str, Any]:
    """Returns the settings of the profile; none if it does not exist, which the first call reports."""
    try:
        return dict(botocore_session(name or "").get_scoped_config())
    except BotoCoreError:
        return {}
