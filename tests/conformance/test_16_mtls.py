"""mTLS: CreateTrustStore, then ACTIVE, then CreateListener with `verify`; destroyed in the other direction.

Provider: TestAccELBV2Listener_mutualAuthentication, _mutualAuthenticationAdvertiseCASubject,
TestAccELBV2TrustStore_basic.
"""

from __future__ import annotations

from .kit import NOTHING, Case

BASE = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
remove_validation: true
listeners:
  - listen: 443/https
    respond: 200
"""
VERIFY = """
    client_certificates: {mode: verify, trust_store: clients, advertise_names: true}
trust_stores:
  clients: {bundle: "s3://authorities/ca.pem", revocations: [s3://authorities/a.crl]}
"""
MTLS = f"{BASE.rstrip()}{VERIFY}"
NEW_BUNDLE = MTLS.replace("ca.pem", "ca.pem?versionId=2").replace(
    "[s3://authorities/a.crl]", "[s3://authorities/b.crl]"
)


def test_the_trust_store_is_active_before_a_listener_verifies_with_it(case: Case) -> None:
    steps = [step.id for step in case.plan(MTLS).steps]
    assert steps.index("wait trust_store.clients active") < steps.index("create listener.443")
    sent = case.apply(MTLS)
    assert (
        sent.position("CreateTrustStore") < sent.position("AddTrustStoreRevocations") < sent.position("CreateListener")
    )
    made = sent.only("CreateTrustStore")
    assert (made["Name"], made["CaCertificatesBundleS3Bucket"], made["CaCertificatesBundleS3Key"]) == (
        "my-web-clients",
        "authorities",
        "ca.pem",
    )
    mutual = sent.only("CreateListener")["MutualAuthentication"]
    (store,) = case.client("elbv2").describe_trust_stores()["TrustStores"]
    assert mutual == {
        "Mode": "verify",
        "TrustStoreArn": store["TrustStoreArn"],
        "IgnoreClientCertificateExpiry": False,
        "AdvertiseTrustStoreCaNames": "on",
    }
    gone = case.destroy(MTLS)
    assert gone.position("DeleteListener") < gone.position("DeleteTrustStore")
    assert case.client("elbv2").describe_trust_stores()["TrustStores"] == []


def test_a_store_that_is_still_associated_is_deleted_when_aws_allows_it(case: Case) -> None:
    case.apply(MTLS)
    case.box.fault("error", action="DeleteTrustStore", code="TrustStoreInUse", status=400, limit=2)
    assert case.destroy(MTLS).actions.count("DeleteTrustStore") == 3


def test_a_new_bundle_and_a_new_list_change_the_store_in_place(case: Case) -> None:
    case.apply(MTLS)
    sent = case.apply(NEW_BUNDLE)
    assert sent.actions == [
        *("ModifyTrustStore", "AddTags", "AddTrustStoreRevocations"),
        *("RemoveTrustStoreRevocations", "AddTags", "RemoveTags"),
    ]
    assert sent.only("ModifyTrustStore")["CaCertificatesBundleS3ObjectVersion"] == "2"
    assert sent.only("RemoveTrustStoreRevocations")["RevocationIds"] == [1]
    case.destroy(NEW_BUNDLE)


def test_client_certificates_off_again_end_the_trust_store_last(case: Case) -> None:
    case.apply(MTLS)
    sent = case.apply(BASE)
    assert sent.actions == ["ModifyListener", "DeleteTrustStore"]
    assert sent.only("ModifyListener")["MutualAuthentication"] == {"Mode": "off"}
    case.destroy(BASE)


def test_a_change_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(MTLS, NEW_BUNDLE.replace("ca.pem?versionId=2", "ca.pem"), allow=["login-removed"])


def test_a_new_bundle_whose_tag_was_not_written_is_sent_again(case: Case) -> None:
    case.apply(MTLS)
    case.box.fault("error", action="AddTags", code="AccessDenied", status=400)
    new = MTLS.replace("ca.pem", "ca.pem?versionId=2")
    assert not case.stage.run(case.plan(new)).complete
    case.box.clear_faults()
    assert case.apply(new).actions == ["ModifyTrustStore", "AddTags"]
    case.destroy(new)


def test_a_create_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(NOTHING, MTLS)
