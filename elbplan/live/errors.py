"""Turns errors of botocore and AWS into problems with a hint what to do next."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from ..core.call import OUTCOME_UNKNOWN, Call
from ..core.hidden import SecretValue, hidden_in
from ..errors import AwsProblem, escaped, hide_values
from .denials import ENCODED, access_hint, denial
from .failures import NOT_OFFERED, error_code, fails_inside_aws, status_of
from .outages import connection, failure, times
from .read_retries import Tries
from .service_hints import SERVICE_HINTS
from .unusable_answers import UnusableAnswer

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")

NO_BALANCERS = "cannot be associated with a load balancer"
"""Part of the message of a ValidationError about a zone in which AWS offers no load balancers."""

HINTS = {
    **SERVICE_HINTS,
    "TooManyLoadBalancers": "ask AWS for a higher quota (Service Quotas), or delete unused load balancers",
    "TooManyTargetGroups": "ask AWS for a higher quota (Service Quotas), or delete unused target groups",
    "DuplicateTargetGroupName": "delete that target group if nothing uses it: an interrupted run can have left it",
    "TooManyListeners": "a load balancer has at most 50 listeners; ask AWS for a higher quota",
    "TooManyRules": "a load balancer has at most 100 rules; ask AWS for a higher quota (Service Quotas)",
    "TooManyCertificates": "a load balancer has at most 25 certificates; ask AWS for a higher quota",
    "AddressLimitExceeded": "a region allows 5 Elastic IPs; `elbplan leftovers` lists unused ones; or raise the quota",
    "RulesPerSecurityGroupLimitExceeded": (
        "a security group has 60 inbound rules by default: revoke rules that nobody needs, or ask for a higher quota"
    ),
    "CapacityUnitsLimitExceeded": "write a smaller capacity:, or ask AWS for a higher quota (Service Quotas)",
    "CapacityDecreaseRequestLimitExceeded": (
        "AWS decreases a reservation at most twice a day: run the same command tomorrow, or remove capacity: to end it"
    ),
    "InsufficientCapacity": "AWS has not enough capacity in a zone now: write a smaller capacity:, or run apply later",
    "AllocationIdNotFound": "check the id and the region of the Elastic IP; elastic_ip: true makes a new one",
    "VcpuLimitExceeded": "ask AWS for a higher vCPU quota, or use a smaller instance type",
    "InstanceLimitExceeded": "ask AWS for a higher quota, or use fewer servers",
    "Unsupported": "this zone does not offer the instance type; write another type or other zones (type:, zones:)",
    "InsufficientInstanceCapacity": (
        "AWS has no capacity for this type in this zone: run apply again later, or write another type or other zones"
    ),
    "LimitExceededException": "an ACM quota is reached; delete unused certificates, or ask AWS for a higher quota",
    "InvalidSubnet": "a load balancer's subnet needs 8 free addresses and, if public, a route to an internet gateway",
    "TargetGroupAssociationLimit": "a target group serves one load balancer; give this load balancer its own group",
    "PendingVerification": "AWS verifies this new account first, usually within some hours: run the same command later",
    "InvalidKeyPair.NotFound": "name a key pair of this region, or leave `key:` out",
    "SSLPolicyNotFound": "aws elbv2 describe-ssl-policies lists the names; `tls: recommended` always works",
}

HINTS_OF_OPERATION = {
    ("OperationNotPermitted", "CreateLoadBalancer"): (
        "AWS has not enabled load balancers for this account, which is common for new accounts: open a case with AWS "
        "Support, and run the same command when it is solved"
    ),
    ("LimitExceededException", "RequestCertificate"): (
        "a quota of ACM is reached: 10 names in a certificate, or the number of certificates. Ask AWS for a higher "
        "quota (Service Quotas, AWS Certificate Manager), or give some domains another certificate"
    ),
    ("OperationNotPermitted", "DeleteLoadBalancer"): (
        "is deletion protection on? write `protect: false`, and apply that first with `--allow protection-removed`"
    ),
}
"""Hints for errors that mean something else for each operation."""


def explain_refusal(error: BotoCoreError | ClientError, tries: Tries, *, all_fail: bool = False) -> AwsProblem:
    """The problem for an exception of botocore after these tries; `all_fail`: no service of AWS answers."""
    if not isinstance(error, ClientError):
        return connection(error, tries, all_fail=all_fail)
    code, status = error_code(error.response), status_of(error.response)
    if fails_inside_aws(status, code):
        message = escaped(" ".join(str(error.response["Error"].get("Message") or "").split()))
        reason = f": {message}" if message else ""
        answers = f"AWS answered {status} ({escaped(code)}){times(tries, 'times')}{reason}"
        return failure(answers, tries, code, all_fail=all_fail)
    return _refusal(error, tries.call, tries.region)


def without_secrets(text: str, call: Call) -> str:
    """The text of an error without the secrets of the call, which AWS can quote."""
    secrets = {str(value): value.reference for value in hidden_in(call.params) if isinstance(value, SecretValue)}
    return hide_values(text, secrets)


def unreadable(error: Exception, what: str) -> AwsProblem:
    """The problem for an answer that is not from AWS, or that is incomplete. The effect of the request is unknown."""
    kind = "" if isinstance(error, UnusableAnswer) else f"{type(error).__name__}: "
    reason = " ".join(f"{kind}{error}".split())
    return AwsProblem(
        f"the answer to {what} cannot be understood: {reason[:200]}",
        hint="a proxy, or an AWS simulator that does not have this call, may have answered: check HTTPS_PROXY and "
        "AWS_ENDPOINT_URL; run the command again",
        code=OUTCOME_UNKNOWN,
    )


def _refusal(error: ClientError, call: Call, region: str) -> AwsProblem:
    raw = error.response.get("Error", {})
    code, message = str(raw.get("Code", "Unknown")), str(raw.get("Message", "") or "no reason given")
    message = escaped(" ".join(message.split()))
    if status_of(error.response) == NOT_OFFERED:
        code = "NotImplemented"
    denied = denial(code, message, call)
    message = ENCODED.sub("", message)
    what = f"AWS refused {call.operation}: {message} ({code})"
    if code in EXPIRED:
        return AwsProblem(what, hint="the credentials have expired: log in again (aws sso login)", code=code)
    hint = access_hint(code, message, call, region) or HINTS_OF_OPERATION.get((code, call.operation)) or HINTS.get(code)
    if NO_BALANCERS in message:
        hint = "write the other zones into the spec, for example `zones: [a, c]`"
    if NOT_INVOCABLE in message:
        hint, denied = _allow_invoke(call), None
    return AwsProblem(what, hint=hint or "", code=code, denied=denied)


NOT_INVOCABLE = "principal does not have permission to invoke"
"""AWS's words if the policy of a function does not allow the load balancer to invoke it."""


def _allow_invoke(call: Call) -> str:
    function, group = call.params["Targets"][0]["Id"], call.params["TargetGroupArn"]
    return (
        "the credentials need the permission lambda:AddPermission; or run: "
        f"aws lambda add-permission --function-name {function} --statement-id elb --action lambda:InvokeFunction "
        f"--principal elasticloadbalancing.amazonaws.com --source-arn {group}"
    )
