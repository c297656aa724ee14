"""The problems of calls that AWS did not answer: it failed, was silent, or could not be reached."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from ..core.call import OUTCOME_UNKNOWN
from ..errors import AwsProblem, AwsUnavailable
from .failures import READ_TIMEOUT, UNREACHABLE
from .read_retries import Tries
from .regions import doubt_about

HEALTH = "https://health.aws.amazon.com/health/status"
"""AWS's public page about outages, for each service and region. China and the governments have pages of their own."""

OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")


def times(tries: Tries, word: str) -> str:
    """` 8 times in 30 s`, or nothing for a single try."""
    return f" {tries.number} {word} in {tries.seconds:.0f} s" if tries.number > 1 else ""


def failure(cause: str, tries: Tries, code: str, *, all_fail: bool) -> AwsProblem:
    """The problem of a call for which AWS failed or was silent; `all_fail`: no service of AWS answers."""
    call, region = tries.call, tries.region
    page = "the AWS Health Dashboard" if region.startswith(OTHER_PARTITIONS) else HEALTH
    hint = f"{page} shows outages of {region}; run the same command again later"
    if all_fail:
        hint = f"no service answers in {region}: check the region (region:) and the network; {hint}"
    return AwsUnavailable(_with_doubt(f"{call.service} {call.operation} failed: {cause}", region), hint=hint, code=code)


def _with_doubt(what: str, region: str) -> str:
    """A mistyped region comes first: it explains everything else."""
    doubt = doubt_about(region)
    return f"{doubt}\n{what}" if doubt else what


def connection(error: BotoCoreError, tries: Tries, *, all_fail: bool = False) -> AwsProblem:
    """The problem for an exception of botocore that is no answer of AWS."""
    call = tries.call
    if isinstance(error, SSLError):
        hint = "a company proxy may intercept the connection: set AWS_CA_BUNDLE to its certificate"
        return AwsUnavailable(f"no safe connection to AWS for {call.operation}: {error}", hint=hint, code="Unreachable")
    if isinstance(error, UNREACHABLE):
        return AwsUnavailable(
            _with_doubt(f"cannot reach AWS for {call.service} {call.operation}: {error}", tries.region),
            hint="check the network, the name of the region (region:) and AWS_ENDPOINT_URL",
            code="Unreachable",
        )
    if call.reads and isinstance(error, ReadTimeoutError):
        endpoint = error.kwargs.get("endpoint_url", "AWS")
        tried = f",{times(tries, 'tries')}" if tries.number > 1 else ""
        cause = f"{endpoint} did not answer in {READ_TIMEOUT} s{tried}"
        return failure(cause, tries, OUTCOME_UNKNOWN, all_fail=all_fail)
    if isinstance(error, ConnectionClosedError | ReadTimeoutError):
        return AwsUnavailable(
            f"the answer to {call.operation} was lost: {error}", hint="run the command again", code=OUTCOME_UNKNOWN
        )
    return credentials(error) or AwsProblem(f"{call.operation} failed: {error}", code=type(error).__name__)


def credentials(error: BotoCoreError) -> AwsProblem | None:
    """The problem if there are no usable credentials."""
    if isinstance(error, PartialCredentialsError):
        hint = "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or only AWS_PROFILE"
        return AwsProblem(f"the AWS credentials are incomplete: {error}", hint=hint, code="NoCredentials")
    if isinstance(error, SSOError | TokenRetrievalError | CredentialRetrievalError):
        hint = "log in again (aws sso login), and check AWS_PROFILE"
        return AwsProblem(f"elbplan cannot get the AWS credentials: {error}", hint=hint, code="NoCredentials")
    if isinstance(error, NoCredentialsError):
        return AwsProblem(
            "there are no AWS credentials",
            hint="set AWS_PROFILE, or run `aws configure`; to try without an account add --sandbox",
            code="NoCredentials",
        )
    if isinstance(error, ProfileNotFound):
        return AwsProblem(str(error), hint="`aws configure list-profiles` shows the profiles", code="NoProfile")
    return None
