"""How a program reaches AWS: with the standard credential chain, or the local AWS simulator without credentials."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import boto3
import botocore.session
from botocore.credentials import CredentialProvider
from botocore.exceptions import BotoCoreError

from ..errors import AwsProblem, Denial, ElbplanError
from ..live.aws_models import botocore_session
from ..live.client import Aws
from ..live.debug_log import DebugLog
from ..live.delegation import ZoneDns
from ..live.pacing import Pacers
from ..live.read_retries import ReadRetries
from ..live.sessions import Sessions, with_provider
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from ..sandbox.admin.daemon import RunningSandbox
from ..sandbox.errors import SandboxError
from ..verification.network import Network, NoNetwork

PARALLEL = 8

Connect = Callable[[str], Cloud]
"""Returns the cloud of a region."""


@dataclass
class Access:
    """The credentials, the region and the limits of one program or command. Several threads can use it.

    sessions   the sessions of boto3, one for each identity
    region     the region of every stack, whatever its spec says; empty: that of the spec
    profile    the AWS profile of every stack; empty: that of the spec
    parallel   the steps that may run at the same time, over all stacks
    environ    the environment variables
    simulator  the local AWS simulator; None: AWS
    connect    returns the cloud of a region, in place of the sessions
    called     is called before each call to AWS
    denied     gets each permission that the credentials lack
    dns        says whether hosted zones are delegated; None: chosen by the other values
    network    on which load balancers answer; None: chosen by the other values
    log        the log of the requests to AWS and DNS
    """

    sessions: Sessions
    region: str = ""
    profile: str = ""
    parallel: int = PARALLEL
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    simulator: RunningSandbox | None = None
    connect: Connect | None = None
    pacers: Pacers = field(default_factory=Pacers)
    retries: ReadRetries = field(default_factory=ReadRetries)
    called: Callable[[], None] = lambda: None
    denied: Callable[[Denial], None] = lambda denial: None
    dns: ZoneDns | None = None
    network: Network | NoNetwork | None = None
    log: DebugLog | None = None


def sessions_of(
    simulator: RunningSandbox | None, opened: Callable[[boto3.session.Session], None] = lambda session: None
) -> Sessions:
    """The sessions of a program, with the standard AWS credential chain; of the simulator without it."""
    if simulator:
        return Sessions(_simulator_session, simulator.url, opened)
    return Sessions(_aws_session, None, opened)


def running_simulator() -> RunningSandbox:
    """The local AWS simulator, which starts if necessary. Raises ElbplanError."""
    _bypass_proxy()
    try:
        return daemon.start(None)
    except SandboxError as error:
        raise ElbplanError(str(error)) from error


def simulator_aws(
    region: str,
    url: str,
    parallel: int = 16,
    retries: ReadRetries | None = None,
    log: DebugLog | None = None,
    kind: type[botocore.session.Session] = botocore.session.Session,
) -> Aws:
    """Returns the cloud of a region in the simulator at this URL. `kind` is the class of botocore's session."""
    _bypass_proxy()
    session = _simulator_session(region=region, kind=kind)
    if log:
        log.watch(session)
    return Aws(region, endpoint=url, session=session, parallel=parallel, retries=retries)


def _aws_session(
    profile: str = "", account: str = "", provider: CredentialProvider | None = None
) -> boto3.session.Session:
    """Returns a session with the standard AWS credential chain. Raises AwsProblem for an unknown profile."""
    try:
        inner = with_provider(botocore_session(str(profile)), provider)
        session = boto3.session.Session(botocore_session=inner)
        _ = session.region_name  # reads the profile
    except BotoCoreError as error:
        hint = "`aws configure list-profiles` lists the profiles; --sandbox needs no AWS account"
        raise AwsProblem(str(error), hint=hint) from error
    return session


def _simulator_session(
    profile: str = "",
    account: str = "",
    provider: CredentialProvider | None = None,
    region: str | None = None,
    kind: type[botocore.session.Session] = botocore.session.Session,
) -> boto3.session.Session:
    """Returns a session without the user's profiles, files and credentials. The simulator must not get real ones.

    For the simulator, an access key id of twelve digits is the account.
    """
    # A session variable of botocore is (config key, environment variable, default, converter).
    unset = (None, None, None, None)
    no_file = (None, None, os.devnull, None)
    variables = {"profile": unset, "config_file": no_file, "credentials_file": no_file}
    inner = with_provider(botocore_session(variables=variables, kind=kind), provider)
    keys = (None, None) if provider else (account or "sandbox", "sandbox")
    return boto3.session.Session(*keys, region_name=region, botocore_session=inner)


def _bypass_proxy() -> None:
    """Excludes the loopback address from proxies. botocore would use a company's proxy, which cannot reach it."""
    for name in ("NO_PROXY", "no_proxy"):
        hosts = os.environ.get(name, "")
        if "127.0.0.1" not in hosts:
            os.environ[name] = f"{hosts},127.0.0.1,localhost".lstrip(",")
