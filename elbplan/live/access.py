"""Finds out how elbplan reaches AWS: whether anybody answers, the time there, and where credentials come from."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ..errors import AwsProblem
from .aws_models import boto3_session
from .failures import CONNECT_TIMEOUT
from .outages import credentials as credentials_problem
from .unusable_answers import MISREAD, UnusableAnswer, refuse_pages

SERVICE = "sts"
SOURCES: Mapping[str, str] = {
    "env": "environment variables",
    "shared-credentials-file": "~/.aws/credentials",
    "config-file": "~/.aws/config",
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a web identity",
    "sso": "AWS SSO",
    "login": "aws login",
    "iam-role": "the role of this EC2 instance",
    "container-role": "the role of this container",
    "custom-process": "a credential process",
    "explicit": "the command line",
}
"""What botocore calls the sources of credentials, and their names for people."""


@dataclass(frozen=True)
class Reached:
    """The answer to a request without a signature, which AWS refuses, but answers.

    url      where it was sent
    skew     seconds by which this machine's clock is ahead of the Date header; None: no answer has one
    problem  why nobody answered; empty: somebody did
    """

    url: str
    seconds: float = 0.0
    skew: float | None = None
    problem: str = ""


def reach(
    session: boto3.session.Session | None,
    region: str,
    endpoint: str | None = None,
    now: Callable[[], float] = time.time,
) -> Reached:
    """Sends one request without credentials, without retries. Takes about 10 seconds at most, unless DNS hangs.

    session   None for a simulator, which gets nothing of the user's configuration
    endpoint  the URL of the simulator
    """
    config = Config(
        signature_version=UNSIGNED,
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=CONNECT_TIMEOUT,
        retries={"total_max_attempts": 1},
        user_agent_extra="elbplan",
    )
    url, began, headers = "", time.monotonic(), dict[str, str]()

    def keep_headers(response_dict: Mapping[str, Any], **_: Any) -> None:
        headers.update({name.lower(): str(value) for name, value in response_dict.get("headers", {}).items()})

    try:
        session = session or boto3_session("sandbox", "sandbox")
        client = session.client(SERVICE, region_name=region, endpoint_url=endpoint, config=config)
        url = client.meta.endpoint_url
        client.meta.events.register("before-parse", keep_headers)
        client.meta.events.register("before-parse", refuse_pages)
        client.get_caller_identity()
    except (ClientError, *MISREAD) as error:
        if not headers:
            return Reached(url, time.monotonic() - began, problem=" ".join(str(error).split())[:300])
        # AWS refuses the request, and a simulator may answer anything: somebody is there.
    except (BotoCoreError, UnusableAnswer, ResponseParserError) as error:
        return Reached(url, time.monotonic() - began, problem=" ".join(str(error).split())[:300])
    return Reached(url, time.monotonic() - began, _skew(headers, now()))


def _skew(headers: Mapping[str, str], now: float) -> float | None:
    try:
        return now - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return None


@dataclass(frozen=True)
class CredentialFacts:
    """Where the credentials come from; without any, `problem` says why. `expires` is None if that is not known."""

    source: str = ""
    profile: str = ""
    expires: datetime | None = None
    temporary: bool = False
    problem: AwsProblem | None = None


def credential_facts(session: boto3.session.Session) -> CredentialFacts:
    """Returns the source of the credentials, never the credentials. May ask AWS SSO or the instance's metadata."""
    try:
        found = session.get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except BotoCoreError as error:
        problem = credentials_problem(error) or AwsProblem(f"elbplan cannot get the AWS credentials: {error}")
        return CredentialFacts(problem=problem)
    if found is None or frozen is None:
        hint = "set AWS_PROFILE, or run `aws configure`; to try without an account add --sandbox"
        return CredentialFacts(problem=AwsProblem("there are no AWS credentials", hint=hint, code="NoCredentials"))
    method = str(getattr(found, "method", "") or "")
    expires = getattr(found, "_expiry_time", None)
    return CredentialFacts(
        SOURCES.get(method, method),
        str(session.profile_name or ""),
        expires.astimezone(UTC) if isinstance(expires, datetime) else None,
        bool(frozen.token),
    )


ENDPOINT = "AWS_ENDPOINT_URL"


@dataclass(frozen=True)
class RouteFacts:
    """What sends requests elsewhere than to AWS directly: endpoint variables, a proxy, an own certificate bundle."""

    endpoints: Mapping[str, str]
    proxy: str = ""
    bundle: str = ""


def route_facts(environ: Mapping[str, str] = os.environ) -> RouteFacts:
    """Returns the settings of this environment, without passwords."""
    endpoints = {name: value for name, value in environ.items() if name.startswith(ENDPOINT) and value}
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        endpoints = {}
    proxy = environ.get("https_proxy") or environ.get("HTTPS_PROXY") or ""
    return RouteFacts(endpoints, _without_password(proxy), environ.get("AWS_CA_BUNDLE", ""))


def _without_password(url: str) -> str:
    scheme, slashes, rest = url.rpartition("//")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"
