"""The objects of a log bucket: logs, and the test files that Elastic Load Balancing writes at first."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from ...core.call import DENIED_ANSWER, Answer, Call
from .bucket_calls import MISSING, BucketPlace

SOME = 20
"""More objects than there are test files: enough to see whether there are logs."""
LARGEST_PAGE = 1000
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""


def is_test_file(key: str) -> bool:
    """`AWSLogs/123456789012/ELBAccessLogTestFile`"""
    name = key.rpartition("/")[2]
    return name.startswith("ELB") and name.endswith("TestFile")


def objects_call(bucket: str, most: int = SOME) -> Call:
    """Lists some objects of the bucket, never all."""
    params = {"Bucket": bucket, "MaxKeys": most}
    return Call("s3", "ListObjectsV2", params, done_if=(MISSING,), may_be_denied=True)


def has_logs(answer: Answer) -> bool:
    """True if an answer to `objects_call` has a log. A bucket that AWS does not let us list counts as one with logs."""
    return answer == DENIED_ANSWER or any(not is_test_file(key) for key in _keys(answer))


def _keys(answer: Mapping[str, Any]) -> list[str]:
    return [raw["Key"] for raw in answer.get("Contents") or ()]


def delete_objects(place: BucketPlace, *, everything: bool) -> Generator[Call, Answer, bool]:
    """Deletes the test files, and the logs if `everything`. False if logs stay, and then nothing is deleted."""
    while True:
        answer = yield objects_call(place.bucket, LARGEST_PAGE)
        keys = _keys(answer)
        if not everything and has_logs(answer):
            return False
        if not keys:
            return True
        objects = {"Objects": [{"Key": key} for key in keys], "Quiet": True}
        yield Call("s3", "DeleteObjects", {**place.params, "Delete": objects}, done_if=(MISSING,))
