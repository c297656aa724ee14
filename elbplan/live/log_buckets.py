"""Looks at the buckets that specs name for logs, before anything is changed: AWS refuses a log that it cannot write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..core.address import Address
from ..core.call import Answer, Ask, Call
from ..core.kind import LiveResource
from ..core.plan import Refusal
from ..core.resource import Resource
from ..kinds.aws import bucket_calls as s3
from ..kinds.aws.bucket_settings import algorithm_of
from ..kinds.aws.log_delivery import LOGS, NAMES, WRITERS, may_write
from ..kinds.load_balancer import LoadBalancer


class Log(NamedTuple):
    """A log of a load balancer that goes to a bucket of others."""

    address: Address
    type: str
    log: str
    bucket: str
    prefix: str


@dataclass(frozen=True)
class BucketAnswers:
    """What AWS says of a bucket."""

    location: Answer
    policy: Answer
    encryption: Answer


Buckets = Mapping[str, BucketAnswers]
ASKS_A_BUCKET = 3


def given_logs(resources: Iterable[tuple[Address, Resource]]) -> Iterator[Log]:
    """The logs that go to a bucket that the spec names."""
    for address, balancer in resources:
        for log, start in LOGS.items() if isinstance(balancer, LoadBalancer) else ():
            assert isinstance(balancer, LoadBalancer)
            attributes = balancer.attributes
            bucket = attributes.get(f"{start}.bucket")
            if bucket and attributes.get(f"{start}.enabled") == "true":
                yield Log(address, balancer.type, log, bucket, attributes.get(f"{start}.prefix", ""))


def bucket_asks(bucket: str) -> list[Ask]:
    """The calls for one bucket; its owner may let us see none of it."""
    params = {"Bucket": bucket}
    return [
        s3.location(bucket),
        Call("s3", "GetBucketPolicy", params, done_if=(s3.MISSING, "NoSuchBucketPolicy"), may_be_denied=True),
        Call("s3", "GetBucketEncryption", params, done_if=(s3.MISSING,), may_be_denied=True),
    ]


def log_problems(
    desired: Mapping[Address, Resource],
    lives: Sequence[LiveResource[Resource]],
    buckets: Buckets,
    region: str,
    account: str,
) -> tuple[list[Refusal], list[str]]:
    """A refusal for each log that AWS cannot write, and a note for each bucket that elbplan may not look at.

    A log that AWS already writes there is not checked again.
    """
    written = set(given_logs((live.address._replace(deposed=""), live.model) for live in lives))
    refusals, notes = [], []
    for log in given_logs(desired.items()):
        if log in written or log.bucket not in buckets:
            continue
        answers = buckets[log.bucket]
        if problem := _problem(log, answers, region, account):
            refusals.append(problem)
        elif s3.is_denied(answers.location, answers.policy, answers.encryption):
            notes.append(
                f"the bucket s3://{log.bucket} of the {_words(log)}: AWS denies elbplan to look at it. If Elastic Load "
                "Balancing cannot write there, AWS refuses the log"
            )
    return refusals, list(dict.fromkeys(notes))


def _words(log: Log) -> str:
    return NAMES[log.log]


def _problem(log: Log, answers: BucketAnswers, region: str, account: str) -> Refusal | None:
    where = f"{log.address}: the bucket s3://{log.bucket} of the {_words(log)}"
    if not answers.location:
        return Refusal(f"{where} does not exist", "write `logs: true`, and elbplan makes one; or create it first")
    if s3.is_denied(answers.location):
        return None
    place = region_in(answers.location)
    if place != region:
        hint = f"AWS writes logs only to buckets in the region of the load balancer: name one in {region}"
        return Refusal(f"{where} is in {place}, not in {region}", hint)
    algorithm = "AES256" if s3.is_denied(answers.encryption) else algorithm_of(answers.encryption)
    if log.type == "application" and algorithm != "AES256":
        hint = "AWS can write these logs only with the encryption of S3 itself: SSE-S3 (AES256)"
        return Refusal(f"{where} is encrypted with {algorithm}", hint)
    if s3.is_denied(answers.policy):
        return None
    if not may_write(answers.policy.get("Policy", ""), log.bucket, log.prefix, account, log.type):
        key = "/".join(filter(None, (log.bucket, log.prefix, "AWSLogs", account, "*")))
        hint = f"allow {WRITERS.get(log.type)} to s3:PutObject on arn:aws:s3:::{key} in the policy of the bucket"
        return Refusal(f"{where} does not let Elastic Load Balancing write", f"{hint}; or write `logs: true`")
    return None


def region_in(location: Mapping[str, Any]) -> str:
    """The region in an answer of GetBucketLocation, which has two old names.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html (LocationConstraint)
    """
    name = location.get("LocationConstraint") or "us-east-1"
    return "eu-west-1" if name == "EU" else str(name)
