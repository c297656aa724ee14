"""Connects a command to AWS with the standard credential chain, or to the sandbox without credentials."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError

from .. import __version__
from ..core.call import Answer, Call
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, Refused, escaped
from ..live.client import Aws
from ..live.debug_log import DebugLog
from ..live.read_retries import ReadRetries
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from ..sandbox.admin.daemon import RunningSandbox
from ..sandbox.errors import SandboxError
from .context import App, Options

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+$")
SANDBOX_REGION = "ap-northeast-2"
SANDBOX_NOTICE = "sandbox: a local AWS simulator, nothing is real and nothing is billed"


class Connections:
    """Creates the clouds of regions."""

    def __init__(self, app: App, stacks: Sequence[Stack]) -> None:
        self._app = app
        self._stacks = stacks
        self._running: RunningSandbox | None = None
        self._session: boto3.session.Session | None = None
        if app.options.sandbox:
            self._running = start_sandbox(app)

    def region(self, stack: Stack) -> str:
        """Returns the stack's region: from --region, the spec, the environment or the profile. Raises ElbplanError."""
        region = self._app.options.region or stack.region
        if not region:
            region = SANDBOX_REGION if self._running else self.default_region()
        hint = "write `region: ap-northeast-2` in the spec, pass --region, or set AWS_REGION"
        if not region:
            raise ElbplanError(f"{escaped(stack.file) or stack.name}: stack {stack.name} has no region", hint=hint)
        if not REGION.match(region):
            raise ElbplanError(f"{region!r} is not an AWS region", hint=hint)
        return region

    def default_region(self) -> str | None:
        """Returns the region of the environment or the profile."""
        region = self._app.terminal.environ.get("AWS_REGION")
        return region or (self._aws_session().region_name if self._app.connect is None else None)

    def reach(self, region: str) -> Cloud:
        """Returns the cloud of a region. Its first call sets `app.aws_called`.

        Raises Refused if a stack of the region is pinned to another account.
        """
        cloud = TrackedCloud((self._app.connect or self.of)(region), self._app)
        pinned = [stack for stack in self._stacks if stack.account and self.region(stack) == region]
        if pinned and self._running is None:
            _refuse_other_account(cloud, pinned)
        return cloud

    def of(self, region: str) -> Aws:
        """Returns the cloud of a region. In the sandbox, creates the fixtures of the stacks first."""
        parallel = max(16, self._app.options.parallel)
        if self._running is None:
            session, pacer, retries = self._aws_session(), self._app.pacer, self._app.retries
            return Aws(region, session=session, parallel=parallel, pacer=pacer, retries=retries)
        self._create_fixtures(self._running, region)
        return simulator_aws(region, self._running.url, parallel, self._app.retries, debug_log_of(self._app))

    def _create_fixtures(self, running: RunningSandbox, region: str) -> None:
        stacks = [stack for stack in self._stacks if self._is_in(stack, region)]
        daemon.create_defaults(running, region, sorted({domain for stack in stacks for domain in stack.domains}))

    def _is_in(self, stack: Stack, region: str) -> bool:
        with contextlib.suppress(ElbplanError):
            return self.region(stack) == region
        return False

    def _aws_session(self) -> boto3.session.Session:
        if self._session is None:
            self._session = aws_session(self._app.options)
            if log := debug_log_of(self._app):
                log.watch(self._session)
        return self._session


class TrackedCloud:
    """A cloud that sets `app.aws_called` at its first call."""

    def __init__(self, cloud: Cloud, app: App) -> None:
        self.region = cloud.region
        self._cloud = cloud
        self._app = app

    def send(self, call: Call) -> Answer:
        self._app.aws_called = True
        return self._cloud.send(call)


def _refuse_other_account(cloud: Cloud, stacks: Sequence[Stack]) -> None:
    account = str(cloud.send(Call("sts", "GetCallerIdentity")).get("Account", ""))
    for stack in stacks:
        if stack.account != account:
            what = (
                f"stack {stack.name} belongs to account {stack.account}, and the credentials are of account {account}"
            )
            hint = "use the profile of that account (--profile, AWS_PROFILE), or correct `account:` in the spec"
            raise Refused(f"{escaped(stack.file)}: {what}" if stack.file else what, hint=hint)


def aws_session(options: Options) -> boto3.session.Session:
    """Returns a session with the standard AWS credential chain. Raises AwsProblem for an unknown profile."""
    try:
        session = boto3.session.Session(profile_name=options.profile)
        _ = session.region_name  # reads the profile
    except BotoCoreError as error:
        hint = "`aws configure list-profiles` lists the profiles; --sandbox needs no AWS account"
        raise AwsProblem(str(error), hint=hint) from error
    return session


def simulator_aws(
    region: str, url: str, parallel: int = 16, retries: ReadRetries | None = None, log: DebugLog | None = None
) -> Aws:
    """Returns the cloud of a region in the sandbox at this URL."""
    _bypass_proxy()
    session = _sandbox_session(region)
    if log:
        log.watch(session)
    return Aws(region, endpoint=url, session=session, parallel=parallel, retries=retries)


def debug_log_of(app: App) -> DebugLog | None:
    """Returns the log of --debug, the same one for each call; None without the option."""
    if app.debug_log is None and app.debug_file is not None:
        app.debug_log = DebugLog(app.debug_file, app.terminal.redacted, app.log, app.wall)
        app.debug_log.write("start", elbplan=__version__, pid=os.getpid())
    return app.debug_log


def _sandbox_session(region: str) -> boto3.session.Session:
    """Returns a session without the user's profiles, files and credentials. The sandbox must not get real ones."""
    # A session variable of botocore is (config key, environment variable, default, converter).
    unset = (None, None, None, None)
    no_file = (None, None, os.devnull, None)
    inner = botocore.session.Session(
        session_vars={"profile": unset, "config_file": no_file, "credentials_file": no_file}
    )
    return boto3.session.Session("sandbox", "sandbox", region_name=region, botocore_session=inner)


def start_sandbox(app: App) -> RunningSandbox:
    """Starts the sandbox if necessary and prints one line about it. Raises ElbplanError."""
    _bypass_proxy()
    try:
        running = daemon.start(None)
    except SandboxError as error:
        raise ElbplanError(str(error)) from error
    if not app.options.quiet:
        app.terminal.err(SANDBOX_NOTICE)
    return running


def _bypass_proxy() -> None:
    """Excludes the loopback address from proxies. botocore would use a company's proxy, which cannot reach it."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = os.environ.get(name, "")
        if "127.0.0.1" not in hosts:
            os.environ[name] = f"{hosts},127.0.0.1,localhost".lstrip(",")
