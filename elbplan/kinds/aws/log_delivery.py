"""How load balancers write logs to S3: who writes, what the policy of a bucket must allow, and the stack's own bucket.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

LOGS = {"access": "access_logs.s3", "connection": "connection_logs.s3", "health_checks": "health_check_logs.s3"}
"""The kinds of logs in the short form, and how their attributes begin."""

NAMES = {"access": "access logs", "connection": "connection logs", "health_checks": "health check logs"}
"""The names of the logs, for a person."""

WRITERS = {
    "application": "logdelivery.elasticloadbalancing.amazonaws.com",
    "network": "delivery.logs.amazonaws.com",
}
"""The service that writes the logs, by type of load balancer. A gateway load balancer has no logs.

Regions before August 2022 also accept a policy that names an account of Elastic Load Balancing. AWS recommends the
service, which works in all regions.
"""

SID = "elbplan"
"""Begins the id of each statement that elbplan writes. Statements of others stay in the policy."""


def own_bucket_name(stack: str, account: str, region: str) -> str:
    """The name of the stack's own bucket. Names are unique in all of AWS, so it has the account and the region."""
    return f"{stack}-logs-{account}-{region}"


def own_bucket_of(stack: str, balancer: str) -> str:
    """The name of the bucket of a stack that has a load balancer with this ARN."""
    _, _, _, region, account, *_ = balancer.split(":")
    return own_bucket_name(stack, account, region)


def statements(bucket: str, partition: str, account: str, region: str, writers: Iterable[str]) -> list[dict[str, Any]]:
    """The statements that let Elastic Load Balancing write logs of this account to the bucket."""
    found: list[dict[str, Any]] = []
    arn = f"arn:{partition}:s3:::{bucket}"
    for writer in sorted(writers):
        service = {"Service": WRITERS[writer]}
        put: dict[str, Any] = {
            "Sid": f"{SID}{writer.title()}Write",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": [f"{arn}/AWSLogs/{account}/*", f"{arn}/*/AWSLogs/{account}/*"],
        }
        if writer == "network":
            source = {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:{partition}:logs:{region}:{account}:*"},
            }
            full = {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
            put["Condition"] = {**source, "StringEquals": full}
            check = {"Sid": f"{SID}NetworkCheck", "Effect": "Allow", "Principal": service, "Action": "s3:GetBucketAcl"}
            found.append({**check, "Resource": arn, "Condition": source})
        found.append(put)
    return found


def policy_text(current: str, own: Sequence[Mapping[str, Any]]) -> str:
    """The policy of a bucket with these statements in place of elbplan's earlier ones; statements of others stay."""
    others = [statement for statement in statements_in(current) if not is_own(statement)]
    return json.dumps({"Version": "2012-10-17", "Statement": [*others, *own]})


def is_own(statement: Mapping[str, Any]) -> bool:
    """True for a statement that elbplan wrote."""
    return str(statement.get("Sid", "")).startswith(SID)


def statements_in(policy: str) -> list[dict[str, Any]]:
    """The statements of a policy; none of a text that is no policy."""
    try:
        found = json.loads(policy or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return []
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def may_write(policy: str, bucket: str, prefix: str, account: str, type: str) -> bool:
    """True if the policy of a bucket can let this type of load balancer write its logs there.

    A statement for an AWS account counts: older policies name an account of Elastic Load Balancing.
    """
    key = "/".join(filter(None, (prefix, "AWSLogs", account, "elasticloadbalancing")))
    return any(
        statement.get("Effect") == "Allow"
        and _is_writer(statement.get("Principal"), type)
        and any(fnmatchcase("s3:putobject", action.lower()) for action in _texts(statement.get("Action")))
        and any(_covers(resource, f"{bucket}/{key}") for resource in _texts(statement.get("Resource")))
        for statement in statements_in(policy)
    )


def _is_writer(principal: Any, type: str) -> bool:
    if not isinstance(principal, Mapping):
        return bool(principal == "*")
    return WRITERS.get(type, "") in _texts(principal.get("Service")) or (
        type == "application" and bool(_texts(principal.get("AWS")))
    )


def _covers(resource: str, key: str) -> bool:
    """True if a pattern of ARNs covers this key or keys below it."""
    pattern = resource.rpartition(":::")[2] or resource
    return fnmatchcase(f"{key}/x", pattern) or fnmatchcase(key, pattern)


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


# The attributes of load balancers ------------------------------------------------------------------------------------
#
# A log that is on and whose attribute `bucket` is empty goes to the stack's own bucket: AWS has no such attribute.


def in_own_bucket(attributes: Mapping[str, str]) -> bool:
    """True if a log goes to the stack's own bucket."""
    return any(
        attributes.get(f"{logs}.enabled") == "true" and not attributes.get(f"{logs}.bucket") for logs in LOGS.values()
    )


def without_own_bucket(attributes: Mapping[str, str], bucket: str) -> dict[str, str]:
    """The attributes of a load balancer in AWS, with empty texts for its stack's own bucket."""
    places = {f"{logs}.bucket" for logs in LOGS.values()}
    return {key: "" if key in places and value == bucket else value for key, value in attributes.items()}


def with_own_bucket(
    before: Mapping[str, str], after: Mapping[str, str], bucket: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Both attributes as AWS has them. AWS keeps the bucket of a log that is switched off, and refuses an empty one."""
    old, new = dict(before), dict(after)
    for logs in LOGS.values():
        key, enabled = f"{logs}.bucket", f"{logs}.enabled"
        if old.get(enabled) == "true" and not old.get(key):
            old[key] = bucket
        if key in new and not new[key]:
            new[key] = bucket if new.get(enabled) == "true" else old.get(key, "")
        elif key not in new and new.get(enabled) == "true":
            new[key] = bucket
    return old, new
