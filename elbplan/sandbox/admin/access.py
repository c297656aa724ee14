"""The network of the background sandbox: where its DNS and its proxy listen, and the file of its authority.

Imports no moto.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from . import state_file
from .daemon import RunningSandbox


@dataclass(frozen=True)
class NetworkAccess:
    """How a client reaches the load balancers of a sandbox.

    dns             host and port of the DNS server (UDP and TCP)
    proxy           the URL of the HTTP proxy
    authority       the certificate authority that signs what its HTTPS listeners show, in PEM
    authority_file  a file with it, as long as the sandbox runs
    """

    dns: tuple[str, int]
    proxy: str
    authority: str
    authority_file: Path

    def curl(self, url: str) -> str:
        """Returns the command with which curl gets this URL."""
        return shlex.join(["curl", "--proxy", self.proxy, "--cacert", str(self.authority_file), url])


def network_access(running: RunningSandbox) -> NetworkAccess:
    """Starts the network of a sandbox at the first call. Raises SandboxError, or OSError for a file not writable."""
    network = running.box().network()
    file = state_file.authority_path()
    state_file.write_text(file, network["authority"])
    host, port = network["dns"]
    return NetworkAccess((host, port), network["proxy"], network["authority"], file)
