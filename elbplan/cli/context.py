"""What every command is handed: the options that all share, and the collaborators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..run.clock import Clock, RealClock
from .terminal import Terminal

if TYPE_CHECKING:
    from ..run.workflow import Cloud

PARALLEL = 8


@dataclass
class Options:
    """The options that are accepted before and after every command."""

    json: bool = False
    region: str | None = None
    profile: str | None = None
    sandbox: bool = False
    no_color: bool = False
    ascii: bool = False
    verbose: int = 0
    quiet: bool = False
    parallel: int = PARALLEL

    def again(self) -> list[str]:
        """As they would be typed for the next command, where they decide what it is about."""
        words = ["--sandbox"] if self.sandbox else []
        words += ["--region", self.region] if self.region else []
        return words + (["--profile", self.profile] if self.profile else [])


Connect = Callable[[str], "Cloud"]
"""A cloud for a region."""


@dataclass
class App:
    """The streams, the options, how to reach AWS (None: as the options say), and the clock by which holds wait.

    asked   was AWS asked anything yet?
    """

    terminal: Terminal
    options: Options = field(default_factory=Options)
    connect: Connect | None = None
    clock: Clock = field(default_factory=RealClock)
    asked: bool = False
