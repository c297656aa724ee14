"""The bucket of logs: one that elbplan makes, or one of others, which is looked at before the first write."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.errors import Refused

from .stage import REGION, Stage

SPEC = """
name: my-web
region: ap-northeast-2
logs: true
listeners: [{listen: 80, respond: 200}]
"""
WITHOUT = SPEC.replace("logs: true\n", "")
GIVEN = SPEC.replace("true", "s3://given-logs/alb")
DELETING = SPEC.replace("true", "{access: true, on_destroy: delete}")
KEY = "access/AWSLogs/123456789012/elasticloadbalancing/log.gz"


def bucket(stage: Stage) -> str:
    return f"my-web-logs-{stage.box.account_id}-{REGION}"


def write_log(stage: Stage) -> None:
    stage.client("s3").put_object(Bucket=bucket(stage), Key=KEY, Body=b"x")


def buckets(stage: Stage) -> dict[str, Any]:
    """The buckets of the account, by name."""
    found = stage.box.snapshot(lambda id, _: ":s3:::" in id)
    return {id.rpartition(":::")[2]: fields for id, fields in found.items()}


def given(stage: Stage, policy: object = None, region: str = REGION, **fields: Any) -> None:
    """A bucket of others with this policy."""
    text = json.dumps(policy) if policy else ""
    stage.box.create_fixture("bucket", "given-logs", region=region, policy=text, **fields)


def allows(principal: object, resource: str = "arn:aws:s3:::given-logs/alb/AWSLogs/*") -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


ELB = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}


def test_the_bucket_is_private_and_only_elb_writes_there(stage: Stage) -> None:
    stage.apply(SPEC)
    made = buckets(stage)[bucket(stage)]
    assert made["region"] == REGION
    assert set(made["settings"]["public access"].values()) == {True}
    (rule,) = made["settings"]["encryption"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    (statement,) = json.loads(made["settings"]["policy"])["Statement"]
    assert (statement["Principal"], statement["Action"]) == (ELB, "s3:PutObject")
    assert made["tags"]["elbplan:stack"] == "my-web"


def test_a_destroy_deletes_a_bucket_without_logs(stage: Stage) -> None:
    stage.apply(SPEC)
    assert buckets(stage)[bucket(stage)]["objects"] == [f"access/AWSLogs/{stage.box.account_id}/ELBAccessLogTestFile"]
    plan = stage.destroy(SPEC)
    assert (buckets(stage), plan.stays) == ({}, ())


def test_a_destroy_keeps_logs_and_says_how_to_delete_them(stage: Stage) -> None:
    stage.apply(SPEC)
    write_log(stage)
    plan = stage.destroy(SPEC)
    (text,) = plan.stays
    assert f"aws s3 rb --force s3://{bucket(stage)}" in text
    kept = buckets(stage)[bucket(stage)]
    assert KEY in kept["objects"]
    assert kept["tags"] == {"elbplan:logs-of": "my-web"}


def test_the_stack_gets_its_bucket_back(stage: Stage) -> None:
    stage.apply(SPEC)
    write_log(stage)
    stage.destroy(SPEC)
    stage.apply(SPEC)
    back = buckets(stage)[bucket(stage)]
    assert (back["tags"]["elbplan:stack"], KEY in back["objects"]) == ("my-web", True)


def test_a_destroy_deletes_the_logs_if_the_spec_said_so(stage: Stage) -> None:
    stage.apply(DELETING)
    write_log(stage)
    assert stage.destroy(DELETING).stays == ()
    assert buckets(stage) == {}


def test_logs_that_are_dropped_are_switched_off_with_a_hazard(stage: Stage) -> None:
    stage.apply(SPEC)
    write_log(stage)
    plan = stage.apply(WITHOUT)
    assert [hazard.name for hazard in plan.hazards] == ["protection-removed"]
    (text,) = plan.stays
    assert "has logs and stays" in text


def test_what_somebody_changed_at_the_bucket_is_shown_and_healed(stage: Stage) -> None:
    stage.apply(SPEC)
    s3 = stage.client("s3")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    s3.put_bucket_encryption(Bucket=bucket(stage), ServerSideEncryptionConfiguration={"Rules": [rule]})
    others = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "s3:GetObject"}
    theirs = {**others, "Resource": f"arn:aws:s3:::{bucket(stage)}/*"}
    s3.put_bucket_policy(Bucket=bucket(stage), Policy=json.dumps({"Statement": [theirs]}))
    stage.apply(SPEC)
    settings = buckets(stage)[bucket(stage)]["settings"]
    assert settings["encryption"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    statements = json.loads(settings["policy"])["Statement"]
    assert [each["Sid"] for each in statements] == ["Theirs", "elbplanApplicationWrite"]


def test_a_bucket_of_others_with_its_name_is_refused(stage: Stage) -> None:
    stage.box.create_fixture("bucket", bucket(stage), region=REGION)
    with pytest.raises(Refused, match=r"taken by s3://my-web-logs-.*, which elbplan did not make"):
        stage.plan(SPEC)


def test_one_that_comes_between_plan_and_apply_is_refused(stage: Stage) -> None:
    plan = stage.plan(SPEC)
    stage.box.create_fixture("bucket", bucket(stage), region=REGION)
    outcome = stage.run(plan)
    assert any("elbplan did not make it" in event.text for event in outcome.failed)
    assert buckets(stage)[bucket(stage)]["settings"] == {"encryption": {"Rules": [SSE_S3]}}


SSE_S3 = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


def test_a_given_bucket_that_does_not_exist_is_refused(stage: Stage) -> None:
    stage.box.switch("strict_buckets", True)
    refuses(stage, "s3://given-logs of the access logs does not exist")


def test_a_given_bucket_of_another_region_is_refused(stage: Stage) -> None:
    given(stage, allows(ELB), region="eu-west-1")
    refuses(stage, "is in eu-west-1, not in ap-northeast-2")


def test_a_given_bucket_with_keys_of_kms_is_refused(stage: Stage) -> None:
    given(stage, allows(ELB), encryption="aws:kms")
    refuses(stage, "is encrypted with aws:kms")


@pytest.mark.parametrize("policy", [
    None,
    allows({"Service": "delivery.logs.amazonaws.com"}),
    allows(ELB, "arn:aws:s3:::given-logs/other/AWSLogs/*"),
], ids=["none", "another service", "another prefix"])  # fmt: skip
def test_a_given_bucket_that_elb_cannot_write_is_refused(stage: Stage, policy: object) -> None:
    given(stage, policy)
    refuses(stage, "does not let Elastic Load Balancing write")


def refuses(stage: Stage, text: str) -> None:
    stage.box.clear_calls()
    with pytest.raises(Refused, match=text):
        stage.plan(GIVEN)
    assert stage.box.writes() == []


@pytest.mark.parametrize(
    "principal", [ELB, {"AWS": "arn:aws:iam::600734575887:root"}], ids=["service", "account of ELB"]
)
def test_a_given_bucket_with_a_policy_is_accepted(stage: Stage, principal: object) -> None:
    given(stage, allows(principal))
    assert stage.plan(GIVEN).refusals == ()


def test_without_rights_in_s3_it_is_a_note(stage: Stage) -> None:
    given(stage, allows(ELB))
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    stage.box.policy({"Version": "2012-10-17", "Statement": [everything, denied]})
    (note,) = stage.plan(GIVEN).unread
    assert "s3://given-logs of the access logs: AWS denies" in note
    stage.apply(GIVEN)
    assert stage.plan(GIVEN).unread == ()
