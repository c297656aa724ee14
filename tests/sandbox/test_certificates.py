"""Rules 9 and 10: certificates."""

from .conftest import SLOW
from .kit import Kit, plain, refused


def status(kit: Kit, certificate: str) -> str:
    return str(kit.acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"])


def test_rule_09_only_its_records_issue_a_certificate(slow: Kit) -> None:
    certificate = slow.certificate()
    details = slow.acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    assert "ResourceRecord" not in details["DomainValidationOptions"][0]
    assert "IssuedAt" not in details
    slow.box.advance(SLOW)
    record = slow.record_of(certificate)
    slow.box.advance(SLOW * 20)
    assert status(slow, certificate) == "PENDING_VALIDATION"
    slow.change(("CREATE", plain(record["Name"], "CNAME", "_wrong.acm-validations.aws.")))
    slow.box.advance(SLOW + 1)
    assert status(slow, certificate) == "PENDING_VALIDATION"
    slow.change(("UPSERT", plain(record["Name"], "CNAME", record["Value"])))
    assert status(slow, certificate) == "PENDING_VALIDATION"
    slow.box.advance(SLOW + 1)
    assert status(slow, certificate) == "ISSUED"


def test_rule_09_validation_times_out_after_three_days(slow: Kit) -> None:
    certificate = slow.certificate()
    slow.box.advance(72 * 3600 + 1)
    assert status(slow, certificate) == "VALIDATION_TIMED_OUT"


def test_rule_09_a_private_zone_validates_nothing(kit: Kit) -> None:
    vpc = {"VPCRegion": "eu-central-1", "VPCId": kit.vpc}
    private = kit.dns.create_hosted_zone(Name="internal.test", CallerReference="p", VPC=vpc)["HostedZone"]["Id"]
    certificate = kit.certificate("internal.test")
    record = kit.record_of(certificate)
    kit.change(("CREATE", plain(record["Name"], "CNAME", record["Value"])), zone=private)
    assert status(kit, certificate) == "PENDING_VALIDATION"


def test_rule_09_apex_and_wildcard_share_a_record_and_domains_do_not(kit: Kit) -> None:
    apex, star, other = (kit.certificate(name) for name in ("example.com", "*.example.com", "b.example.com"))
    assert kit.record_of(apex) == kit.record_of(star)
    assert kit.record_of(apex) != kit.record_of(other)


def test_rule_09_the_same_token_gives_the_same_certificate(kit: Kit) -> None:
    first = kit.certificate(IdempotencyToken="abc")
    assert kit.certificate(IdempotencyToken="abc") == first
    assert kit.certificate(IdempotencyToken="abd") != first
    kit.box.advance(3601)
    assert kit.certificate(IdempotencyToken="abc") != first


def test_rule_10_a_certificate_in_use_is_not_deleted(slow: Kit) -> None:
    certificate = slow.certificate()
    slow.box.advance(SLOW)
    record = slow.record_of(certificate)
    slow.change(("CREATE", plain(record["Name"], "CNAME", record["Value"])))
    slow.box.advance(SLOW + 1)
    balancer = slow.balancer()["LoadBalancerArn"]
    certificates = [{"CertificateArn": certificate}]
    listener = slow.listener(balancer, slow.group(), 443, Protocol="HTTPS", Certificates=certificates)
    assert slow.acm.describe_certificate(CertificateArn=certificate)["Certificate"]["InUseBy"] == [balancer]
    with refused("ResourceInUseException"):
        slow.acm.delete_certificate(CertificateArn=certificate)
    slow.elb.delete_listener(ListenerArn=listener)
    with refused("ResourceInUseException"):
        slow.acm.delete_certificate(CertificateArn=certificate)
    slow.box.advance(SLOW / 8 + 1)
    slow.acm.delete_certificate(CertificateArn=certificate)
    with refused("ResourceNotFoundException"):
        slow.acm.describe_certificate(CertificateArn=certificate)


def test_only_rsa_is_listed_by_default(kit: Kit) -> None:
    kit.certificate(KeyAlgorithm="EC_prime256v1")
    assert kit.acm.list_certificates()["CertificateSummaryList"] == []
    listed = kit.acm.list_certificates(Includes={"keyTypes": ["EC_prime256v1"]})["CertificateSummaryList"]
    assert len(listed) == 1


def test_a_pending_certificate_cannot_be_read(kit: Kit) -> None:
    with refused("RequestInProgressException"):
        kit.acm.get_certificate(CertificateArn=kit.certificate())


def test_rule_21_names_and_tokens(kit: Kit) -> None:
    with refused("ValidationException"):
        kit.certificate("not a domain")
    with refused("ValidationException"):
        kit.certificate(IdempotencyToken="with-hyphens")
    with refused("LimitExceededException"):
        kit.certificate(SubjectAlternativeNames=[f"n{number}.example.com" for number in range(10)])
