"""The objects of buckets: only their keys."""

from ..account import CallContext
from ..params import Params
from ..rules import rule
from .buckets import find

MOST = 1000


@rule(36)
def list_objects(context: CallContext, params: Params) -> Params:
    """At most 1,000 keys in an answer: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""
    after = params.get("ContinuationToken") or ""
    keys = [key for key in sorted(find(context, params).objects) if key.startswith(params.get("Prefix") or "")]
    left = [key for key in keys if key > after]
    page = left[: min(int(params.get("MaxKeys") or MOST), MOST)]
    more = {"IsTruncated": True, "NextContinuationToken": page[-1]} if len(left) > len(page) else {"IsTruncated": False}
    return {"Name": params["Bucket"], "KeyCount": len(page), "Contents": [{"Key": key} for key in page], **more}


def put_object(context: CallContext, params: Params) -> Params:
    find(context, params).objects.add(params["Key"])
    return {}


def delete_objects(context: CallContext, params: Params) -> Params:
    bucket = find(context, params)
    bucket.objects -= {entry["Key"] for entry in params["Delete"]["Objects"]}
    return {}
