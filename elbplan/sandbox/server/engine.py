"""Handles one request: log, faults, checks, service, answer."""

import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...platforms.processes import kill
from .. import (
    acm,
    autoscaling,
    classic,
    ec2,
    elbv2,
    functions,
    parameters,
    rate_limit,
    route53,
    s3,
    service_quotas,
    shield,
    sts,
    tagging,
    waf,
)
from ..account import Account, CallContext
from ..admin import api as control
from ..admin.defaults import complete_default_vpc
from ..ec2.regions import check_enabled
from ..errors import AwsError
from ..faults import Fault
from ..iam.check import authorize, simulate
from ..params import Params
from ..signatures import check_signed
from ..traffic import watch
from .call_log import LoggedCall, forget_secrets
from .moto_bridge import ask
from .protocol import HttpReply, HttpRequest, answer, identify, refusal

OperationHandler = Callable[[CallContext, Params], dict[str, Any]]

OWN: dict[str, dict[str, OperationHandler]] = {
    "elbv2": elbv2.ACTIONS,
    "elb": classic.ACTIONS,
    "acm": acm.ACTIONS,
    "route53": route53.ACTIONS,
    "wafv2": waf.ACTIONS,
    "lambda": functions.ACTIONS,
    "s3": s3.ACTIONS,
    "shield": shield.ACTIONS,
    "autoscaling": autoscaling.ACTIONS,
    "resourcegroupstaggingapi": tagging.ACTIONS,
    "service-quotas": service_quotas.ACTIONS,
    "sts": sts.ACTIONS,
    "iam": {"SimulatePrincipalPolicy": simulate},
}
PROXY_PAGE = HttpReply(200, {"Content-Type": "text/html"}, b"<html><p>Please log in.</p></html>")
"""The answer of a captive portal or a proxy instead of AWS: well-formed HTTP, but not an AWS answer."""

NOT_BY_MOTO = (
    "elbv2", "elb", "acm", "route53", "lambda", "s3", "shield", "autoscaling",
    "resourcegroupstaggingapi", "service-quotas",
)  # fmt: skip
"""moto would answer these from its own state, which lacks the sandbox's load balancers, certificates and zones."""

IN_A_VPC = ("ec2", "elbv2", "elb")

BEFORE: dict[str, ec2.Before] = {"ec2": ec2.before, "ssm": parameters.before, "wafv2": waf.before}
"""Functions that check, change or answer a call before moto gets it."""


class Engine:
    """Answers the requests of all accounts of a sandbox, one at a time: neither moto nor the sandbox is thread-safe."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.lock = account.lock
        self.last_used = time.monotonic()

    def answer_to(self, method: str, target: str, headers: dict[str, str], body: bytes) -> HttpReply | None:
        """Returns the answer to a request that came without a socket."""
        return self.handle(HttpRequest(method, target, headers, body))

    def handle(self, incoming: HttpRequest) -> HttpReply | None:
        """Returns the answer, or None if the connection must be dropped without an answer."""
        self.last_used = time.monotonic()
        if incoming.path.startswith("/_sandbox"):
            with self.lock:
                self.account.start_moment()
                return control.handle(self.account, incoming)
        try:
            call = identify(incoming)
        except Exception as error:
            return refusal("", AwsError("InvalidAction", str(error)), incoming)
        with self.lock:
            account = sts.account_of(self.account, call.key)
            account.calls.add(call)
            matching = account.faults.matching(call)
            refused = sts.expired(self.account, call) or rate_limit.throttled(account, call)
            refused = refused or parameters.begin_update(account, call)
        if refused:
            forget_secrets(call)
            return refusal(call.service, refused, incoming)
        try:
            return self._answer(account, matching, call, incoming)
        finally:
            with self.lock:
                parameters.end_update(account, call)
                forget_secrets(call)

    def _answer(
        self, account: Account, matching: list[Fault], call: LoggedCall, incoming: HttpRequest
    ) -> HttpReply | None:
        for fault in matching:
            if fault.kind == "delay":
                time.sleep(fault.seconds)
            elif fault.kind == "hang":
                call.outcome = "no answer"
                fault.hang()
                return None
            elif fault.kind == "drop":
                call.outcome = "dropped"
                return None
            elif fault.kind in ("throttle", "error", "5xx"):
                error = fault.error(call)
                call.outcome = error.code
                return refusal(call.service, error, incoming)
        with self.lock:
            reply = self._execute(account, call, incoming)
        return self._apply_faults(matching, call, reply)

    def _apply_faults(self, matching: list[Fault], call: LoggedCall, reply: HttpReply) -> HttpReply | None:
        for fault in matching:
            if fault.kind == "kill":
                call.outcome += ", killed"
                kill(fault.pid)
                return None
            if fault.kind == "lost":
                call.outcome += ", lost"
                return None
            if fault.kind in ("page", "cut"):
                call.outcome += f", {fault.kind}"
                return PROXY_PAGE if fault.kind == "page" else replace(reply, body=reply.body[: len(reply.body) // 2])
        return reply

    def _execute(self, account: Account, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
        self.account.start_moment()
        call.at = account.moment
        tagging.before_write(account, call)
        try:
            reply = self._serve(account, call, incoming)
            call.outcome = call.outcome or "ok"
        except AwsError as refused:
            call.outcome = refused.code
            reply = refusal(call.service, refused, incoming)
        except Exception as error:
            call.outcome = f"InternalFailure ({type(error).__name__}: {error})"
            traceback.print_exc()
            reply = refusal(call.service, AwsError("InternalFailure", repr(error), 500), incoming)
        if call.write:
            watch.after(account, call)
        return reply

    def _serve(self, account: Account, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
        check_signed(self.account, call)
        context = CallContext(account, call.region, call.key)
        check_enabled(context, call.service)
        authorize(context, call)
        if call.service in IN_A_VPC:
            complete_default_vpc(context)
        handler = OWN.get(call.service, {}).get(call.action)
        if handler:
            return answer(call, handler(context, call.params), incoming)
        if call.service in NOT_BY_MOTO:
            raise _unknown(call)
        return self._moto(context, call, incoming)

    def _moto(self, context: CallContext, call: LoggedCall, incoming: HttpRequest) -> HttpReply:
        """moto answers. Checks of the service run before it, corrections after it."""
        before = BEFORE.get(call.service)
        changed = before(context, call, incoming) if before else None
        if isinstance(changed, HttpReply):
            return changed
        try:
            reply = ask(changed or incoming, context.account_id)
        except NotImplementedError:
            raise _unknown(call) from None
        if reply.status < 300:
            return ec2.after(context, call, reply) if call.service == "ec2" else reply
        corrected = waf.corrected(reply)
        if corrected.body.lstrip()[:9].lower() == b"<!doctype":
            raise _unknown(call)
        call.outcome = _code(corrected)
        return corrected


def _unknown(call: LoggedCall) -> AwsError:
    return AwsError("InvalidAction", f"The sandbox does not know {call.service} {call.action}")


def _code(reply: HttpReply) -> str:
    text = reply.body.decode(errors="replace")
    for opening, closing in (("<Code>", "</Code>"), ('"__type": "', '"'), ('"__type":"', '"')):
        if opening in text:
            return text.split(opening)[1].split(closing)[0].split("#")[-1]
    return f"HTTP {reply.status}"
