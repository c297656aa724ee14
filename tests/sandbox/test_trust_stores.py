"""Trust stores, client certificates, ALPN, TLS policies and attributes of listeners: set up without elbplan."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import Kit, forward, refused

BUNDLE = {"CaCertificatesBundleS3Bucket": "authorities", "CaCertificatesBundleS3Key": "ca.pem"}


def store(kit: Kit, name: str = "clients") -> str:
    arn: str = kit.elb.create_trust_store(Name=name, **BUNDLE)["TrustStores"][0]["TrustStoreArn"]
    return arn


def attributes(kit: Kit, listener: str, **values: str) -> dict[str, str]:
    """Sets attributes, with `__` for a dot, and returns all of them."""
    pairs = [{"Key": key.replace("__", "."), "Value": value} for key, value in values.items()]
    answer = kit.elb.modify_listener_attributes(ListenerArn=listener, Attributes=pairs)["Attributes"]
    return {pair["Key"]: pair["Value"] for pair in answer}


@pytest.fixture
def secure(kit: Kit) -> str:
    balancer, certificate = kit.balancer()["LoadBalancerArn"], {"CertificateArn": kit.issued()}
    return kit.listener(balancer, kit.group(), 443, Protocol="HTTPS", Certificates=[certificate])


@pytest.fixture
def tls(kit: Kit) -> str:
    balancer = kit.balancer("net", Type="network")["LoadBalancerArn"]
    group = kit.group("net", Protocol="TCP")
    return kit.listener(balancer, group, 443, Protocol="TLS", Certificates=[{"CertificateArn": kit.issued()}])


def verify(kit: Kit, listener: str, **settings: Any) -> dict[str, Any]:
    mutual = {"Mode": "verify", **settings}
    answer: dict[str, Any] = kit.elb.modify_listener(ListenerArn=listener, MutualAuthentication=mutual)
    changed: dict[str, Any] = answer["Listeners"][0]["MutualAuthentication"]
    return changed


def test_rule_41_names_and_the_quota_of_trust_stores(kit: Kit) -> None:
    arn = store(kit)
    with refused("DuplicateTrustStoreName"):
        store(kit)
    with refused("ValidationError"):
        store(kit, "my--store")
    kit.box.quota("trust_stores", 1)
    with refused("TooManyTrustStores"):
        store(kit, "second")
    (answer,) = kit.elb.describe_trust_stores(TrustStoreArns=[arn])["TrustStores"]
    assert set(answer) == {"Name", "TrustStoreArn", "Status", "NumberOfCaCertificates", "TotalRevokedEntries"}


def test_rule_41_revocation_lists_have_numbers_and_no_location(kit: Kit) -> None:
    arn = store(kit)
    contents = [{"S3Bucket": "authorities", "S3Key": "a.crl"}, {"S3Bucket": "authorities", "S3Key": "b.crl"}]
    added = kit.elb.add_trust_store_revocations(TrustStoreArn=arn, RevocationContents=contents)["TrustStoreRevocations"]
    assert [revocation["RevocationId"] for revocation in added] == [1, 2]
    with refused("TooManyTrustStoreRevocationEntries"):
        kit.elb.add_trust_store_revocations(TrustStoreArn=arn, RevocationContents=contents * 15)
    kit.elb.remove_trust_store_revocations(TrustStoreArn=arn, RevocationIds=[1])
    with refused("RevocationIdNotFound"):
        kit.elb.remove_trust_store_revocations(TrustStoreArn=arn, RevocationIds=[1])
    left = kit.elb.describe_trust_store_revocations(TrustStoreArn=arn)["TrustStoreRevocations"]
    assert 1 not in {revocation["RevocationId"] for revocation in left}
    assert all(not any("S3" in key for key in revocation) for revocation in left)


def test_rule_41_a_new_trust_store_is_not_ready_and_one_in_use_is_not_deleted(kit: Kit, secure: str) -> None:
    kit.box.switch("slow", 80.0)
    arn = store(kit)
    assert kit.elb.describe_trust_stores(TrustStoreArns=[arn])["TrustStores"][0]["Status"] == "CREATING"
    with refused("TrustStoreNotReady"):
        verify(kit, secure, TrustStoreArn=arn)
    kit.box.switch("slow", 0.0)
    ready = store(kit, "second")
    verify(kit, secure, TrustStoreArn=ready)
    (used,) = kit.elb.describe_trust_store_associations(TrustStoreArn=ready)["TrustStoreAssociations"]
    assert used["ResourceArn"] == secure
    with refused("TrustStoreInUse"):
        kit.elb.delete_trust_store(TrustStoreArn=ready)
    with refused("DeleteAssociationSameAccount"):
        kit.elb.delete_shared_trust_store_association(TrustStoreArn=ready, ResourceArn=secure)
    kit.elb.delete_listener(ListenerArn=secure)
    kit.elb.delete_trust_store(TrustStoreArn=ready)
    with refused("TrustStoreNotFound"):
        kit.elb.delete_trust_store(TrustStoreArn=ready)


def test_rule_41_which_client_certificates_a_listener_can_have(kit: Kit, secure: str, tls: str) -> None:
    arn = store(kit)
    identity = {"Field": "subject-cn", "Action": "accept", "MatchType": "exact", "Value": "shop"}
    for mutual in (
        {"Mode": "verify"},
        {"Mode": "passthrough", "TrustStoreArn": arn},
        {"Mode": "off", "IgnoreClientCertificateExpiry": True},
        {"Mode": "check"},
        {"Mode": "verify", "TrustStoreArn": arn, "ClientCertificateIdentityFilters": [identity]},
    ):
        with refused("ValidationError"):
            kit.elb.modify_listener(ListenerArn=secure, MutualAuthentication=mutual)
    with refused("ValidationError"):
        kit.elb.modify_listener(ListenerArn=tls, MutualAuthentication={"Mode": "passthrough"})
    with refused("ValidationError"):
        verify(kit, tls, TrustStoreArn=arn, ClientCertificateIdentityFilters=[{**identity, "Field": "cn"}])
    assert verify(kit, tls, TrustStoreArn=arn, ClientCertificateIdentityFilters=[identity])["Mode"] == "verify"
    with refused("TrustStoreNotFound"):
        verify(kit, secure, TrustStoreArn=arn.replace("clients", "others"))
    changed = verify(kit, secure, TrustStoreArn=arn)
    assert (changed["AdvertiseTrustStoreCaNames"], changed["IgnoreClientCertificateExpiry"]) == ("off", False)


def test_rule_23_two_listeners_of_a_load_balancer_verify_clients(kit: Kit, secure: str) -> None:
    (listener,) = kit.elb.describe_listeners(ListenerArns=[secure])["Listeners"]
    balancer, certificates = listener["LoadBalancerArn"], listener["Certificates"]
    group, mutual = forward_group(listener), {"Mode": "verify", "TrustStoreArn": store(kit)}
    verify(kit, secure, TrustStoreArn=mutual["TrustStoreArn"])
    more = {"Protocol": "HTTPS", "Certificates": certificates, "MutualAuthentication": mutual}
    kit.listener(balancer, group, 444, **more)
    with refused("InvalidConfigurationRequest"):
        kit.listener(balancer, group, 445, **more)


def forward_group(listener: dict[str, Any]) -> str:
    arn: str = listener["DefaultActions"][0]["TargetGroupArn"]
    return arn


def test_rule_22_alpn_is_for_tls_only(kit: Kit, secure: str, tls: str) -> None:
    with refused("ALPNPolicyNotSupported"):
        kit.elb.modify_listener(ListenerArn=secure, AlpnPolicy=["HTTP2Only"])
    with refused("ALPNPolicyNotSupported"):
        kit.elb.modify_listener(ListenerArn=tls, AlpnPolicy=["HTTP3Only"])
    (listener,) = kit.elb.modify_listener(ListenerArn=tls, AlpnPolicy=["HTTP2Only"])["Listeners"]
    assert listener["AlpnPolicy"] == ["HTTP2Only"]
    plain = kit.elb.modify_listener(ListenerArn=tls, Protocol="TCP", DefaultActions=[forward(forward_group(listener))])
    assert "AlpnPolicy" not in plain["Listeners"][0]


def test_rule_24_tls_policies_by_name_and_by_type(kit: Kit) -> None:
    listed = kit.elb.describe_ssl_policies(LoadBalancerType="network")["SslPolicies"]
    known = {policy["Name"]: policy for policy in listed}
    assert known["ELBSecurityPolicy-TLS13-1-3-2021-06"]["SslProtocols"] == ["TLSv1.3"]
    assert kit.elb.describe_ssl_policies(LoadBalancerType="gateway")["SslPolicies"] == []
    with refused("SSLPolicyNotFound"):
        kit.elb.describe_ssl_policies(Names=["ELBSecurityPolicy-None"])


def test_rule_21_only_some_protocols_have_attributes(kit: Kit, secure: str, tls: str) -> None:
    with refused("InvalidConfigurationRequest"):
        kit.elb.describe_listener_attributes(ListenerArn=tls)
    with refused("InvalidConfigurationRequest"):
        attributes(kit, tls, tcp__idle_timeout__seconds="60")
    with refused("ValidationError"):
        attributes(kit, secure, tcp__idle_timeout__seconds="60")
    assert (
        attributes(kit, secure, routing__http__response__server__enabled="false")[
            "routing.http.response.server.enabled"
        ]
        == "false"
    )


def test_rule_21_names_and_values_of_headers(kit: Kit, secure: str) -> None:
    with refused("ValidationError"):
        attributes(kit, secure, routing__http__request__x_amzn_tls_version__header_name="X Tls")
    for value in ("a\nb", "x" * 1025):
        with refused("ValidationError"):
            attributes(kit, secure, routing__http__response__content_security_policy__header_value=value)
    changed = attributes(
        kit, secure, routing__http__response__content_security_policy__header_value="default-src 'self'"
    )
    assert changed["routing.http.response.content_security_policy.header_value"] == "default-src 'self'"
