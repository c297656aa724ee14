"""What the functions of a program share: how they reach AWS, and what they know of this machine."""

from __future__ import annotations

import os
import shlex
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import boto3
from botocore.credentials import CredentialProvider

from ..core.stack import Stack
from ..cost import PriceTable
from ..errors import hide_values
from ..live.aws_models import boto3_session, botocore_session
from ..live.delegation import ZoneDns
from ..live.sessions import Sessions, with_provider
from ..migrations.files.folder import FOLDER
from ..run.clock import Clock, RealClock, RunClock
from ..run.lock.manager import LockManager
from ..run.workflow import Cloud
from ..verification.network import Network, NoNetwork
from .access import PARALLEL, Access, Connect, running_simulator, sessions_of
from .connections import Connections
from .documents import DocumentFacts, hidden_values
from .locks import lock_manager
from .network import dns_of
from .previews import Previewer
from .prices import newest_prices


@dataclass
class Session:
    """How a program reaches AWS. Several threads can use it, and each function takes it. It opens nothing by itself.

    profile     the AWS profile of every stack, whatever its spec says; empty: that of the spec, or the environment
    region      the region of every stack, whatever its spec says; empty: that of the spec, or the environment
    sandbox     use the local AWS simulator in place of AWS; it starts when it is needed
    parallel    the steps that may run at the same time, over all stacks
    migrations  the folder with the migrations of all stacks

    Collaborators, for tests and for programs that have their own:

    boto3_session  a session with the credentials of every stack that names no profile
    connect        returns the cloud of a region, in place of sessions
    environ        the environment variables
    clock          the clock for holds and checks
    run_clock      makes the clock of a run; its `stop` ends the run
    wall           the time of day in seconds since 1970
    dns            says whether hosted zones are delegated
    network        on which load balancers answer
    """

    profile: str = ""
    region: str = ""
    sandbox: bool = False
    parallel: int = PARALLEL
    migrations: str = FOLDER
    boto3_session: boto3.session.Session | None = field(default=None, kw_only=True)
    connect: Connect | None = field(default=None, kw_only=True)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, kw_only=True, repr=False)
    clock: Clock = field(default_factory=RealClock, kw_only=True)
    run_clock: Callable[[], RunClock] = field(default=RealClock, kw_only=True)
    wall: Callable[[], float] = field(default=time.time, kw_only=True)
    dns: ZoneDns | None = field(default=None, kw_only=True)
    network: Network | NoNetwork | None = field(default=None, kw_only=True)
    _access: Access | None = field(default=None, init=False, repr=False)
    _prices: PriceTable | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def access(self) -> Access:
        """The access of this session, always the same one. Starts the simulator if necessary. Raises ElbplanError."""
        with self._lock:
            if self._access is None:
                simulator = running_simulator() if self.sandbox else None
                self._access = Access(
                    self._sessions() if self.boto3_session else sessions_of(simulator), self.region, self.profile,
                    self.parallel, self.environ, simulator, self.connect, dns=self.dns, network=self.network,
                )  # fmt: skip
            return self._access

    def _sessions(self) -> Sessions:
        def open(profile: str, account: str, provider: CredentialProvider | None) -> boto3.session.Session:
            if provider:
                return boto3.session.Session(botocore_session=with_provider(botocore_session(), provider))
            own = self.boto3_session
            return own if own and not profile else boto3_session(profile=profile)

        return Sessions(open)

    def connections(self, stacks: Sequence[Stack]) -> Connections:
        """Connects stacks to AWS."""
        return Connections(self.access, stacks)

    def lock_manager(self, cloud: Cloud, say: Callable[..., None] = lambda *lines: None) -> LockManager:
        """The lock manager of this process; its messages go to `say`. Raises UsageProblem."""
        return lock_manager(cloud, self.environ, say, self.wall)

    @property
    def prices(self) -> PriceTable:
        """The price table; it is read once."""
        if self._prices is None:
            self._prices = newest_prices(self.environ)
        return self._prices

    def facts(self, stacks: Sequence[Stack]) -> DocumentFacts:
        """What the documents of these stacks need."""
        secrets = {value: name for stack in stacks for value, name in hidden_values(stack).items()}
        named = {stack.name: stack for stack in stacks}
        return DocumentFacts(lambda: self.prices, lambda text: hide_values(text, secrets), named)

    @property
    def previewer(self) -> Previewer:
        """Plans stacks by their migrations."""
        return Previewer(
            self.migrations,
            self.parallel,
            dns_of(self.access),
            lambda cloud, stack: self.lock_manager(cloud).ledger.read_for_display(stack),
            self.command,
        )

    def command(self, verb: str, file: str, *flags: str) -> str:
        """The command of a shell that does the same: `elbplan apply specs/web.yaml --sandbox --approve`."""
        folder = () if self.migrations == FOLDER else ("--migrations", self.migrations)
        options = ["--sandbox"] if self.sandbox else []
        options += ["--region", self.region] if self.region else []
        options += ["--profile", self.profile] if self.profile else []
        return shlex.join(["elbplan", verb, *([file] if file else []), *folder, *options, *flags])
