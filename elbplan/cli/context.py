"""The shared options and the collaborators of every command."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.utc import log_time
from ..errors import Denial
from ..live.pacing import Pacers
from ..live.read_retries import ReadRetries
from ..run.clock import Clock, RealClock, RunClock
from .terminal import Terminal

if TYPE_CHECKING:
    from ..api.access import Access, Connect
    from ..core.stack import Stack
    from ..cost import Consumptions, PriceTable
    from ..live.debug_log import DebugLog
    from ..live.delegation import ZoneDns
    from ..run.result import RunResult
    from ..sandbox.admin.daemon import RunningSandbox
    from ..verification.network import Network, NoNetwork

PARALLEL = 8


@dataclass
class Options:
    """The options of every command.

    stacks         patterns of names: the command is for these stacks only
    changed_since  the commit of --only-changed; "" for the default, None without the option
    """

    json: bool = False
    region: str | None = None
    profile: str | None = None
    sandbox: bool = False
    no_color: bool = False
    ascii: bool = False
    verbose: int = 0
    quiet: bool = False
    parallel: int = PARALLEL
    debug: str = ""
    stacks: tuple[str, ...] = ()
    changed_since: str | None = None

    @property
    def selection(self) -> tuple[str, ...]:
        """Returns --stack and --only-changed, for another command."""
        globs = tuple(word for glob in self.stacks for word in ("--stack", glob))
        if self.changed_since is None:
            return globs
        return (*globs, f"--only-changed={self.changed_since}" if self.changed_since else "--only-changed")

    def as_arguments(self) -> list[str]:
        """Returns the options that select the AWS account and region, as arguments for another command."""
        arguments = ["--sandbox"] if self.sandbox else []
        arguments += ["--region", self.region] if self.region else []
        return arguments + (["--profile", self.profile] if self.profile else [])


@dataclass
class App:
    """One run of the command line.

    connect      returns the cloud of a region; None: chosen by the options
    clock        the clock for holds
    run_clock    makes the clock of a run
    wall         the time of day in seconds since 1970, for logs and events
    dns          says whether hosted zones are delegated; None: chosen by the options
    network      on which load balancers answer; None: chosen by the options
    access       how this command reaches AWS; None before its first connection
    sandbox      the local AWS simulator of --sandbox, once it runs
    aws_called   True after the first call to AWS
    prices       the price table; None until a screen needs it
    consumed     the capacity units that CloudWatch reports, by stack; empty if it was not asked
    results      how the runs of this command ended
    loaded       the stacks whose specs were loaded, by name
    denials      the permissions that the credentials lack, each once
    debug_file   the file of --debug, and debug_log its log, from the first connection on
    """

    terminal: Terminal
    options: Options = field(default_factory=Options)
    connect: Connect | None = None
    clock: Clock = field(default_factory=RealClock)
    run_clock: Callable[[], RunClock] = RealClock
    wall: Callable[[], float] = time.time
    pacers: Pacers = field(default_factory=Pacers)
    dns: ZoneDns | None = None
    network: Network | NoNetwork | None = None
    retries: ReadRetries = field(default_factory=ReadRetries)
    access: Access | None = None
    sandbox: RunningSandbox | None = None
    aws_called: bool = False
    prices: PriceTable | None = None
    consumed: dict[str, Consumptions] = field(default_factory=dict)
    results: list[RunResult] = field(default_factory=list)
    loaded: dict[str, Stack] = field(default_factory=dict)
    denials: list[Denial] = field(default_factory=list)
    debug_file: int | None = None
    debug_log: DebugLog | None = None

    def notice_call(self) -> None:
        """Keeps that AWS was called; worker threads call this too."""
        self.aws_called = True

    def notice_denial(self, denied: Denial) -> None:
        """Keeps a permission that is missing; worker threads call this too."""
        if denied not in self.denials:
            self.denials.append(denied)

    def log(self, *lines: str) -> None:
        """Writes lines about the progress to stderr. Where nobody watches a terminal, each begins with the time."""
        time = "" if self.terminal.can_redraw else f"{log_time(self.wall())} "
        self.terminal.err(*(f"{time}{line}" for line in lines))
