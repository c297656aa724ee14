"""S3: the buckets of access logs. A bucket that a spec names and nobody made counts as one of another account.

Like the functions of Lambda, such a bucket exists in every region, and its policy lets Elastic Load Balancing write.
With the option `strict_buckets` it does not exist.
"""

from collections.abc import Callable

from ..account import CallContext
from ..params import Params
from . import buckets, objects, settings

ACTIONS: dict[str, Callable[[CallContext, Params], Params]] = {
    "CreateBucket": buckets.create_bucket,
    "DeleteBucket": buckets.delete_bucket,
    "GetBucketLocation": buckets.get_bucket_location,
    "HeadBucket": buckets.head_bucket,
    "ListBuckets": buckets.list_buckets,
    "GetBucketTagging": buckets.get_bucket_tagging,
    "PutBucketTagging": buckets.put_bucket_tagging,
    "DeleteObjects": objects.delete_objects,
    "ListObjectsV2": objects.list_objects,
    "PutObject": objects.put_object,
    "DeleteBucketLifecycle": settings.delete_bucket_lifecycle,
    "GetBucketEncryption": settings.get_bucket_encryption,
    "GetBucketLifecycleConfiguration": settings.get_bucket_lifecycle,
    "GetBucketPolicy": settings.get_bucket_policy,
    "GetPublicAccessBlock": settings.get_public_access_block,
    "PutBucketEncryption": settings.put_bucket_encryption,
    "PutBucketLifecycleConfiguration": settings.put_bucket_lifecycle,
    "PutBucketPolicy": settings.put_bucket_policy,
    "PutPublicAccessBlock": settings.put_public_access_block,
}
