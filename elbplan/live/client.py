"""Sends calls to AWS. All requests of elbplan go through this module."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel

from ..core.call import DENIED, DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ..core.environment import answered
from ..core.file_text import with_file_texts
from ..errors import AwsProblem
from .aws_models import boto3_session
from .denied_calls import tell_denial
from .errors import explain_refusal, unreadable, without_secrets
from .failures import (
    CONNECT_TIMEOUT,
    NO_CAPACITY,
    READ_TIMEOUT,
    UNREACHABLE,
    WRITE_TIMEOUT,
    Response,
    elbplan_error,
    error_code,
    failure_of,
)
from .interruption import is_stopped
from .pacing import Pacer
from .read_retries import OPTIONAL_TRIES, ReadRetries, ServiceFails, Tries, current
from .tries import FailedTry, tell
from .unusable_answers import UNPARSED, refuse_pages
from .write_permission import before_send


class Aws:
    """Sends calls, with one client for each service and region.

    `each` is called with service and operation for every request that goes out, `pacer` makes reads wait for their
    turn, `retries` sends failed reads again, and `environ` answers reads of the environment. Several threads can use
    one `Aws`.
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
        retries: ReadRetries | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.region = region
        self._endpoint = endpoint
        self._session = session or boto3_session()
        self._parallel = parallel
        self._each = each
        self._pacer = pacer
        self._retries = retries or ReadRetries()
        self._environ = environ
        self._clients: dict[tuple[str, str, int, bool], Any] = {}

    def send(self, call: Call) -> Answer:
        """Sends a call and returns the answer, with all of its pages.

        Reads are sent again after throttling, 5xx errors and lost connections, for at most half a minute; writes by
        botocore, except for `no_retry` calls. The answer is empty for an error in `done_if` (also for a failed
        connection, if its code is there), and for every error of an `optional` call. For a denied call that
        `may_be_denied`, it is `DENIED_ANSWER`; for one that fails and has a fallback, `FAILED_ANSWER`. Raises
        AwsProblem, with AWS's code.
        """
        if (variable := answered(call, self._environ)) is not None:
            return variable
        region = call.region or self.region
        tries = Tries(call, region)
        token = current.set(tries)
        try:
            self._retries.refuse_if_failing(call, region)
            client = self._client(call, region)
            answer = _invoke(client, _method(client, call.operation), call)
        except (ClientError, BotoCoreError) as error:
            problem = explain_refusal(error, tries, all_fail=self._retries.all_fail(region))
            problem.what = without_secrets(problem.what, call)
            self._retries.ended(tries, problem)
            return _accepted(call, problem)
        except ServiceFails as failing:
            return _accepted(call, failing.problem)
        except UNPARSED as error:
            return _accepted(call, unreadable(error, call.operation))
        finally:
            current.reset(token)
        answer.pop("ResponseMetadata", None)
        return answer

    def account(self) -> str:
        """The account that the credentials belong to."""
        return str(self.send(Call("sts", "GetCallerIdentity"))["Account"])

    def _client(self, call: Call, region: str) -> Any:
        with MAKING_CLIENTS:
            key = (call.service, region, _attempts(call), call.reads)
            if key not in self._clients:
                self._clients[key] = self._new(*key)
            return self._clients[key]

    def _new(self, service: str, region: str, attempts: int, reads: bool) -> Any:
        # Standard mode limits the pauses between attempts to 20 s. In legacy mode they double without a limit.
        retries = {"mode": "standard", "total_max_attempts": attempts}
        config = Config(
            retries=retries,
            max_pool_connections=self._parallel,
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT if reads else WRITE_TIMEOUT,
            user_agent_extra="elbplan",
        )
        # Also Route 53: botocore knows the endpoint and the signing region of each partition (aws-cn, aws-us-gov).
        client = self._session.client(service, region_name=region, endpoint_url=self._endpoint, config=config)
        # The same event name as botocore's own handler: handlers of shorter names run after it.
        event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
        client.meta.events.register_first(event, self._read_again if reads else self._give_up_early)
        client.meta.events.register_last("before-send", before_send)
        client.meta.events.register("before-parse", refuse_pages)
        if self._pacer is not None:
            client.meta.events.register("before-send.*", _paced(self._pacer, service, region))
        if self._each is not None:
            client.meta.events.register("before-send.*", _reporter(self._each, service))
        client.meta.events.register("before-send.*", self._begin)
        return client

    def _begin(self, **_: Any) -> None:
        """botocore's event handler: after the pacer, before the request goes out."""
        if tries := current.get():
            self._retries.begin(tries)

    def _read_again(
        self, response: Response | None = None, caught_exception: Exception | None = None, **_: Any
    ) -> int | None:
        """botocore's event handler: 0 sends the read again at once. The pause is over then."""
        tries = current.get()
        if problem := elbplan_error(caught_exception):
            raise problem
        if tries is None:
            return None
        failure = failure_of(response, caught_exception)
        if failure is None:
            if response is not None:
                self._retries.answered(tries)
            return None
        return 0 if self._retries.failed(tries, failure) else None

    def _give_up_early(
        self,
        operation: OperationModel,
        response: Response | None = None,
        caught_exception: Exception | None = None,
        attempts: int = 1,
        **_: Any,
    ) -> None:
        """botocore's event handler: ends the retries of a write early.

        It ends them if AWS has never answered, if a quota is reached or no capacity is left, and after Ctrl-C.
        """
        tries = current.get()
        if tries is None:
            return
        self._retries.count(tries, attempts)
        if (failure := failure_of(response, caught_exception)) and not tries.call.no_retry:
            tell(FailedTry(tries.call.service, tries.call.operation, failure.cause, attempts))
        if response is not None:
            self._retries.reach(tries.region)
            code = error_code(response[1])
            if code == QUOTA or code in NO_CAPACITY or (code and is_stopped()):
                raise ClientError(dict(response[1]), operation.name)
        elif problem := elbplan_error(caught_exception):
            raise problem
        elif isinstance(caught_exception, UNREACHABLE) and self._retries.is_last_of_unreachable(tries):
            raise caught_exception


MAKING_CLIENTS = threading.Lock()
"""One session makes the clients of several regions, which is not safe between threads."""

ATTEMPTS = 25
QUOTA = "LimitExceededException"
"""A quota of ACM. botocore takes it for throttling, and would retry for minutes."""


def _attempts(call: Call) -> int:
    """The largest number of attempts by botocore. elbplan itself sends reads again."""
    return 1 if call.reads or call.no_retry else OPTIONAL_TRIES if call.optional else ATTEMPTS


def _accepted(call: Call, problem: AwsProblem) -> Answer:
    """The answer of a call that may fail in this way. Raises the problem for every other call."""
    if problem.denied:
        tell_denial(problem.denied)
    if call.optional or problem.code in call.done_if:
        return {}
    if call.may_be_denied and problem.code in DENIED:
        return DENIED_ANSWER
    if call.has_fallback:
        return FAILED_ANSWER
    raise problem


PAGE_SIZES = {"DescribeLoadBalancers": 400, "DescribeTargetGroups": 400, "ListCertificates": 1000}
"""AWS's largest pages, for calls that list the whole account. Without a size, a page can be much smaller.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html
"""

SELECTING = frozenset(("LoadBalancerNames", "Names", "LoadBalancerArn", "LoadBalancerArns", "TargetGroupArns"))
"""Parameters that select some load balancers or target groups: their answers have one page."""


PART = frozenset(("MaxItems", "MaxKeys"))
"""Parameters of calls that want a part of a list, not all pages of it."""


def _paced(pacer: Pacer, service: str, region: str) -> Callable[..., None]:
    def wait(event_name: str, **_: Any) -> None:
        pacer.before_request(service, region, event_name.rsplit(".", 1)[-1])

    return wait


def _reporter(each: Callable[[str, str], None], service: str) -> Callable[..., None]:
    def report(event_name: str, **_: Any) -> None:
        each(service, event_name.rsplit(".", 1)[-1])

    return report


def _invoke(client: Any, operation: str, call: Call) -> dict[str, Any]:
    if client.can_paginate(operation) and not call.params.keys() & PART:
        size = None if call.params.keys() & SELECTING else PAGE_SIZES.get(call.operation)
        paginator = client.get_paginator(operation)
        pages: dict[str, Any] = paginator.paginate(
            **call.params, PaginationConfig={"PageSize": size}
        ).build_full_result()
        return pages
    answer: dict[str, Any] = getattr(client, operation)(**with_file_texts(call.params))
    return answer


def _method(client: Any, operation: str) -> str:
    methods: Mapping[str, str] = client.meta.method_to_api_mapping
    cached: dict[str, str] = client.__dict__.setdefault("_elbplan_methods", {})
    if not cached:
        cached.update({api: method for method, api in methods.items()})
    return cached[operation]
