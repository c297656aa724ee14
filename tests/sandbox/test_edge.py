"""Rules 36 and 37, and what IAM checks: S3 buckets of logs, Shield Advanced, AWS WAF."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .kit import REGION, Kit, refused

NAME = "shop-logs-1"
HERE = {"LocationConstraint": REGION}
ELB = "logdelivery.elasticloadbalancing.amazonaws.com"


def s3(kit: Kit, region: str = REGION) -> Any:
    return kit.box.client("s3", region)


def make(kit: Kit, name: str = NAME) -> Any:
    client = s3(kit)
    client.create_bucket(Bucket=name, CreateBucketConfiguration=HERE)
    return client


def balancer(kit: Kit, **fields: Any) -> str:
    made = kit.elb.create_load_balancer(Name="web", Subnets=kit.subnets[:2], **fields)
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def log_to(kit: Kit, arn: str, bucket: str = NAME, prefix: str = "") -> None:
    place = {"enabled": "true", "bucket": bucket, "prefix": prefix}
    attributes = [{"Key": f"access_logs.s3.{key}", "Value": value} for key, value in place.items()]
    kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)


def allow(client: Any, service: str = ELB, path: str = "*") -> None:
    resource = f"arn:aws:s3:::{NAME}/{path}"
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "s3:PutObject", "Resource": resource}
    client.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Statement": [statement]}))


def test_rule_36_a_bucket_that_nobody_made_takes_every_log(kit: Kit) -> None:
    arn = balancer(kit)
    log_to(kit, arn, "anything")
    kit.box.switch("strict_buckets", True)
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn, "something")


def test_rule_36_names_and_locations(kit: Kit) -> None:
    client = make(kit)
    with refused("InvalidBucketName"):
        client.create_bucket(Bucket="No_Bucket", CreateBucketConfiguration=HERE)
    with refused("IllegalLocationConstraintException"):
        client.create_bucket(Bucket="shop-logs-2")
    with refused("InvalidLocationConstraint"):
        first = {"LocationConstraint": "us-east-1"}
        s3(kit, "us-east-1").create_bucket(Bucket="shop-logs-2", CreateBucketConfiguration=first)
    with refused("BucketAlreadyOwnedByYou"):
        client.create_bucket(Bucket=NAME, CreateBucketConfiguration=HERE)
    s3(kit, "us-east-1").create_bucket(Bucket="shop-logs-3")
    assert s3(kit, "us-east-1").get_bucket_location(Bucket="shop-logs-3")["LocationConstraint"] is None


def test_rule_36_a_name_belongs_to_one_account(kit: Kit) -> None:
    make(kit)
    other = kit.box.in_account("210987654321").client("s3", REGION)
    with refused("BucketAlreadyExists"):
        other.create_bucket(Bucket=NAME, CreateBucketConfiguration=HERE)
    with refused("AccessDenied"):
        other.get_bucket_location(Bucket=NAME)


def test_rule_36_only_an_empty_bucket_is_deleted(kit: Kit) -> None:
    client = make(kit)
    client.put_object(Bucket=NAME, Key="a", Body=b"x")
    with refused("BucketNotEmpty"):
        client.delete_bucket(Bucket=NAME)
    client.delete_objects(Bucket=NAME, Delete={"Objects": [{"Key": "a"}]})
    client.delete_bucket(Bucket=NAME)
    with refused("NoSuchBucket"):
        kit.box.switch("strict_buckets", True)
        client.get_bucket_location(Bucket=NAME)


def test_rule_36_objects_come_in_pages(kit: Kit) -> None:
    client = make(kit)
    for key in "abc":
        client.put_object(Bucket=NAME, Key=key, Body=b"x")
    first = client.list_objects_v2(Bucket=NAME, MaxKeys=2)
    rest = client.list_objects_v2(Bucket=NAME, ContinuationToken=first["NextContinuationToken"])
    assert [each["Key"] for each in (*first["Contents"], *rest["Contents"])] == ["a", "b", "c"]


def test_rule_36_what_nobody_has_set_is_an_error_or_the_default(kit: Kit) -> None:
    client = make(kit)
    with refused("NoSuchTagSet"):
        client.get_bucket_tagging(Bucket=NAME)
    with refused("NoSuchBucketPolicy"):
        client.get_bucket_policy(Bucket=NAME)
    with refused("NoSuchLifecycleConfiguration"):
        client.get_bucket_lifecycle_configuration(Bucket=NAME)
    blocked = client.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    (rule,) = client.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_rule_36_wrong_settings_are_refused(kit: Kit) -> None:
    client = make(kit)
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    with refused("InvalidTag"):
        client.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": tags})
    with refused("MalformedPolicy"):
        client.put_bucket_policy(Bucket=NAME, Policy="no policy")
    with refused("MalformedPolicy"):
        elsewhere = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::other/*"}
        client.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Statement": [elsewhere]}))
    with refused("InvalidArgument"):
        rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 0}}
        client.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": [rule]})


def test_rule_36_elb_must_be_able_to_write(kit: Kit) -> None:
    client, arn = make(kit), balancer(kit)
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn)
    allow(client, "delivery.logs.amazonaws.com")
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn)
    allow(client, path="other/*")
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn)
    allow(client)
    log_to(kit, arn, prefix="alb")
    (written,) = client.list_objects_v2(Bucket=NAME)["Contents"]
    assert written["Key"] == f"alb/AWSLogs/{account(kit)}/ELBAccessLogTestFile"
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn, prefix="AWSLogs")


def account(kit: Kit) -> str:
    return str(kit.box.client("sts").get_caller_identity()["Account"])


def test_rule_36_the_encryption_and_the_region_of_logs(kit: Kit) -> None:
    client, arn = make(kit), balancer(kit)
    allow(client)
    kms = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    client.put_bucket_encryption(Bucket=NAME, ServerSideEncryptionConfiguration={"Rules": [kms]})
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn)
    kit.box.create_fixture("bucket", "far-away", region="us-west-2")
    with refused("InvalidConfigurationRequest"):
        log_to(kit, arn, "far-away")


def test_rule_37_protections(kit: Kit) -> None:
    shield, arn = kit.box.client("shield"), balancer(kit)
    assert shield.get_subscription_state()["SubscriptionState"] == "INACTIVE"
    with refused("ResourceNotFoundException"):
        shield.create_protection(Name="a", ResourceArn=arn)
    kit.box.create_fixture("shield_subscription")
    shield.create_protection(Name="a", ResourceArn=arn)
    with refused("ResourceAlreadyExistsException"):
        shield.create_protection(Name="b", ResourceArn=arn)
    with refused("InvalidResourceException"):
        shield.create_protection(Name="b", ResourceArn=arn.replace("/app/", "/net/"))
    with refused("ResourceNotFoundException"):
        shield.create_protection(Name="b", ResourceArn=f"{arn}0")


POLICIES: dict[str, tuple[str, ...]] = {
    "s3": ("s3:CreateBucket", "s3:TagResource"),
    "wafv2": ("wafv2:GetWebACLForResource", "wafv2:GetWebACL"),
    "shield": ("shield:CreateProtection", "shield:TagResource"),
}


@pytest.mark.parametrize("service", POLICIES)
def test_rule_39_each_of_two_actions_is_needed(kit: Kit, service: str) -> None:
    arn = balancer(kit)
    kit.box.create_fixture("shield_subscription")
    tags = [{"Key": "a", "Value": "b"}]

    def call() -> object:
        if service == "s3":
            return s3(kit).create_bucket(Bucket=NAME, CreateBucketConfiguration={**HERE, "Tags": tags})
        if service == "wafv2":
            return kit.box.client("wafv2", REGION).get_web_acl_for_resource(ResourceArn=arn)
        return kit.box.client("shield").create_protection(Name="a", ResourceArn=arn, Tags=tags)

    first, second = POLICIES[service]
    denied = "AccessDenied" if service == "s3" else "AccessDeniedException"
    kit.box.policy(granting(first))
    with refused(denied):
        call()
    kit.box.policy(granting(first, second))
    assert call()
    kit.box.policy(None)


def granting(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
