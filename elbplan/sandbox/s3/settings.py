"""The settings of buckets: policy, public access, encryption, lifecycle."""

import json
from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from .buckets import find


@rule(36)
def put_bucket_policy(context: CallContext, params: Params) -> Params:
    """A policy is JSON, and its resources are in the bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html (MalformedPolicy)
    """
    bucket = find(context, params)
    try:
        statements = json.loads(params["Policy"])["Statement"]
    except (ValueError, KeyError, TypeError):
        raise AwsError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'") from None
    for statement in statements:
        resources = statement.get("Resource", [])
        for resource in [resources] if isinstance(resources, str) else resources:
            if resource.split(":::")[-1].split("/")[0] != bucket.name:
                raise AwsError("MalformedPolicy", "Policy has invalid resource")
    bucket.settings["policy"] = params["Policy"]
    return {}


def get_bucket_policy(context: CallContext, params: Params) -> Params:
    return {"Policy": _setting(context, params, "policy", "NoSuchBucketPolicy")}


def put_public_access_block(context: CallContext, params: Params) -> Params:
    find(context, params).settings["public access"] = dict(params["PublicAccessBlockConfiguration"])
    return {}


@rule(36)
def get_public_access_block(context: CallContext, params: Params) -> Params:
    """New buckets block public access: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html"""
    settings = find(context, params).settings
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {"PublicAccessBlockConfiguration": settings.get("public access", dict.fromkeys(names, True))}


def put_bucket_encryption(context: CallContext, params: Params) -> Params:
    find(context, params).settings["encryption"] = dict(params["ServerSideEncryptionConfiguration"])
    return {}


@rule(36)
def get_bucket_encryption(context: CallContext, params: Params) -> Params:
    """Every bucket has encryption, by default with the keys of S3 (AES256).

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
    """
    default = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
    settings = find(context, params).settings
    return {"ServerSideEncryptionConfiguration": settings.get("encryption", default)}


@rule(36)
def put_bucket_lifecycle(context: CallContext, params: Params) -> Params:
    """An expiration has at least one day: API_LifecycleExpiration of S3."""
    rules = params["LifecycleConfiguration"]["Rules"]
    if any(int((each.get("Expiration") or {}).get("Days", 1)) < 1 for each in rules):
        raise AwsError("InvalidArgument", "'Days' for Expiration action must be a positive integer")
    find(context, params).settings["lifecycle"] = rules
    return {}


def get_bucket_lifecycle(context: CallContext, params: Params) -> Params:
    return {"Rules": _setting(context, params, "lifecycle", "NoSuchLifecycleConfiguration")}


def delete_bucket_lifecycle(context: CallContext, params: Params) -> Params:
    find(context, params).settings.pop("lifecycle", None)
    return {}


@rule(36)
def _setting(context: CallContext, params: Params, name: str, missing: str) -> Any:
    """What nobody has set is an error: API_GetBucketPolicy and API_GetBucketLifecycleConfiguration of S3."""
    settings = find(context, params).settings
    if name not in settings:
        raise AwsError(missing, f"The bucket {name} does not exist", 404)
    return settings[name]
