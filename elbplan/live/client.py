"""Sends calls to AWS. All requests of elbplan go through this module."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    SSLError,
)
from botocore.model import OperationModel

from ..core.call import DENIED, DENIED_ANSWER, Answer, Call
from ..errors import ElbplanError
from .errors import explain_refusal, unreadable
from .interruption import is_stopped
from .pacing import Pacer
from .unusable_answers import UNPARSED, refuse_pages
from .write_permission import before_send


class Aws:
    """Sends calls, with one client for each service and region.

    `each` is called with service and operation for every request that goes out, and `pacer` makes reads wait for their
    turn. Several threads can use one `Aws`.
    """

    def __init__(
        self,
        region: str,
        *,
        endpoint: str | None = None,
        session: boto3.session.Session | None = None,
        parallel: int = 16,
        each: Callable[[str, str], None] | None = None,
        pacer: Pacer | None = None,
    ) -> None:
        self.region = region
        self._endpoint = endpoint
        self._session = session or boto3.session.Session()
        self._parallel = parallel
        self._each = each
        self._pacer = pacer
        self._clients: dict[tuple[str, str, int], Any] = {}
        self._reached = False
        self._lock = threading.Lock()

    def send(self, call: Call) -> Answer:
        """Sends a call and returns the answer, with all of its pages.

        botocore retries after throttling and 5xx errors, except for `no_retry` calls. The answer is empty for an error
        in `done_if` (also for a failed connection, if its code is there), and for every error of an `optional` call.
        For a denied call that `may_be_denied`, it is `DENIED_ANSWER`. Raises AwsProblem, with AWS's code.
        """
        region = call.region or self.region
        try:
            client = self._client(call.service, region, _attempts(call))
            operation = _method(client, call.operation)
            answer = _invoke(client, operation, call)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if call.optional or code in call.done_if:
                return {}
            if call.may_be_denied and code in DENIED:
                return DENIED_ANSWER
            raise explain_refusal(error, call, region) from error
        except BotoCoreError as error:
            problem = explain_refusal(error, call, region)
            if call.optional or problem.code in call.done_if:
                return {}
            raise problem from error
        except UNPARSED as error:
            if call.optional:
                return {}
            raise unreadable(error, call.operation) from error
        answer.pop("ResponseMetadata", None)
        return answer

    def account(self) -> str:
        """The account that the credentials belong to."""
        return str(self.send(Call("sts", "GetCallerIdentity"))["Account"])

    def _client(self, service: str, region: str, attempts: int) -> Any:
        with self._lock:  # making clients is not safe between threads
            key = (service, region, attempts)
            if key not in self._clients:
                self._clients[key] = self._new(service, region, attempts)
            return self._clients[key]

    def _new(self, service: str, region: str, attempts: int) -> Any:
        # Standard mode limits the pauses between attempts to 20 s. In legacy mode they double without a limit.
        retries = {"mode": "standard", "total_max_attempts": attempts}
        config = Config(
            retries=retries,
            max_pool_connections=self._parallel,
            connect_timeout=5,
            read_timeout=60,
            user_agent_extra="elbplan",
        )
        # Also Route 53: botocore knows the endpoint and the signing region of each partition (aws-cn, aws-us-gov).
        client = self._session.client(service, region_name=region, endpoint_url=self._endpoint, config=config)
        # The same event name as botocore's own handler: handlers of shorter names run after it.
        event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
        client.meta.events.register_first(event, self._give_up_early)
        client.meta.events.register_last("before-send", before_send)
        client.meta.events.register("before-parse", refuse_pages)
        if self._pacer is not None:
            client.meta.events.register("before-send.*", _paced(self._pacer, service, region))
        if self._each is not None:
            client.meta.events.register("before-send.*", _reporter(self._each, service))
        return client

    def _give_up_early(
        self,
        operation: OperationModel,
        response: tuple[object, Mapping[str, Any]] | None = None,
        caught_exception: Exception | None = None,
        attempts: int = 1,
        **_: Any,
    ) -> None:
        """botocore's event handler: ends the retries early.

        It ends them if AWS has never answered, if a quota is reached or no capacity is left, and after Ctrl-C.
        """
        if response is not None:
            self._reached = True
            code = response[1].get("Error", {}).get("Code")
            if code == QUOTA or code in NO_CAPACITY or (code and is_stopped()):
                raise ClientError(response[1], operation.name)
        elif problem := _elbplan_error(caught_exception):
            raise problem
        elif isinstance(caught_exception, UNREACHABLE) and not self._reached and attempts >= FIRST_ATTEMPTS:
            raise caught_exception


def _elbplan_error(caught: Exception | None) -> ElbplanError | None:
    """The error that a permission check raised inside a request; botocore wraps it and would retry."""
    inner = caught.kwargs.get("error") if isinstance(caught, HTTPClientError) else caught
    return inner if isinstance(inner, ElbplanError) else None


ATTEMPTS, FIRST_ATTEMPTS, OPTIONAL_ATTEMPTS = 25, 2, 4
NO_CAPACITY = ("InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity")
"""Errors of EC2 with status 500, which botocore would retry for minutes. AWS advises another zone or type.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#api-error-codes-table-server
"""
UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError)
QUOTA = "LimitExceededException"
"""A quota of ACM. botocore takes it for throttling, and would retry for minutes."""


def _attempts(call: Call) -> int:
    """The largest number of attempts of a call: few for an optional call, since nothing depends on it."""
    if call.no_retry:
        return 1
    return OPTIONAL_ATTEMPTS if call.optional else ATTEMPTS


def _paced(pacer: Pacer, service: str, region: str) -> Callable[..., None]:
    def wait(event_name: str, **_: Any) -> None:
        pacer.before_request(service, region, event_name.rsplit(".", 1)[-1])

    return wait


def _reporter(each: Callable[[str, str], None], service: str) -> Callable[..., None]:
    def report(event_name: str, **_: Any) -> None:
        each(service, event_name.rsplit(".", 1)[-1])

    return report


def _invoke(client: Any, operation: str, call: Call) -> dict[str, Any]:
    if client.can_paginate(operation) and "MaxItems" not in call.params:
        pages: dict[str, Any] = client.get_paginator(operation).paginate(**call.params).build_full_result()
        return pages
    answer: dict[str, Any] = getattr(client, operation)(**call.params)
    return answer


def _method(client: Any, operation: str) -> str:
    methods: Mapping[str, str] = client.meta.method_to_api_mapping
    cached: dict[str, str] = client.__dict__.setdefault("_elbplan_methods", {})
    if not cached:
        cached.update({api: method for method, api in methods.items()})
    return cached[operation]
