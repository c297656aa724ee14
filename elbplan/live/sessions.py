"""Sessions of boto3: one for each identity, also for a role that is assumed and assumed again before it expires."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import CredentialProvider, CredentialResolver, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

from ..core.identity import Identity
from ..errors import AwsProblem, AwsUnavailable, escaped
from .failures import CONNECT_TIMEOUT, READ_TIMEOUT, UNREACHABLE, error_code

PERMISSIONS = ("sts:AssumeRole",)
"""What the credentials need for stacks with a role."""

LONGEST_NAME = 64
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (RoleSessionName)"""

OpenSession = Callable[[str, str, CredentialProvider | None], boto3.session.Session]
"""Returns a new session by profile and account, which may be empty. Raises AwsProblem for an unknown profile.

Its credentials are those of the profile, or come from the provider.
"""


class Sessions:
    """The sessions of one command. Several threads can use it.

    open      opens a session
    endpoint  the URL of the local AWS simulator; None for AWS
    opened    gets each new session
    """

    def __init__(
        self,
        open: OpenSession,
        endpoint: str | None = None,
        opened: Callable[[boto3.session.Session], None] = lambda session: None,
    ) -> None:
        self._open, self._endpoint, self._opened = open, endpoint, opened
        self._sessions: dict[tuple[Identity, str], boto3.session.Session] = {}
        self._lock = threading.Lock()

    def of(
        self, identity: Identity, region: str = "", stacks: Sequence[str] = (), account: str = ""
    ) -> boto3.session.Session:
        """The session of an identity, always the same one. Raises AwsProblem for an unknown profile.

        `region` is where the role is assumed, and `stacks` are the stacks that use it, for the name of the role's
        session and for messages.
        """
        with self._lock:
            if not identity.role:
                return self._plain(identity, account)
            source = self._plain(Identity(identity.profile), "")
            role = AssumedRole(source, identity, region, stacks, self._endpoint)
            return self._made(identity, "", role)

    def _plain(self, identity: Identity, account: str) -> boto3.session.Session:
        return self._made(identity, account, None)

    def _made(self, identity: Identity, account: str, provider: CredentialProvider | None) -> boto3.session.Session:
        key = (identity, account)
        if key not in self._sessions:
            self._sessions[key] = self._open(identity.profile, account, provider)
            self._opened(self._sessions[key])
        return self._sessions[key]


def with_provider(inner: botocore.session.Session, provider: CredentialProvider | None) -> botocore.session.Session:
    """The session, with its credentials from this provider alone."""
    if provider is not None:
        inner.register_component("credential_provider", CredentialResolver(providers=[provider]))
    return inner


class AssumedRole(CredentialProvider):  # type: ignore[misc] # botocore has no types here
    """Credentials of a role. botocore asks for new ones before they expire, also in the middle of a long apply."""

    METHOD = "sts-assume-role"

    def __init__(
        self,
        source: boto3.session.Session,
        identity: Identity,
        region: str,
        stacks: Sequence[str],
        endpoint: str | None,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._wall = wall
        self._source, self._identity, self._stacks = source, identity, tuple(stacks)
        self._region, self._endpoint = region or source.region_name, endpoint

    def load(self) -> DeferredRefreshableCredentials:
        """botocore's way to get the credentials: they are fetched at the first request."""
        return DeferredRefreshableCredentials(self.assume, self.METHOD, time_fetcher=self._wall)

    def assume(self) -> dict[str, Any]:
        """Credentials for an hour. Raises AwsProblem."""
        config = Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 4},
            user_agent_extra="elbplan",
        )
        external_id = {"ExternalId": str(self._identity.external_id)} if self._identity.external_id else {}
        try:
            client = self._source.client("sts", region_name=self._region, endpoint_url=self._endpoint, config=config)
            answer = client.assume_role(
                RoleArn=str(self._identity.role), RoleSessionName=session_name(self._stacks), **external_id
            )
        except (BotoCoreError, ClientError) as error:
            raise self._problem(error) from error
        credentials = answer["Credentials"]
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        }

    def _problem(self, error: BotoCoreError | ClientError) -> AwsProblem:
        what = f"{self._identity.role}, the role of {_named(self._stacks)}, cannot be assumed"
        if isinstance(error, UNREACHABLE):
            return AwsUnavailable(
                f"{what}: no connection to AWS STS", hint="check the network, the proxy and the region"
            )
        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            return AwsProblem(f"{what}: there are no credentials", hint="aws configure, or name another profile")
        code = error_code(error.response) if isinstance(error, ClientError) else ""
        message = error.response["Error"].get("Message", "") if isinstance(error, ClientError) else str(error)
        text = f"{what}: {escaped(f'{code}: {message}' if code else message)}"
        return AwsProblem(text, hint=self._hint(code), code=code)

    def _hint(self, code: str) -> str:
        if code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"):
            return "the credentials that assume the role are not valid any more: get new ones"
        profile = f"the profile {self._identity.profile}" if self._identity.profile else "your credentials"
        asks = "and the external id must match" if self._identity.external_id else "without an external id"
        return (
            f"the role's trust policy must allow sts:AssumeRole for {profile}, {asks}; "
            "their own policy must allow it too. A role that does not exist gives the same error"
        )


def assume_role(session: boto3.session.Session) -> None:
    """Assumes the role of a session now, not at its first call. Raises AwsProblem."""
    credentials = session.get_credentials()
    if credentials is not None:
        credentials.get_frozen_credentials()


def session_name(stacks: Sequence[str]) -> str:
    """The name under which CloudTrail shows the calls: `elbplan-my-web`; for several stacks with their number."""
    more = f"-and-{len(stacks) - 1}-more" if len(stacks) > 1 else ""
    return f"elbplan-{stacks[0]}{more}"[:LONGEST_NAME] if stacks else "elbplan"


def _named(stacks: Sequence[str]) -> str:
    """`stack web`, or `stacks a, b, c and 37 more`."""
    if len(stacks) <= 1:
        return f"stack {stacks[0]}" if stacks else "a stack"
    more = f" and {len(stacks) - 3} more" if len(stacks) > 3 else ""
    return f"stacks {', '.join(stacks[:3])}{more}"
