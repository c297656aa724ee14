"""The buckets to which load balancers write their logs."""

import json
from fnmatch import fnmatchcase
from typing import Any

from ..account import CallContext
from ..errors import AwsError, misconfigured
from ..rules import rule
from ..s3.buckets import owner_of
from ..state.elbv2 import StoredBalancer
from ..state.s3 import StoredBucket

FILES = {
    "access_logs.s3": "ELBAccessLogTestFile",
    "connection_logs.s3": "ELBConnectionLogTestFile",
    "health_check_logs.s3": "ELBHealthCheckLogTestFile",
}
WRITERS = {"application": "logdelivery.elasticloadbalancing.amazonaws.com", "network": "delivery.logs.amazonaws.com"}


@rule(36)
def check_bucket(context: CallContext, balancer: StoredBalancer, logs: str, bucket: str, prefix: str) -> None:
    """The bucket exists in the region of the load balancer, and its policy lets Elastic Load Balancing write there.

    Logs of an application load balancer need the keys of S3, not of KMS. AWS writes a test file when logs are switched
    on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
    """
    if "AWSLogs" in prefix:
        raise misconfigured("The prefix cannot include AWSLogs")
    _, stored = owner_of(context, bucket)
    if stored is None:
        raise misconfigured(f"The specified bucket {bucket} does not exist")
    if stored.region != context.region:
        raise misconfigured(f"The bucket {bucket} is not located in the same region as the ELB")
    key = "/".join(filter(None, (prefix, "AWSLogs", context.account_id, FILES[logs])))
    if balancer.type == "application" and _algorithm(stored) != "AES256":
        raise AwsError("InvalidConfigurationRequest", f"Access Denied for bucket: {bucket} uses server-side KMS keys")
    if not _may_write(stored, WRITERS.get(balancer.type, ""), key):
        words = f"Access Denied for bucket: {bucket}. Please check S3bucket permission"
        raise AwsError("InvalidConfigurationRequest", words)
    stored.objects.add(key)


def _algorithm(bucket: StoredBucket) -> str:
    rules = (bucket.settings.get("encryption") or {}).get("Rules") or [{}]
    default = rules[0].get("ApplyServerSideEncryptionByDefault") or {}
    return str(default.get("SSEAlgorithm", "AES256"))


def _may_write(bucket: StoredBucket, writer: str, key: str) -> bool:
    wanted = f"arn:aws:s3:::{bucket.name}/{key}"
    statements = json.loads(bucket.settings.get("policy", "{}")).get("Statement", [])
    return any(
        statement.get("Effect") == "Allow"
        and writer in _listed(statement.get("Principal", {}).get("Service"))
        and "s3:PutObject" in _listed(statement.get("Action"))
        and any(fnmatchcase(wanted, pattern) for pattern in _listed(statement.get("Resource")))
        for statement in statements
    )


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value] if value else []
