"""Connects a command to AWS with the standard credential chain, or to the sandbox without credentials."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import replace

import boto3
import botocore.session
from botocore.credentials import CredentialProvider
from botocore.exceptions import BotoCoreError

from .. import __version__
from ..core.call import Answer, Call
from ..core.identity import Identity, Place
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, Refused, escaped
from ..live.client import Aws
from ..live.debug_log import DebugLog
from ..live.denied_calls import noticed_by
from ..live.read_retries import ReadRetries
from ..live.sessions import Sessions, assume_role, with_provider
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from ..sandbox.admin.daemon import RunningSandbox
from ..sandbox.errors import SandboxError
from .context import App

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+$")
CONNECTIONS = 64
"""Connections to a service that stay open: several stacks read at the same time, each with several calls."""

SANDBOX_REGION = "ap-northeast-2"
SANDBOX_NOTICE = "sandbox: a local AWS simulator, nothing is real and nothing is billed"


class Connections:
    """Creates the clouds of places: of regions, with the credentials of the stacks there."""

    def __init__(self, app: App, stacks: Sequence[Stack]) -> None:
        self._app = app
        self._stacks = stacks
        self._accounts: dict[Place, str] = {}
        self._clouds: dict[Place, Cloud] = {}
        self._reaching = threading.Lock()
        if app.options.sandbox and app.sandbox is None:
            app.sandbox = start_sandbox(app)
        if app.sessions is None:
            app.sessions = _sessions_of(app)
        self._sessions = app.sessions

    def place(self, stack: Stack) -> Place:
        """Returns where a stack is, and with whose credentials. Raises ElbplanError.

        The region comes from --region, the spec, the environment or the profile; the profile from --profile, the spec
        or the environment.
        """
        identity = stack.identity
        if self._app.options.profile:
            identity = replace(identity, profile=self._app.options.profile)
        account = stack.account if self._app.sandbox and not identity.role else ""
        return Place(self._region(stack, identity), identity, account)

    def place_in(self, region: str) -> Place:
        """Returns a place without a stack, with the credentials of --profile or of the environment."""
        return Place(region, Identity(self._app.options.profile or ""))

    def region(self, stack: Stack) -> str:
        """Returns the stack's region. Raises ElbplanError."""
        return self.place(stack).region

    def _region(self, stack: Stack, identity: Identity) -> str:
        region = self._app.options.region or stack.region
        if not region:
            region = SANDBOX_REGION if self._app.sandbox else self.default_region(identity)
        hint = "write `region: ap-northeast-2` in the spec, pass --region, or set AWS_REGION"
        if not region:
            raise ElbplanError(f"{escaped(stack.file) or stack.name}: stack {stack.name} has no region", hint=hint)
        if not REGION.match(region):
            raise ElbplanError(f"{region!r} is not an AWS region", hint=hint)
        return region

    def default_region(self, identity: Identity | None = None) -> str | None:
        """Returns the region of the environment or the profile. Raises AwsProblem for an unknown profile."""
        region = self._app.terminal.environ.get("AWS_REGION")
        if region or self._app.connect is not None:
            return region
        profile = identity.profile if identity else self._app.options.profile or ""
        name: str | None = self._sessions.of(Identity(profile)).region_name
        return name

    def cloud_of(self, stack: Stack) -> Cloud:
        """Returns the cloud of a stack. Raises ElbplanError, and Refused if its account is another one."""
        place = self.place(stack)
        cloud = self.reach(place)
        self.check_account(stack, place, cloud)
        return cloud

    def reach(self, place: Place) -> Cloud:
        """Returns the cloud of a place. Its first call sets `app.aws_called`.

        Raises AwsProblem if there is no such profile, or if the role cannot be assumed.
        """
        with self._reaching:
            if place not in self._clouds:
                cloud = self._app.connect(place.region) if self._app.connect else self.of(place)
                self._clouds[place] = TrackedCloud(cloud, self._app)
            return self._clouds[place]

    def of(self, place: Place) -> Aws:
        """Returns the cloud of a place. In the sandbox, creates the fixtures of the stacks first."""
        app = self._app
        parallel = max(CONNECTIONS, app.options.parallel)
        session = self.session(place)
        if place.identity.role:
            app.aws_called = True
            assume_role(session)
        if app.sandbox is None:
            pacer = app.pacers.of(self._account_for_pacing(place, session))
            return Aws(place.region, session=session, parallel=parallel, pacer=pacer, retries=app.retries)
        self._create_fixtures(app.sandbox, place)
        return Aws(place.region, endpoint=app.sandbox.url, session=session, parallel=parallel, retries=app.retries)

    def session(self, place: Place) -> boto3.session.Session:
        """Returns the session of a place. Raises AwsProblem for an unknown profile."""
        names = [stack.name for stack in self._stacks if self._identity_is(stack, place.identity)]
        return self._sessions.of(place.identity, place.region, names, place.account)

    def check_account(self, stack: Stack, place: Place, cloud: Cloud) -> None:
        """Raises Refused if the stack is pinned to another account than that of the credentials."""
        if not stack.account or self._app.sandbox:
            return
        if place not in self._accounts:
            self._accounts[place] = str(cloud.send(Call("sts", "GetCallerIdentity")).get("Account", ""))
        account = self._accounts[place]
        if stack.account != account:
            what = (
                f"stack {stack.name} belongs to account {stack.account}, and the credentials are of account {account}"
            )
            hint = "use the profile of that account (--profile, AWS_PROFILE, or profile: and role: in the spec), "
            hint += "or correct `account:` in the spec"
            raise Refused(f"{escaped(stack.file)}: {what}" if stack.file else what, hint=hint)

    def _account_for_pacing(self, place: Place, session: boto3.session.Session) -> str:
        """The account, or "" if all stacks of the command have the same credentials: they share one pacer anyway."""
        identities = {stack.identity for stack in self._stacks}
        if place.identity.role_account or len(identities) <= 1 or self._app.options.profile:
            return place.identity.role_account
        with contextlib.suppress(AwsProblem):
            return Aws(place.region, session=session, retries=self._app.retries).account()
        return place.identity.profile

    def _create_fixtures(self, running: RunningSandbox, place: Place) -> None:
        stacks = [stack for stack in self._stacks if self._is_in(stack, place)]
        account = place.identity.role_account or place.account
        domains = sorted({domain for stack in stacks for domain in stack.domains})
        daemon.create_defaults(running, place.region, domains, account)

    def _is_in(self, stack: Stack, place: Place) -> bool:
        with contextlib.suppress(ElbplanError):
            return self.place(stack) == place
        return False

    def _identity_is(self, stack: Stack, identity: Identity) -> bool:
        profile = self._app.options.profile
        return (replace(stack.identity, profile=profile) if profile else stack.identity) == identity


class TrackedCloud:
    """A cloud that sets `app.aws_called` at its first call."""

    def __init__(self, cloud: Cloud, app: App) -> None:
        self.region = cloud.region
        self._cloud = cloud
        self._app = app

    def send(self, call: Call) -> Answer:
        self._app.aws_called = True
        with noticed_by(self._app.notice_denial):
            return self._cloud.send(call)


def _sessions_of(app: App) -> Sessions:
    """The sessions of a command, with the standard AWS credential chain; in the sandbox without it."""

    def opened(session: boto3.session.Session) -> None:
        if log := debug_log_of(app):
            log.watch(session)

    if app.sandbox:
        return Sessions(_sandbox_session, app.sandbox.url, opened)
    return Sessions(aws_session, None, opened)


def aws_session(
    profile: str = "", account: str = "", provider: CredentialProvider | None = None
) -> boto3.session.Session:
    """Returns a session with the standard AWS credential chain. Raises AwsProblem for an unknown profile."""
    try:
        inner = with_provider(botocore.session.Session(profile=str(profile) or None), provider)
        session = boto3.session.Session(botocore_session=inner)
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
    session = _sandbox_session(region=region)
    if log:
        log.watch(session)
    return Aws(region, endpoint=url, session=session, parallel=parallel, retries=retries)


def debug_log_of(app: App) -> DebugLog | None:
    """Returns the log of --debug, the same one for each call; None without the option."""
    if app.debug_log is None and app.debug_file is not None:
        app.debug_log = DebugLog(app.debug_file, app.terminal.redacted, app.log, app.wall)
        app.debug_log.write("start", elbplan=__version__, pid=os.getpid())
    return app.debug_log


def _sandbox_session(
    profile: str = "", account: str = "", provider: CredentialProvider | None = None, region: str | None = None
) -> boto3.session.Session:
    """Returns a session without the user's profiles, files and credentials. The sandbox must not get real ones.

    For the sandbox, an access key id of twelve digits is the account.
    """
    # A session variable of botocore is (config key, environment variable, default, converter).
    unset = (None, None, None, None)
    no_file = (None, None, os.devnull, None)
    variables = {"profile": unset, "config_file": no_file, "credentials_file": no_file}
    inner = with_provider(botocore.session.Session(session_vars=variables), provider)
    keys = (None, None) if provider else (account or "sandbox", "sandbox")
    return boto3.session.Session(*keys, region_name=region, botocore_session=inner)


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
