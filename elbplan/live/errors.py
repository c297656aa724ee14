"""What AWS refuses, told to a person: what, and what to do next."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from ..core.call import Call
from ..errors import AwsProblem, escaped

UNKNOWN = "OutcomeUnknown"
"""Our code for a call that may or may not have had its effect."""

NOT_OFFERED = 501
"""The HTTP status with which a double of AWS refuses a service that it does not have, whatever the code beside it."""

WRONG_CREDENTIALS = (
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "IncompleteSignature",
    "MissingAuthenticationToken",
)
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException")

HINTS = {
    "TooManyLoadBalancers": "ask AWS for a higher quota (Service Quotas), or delete load balancers nobody needs",
    "TooManyTargetGroups": "ask AWS for a higher quota (Service Quotas), or delete target groups nobody needs",
    "TooManyListeners": "a load balancer takes 50 listeners; ask AWS for a higher quota",
    "TooManyRules": "a load balancer takes 100 rules; ask AWS for a higher quota (Service Quotas)",
    "TooManyCertificates": "a load balancer takes 25 certificates; ask AWS for a higher quota",
    "AddressLimitExceeded": "a region gives 5 Elastic IPs; release one (elbplan leftovers) or ask for a higher quota",
    "VcpuLimitExceeded": "ask AWS for a higher vCPU quota, or use a smaller instance type",
    "InstanceLimitExceeded": "ask AWS for a higher quota, or use fewer servers",
    "InsufficientInstanceCapacity": "AWS has none of this type in this zone now; try another zone or type",
    "LimitExceededException": "an ACM quota is reached; delete certificates nobody needs, or ask for a higher quota",
    "InvalidSubnet": "a load balancer's subnet needs 8 free addresses and, if public, a route to an internet gateway",
    "TargetGroupAssociationLimit": "a target group serves one load balancer; give this one a group of its own",
    "OperationNotPermitted": "is deletion protection on? write `protect: false` and apply first",
    "InvalidKeyPair.NotFound": "name a key pair of this region, or leave `key:` out",
    "SSLPolicyNotFound": "aws elbv2 describe-ssl-policies lists the names; `tls: recommended` always works",
}


def explain_refusal(error: BotoCoreError | ClientError, call: Call) -> AwsProblem:
    """The problem behind botocore's exception."""
    if isinstance(error, ClientError):
        return _refusal(error, call)
    return _connection(error, call)


def unreadable(error: Exception, what: str) -> AwsProblem:
    """An answer that is none of AWS's: a proxy's page, or one that was cut short. What the request did is unknown."""
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return AwsProblem(
        f"the answer to {what} cannot be understood: {said[:200]}",
        hint="does a proxy or a gateway answer in AWS's place? check HTTPS_PROXY and AWS_ENDPOINT_URL; run it again",
        code=UNKNOWN,
    )


def _refusal(error: ClientError, call: Call) -> AwsProblem:
    told = error.response.get("Error", {})
    code, message = str(told.get("Code", "Unknown")), str(told.get("Message", "") or "no reason given")
    message = escaped(" ".join(message.split()))
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == NOT_OFFERED:
        code = "NotImplemented"
    what = f"AWS refused {call.operation}: {message} ({code})"
    if code in WRONG_CREDENTIALS:
        return AwsProblem(
            what,
            hint="the credentials are not valid here: check AWS_PROFILE and `aws sts get-caller-identity`",
            code=code,
        )
    if code in EXPIRED:
        return AwsProblem(what, hint="the credentials have expired: log in again (aws sso login)", code=code)
    if code in DENIED:
        return AwsProblem(what, hint=f"the credentials need the permission {call.permission}", code=code)
    return AwsProblem(what, hint=HINTS.get(code, ""), code=code)


def _connection(error: BotoCoreError, call: Call) -> AwsProblem:
    if isinstance(error, PartialCredentialsError):
        hint = "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither and AWS_PROFILE"
        return AwsProblem(f"only half of the AWS credentials is there: {error}", hint=hint, code="NoCredentials")
    if isinstance(error, SSOError | TokenRetrievalError | CredentialRetrievalError):
        hint = "log in again (aws sso login), and check AWS_PROFILE"
        return AwsProblem(f"the AWS credentials could not be fetched: {error}", hint=hint, code="NoCredentials")
    if isinstance(error, NoCredentialsError):
        return AwsProblem(
            "no AWS credentials were found",
            hint="set AWS_PROFILE, or run `aws configure`; to try without an account add --sandbox",
            code="NoCredentials",
        )
    if isinstance(error, ProfileNotFound):
        return AwsProblem(str(error), hint="`aws configure list-profiles` shows the profiles", code="NoProfile")
    if isinstance(error, SSLError):
        hint = "does a company proxy stand between you and AWS? name its certificate in AWS_CA_BUNDLE"
        return AwsProblem(f"no safe connection to AWS for {call.operation}: {error}", hint=hint, code="Unreachable")
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError | ProxyConnectionError):
        return AwsProblem(
            f"cannot reach AWS for {call.operation}: {error}",
            hint="is the region's name right, and is there a network? check region: and AWS_ENDPOINT_URL",
            code="Unreachable",
        )
    if isinstance(error, ConnectionClosedError | ReadTimeoutError):
        return AwsProblem(
            f"the answer to {call.operation} was lost: {error}", hint="run the same command again", code=UNKNOWN
        )
    return AwsProblem(f"{call.operation} failed: {error}", code=type(error).__name__)
