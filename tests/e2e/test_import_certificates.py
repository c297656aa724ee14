"""The import of certificates by mail, from a private authority, exportable, of another key, and from files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..pem import Issuer, key_pem, pem
from .console import Console
from .stage import ZONE, Stage
from .test_import_shapes import NAME, OK, POLICY, bare, imported, refusal_free, strangers_of

DOMAIN = f"api.{ZONE}"


def requested(console: Console, **params: Any) -> str:
    """An issued certificate of the domain."""
    acm = console.client("acm")
    arn = str(acm.request_certificate(DomainName=DOMAIN, **params)["CertificateArn"])
    console.stage.box.advance(60)
    for option in acm.describe_certificate(CertificateArn=arn)["Certificate"].get("DomainValidationOptions", []):
        if record := option.get("ResourceRecord"):
            values = [{"Value": record["Value"]}]
            console.record({"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": values})
        else:
            console.stage.box.approve(arn)
    console.stage.box.advance(3600)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    return arn


def private(console: Console) -> str:
    authority = console.stage.box.create_fixture("private_authority", region="ap-northeast-2")
    return requested(console, CertificateAuthorityArn=authority)


def from_files(console: Console) -> str:
    certificate, key = Issuer().issue(DOMAIN)
    arn = console.client("acm").import_certificate(Certificate=pem(certificate), PrivateKey=key_pem(key))
    return str(arn["CertificateArn"])


def with_certificate(console: Console, arn: str) -> None:
    """A load balancer that answers at the domain with this certificate."""
    balancer = bare(console)
    console.listener(balancer, 443, "HTTPS", OK, Certificates=[{"CertificateArn": arn}], SslPolicy=POLICY)
    console.alias(DOMAIN, balancer)
    console.done()


above = {"DomainName": DOMAIN, "ValidationDomain": ZONE}
SOURCES: dict[str, tuple[Callable[[Console], str], str]] = {
    "mail": (lambda console: requested(console, ValidationMethod="EMAIL"), "validation: email"),
    "mail to a domain above": (
        lambda console: requested(console, ValidationMethod="EMAIL", DomainValidationOptions=[above]),
        f"validation: {{email: {ZONE}}}",
    ),
    "private": (private, "authority: arn:aws:acm-pca:"),
    "exportable": (
        lambda console: requested(console, ValidationMethod="DNS", Options={"Export": "ENABLED"}),
        "export: true",
    ),
    "another key": (
        lambda console: requested(console, ValidationMethod="DNS", KeyAlgorithm="EC_secp384r1"),
        "key: ec-p384",
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_certificate_is_adopted_with_its_words_and_then_nothing_changes(stage: Stage, source: str) -> None:
    make, words = SOURCES[source]
    console = Console(stage)
    with_certificate(console, make(console))
    read, spec = imported(stage, NAME)
    assert words in spec, spec
    assert strangers_of(read) == []
    plan = refusal_free(stage, spec)
    assert {change.action for change in plan.changes} == {"adopt"}, spec
    assert stage.run(plan).complete
    stage.assert_settled(spec)


def test_a_certificate_from_files_is_named_since_aws_never_returns_its_key(stage: Stage) -> None:
    console = Console(stage)
    arn = from_files(console)
    with_certificate(console, arn)
    read, spec = imported(stage, NAME)
    assert arn in spec
    (left,) = strangers_of(read)
    assert "it was imported into ACM, which never returns its private key, so the spec only names it" in left
    assert stage.run(refusal_free(stage, spec)).complete
    stage.assert_settled(spec)
