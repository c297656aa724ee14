"""The suite's own calls to AWS, made with boto3 and not with elbplan, and the record of what AWS answered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

Params = dict[str, Any]
AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonaws.eu")


class CallFailed(Exception):
    """A call has no answer that says something about AWS: no connection, no permission, or a double without it."""

    def __init__(self, call: str, code: str, message: str) -> None:
        super().__init__(f"{call}: {code}: {message}")
        self.call = call
        self.code = code
        self.message = message


class CallRefused(CallFailed):
    """AWS refused a call."""


NO_ANSWER = (
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ExpiredToken", "ExpiredTokenException",
    "RequestExpired", "InvalidAction", "UnknownOperationException", "NotImplemented", "404", "500", "501",
    "InternalFailure", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "RequestLimitExceeded",
)  # fmt: skip


@dataclass(frozen=True)
class RecordedCall:
    """A call and its answer, or the error."""

    call: str
    params: Params
    answer: Params
    error: str = ""


class WallClock:
    """The time of this machine."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Aws:
    """Sends calls with the standard credential chain of boto3. Without `region`, it is that of the chain."""

    def __init__(
        self,
        region: str = "",
        session: boto3.session.Session | None = None,
        endpoint: str | None = None,
        clock: WallClock | None = None,
    ) -> None:
        self.session = session or boto3.session.Session()
        self.region: str = region or self.session.region_name or ""
        self.clock = clock or WallClock()
        self._endpoint = endpoint
        self.calls: list[RecordedCall] = []
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = "") -> Any:
        """A boto3 client. Creating one takes a while, so they are kept."""
        key = (service, region or self.region)
        if key not in self._clients:
            retries = {"mode": "standard", "total_max_attempts": 5}
            config = Config(
                retries=retries, connect_timeout=5, read_timeout=60, max_pool_connections=20,
                user_agent_extra="elbplan-acceptance",
            )  # fmt: skip
            self._clients[key] = self.session.client(
                service, region_name=key[1], endpoint_url=self._endpoint, config=config
            )
        return self._clients[key]

    @property
    def is_real(self) -> bool:
        """True if the endpoint is AWS and not a double of it."""
        host = urlsplit(self.client("elbv2").meta.endpoint_url).hostname or ""
        return host.endswith(AWS_HOSTS)

    def account(self) -> str:
        return str(self.ask("sts", "get_caller_identity")["Account"])

    def ask(self, service: str, operation: str, *, region: str = "", **params: Any) -> Params:
        """Returns the answer of one call, with all pages. Raises CallRefused, CallFailed."""
        client = self.client(service, region)
        name = f"{service}.{client.meta.method_to_api_mapping[operation]}"
        try:
            answer = _send(client, operation, params)
        except ClientError as error:
            described = error.response.get("Error", {})
            code = str(described.get("Code", ""))
            kind = CallFailed if code in NO_ANSWER else CallRefused
            raise self._noted(kind, name, params, code, str(described.get("Message", ""))) from error
        except (BotoCoreError, ValueError) as error:
            raise self._noted(CallFailed, name, params, type(error).__name__, str(error)) from error
        answer.pop("ResponseMetadata", None)
        self.calls.append(RecordedCall(name, params, answer))
        return answer

    def _noted(self, kind: type[CallFailed], name: str, params: Params, code: str, message: str) -> CallFailed:
        failed = kind(name, code, " ".join(re.sub(r"<[^>]+>", " ", message).split())[:300])
        self.calls.append(RecordedCall(name, params, {}, f"{failed.code}: {failed.message}"))
        return failed

    def wait_until(self, what: str, look: Callable[[], bool], timeout: float) -> float:
        """Waits until `look` returns True. Returns the seconds. Raises TimeoutError."""
        started = self.clock.now()
        while not look():
            if self.clock.now() - started > timeout:
                raise TimeoutError(f"{what}: not after {timeout:.0f} s")
            self.clock.sleep(5 if self.is_real else 0.2)
        return self.clock.now() - started


def _send(client: Any, operation: str, params: Params) -> Params:
    if client.can_paginate(operation) and not {"MaxItems", "MaxResults"} & params.keys():
        pages: Params = client.get_paginator(operation).paginate(**params).build_full_result()
        return pages
    answer: Params = getattr(client, operation)(**params)
    return answer


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags in the form of most services."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_specifications(tags: dict[str, str], *types: str) -> list[Params]:
    """Tags in the form of EC2's create calls."""
    return [{"ResourceType": type, "Tags": tag_list(tags)} for type in types]


def public_zones(aws: Aws) -> Iterator[Params]:
    """The public hosted zones of the account. Raises CallFailed."""
    for zone in aws.ask("route53", "list_hosted_zones").get("HostedZones", []):
        if not zone.get("Config", {}).get("PrivateZone"):
            yield zone
