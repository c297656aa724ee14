"""Examines the way to AWS, one check after the other, for `elbplan doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from ..core.call import Call
from ..core.identity import Place
from ..core.stack import Stack
from ..doctor.access import Identity, RegionFacts, clock_check, credentials_check, endpoint_check, region_check
from ..doctor.check import Check, Name, unknown
from ..doctor.permissions import needs_of, permission_checks
from ..doctor.quotas import quota_checks
from ..doctor.read import read_region
from ..errors import AwsProblem, AwsUnavailable, ElbplanError
from ..live.access import CredentialFacts, Reached, RouteFacts, credential_facts, reach, route_facts
from ..live.worker_threads import WorkerThreads
from ..run.workflow import Cloud
from .connect import SANDBOX_REGION, Connections
from .context import App

LONGEST = 10.0
"""Seconds for one answer: whoever has no network wants to know it soon."""

SILENT = f"no answer in {LONGEST:.0f} s"
IDENTITY = Call("sts", "GetCallerIdentity")
OF_AN_ACCOUNT: tuple[Name, ...] = ("permissions", "quotas", "lock")

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T], otherwise: T) -> T:
    """Returns the answer, or `otherwise` if it takes too long. The thread that waits ends with the program."""
    with WorkerThreads(1) as threads:
        try:
            return threads.submit(ask).result(timeout=seconds)
        except TimeoutError:
            return otherwise


@dataclass(frozen=True)
class Access:
    """How a command reaches AWS, or the local simulator. No function raises, or takes longer than about 10 seconds."""

    app: App
    connections: Connections

    @property
    def route(self) -> RouteFacts:
        """What sends requests elsewhere than to AWS."""
        own = self.app.sandbox is None and self.app.connect is None
        return route_facts(self.app.terminal.environ) if own else RouteFacts({})

    def credentials(self, place: Place) -> CredentialFacts:
        """Where the credentials come from."""
        if self.app.sandbox or self.app.connect:
            return CredentialFacts("the simulator, which needs none")
        try:
            session = self.connections.session(place)
        except AwsProblem as problem:
            return CredentialFacts(problem=problem)
        late = CredentialFacts(problem=AwsProblem(f"the source of the credentials gives {SILENT}"))
        return within(LONGEST, lambda: credential_facts(session), late)

    def reach(self, place: Place) -> Reached:
        """Sends a request that needs no credentials."""
        if self.app.connect:
            return self._by_cloud(place)
        try:
            session = None if self.app.sandbox else self.connections.session(place)
        except AwsProblem:
            session = None
        endpoint = self.app.sandbox.url if self.app.sandbox else None
        return within(LONGEST, lambda: reach(session, place.region, endpoint), Reached("", problem=SILENT))

    def _by_cloud(self, place: Place) -> Reached:
        try:
            self.connections.reach(place).send(IDENTITY)
        except AwsUnavailable as problem:
            return Reached("AWS", problem=problem.what)
        except AwsProblem:
            return Reached("AWS")
        return Reached("AWS")


@dataclass(frozen=True)
class Spot:
    """A place to examine, from where elbplan has its region, and one of its stacks."""

    place: Place
    source: str
    stack: str = "doctor"

    @property
    def facts(self) -> RegionFacts:
        """What is known of the region before AWS is asked."""
        return RegionFacts(self.place.region, self.source)


def spots_of(app: App, connections: Connections, stacks: Sequence[Stack]) -> list[Spot]:
    """Returns each place of the stacks once; without stacks that of the AWS configuration. A region may be empty."""
    spots: dict[Place, Spot] = {}
    for stack in stacks:
        source = "--region" if app.options.region else "the spec" if stack.region else _configured(app)
        try:
            place = connections.place(stack)
        except ElbplanError:
            place = connections.place_in(stack.region or "")
        spots.setdefault(place, Spot(place, source, stack.name))
    if not spots:
        source = "--region" if app.options.region else _configured(app)
        place = connections.place_in(app.options.region or _default_region(app, connections))
        spots[place] = Spot(place, source)
    return list(spots.values())


def _configured(app: App) -> str:
    if app.sandbox:
        return "the simulator"
    return "AWS_REGION" if app.terminal.environ.get("AWS_REGION") else "the AWS configuration"


def _default_region(app: App, connections: Connections) -> str:
    try:
        return SANDBOX_REGION if app.sandbox else connections.default_region() or ""
    except AwsProblem:
        return ""  # the check of the credentials names the wrong profile


class Examination:
    """The checks of AWS. A check that needs an earlier one which failed is `unknown`."""

    def __init__(self, app: App, stacks: Sequence[Stack]) -> None:
        self._app, self._stacks = app, stacks
        connections = Connections(app, stacks)
        self._connections, self._access = connections, Access(app, connections)
        self._spots = spots_of(app, connections, stacks)

    def checks(self) -> Iterator[Check]:
        """Yields each check as soon as it is done."""
        several = len({spot.place.region for spot in self._spots}) > 1
        known = set()
        for spot in self._spots:
            new = spot.place.identity not in known
            known.add(spot.place.identity)
            for check in self._spot(spot, spot is self._spots[0], new_credentials=new):
                yield replace(check, region=spot.place.region if several else "")

    def _spot(self, spot: Spot, first: bool, *, new_credentials: bool) -> Iterator[Check]:
        credentials = self._access.credentials(spot.place)
        if not spot.place.region:
            if credentials.problem:
                yield self._credentials(credentials, Identity())
            yield region_check(spot.facts)
            yield from _not_checked("without a region", "endpoint", *OF_AN_ACCOUNT)
            return
        reached = self._access.reach(spot.place)
        yield endpoint_check(self._access.route, reached)
        if first:
            yield clock_check(reached)
        if reached.problem:
            yield from self._without_connection(credentials)
            return
        cloud, identity = self._identity(spot.place, credentials)
        if new_credentials or identity.problem:
            yield self._credentials(credentials, identity)
        if cloud is None:
            yield region_check(spot.facts)
            yield from _not_checked("without valid credentials", *OF_AN_ACCOUNT)
            return
        yield from self._account(cloud, spot, identity, new_credentials=new_credentials)

    def _credentials(self, credentials: CredentialFacts, identity: Identity) -> Check:
        return credentials_check(credentials, identity, datetime.fromtimestamp(self._app.wall(), UTC))

    def _without_connection(self, credentials: CredentialFacts) -> Iterator[Check]:
        if credentials.problem:
            yield self._credentials(credentials, Identity())
        else:
            yield from _not_checked("AWS does not answer", "credentials")
        yield from _not_checked("AWS does not answer", "region", *OF_AN_ACCOUNT)

    def _identity(self, place: Place, credentials: CredentialFacts) -> tuple[Cloud | None, Identity]:
        if credentials.problem:
            return None, Identity(problem=credentials.problem)
        try:
            cloud = self._connections.reach(place)
            return cloud, Identity.of(cloud.send(IDENTITY))
        except ElbplanError as problem:
            return None, Identity(problem=problem)

    def _account(self, cloud: Cloud, spot: Spot, identity: Identity, *, new_credentials: bool) -> Iterator[Check]:
        found = read_region(cloud.send, spot.place.region, spot.stack)
        yield region_check(replace(spot.facts, opt_in=found.opt_in))
        if new_credentials:
            own = [stack for stack in self._stacks if self._is_with(stack, spot.place)]
            yield from permission_checks(cloud.send, identity, needs_of(own, identity.account, spot.place.region))
        yield from quota_checks(found.quotas, found.missing)
        yield found.lock or unknown("lock", "AWS did not answer")

    def _is_with(self, stack: Stack, place: Place) -> bool:
        """True if the stack has the credentials of this place."""
        try:
            return self._connections.place(stack).identity == place.identity
        except ElbplanError:
            return False


def _not_checked(why: str, *names: Name) -> Iterator[Check]:
    for name in names:
        yield unknown(name, f"not checked: {why}")
