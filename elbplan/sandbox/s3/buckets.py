"""Buckets and their tags."""

import re

from ..account import Account, CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..state.s3 import StoredBucket
from ..tags import to_dict, to_pairs

NAME = re.compile(r"(?!xn--|sthree-|amzn-s3-demo-)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]")
FIRST_REGION = "us-east-1"
OF_ELBPLAN = re.compile(r".*-logs-(\d{12})-[a-z0-9-]+")
"""The names that elbplan gives its buckets: such a bucket exists only if it was made here."""


def stored(account: Account) -> dict[str, StoredBucket]:
    """The buckets of the account, by name. They belong to regions, and their names to all of AWS."""
    return account.memory("buckets")


def find(context: CallContext, params: Params) -> StoredBucket:
    """The bucket of a call. Raises AwsError if it does not exist, or belongs to others."""
    name = params["Bucket"]
    owner, bucket = owner_of(context, name)
    if bucket is None:
        raise AwsError("NoSuchBucket", "The specified bucket does not exist", 404)
    if owner != context.account_id or params.get("ExpectedBucketOwner", owner) != owner:
        raise AwsError("AccessDenied", "Access Denied", 403)
    return bucket


@rule(36)
def owner_of(context: CallContext, name: str) -> tuple[str, StoredBucket | None]:
    """The account of a bucket, and the bucket; None if it does not exist. Its name is unique in all accounts.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    root = context.account.root
    for account in (root, *root.others.values()):
        if name in stored(account):
            return account.id, stored(account)[name]
    if context.account.options.strict_buckets or OF_ELBPLAN.fullmatch(name):
        return "", None
    return context.account_id, StoredBucket(name, context.region, settings={"policy": EVERY_WRITER})


EVERY_WRITER = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ['
    '"logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com"]}, '
    '"Action": ["s3:PutObject", "s3:GetBucketAcl"], "Resource": "*"}]}'
)


@rule(36)
def create_bucket(context: CallContext, params: Params) -> Params:
    """The name has 3 to 63 characters and is free; the location is the region, and us-east-1 has none.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (BucketAlreadyExists, BucketAlreadyOwnedByYou:
    in us-east-1 the owner gets an answer as for a new bucket)
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (IllegalLocationConstraintException,
    InvalidLocationConstraint)
    """
    name, config = params["Bucket"], params.get("CreateBucketConfiguration") or {}
    if not NAME.fullmatch(name):
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.")
    location = config.get("LocationConstraint")
    if location == FIRST_REGION:
        raise AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid")
    if (location or FIRST_REGION) != context.region:
        words = f"The {location or 'unspecified'} location constraint is incompatible for the region specific endpoint"
        raise AwsError("IllegalLocationConstraintException", f"{words} this request was sent to.")
    owner, bucket = owner_of(context, name)
    known = name in stored(context.account)
    if bucket and known and context.region != FIRST_REGION:
        words = "Your previous request to create the named bucket succeeded and you already own it."
        raise AwsError("BucketAlreadyOwnedByYou", words, 409)
    if bucket and owner != context.account_id:
        raise AwsError("BucketAlreadyExists", "The requested bucket name is not available.", 409)
    if not known:
        stored(context.account)[name] = StoredBucket(name, context.region, to_dict(config.get("Tags")))
    return {"Location": f"/{name}"}


def head_bucket(context: CallContext, params: Params) -> Params:
    return {"BucketRegion": find(context, params).region}


def get_bucket_location(context: CallContext, params: Params) -> Params:
    region = find(context, params).region
    return {"LocationConstraint": "" if region == FIRST_REGION else region}


def list_buckets(context: CallContext, params: Params) -> Params:
    names = (name for name in sorted(stored(context.account)) if name.startswith(params.get("Prefix") or ""))
    return {"Buckets": [{"Name": name} for name in names], "Owner": {"ID": context.account_id}}


@rule(36)
def delete_bucket(context: CallContext, params: Params) -> Params:
    """Only an empty bucket is deleted: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html"""
    bucket = find(context, params)
    if bucket.objects:
        raise AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
    stored(context.account).pop(bucket.name, None)
    return {}


@rule(36)
def get_bucket_tagging(context: CallContext, params: Params) -> Params:
    """Without tags it is an error: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html"""
    bucket = find(context, params)
    if not bucket.tags:
        raise AwsError("NoSuchTagSet", "The TagSet does not exist", 404)
    return {"TagSet": to_pairs(bucket.tags)}


@rule(36)
def put_bucket_tagging(context: CallContext, params: Params) -> Params:
    """Replaces all tags, at most 50: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html"""
    tags = to_dict(params["Tagging"]["TagSet"])
    if len(tags) > 50:
        raise AwsError("InvalidTag", "Bucket tag count cannot be greater than 50")
    find(context, params).tags = tags
    return {}
