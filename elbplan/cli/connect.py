"""How a command reaches AWS: the real one, by the usual credential chain, or the sandbox, by none."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

import boto3
import botocore.session
from botocore.exceptions import BotoCoreError

from ..core.call import Answer, Call
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, escaped
from ..live.client import Aws
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from ..sandbox.admin.daemon import RunningSandbox
from ..sandbox.errors import SandboxError
from .context import App, Options

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+$")
SANDBOX_REGION = "ap-northeast-2"
SANDBOX_WORDS = "sandbox: nothing here is real and nothing is billed"


class Connections:
    """Clouds by region, made when they are asked for."""

    def __init__(self, app: App, stacks: Sequence[Stack]) -> None:
        self._app = app
        self._stacks = stacks
        self._running: RunningSandbox | None = None
        self._session: boto3.session.Session | None = None
        if app.options.sandbox:
            self._running = sandbox_running(app)

    def region(self, stack: Stack) -> str:
        """Where this stack lives: the flag, the spec, the environment or profile, in this order."""
        found = self._app.options.region or stack.region
        if not found:
            found = SANDBOX_REGION if self._running else self._usual()
        hint = "write `region: ap-northeast-2` in the spec, pass --region, or set AWS_REGION"
        if not found:
            raise ElbplanError(f"{escaped(stack.file) or stack.name}: no region is named for {stack.name}", hint=hint)
        if not REGION.match(found):
            raise ElbplanError(f"{found!r} does not look like an AWS region", hint=hint)
        return found

    def _usual(self) -> str | None:
        """What the environment or the profile says."""
        said = self._app.terminal.environ.get("AWS_REGION")
        return said or (self._real().region_name if self._app.connect is None else None)

    def reach(self, region: str) -> Cloud:
        """The cloud of a region; the app notes that it was asked something."""
        return NotedCloud((self._app.connect or self.of)(region), self._app)

    def of(self, region: str) -> Aws:
        """The cloud of a region; the sandbox's is furnished first."""
        parallel = max(16, self._app.options.parallel)
        if self._running is None:
            return Aws(region, session=self._real(), parallel=parallel)
        self._furnish(self._running, region)
        return simulator_aws(region, self._running.url, parallel)

    def _furnish(self, running: RunningSandbox, region: str) -> None:
        here = [stack for stack in self._stacks if self.region(stack) == region]
        daemon.seed(running, region, sorted({domain for stack in here for domain in stack.domains}))

    def _real(self) -> boto3.session.Session:
        if self._session is None:
            self._session = real_session(self._app.options)
        return self._session


class NotedCloud:
    """A cloud; with its first call the app knows that AWS was asked."""

    def __init__(self, cloud: Cloud, app: App) -> None:
        self.region = cloud.region
        self._cloud = cloud
        self._app = app

    def send(self, call: Call) -> Answer:
        self._app.asked = True
        return self._cloud.send(call)


def real_session(options: Options) -> boto3.session.Session:
    """boto3's own idea of who we are. Raises AwsProblem for a profile that is not there."""
    try:
        session = boto3.session.Session(profile_name=options.profile)
        _ = session.region_name  # reads the profile
    except BotoCoreError as error:
        hint = "`aws configure list-profiles` shows the profiles; to try without an account add --sandbox"
        raise AwsProblem(str(error), hint=hint) from error
    return session


def simulator_aws(region: str, url: str, parallel: int = 16) -> Aws:
    """The cloud of a region in a sandbox, wherever that runs."""
    _no_proxy_to_ourselves()
    return Aws(region, endpoint=url, session=_sandbox_session(region), parallel=parallel)


def _sandbox_session(region: str) -> boto3.session.Session:
    """Neither profiles nor files nor the environment's credentials: the sandbox must not see real ones."""
    nothing = (None, None, None, None)
    nowhere = (None, None, os.devnull, None)
    inner = botocore.session.Session(
        session_vars={"profile": nothing, "config_file": nowhere, "credentials_file": nowhere}
    )
    return boto3.session.Session("sandbox", "sandbox", region_name=region, botocore_session=inner)


def sandbox_running(app: App) -> RunningSandbox:
    """The sandbox, started if need be, with the one line that says what it is."""
    _no_proxy_to_ourselves()
    try:
        running = daemon.start(None)
    except SandboxError as error:
        raise ElbplanError(str(error)) from error
    if not app.options.quiet:
        app.terminal.err(SANDBOX_WORDS)
    return running


def _no_proxy_to_ourselves() -> None:
    """A company's proxy cannot reach our loopback; botocore would ask it all the same."""
    for name in ("NO_PROXY", "no_proxy"):
        here = os.environ.get(name, "")
        if "127.0.0.1" not in here:
            os.environ[name] = f"{here},127.0.0.1,localhost".lstrip(",")
