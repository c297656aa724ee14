"""Connects stacks to AWS: their regions, credentials and accounts."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Sequence
from dataclasses import replace

import boto3

from ..core.call import Answer, Call
from ..core.environment import answered
from ..core.identity import Identity, Place
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, Refused, escaped
from ..kinds.hosted_zone import HostedZone
from ..live.client import Aws
from ..live.denied_calls import noticed_by
from ..live.sessions import assume_role
from ..run.workflow import Cloud
from ..sandbox.admin import daemon
from ..sandbox.admin.daemon import RunningSandbox
from .access import Access

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+$")
CONNECTIONS = 64
"""Connections to a service that stay open: several stacks read at the same time, each with several calls."""

SANDBOX_REGION = "ap-northeast-2"


class Connections:
    """Creates the clouds of places: of regions, with the credentials of the stacks there."""

    def __init__(self, access: Access, stacks: Sequence[Stack]) -> None:
        self._access = access
        self._stacks = stacks
        self._accounts: dict[Place, str] = {}
        self._clouds: dict[Place, Cloud] = {}
        self._reaching = threading.Lock()

    def place(self, stack: Stack) -> Place:
        """Returns where a stack is, and with whose credentials. Raises ElbplanError.

        The region comes from --region, the spec, the environment or the profile; the profile from --profile, the spec
        or the environment.
        """
        identity = stack.identity
        if self._access.profile:
            identity = replace(identity, profile=self._access.profile)
        account = stack.account if self._access.simulator and not identity.role else ""
        return Place(self._region(stack, identity), identity, account)

    def place_in(self, region: str) -> Place:
        """Returns a place without a stack, with the credentials of --profile or of the environment."""
        return Place(region, Identity(self._access.profile))

    def region(self, stack: Stack) -> str:
        """Returns the stack's region. Raises ElbplanError."""
        return self.place(stack).region

    def _region(self, stack: Stack, identity: Identity) -> str:
        region = self._access.region or stack.region
        if not region:
            region = SANDBOX_REGION if self._access.simulator else self.default_region(identity)
        hint = "write `region: ap-northeast-2` in the spec, pass --region, or set AWS_REGION"
        if not region:
            raise ElbplanError(f"{escaped(stack.file) or stack.name}: stack {stack.name} has no region", hint=hint)
        if not REGION.match(region):
            raise ElbplanError(f"{region!r} is not an AWS region", hint=hint)
        return region

    def default_region(self, identity: Identity | None = None) -> str | None:
        """Returns the region of the environment or the profile. Raises AwsProblem for an unknown profile."""
        region = self._access.environ.get("AWS_REGION")
        if region or self._access.connect is not None:
            return region
        profile = identity.profile if identity else self._access.profile
        name: str | None = self._access.sessions.of(Identity(profile)).region_name
        return name

    def cloud_of(self, stack: Stack) -> Cloud:
        """Returns the cloud of a stack. Raises ElbplanError, and Refused if its account is another one."""
        place = self.place(stack)
        cloud = self.reach(place)
        self.check_account(stack, place, cloud)
        return cloud

    def reach(self, place: Place) -> Cloud:
        """Returns the cloud of a place. Its calls are told to the access.

        Raises AwsProblem if there is no such profile, or if the role cannot be assumed.
        """
        with self._reaching:
            if place not in self._clouds:
                cloud = self._access.connect(place.region) if self._access.connect else self.of(place)
                self._clouds[place] = TrackedCloud(cloud, self._access)
            return self._clouds[place]

    def of(self, place: Place) -> Aws:
        """Returns the cloud of a place. In the sandbox, creates the fixtures of the stacks first."""
        access = self._access
        parallel = max(CONNECTIONS, access.parallel)
        session = self.session(place)
        if place.identity.role:
            access.called()
            assume_role(session)
        if access.simulator is None:
            pacer = access.pacers.of(self._account_for_pacing(place, session))
            return Aws(place.region, session=session, parallel=parallel, pacer=pacer, retries=access.retries)
        self._create_fixtures(access.simulator, place)
        return Aws(
            place.region, endpoint=access.simulator.url, session=session, parallel=parallel, retries=access.retries
        )

    def session(self, place: Place) -> boto3.session.Session:
        """Returns the session of a place. Raises AwsProblem for an unknown profile."""
        names = [stack.name for stack in self._stacks if self._identity_is(stack, place.identity)]
        return self._access.sessions.of(place.identity, place.region, names, place.account)

    def check_account(self, stack: Stack, place: Place, cloud: Cloud) -> None:
        """Raises Refused if the stack is pinned to another account than that of the credentials."""
        if not stack.account or self._access.simulator:
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
        if place.identity.role_account or len(identities) <= 1 or self._access.profile:
            return place.identity.role_account
        with contextlib.suppress(AwsProblem):
            return Aws(place.region, session=session, retries=self._access.retries).account()
        return place.identity.profile

    def _create_fixtures(self, running: RunningSandbox, place: Place) -> None:
        stacks = [stack for stack in self._stacks if self._is_in(stack, place)]
        account = place.identity.role_account or place.account
        domains = {domain for stack in stacks for domain in stack.domains}
        made = {zone for stack in stacks for zone in _own_zones(stack)}
        others = sorted(name for name in domains if not any(f".{name}".endswith(f".{zone}") for zone in made))
        daemon.create_defaults(running, place.region, others, account)

    def _is_in(self, stack: Stack, place: Place) -> bool:
        with contextlib.suppress(ElbplanError):
            return self.place(stack) == place
        return False

    def _identity_is(self, stack: Stack, identity: Identity) -> bool:
        profile = self._access.profile
        return (replace(stack.identity, profile=profile) if profile else stack.identity) == identity


class TrackedCloud:
    """A cloud that reports its calls, and the permissions that it lacks. The environment is that of the access."""

    def __init__(self, cloud: Cloud, access: Access) -> None:
        self.region = cloud.region
        self._cloud = cloud
        self._access = access

    def send(self, call: Call) -> Answer:
        if (variable := answered(call, self._access.environ)) is not None:
            return variable
        self._access.called()
        with noticed_by(self._access.denied):
            return self._cloud.send(call)


def _own_zones(stack: Stack) -> list[str]:
    """The names of the public hosted zones that a stack makes."""
    zones = (resource for resource in stack.resources.values() if isinstance(resource, HostedZone))
    return [zone.name for zone in zones if not zone.vpcs]
