"""What AWS WAF, Shield and S3 check for each call."""

from collections.abc import Iterator

from ..account import CallContext
from ..rules import rule
from ..server.call_log import LoggedCall
from .policies import Need
from .tag_keys import request_tags, resource_tags

S3_ACTIONS = {
    "HeadBucket": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "DeleteObjects": "DeleteObject",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "ListBuckets": "ListAllMyBuckets",
}
"""The actions whose names are not those of their operations."""


@rule(39)
def s3(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """Buckets have no region and no account in their ARN; a new bucket with tags also needs s3:TagResource.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html (Permissions, Tags)
    """
    name, params = S3_ACTIONS.get(call.action, call.action), call.params
    bucket = str(params.get("Bucket") or "")
    arn = f"arn:{context.arn('s3', '').split(':')[1]}:s3:::{bucket or '*'}"
    if name in ("DeleteObject", "PutObject"):
        yield Need(f"s3:{name}", f"{arn}/*")
        return
    yield Need(f"s3:{name}", arn)
    tags = (params.get("CreateBucketConfiguration") or {}).get("Tags")
    if call.action == "CreateBucket" and tags:
        yield Need("s3:TagResource", arn, request_tags(tags))


@rule(39)
def wafv2(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """An association is checked on the web ACL and on the load balancer, which also needs SetWebACL.

    https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_service-with-iam.html (Permissions for
    AssociateWebACL; GetWebACLForResource "requires permission to call GetWebACL")
    """
    params, action = call.params, f"wafv2:{call.action}"
    balancer = params.get("ResourceArn")
    if balancer is None:
        yield Need(action)
        return
    yield Need(action, balancer)
    acl = params.get("WebACLArn") or context.account.memory("web acls").get(balancer)
    if call.action == "GetWebACLForResource":
        yield Need("wafv2:GetWebACL", acl or context.arn("wafv2", "regional/webacl/*"))
    elif call.action in ("AssociateWebACL", "DisassociateWebACL"):
        if call.action == "AssociateWebACL":
            yield Need(action, acl or "*")
        tags = resource_tags(context.elb.tags.get(balancer), "elasticloadbalancing")
        yield Need("elasticloadbalancing:SetWebACL", balancer, tags)


@rule(39)
def shield(context: CallContext, call: LoggedCall) -> Iterator[Need]:
    """A protection is a resource with tags; a new one is checked by the tags of the request.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsshield.html
    """
    params, action = call.params, f"shield:{call.action}"
    arn = f"arn:aws:shield::{context.account_id}:protection"
    if call.action == "CreateProtection":
        keys = request_tags(params.get("Tags"))
        yield Need(action, f"{arn}/*", keys)
        if keys:
            yield Need("shield:TagResource", f"{arn}/*", keys)
    elif id := params.get("ProtectionId") or str(params.get("ResourceARN") or "").rpartition("/")[2]:
        stored = context.account.memory("protections").get(id) or {}
        keys = {**request_tags(params.get("Tags")), **resource_tags(stored.get("Tags"))}
        yield Need(action, f"{arn}/{id}", keys)
    elif params.get("ResourceArn"):
        yield Need(action, f"{arn}/*")
    else:
        yield Need(action)
