"""Trust stores: what the tags remember, what a killed run leaves behind, and what others use."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.resource import plain
from elbplan.kinds.aws.trust_store_contents import (
    ADDING,
    as_remembered,
    bundle_params,
    content_tags,
    revocations_in,
    word_of,
)
from elbplan.kinds.aws.trust_store_gates import unused
from elbplan.kinds.trust_store import KIND, TrustStore

from .kit import at, one, operations, owned, play, read

ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/shop-clients/0123456789abcdef"
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/1/2"
CA, NEW_CA = "s3://authorities/ca.pem", "s3://authorities/ca.pem?versionId=2"
LONG = "s3://authorities/" + "folder/" * 60 + "ca.pem"


def found(tags: dict[str, str], *numbers: int) -> TrustStore:
    answers: dict[str, Any] = {
        "DescribeTrustStores": {"TrustStores": [{"TrustStoreArn": ARN, "Name": "shop-clients", "Status": "ACTIVE"}]},
        "DescribeTrustStoreRevocations": {"TrustStoreRevocations": [{"RevocationId": number} for number in numbers]},
        "tags": {ARN: [*owned("trust_store.clients"), *({"Key": k, "Value": v} for k, v in tags.items())]},
    }
    model: TrustStore = one(read(KIND, answers)).model
    return model


def test_the_locations_come_back_from_the_tags() -> None:
    live = found(content_tags(NEW_CA, {"1": "s3://authorities/a.crl", "2": "s3://authorities/b.crl"}), 1, 2)
    assert (live.bundle, live.revocations) == (NEW_CA, ("s3://authorities/a.crl", "s3://authorities/b.crl"))


@pytest.mark.parametrize("location", [LONG, "s3://authorities/with space.pem", "s3://authorities/ä.pem"])
def test_a_location_that_no_tag_can_have_is_remembered_by_its_digest(location: str) -> None:
    wanted = TrustStore(bundle=location)
    live = found(content_tags(location, {}))
    assert live.bundle == as_remembered(location) != location
    assert KIND.with_live_defaults(wanted, live) == live
    assert KIND.with_live_defaults(TrustStore(bundle=f"{location}x"), live).bundle != live.bundle


def test_a_version_is_part_of_the_location() -> None:
    assert bundle_params(NEW_CA) == {
        "CaCertificatesBundleS3Bucket": "authorities",
        "CaCertificatesBundleS3Key": "ca.pem",
        "CaCertificatesBundleS3ObjectVersion": "2",
    }
    assert found(content_tags(CA, {})) != found(content_tags(NEW_CA, {}))


def test_a_list_that_a_killed_run_added_is_known_and_any_other_is_drift() -> None:
    tags = content_tags(CA, {"1": "s3://a/a.crl"}, adding="s3://a/b.crl")
    assert revocations_in(tags, ["1", "2"]) == {"1": "s3://a/a.crl", "2": "s3://a/b.crl"}
    assert revocations_in(tags, ["1", "2", "3"])["3"] == "revocation list 3"
    assert revocations_in({ADDING: word_of("s3://a/a.crl"), **content_tags(CA, {"1": "s3://a/a.crl"})}, ["1", "9"]) == {
        "1": "s3://a/a.crl",
        "9": "revocation list 9",
    }


def test_another_bundle_is_one_call_and_its_tag() -> None:
    before, after = TrustStore(bundle=CA), TrustStore(bundle=NEW_CA)
    calls, _ = play(KIND.update(before, after, at(KIND, "clients", id=ARN)), {})
    assert operations(calls) == ["ModifyTrustStore", "AddTags"]
    assert calls[1].params["Tags"] == [{"Key": "elbplan:bundle", "Value": "s3://authorities/ca.pem@versionId=2"}]


def test_a_name_in_aws_is_fixed_and_the_files_are_not() -> None:
    assert plain(TrustStore(bundle=CA)) == {"tags": {}, "name": None, "bundle": CA, "revocations": []}
    with pytest.raises(ValueError, match="S3 object"):
        TrustStore(bundle="https://authorities/ca.pem")


@pytest.mark.parametrize(
    ("owner", "state"), [("shop", "waiting"), ("other", "failed"), ("", "failed")], ids=["own", "stack", "nobody"]
)
def test_a_delete_waits_for_own_listeners_and_names_those_of_others(owner: str, state: str) -> None:
    tags = [{"Key": "elbplan:stack", "Value": owner}] if owner else []
    answers = {
        "DescribeTrustStoreAssociations": {"TrustStoreAssociations": [{"ResourceArn": LISTENER}]},
        "DescribeTags": {"TagDescriptions": [{"ResourceArn": LISTENER, "Tags": tags}]},
    }
    _, status = play(unused(ARN, "shop"), answers)
    assert status.state == state
    assert (LISTENER in status.cause) == (state == "failed")
