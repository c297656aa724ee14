"""The steps `adopt`, `moved` and `release` of the kinds whose owner is not in the tags of a load balancer or server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.call import Call
from elbplan.core.plan import Step
from elbplan.core.resource import Resource
from elbplan.kinds.auto_scaling_attachment import ID_SUFFIX, AutoScalingAttachment
from elbplan.kinds.aws.ownership import tag, untag
from elbplan.kinds.aws.ownership_steps import change_ownership
from elbplan.kinds.log_bucket import LogBucket
from elbplan.kinds.shield_protection import ShieldProtection
from elbplan.kinds.trust_store import TrustStore
from elbplan.kinds.web_acl_association import WebAclAssociation
from elbplan.migrations.migration import MigrationStep
from elbplan.migrations.simulate import InvalidStep, state_after

from .kit import ARN, BALANCER, GROUP, REGION, Place, owned, play

ACL = f"arn:aws:wafv2:{REGION}:123456789012:regional/webacl/edge/0a1b2c3d-0000-4000-8000-000000000000"
STORE = f"{ARN}truststore/clients/73e2d6bc24d8a067"
UUID = "abcdefab-0000-4000-8000-000000000000"
PROTECTION = f"arn:aws:shield::123456789012:protection/{UUID}"
BUCKET = "elbplan-shop-logs"
STRANGER = {"Key": "team", "Value": "web"}

SCALING = AutoScalingAttachment(group=AwsId(GROUP), auto_scaling_groups=("fleet",))
WEB_ACL = WebAclAssociation(load_balancer=AwsId(BALANCER), web_acl=AwsId(ACL))
SHIELD = ShieldProtection(load_balancer=AwsId(BALANCER))
LOGS = LogBucket()
TRUST = TrustStore(bundle="s3://authorities/ca.pem")
IDS = {"auto_scaling_attachment": f"{GROUP}{ID_SUFFIX}", "web_acl_association": f"{BALANCER}#web_acl"}
IDS |= {"shield_protection": UUID, "log_bucket": BUCKET, "trust_store": STORE}
ANSWERS: Mapping[str, Any] = {
    "DescribeProtection": {"Protection": {"Id": UUID, "ProtectionArn": PROTECTION}},
    "GetCallerIdentity": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/a"},
    "GetBucketTagging": {"TagSet": [STRANGER, *owned("log_bucket.main")]},
    "DescribeTags": {"TagDescriptions": [{"ResourceArn": STORE, "Tags": [STRANGER, *owned("trust_store.main")]}]},
}


def calls(do: Any, resource: Resource, answers: Mapping[str, Any] = ANSWERS) -> tuple[list[Call], Any]:
    """The writes of a step, and the facts that it returns."""
    address, old = Address(resource.kind, "main"), Address(resource.kind, "former")
    id = IDS[resource.kind]
    facts = {"arn": PROTECTION} if isinstance(resource, ShieldProtection) else {}
    place = Place(address, ids={address: id, old: id}, facts=facts)
    step = Step("1", "expand", do, address, "", before=resource, after=resource, name=id, old=old)
    made, result = play(change_ownership(step, place), answers)
    return [call for call in made if not call.operation.startswith(("Describe", "Get", "List"))], result


def keys(call: Call) -> set[str]:
    """The keys of the tags that a call writes or removes."""
    tags = call.params.get("Tags") or call.params.get("Tagging", {}).get("TagSet") or ()
    return {*call.params.get("TagKeys", ()), *(tag["Key"] for tag in tags)}


OWN = {"elbplan:stack", "elbplan:address"}
UNMARKED: Mapping[str, Any] = {**ANSWERS, "DescribeTags": {"TagDescriptions": [{"ResourceArn": GROUP, "Tags": []}]}}


@pytest.mark.parametrize(
    ("do", "resource", "expected"),
    [
        ("adopt", SCALING, [("elbv2", "AddTags", {"elbplan:auto-scaling"})]),
        ("adopt", WEB_ACL, [("elbv2", "AddTags", {"elbplan:web-acl"})]),
        ("adopt", SHIELD, [("elbv2", "AddTags", {"elbplan:shield/load-balancer"}), ("shield", "TagResource", OWN)]),
        ("adopt", LOGS, [("s3", "PutBucketTagging", {"team", *OWN})]),
        ("adopt", TRUST, [("elbv2", "AddTags", OWN)]),
        ("moved", SCALING, []),
        ("moved", WEB_ACL, []),
        ("moved", SHIELD, [("shield", "TagResource", {"elbplan:address"})]),
        ("moved", LOGS, [("s3", "PutBucketTagging", {"team", *OWN})]),
        ("moved", TRUST, [("elbv2", "AddTags", {"elbplan:address"})]),
        ("release", SCALING, [("elbv2", "RemoveTags", {"elbplan:auto-scaling"})]),
        ("release", WEB_ACL, [("elbv2", "RemoveTags", {"elbplan:web-acl"})]),
        (
            "release",
            SHIELD,
            [("shield", "UntagResource", OWN), ("elbv2", "RemoveTags", {"elbplan:shield/load-balancer"})],
        ),
        ("release", LOGS, [("s3", "PutBucketTagging", {"team"})]),
        ("release", TRUST, [("elbv2", "RemoveTags", OWN)]),
    ],
    ids=lambda value: value.kind if isinstance(value, Resource) else str(value) if isinstance(value, str) else "",
)
def test_a_step_writes_the_owner_where_the_service_keeps_it(do: Any, resource: Resource, expected: list[Any]) -> None:
    made, _ = calls(do, resource, UNMARKED if do == "adopt" else ANSWERS)
    assert [(call.service, call.operation, keys(call)) for call in made] == expected


def test_a_moved_protection_can_move_again() -> None:
    made, result = calls("moved", SHIELD)
    assert result == {"id": UUID, "arn": PROTECTION}
    assert made[0].params["ResourceARN"] == PROTECTION


@pytest.mark.parametrize("id", ["Z0123456789ABC", UUID, BUCKET, PROTECTION, f"arn:aws:s3:::{BUCKET}", STORE[4:]])
def test_no_id_of_another_service_goes_to_ec2(id: str) -> None:
    for call in (tag, untag):
        with pytest.raises(ValueError, match="of no service"):
            call(id, {"a": "b"})


@pytest.mark.parametrize("do", ["adopt", "moved", "release"])
@pytest.mark.parametrize("kind", ["hosted_zone", "route53_health_check"])
def test_zones_and_checks_keep_their_owner(kind: str, do: Any) -> None:
    step = MigrationStep(do=do, what=Address(kind, "main"), old=Address(kind, "former"))
    verb = "move" if do == "moved" else do
    with pytest.raises(InvalidStep, match=rf"a step cannot {verb} {kind}\.main: its owner is in a field"):
        state_after({}, step)
