"""Signatures: which requests need one, and the clock that AWS compares with it. The sandbox accepts every key."""

from datetime import UTC, datetime, timedelta

from .account import Account
from .errors import AwsError
from .rules import rule
from .server.call_log import LoggedCall

UNSIGNED = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html ("does not require the use of
AWS security credentials")"""

LONGEST_AGE = 300
JSON_SERVICES = ("acm", "ssm", "secretsmanager", "wafv2", "lambda", "resourcegroupstaggingapi", "service-quotas")


@rule(35)
def check_signed(account: Account, call: LoggedCall) -> None:
    """A request without a signature is refused, and one whose time differs from AWS's by more than five minutes.

    https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html (MissingAuthenticationToken) and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html ("Signature expired")
    """
    if not call.key and call.action not in UNSIGNED:
        raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    if call.key and abs(account.options.clock_skew) > LONGEST_AGE:
        now = datetime.now(UTC)
        theirs = now + timedelta(seconds=account.options.clock_skew)
        words = "Signature expired" if theirs > now else "Signature not yet current"
        message = f"{words}: {now:%Y%m%dT%H%M%SZ} is not within 5 minutes of {theirs:%Y%m%dT%H%M%SZ}"
        if call.service in JSON_SERVICES:
            raise AwsError("InvalidSignatureException", message)
        raise AwsError("SignatureDoesNotMatch", message, 403)
