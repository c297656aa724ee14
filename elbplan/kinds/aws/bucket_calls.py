"""The calls for one bucket of S3. Each names the account that must own the bucket."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from ...core.call import DENIED_ANSWER, Answer, Call
from ...errors import Refused
from .bucket_tags import bucket_owner
from .log_delivery import own_bucket_name
from .ownership import OWN, tag_list, tag_mapping

IDENTITY = Call("sts", "GetCallerIdentity")
FIRST_REGION = "us-east-1"
"""The region that a location constraint cannot name: S3 has none there.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (LocationConstraint)
"""

MISSING = "NoSuchBucket"
BUSY = ("OperationAborted",)
"""S3 still deletes a bucket of this name: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
UNSEEN = (MISSING, *BUSY)
"""Errors for a new bucket that not every part of S3 knows yet."""


class BucketPlace(NamedTuple):
    """A bucket, and where it is."""

    bucket: str
    partition: str
    account: str
    region: str

    @property
    def params(self) -> dict[str, Any]:
        """What every call has."""
        return {"Bucket": self.bucket, "ExpectedBucketOwner": self.account}


def place_of(stack: str, region: str) -> Generator[Call, Answer, BucketPlace]:
    """The place of the stack's bucket."""
    identity = yield IDENTITY
    account, partition = identity["Account"], str(identity.get("Arn") or "arn:aws").split(":")[1]
    return BucketPlace(own_bucket_name(stack, account, region), partition, account, region)


def location(bucket: str) -> Call:
    """Asks whether the bucket exists: an empty answer if it does not."""
    return Call("s3", "GetBucketLocation", {"Bucket": bucket}, done_if=(MISSING,), may_be_denied=True)


def exists(answer: Answer) -> bool:
    """True if an answer to `location` is about a bucket that exists."""
    return bool(answer)


def tags(bucket: str) -> Call:
    """Reads the tags of the bucket."""
    return Call("s3", "GetBucketTagging", {"Bucket": bucket}, done_if=(MISSING, "NoSuchTagSet"), may_be_denied=True)


def is_denied(*answers: Answer) -> bool:
    """True if AWS denied one of these calls."""
    return DENIED_ANSWER in answers


def settings(bucket: str) -> tuple[Call, ...]:
    """Reads the settings of the bucket: policy, lifecycle, encryption, public access."""
    return (
        policy(bucket),
        lifecycle(bucket),
        Call("s3", "GetBucketEncryption", {"Bucket": bucket}, done_if=(MISSING,)),
        Call(
            "s3", "GetPublicAccessBlock", {"Bucket": bucket}, done_if=(MISSING, "NoSuchPublicAccessBlockConfiguration")
        ),
    )


def policy(bucket: str) -> Call:
    """Reads the policy of the bucket."""
    return Call("s3", "GetBucketPolicy", {"Bucket": bucket}, done_if=(MISSING, "NoSuchBucketPolicy"))


def lifecycle(bucket: str) -> Call:
    """Reads the lifecycle rules of the bucket."""
    params = {"Bucket": bucket}
    return Call("s3", "GetBucketLifecycleConfiguration", params, done_if=(MISSING, "NoSuchLifecycleConfiguration"))


def own_tags(place: BucketPlace, stack: str) -> Generator[Call, Answer, dict[str, str] | None]:
    """The tags of the bucket; None if it does not exist. Raises Refused if it is not this stack's."""
    if not exists((yield location(place.bucket))):
        return None
    present = tag_mapping((yield tags(place.bucket)).get("TagSet"))
    if bucket_owner(present) != stack:
        what = f"the bucket s3://{place.bucket} exists, and elbplan did not make it"
        raise Refused(what, hint=f"delete that bucket, or write logs: s3://{place.bucket} to use it as it is")
    return present


def create(place: BucketPlace, new: Mapping[str, str]) -> Call:
    """Creates the bucket with its tags. The owner may repeat the call."""
    where = {} if place.region == FIRST_REGION else {"LocationConstraint": place.region}
    params = {"Bucket": place.bucket, "CreateBucketConfiguration": {**where, "Tags": tag_list(new)}}
    return Call("s3", "CreateBucket", params, done_if=("BucketAlreadyOwnedByYou",), retry_on=BUSY, timeout=300)


def created_tags(place: BucketPlace, new: Mapping[str, str]) -> Generator[Call, Answer, dict[str, str]]:
    """The tags of the bucket after `create` with these tags.

    AWS simulators and older S3 services ignore tags in CreateBucket. Without its tags, nobody knows whose bucket it is.
    """
    answer = yield tags(place.bucket)
    return dict(new) if is_denied(answer) else tag_mapping(answer.get("TagSet"))


def put_tags(place: BucketPlace, new: Mapping[str, str]) -> Call:
    """Replaces all tags of the bucket."""
    return put(place, "PutBucketTagging", Tagging={"TagSet": tag_list(new)})


def put(place: BucketPlace, operation: str, **params: Any) -> Call:
    """A write to the bucket."""
    return Call("s3", operation, {**place.params, **params}, retry_on=UNSEEN, timeout=60)


def delete(place: BucketPlace) -> Call:
    """Deletes the bucket. S3 refuses that while it has objects, and then it stays."""
    return Call("s3", "DeleteBucket", place.params, done_if=(MISSING, "BucketNotEmpty"))


def retag(stack: str, region: str, new: Mapping[str, str], *, keeping: bool = False) -> Generator[Call, Answer, str]:
    """Replaces elbplan's tags of the log bucket, or with `keeping` only those that are new. Returns its name."""
    place = yield from place_of(stack, region)
    present = tag_mapping((yield tags(place.bucket)).get("TagSet"))
    kept = {key: value for key, value in present.items() if keeping or not key.startswith(OWN)}
    yield put_tags(place, {**kept, **new})
    return place.bucket
