"""Rules 8, 9 and 21: certificates by mail and from private authorities, keys, and imports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from elbplan.sandbox.account import ACCOUNT_ID

from ..pem import Issuer, key_pem, new_key, pem
from .kit import REGION, Kit

NAME = "api.example.com"


def code_of(call: Callable[..., Any], **params: Any) -> str:
    """The code with which AWS refuses a call."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    return str(caught.value.response["Error"]["Code"])


def described(kit: Kit, arn: str) -> dict[str, Any]:
    return dict(kit.acm.describe_certificate(CertificateArn=arn)["Certificate"])


def requested(kit: Kit, **params: Any) -> str:
    return str(kit.acm.request_certificate(DomainName=NAME, **params)["CertificateArn"])


def test_rule_09_a_mail_goes_to_five_addresses_and_only_its_approval_issues(kit: Kit) -> None:
    arn = requested(kit, ValidationMethod="EMAIL")
    (option,) = described(kit, arn)["DomainValidationOptions"]
    assert "ResourceRecord" not in option
    assert option["ValidationEmails"] == [
        f"{box}@{NAME}" for box in ("admin", "administrator", "hostmaster", "postmaster", "webmaster")
    ]
    kit.box.advance(3600)
    assert described(kit, arn)["Status"] == "PENDING_VALIDATION"
    kit.acm.resend_validation_email(CertificateArn=arn, Domain=NAME, ValidationDomain=NAME)
    kit.box.approve(arn)
    assert described(kit, arn)["Status"] == "ISSUED"
    assert code_of(kit.acm.resend_validation_email, CertificateArn=arn, Domain=NAME, ValidationDomain=NAME) == (
        "InvalidStateException"
    )


def test_rule_09_a_mail_goes_to_the_name_or_a_domain_above_it(kit: Kit) -> None:
    above = [{"DomainName": NAME, "ValidationDomain": "example.com"}]
    arn = requested(kit, ValidationMethod="EMAIL", DomainValidationOptions=above)
    (option,) = described(kit, arn)["DomainValidationOptions"]
    assert option["ValidationEmails"][0] == "admin@example.com"
    for name, place in ((NAME, "example.org"), ("other.example.com", "example.com")):
        elsewhere = [{"DomainName": name, "ValidationDomain": place}]
        code = code_of(kit.acm.request_certificate, DomainName=NAME, DomainValidationOptions=elsewhere)
        assert code == "InvalidDomainValidationOptionsException"


@pytest.mark.parametrize(
    ("wanted", "key", "reason"),
    [
        ({"family": "RSA"}, "RSA_2048", ""),
        ({"family": "EC"}, "EC_prime256v1", ""),
        ({"family": "EC"}, "RSA_2048", "PCA_INVALID_ARGS"),
        ({"status": "DISABLED"}, "RSA_2048", "PCA_INVALID_STATE"),
    ],
)
def test_rule_09_a_private_authority_issues_with_its_own_kind_of_key(
    kit: Kit, wanted: dict[str, str], key: str, reason: str
) -> None:
    authority = kit.box.create_fixture("private_authority", region=REGION, **wanted)
    raw = described(kit, requested(kit, CertificateAuthorityArn=authority, KeyAlgorithm=key))
    assert raw["Type"] == "PRIVATE"
    assert "DomainValidationOptions" not in raw
    assert (raw["Status"], raw.get("FailureReason", "")) == ("FAILED" if reason else "ISSUED", reason)


def test_rule_09_an_unknown_authority_fails_the_certificate(kit: Kit) -> None:
    number = "01234567-89ab-cdef-0123-456789abcdef"
    unknown = f"arn:aws:acm-pca:{REGION}:{ACCOUNT_ID}:certificate-authority/{number}"
    assert described(kit, requested(kit, CertificateAuthorityArn=unknown))["FailureReason"] == "PCA_RESOURCE_NOT_FOUND"
    assert code_of(kit.acm.request_certificate, DomainName=NAME, CertificateAuthorityArn=unknown + "x" * 20) == (
        "InvalidArnException"
    )


@pytest.mark.parametrize("key", ["RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"])
def test_rule_21_aws_issues_three_kinds_of_keys(kit: Kit, key: str) -> None:
    assert code_of(kit.acm.request_certificate, DomainName=NAME, KeyAlgorithm=key) == "ValidationException"


def test_rule_21_http_validation_is_for_cloudfront(kit: Kit) -> None:
    assert code_of(kit.acm.request_certificate, DomainName=NAME, ValidationMethod="HTTP") == "ValidationException"


def test_rule_09_the_export_option_cannot_change(kit: Kit) -> None:
    arn = requested(kit, ValidationMethod="DNS", Options={"Export": "ENABLED"})
    kit.acm.update_certificate_options(CertificateArn=arn, Options={"Export": "ENABLED"})
    options = {"Export": "DISABLED"}
    assert code_of(kit.acm.update_certificate_options, CertificateArn=arn, Options=options) == "InvalidStateException"


def imported(kit: Kit, issuer: Issuer, key: Any = None, **params: Any) -> str:
    certificate, key = issuer.issue(NAME, key=key)
    answer = kit.acm.import_certificate(Certificate=pem(certificate), PrivateKey=key_pem(key), **params)
    return str(answer["CertificateArn"])


def test_rule_08_another_import_keeps_arn_tags_and_kind_of_key(kit: Kit) -> None:
    issuer, tags = Issuer(), [{"Key": "a", "Value": "b"}]
    arn = imported(kit, issuer, Tags=tags)
    assert imported(kit, issuer, CertificateArn=arn) == arn
    assert kit.acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == tags
    assert described(kit, arn)["RenewalEligibility"] == "INELIGIBLE"
    other, key = issuer.issue(NAME, key=new_key("EC_secp384r1"))
    for wrong in (
        {"Certificate": pem(other), "PrivateKey": key_pem(key)},
        {"Certificate": pem(issuer.issue(NAME, key=(same := new_key()))[0]), "PrivateKey": key_pem(same), "Tags": tags},
    ):
        assert code_of(kit.acm.import_certificate, CertificateArn=arn, **wrong) == "ValidationException"


def test_rule_08_a_chain_begins_with_the_issuer(kit: Kit) -> None:
    issuer, key = Issuer(), new_key()
    certificate, _ = issuer.issue(NAME, key=key)
    files = {"Certificate": pem(certificate), "PrivateKey": key_pem(key)}
    stranger = pem(Issuer("Stranger").certificate)
    assert code_of(kit.acm.import_certificate, **files, CertificateChain=stranger) == "ValidationException"
    assert kit.acm.import_certificate(**files, CertificateChain=pem(issuer.certificate))["CertificateArn"]


def test_the_log_of_calls_hides_a_private_key(kit: Kit) -> None:
    imported(kit, Issuer())
    (call,) = [call for call in kit.box.calls if call.action == "ImportCertificate"]
    assert call.params["PrivateKey"] == "(hidden)"
