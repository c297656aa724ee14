"""Examines this machine and the way to AWS, one check after the other, for `elbplan doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from ..core.call import Call
from ..core.stack import Stack
from ..doctor.access import Identity, RegionFacts, clock_check, credentials_check, endpoint_check, region_check
from ..doctor.check import Check, unknown
from ..doctor.permissions import Needs, permission_checks
from ..doctor.quotas import quota_checks
from ..doctor.read import Region, read_region
from ..errors import AwsProblem, AwsUnavailable, ElbplanError
from ..live.access import CredentialFacts, Reached, RouteFacts, credential_facts, reach, route_facts
from ..live.worker_threads import WorkerThreads
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from .connect import SANDBOX_REGION, Connections, aws_session
from .context import App

LONGEST = 10.0
"""Seconds for one answer: whoever has no network wants to know it soon."""

T = TypeVar("T")


@dataclass(frozen=True)
class Access:
    """How this command reaches AWS: each function takes at most about ten seconds, and raises nothing."""

    route: RouteFacts
    reach: Callable[[str], Reached]
    credentials: Callable[[], CredentialFacts]


def access_of(app: App) -> Access:
    """Returns the way to AWS, or to the local simulator. Raises AwsProblem for an unknown profile."""
    if app.options.sandbox:
        url = daemon.start(None).url
        simulator = CredentialFacts("the simulator, which needs none")
        return Access(RouteFacts({}), lambda region: reach(None, region, url), lambda: simulator)
    if app.connect is not None:
        return Access(RouteFacts({}), lambda region: _by_cloud(app, region), lambda: CredentialFacts("the caller"))
    session = aws_session(app.options)
    return Access(
        route_facts(app.terminal.environ),
        lambda region: within(LONGEST, lambda: reach(session, region), Reached("", problem=TOO_LATE)),
        lambda: within(LONGEST, lambda: credential_facts(session), CredentialFacts(problem=AwsProblem(SILENT))),
    )


TOO_LATE = f"no answer in {LONGEST:.0f} s"
SILENT = f"the source of the credentials does not answer in {LONGEST:.0f} s"


def within(seconds: float, ask: Callable[[], T], otherwise: T) -> T:
    """Returns the answer, or `otherwise` if it takes too long. The thread that waits ends with the program."""
    with WorkerThreads(1) as threads:
        try:
            return threads.submit(ask).result(timeout=seconds)
        except TimeoutError:
            return otherwise


IDENTITY = Call("sts", "GetCallerIdentity")


def _by_cloud(app: App, region: str) -> Reached:
    assert app.connect is not None
    try:
        app.connect(region).send(IDENTITY)
    except AwsUnavailable as problem:
        return Reached("AWS", problem=problem.what)
    except AwsProblem:
        pass
    return Reached("AWS")


def regions_of(app: App, connections: Connections, stacks: Sequence[Stack]) -> list[RegionFacts]:
    """Returns each region once, with its source: those of the specs, or the configured one. One may be empty."""
    if app.options.region:
        return [RegionFacts(app.options.region, "--region")]
    found = [RegionFacts(stack.region, "the spec") for stack in stacks if stack.region]
    if not found or any(not stack.region for stack in stacks):
        found.append(_default_region(app, connections))
    return list({facts.region: facts for facts in reversed(found)}.values())[::-1]


def _default_region(app: App, connections: Connections) -> RegionFacts:
    if app.options.sandbox:
        return RegionFacts(SANDBOX_REGION, "the simulator")
    source = "AWS_REGION" if app.terminal.environ.get("AWS_REGION") else "the AWS configuration"
    return RegionFacts(connections.default_region() or "", source)


class Examination:
    """The checks of AWS. A check that needs an earlier one which failed is `unknown`."""

    def __init__(self, app: App, stacks: Sequence[Stack], needs: Needs) -> None:
        self._app, self._stacks, self._needs = app, stacks, needs

    def checks(self) -> Iterator[Check]:
        """Yields the checks as soon as each is done."""
        try:
            connections = Connections(self._app, ())
            access = access_of(self._app)
            regions = regions_of(self._app, connections, self._stacks)
        except AwsProblem as problem:
            yield Check("credentials", "failed", problem.what, problem.hint)
            yield from _not_checked("without credentials", "endpoint", "region", "permissions", "quotas", "lock")
            return
        credentials = access.credentials()
        for number, region in enumerate(regions):
            found = self._region(connections, access, region, credentials, number == 0)
            yield from (replace(check, region=region.region if len(regions) > 1 else "") for check in found)

    def _region(
        self, connections: Connections, access: Access, region: RegionFacts, credentials: CredentialFacts, first: bool
    ) -> Iterator[Check]:
        if not region.region:
            yield region_check(region)
            yield from _not_checked("without a region", "endpoint", "permissions", "quotas", "lock")
            return
        reached = access.reach(region.region)
        yield endpoint_check(access.route, reached)
        if first:
            yield clock_check(reached)
        if reached.problem:
            if credentials.problem and first:
                yield credentials_check(credentials, Identity(), datetime.fromtimestamp(self._app.wall(), UTC))
            rest = ("region", "permissions", "quotas", "lock")
            names = rest if credentials.problem else ("credentials", *rest)
            yield from _not_checked("AWS does not answer", *names)
            return
        cloud = connections.reach(region.region)
        identity = _identity(cloud, credentials)
        if first:
            yield credentials_check(credentials, identity, datetime.fromtimestamp(self._app.wall(), UTC))
        if identity.problem:
            yield region_check(region)
            yield from _not_checked("without valid credentials", "permissions", "quotas", "lock")
            return
        yield from self._account(cloud, region, identity, first)

    def _account(self, cloud: Cloud, region: RegionFacts, identity: Identity, first: bool) -> Iterator[Check]:
        found: Region = read_region(cloud.send, region.region, self._stacks[0].name if self._stacks else "doctor")
        yield region_check(replace(region, opt_in=found.opt_in))
        if first:
            yield from permission_checks(cloud.send, identity, self._needs)
        yield from quota_checks(found.quotas, found.missing)
        yield found.lock or unknown("lock", "AWS did not answer")


def _identity(cloud: Cloud, credentials: CredentialFacts) -> Identity:
    if credentials.problem:
        return Identity(problem=credentials.problem)
    try:
        return Identity.of(cloud.send(IDENTITY))
    except ElbplanError as problem:
        return Identity(problem=problem)


def _not_checked(why: str, *names: str) -> Iterator[Check]:
    for name in names:
        yield unknown(name, f"not checked: {why}")  # type: ignore[arg-type]
