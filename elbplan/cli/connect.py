"""Gives a command its access to AWS, or to the sandbox, by the options of the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence

import boto3

from ..api import connections
from ..api.access import Access, running_simulator, sessions_of, simulator_aws
from ..api.connections import REGION, SANDBOX_REGION
from ..core.stack import Stack
from ..live.debug_log import DebugLog
from ..sandbox.admin.daemon import RunningSandbox
from ..version import __version__
from .context import App

__all__ = ["REGION", "SANDBOX_REGION", "Connections", "access_of", "debug_log_of", "simulator_aws", "start_sandbox"]

SANDBOX_NOTICE = "sandbox: a local AWS simulator, nothing is real and nothing is billed"


class Connections(connections.Connections):
    """Creates the clouds of places, with the access of a command."""

    def __init__(self, app: App, stacks: Sequence[Stack]) -> None:
        super().__init__(access_of(app), stacks)


def access_of(app: App) -> Access:
    """Returns the access of a command, always the same one. Starts the sandbox if necessary. Raises ElbplanError."""
    if app.access is None:
        options = app.options
        app.sandbox = start_sandbox(app) if options.sandbox else None

        def opened(session: boto3.session.Session) -> None:
            if log := debug_log_of(app):
                log.watch(session)

        app.access = Access(
            sessions_of(app.sandbox, opened), options.region or "", options.profile or "", options.parallel,
            app.terminal.environ, app.sandbox, app.connect, app.pacers, app.retries, app.notice_call, app.notice_denial,
            app.dns, app.network, debug_log_of(app),
        )  # fmt: skip
    return app.access


def debug_log_of(app: App) -> DebugLog | None:
    """Returns the log of --debug, the same one for each call; None without the option."""
    if app.debug_log is None and app.debug_file is not None:
        app.debug_log = DebugLog(app.debug_file, app.terminal.redacted, app.log, app.wall)
        app.debug_log.write("start", elbplan=__version__, pid=os.getpid())
    return app.debug_log


def start_sandbox(app: App) -> RunningSandbox:
    """Starts the sandbox if necessary and prints one line about it. Raises ElbplanError."""
    running = running_simulator()
    if not app.options.quiet:
        app.terminal.err(SANDBOX_NOTICE)
    return running
