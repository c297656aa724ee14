"""Certificates that AWS does not validate by DNS: by mail, from a private authority, exportable, with other keys."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.run.outcome import Outcome

from .stage import ZONE, Stage

NAME = f"api.{ZONE}"
HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
MAIN = Address("certificate", "main")
DNS = HEAD + f"domain: {NAME}\n"
MAIL = HEAD + f"domain: {{name: {NAME}, validation: email}}\n"
MAIL_ABOVE = HEAD + f"domain: {{name: {NAME}, validation: {{email: {ZONE}}}}}\n"


def described(stage: Stage) -> dict[str, Any]:
    """The only certificate of the stack."""
    acm = stage.client("acm")
    arns = [name.partition(" ")[0] for name in stage.box.tagged("my-web") if ":acm:" in name]
    (answer,) = [acm.describe_certificate(CertificateArn=arn)["Certificate"] for arn in arns]
    return dict(answer)


def start(stage: Stage, spec: str) -> Outcome:
    """One run, in which nobody opens a mail."""
    return stage.run(stage.plan(spec))


# Mail ---------------------------------------------------------------------------------------------------------------


def test_a_run_waits_for_the_approval_names_the_addresses_and_the_next_run_goes_on(stage: Stage) -> None:
    outcome = start(stage, MAIL)
    assert not outcome.complete
    (failed,) = outcome.failed
    assert failed.step.id.endswith("wait certificate.main approved")
    assert f"Amazon's mail went to admin@{NAME}, administrator@{NAME}, hostmaster@{NAME}" in failed.text + failed.hint
    arn = described(stage)["CertificateArn"]
    assert (
        f"aws acm resend-validation-email --region ap-northeast-2 --certificate-arn {arn}" in failed.text + failed.hint
    )
    stage.client("acm").resend_validation_email(CertificateArn=arn, Domain=NAME, ValidationDomain=NAME)
    stage.box.approve(arn)
    stage.box.clear_calls()
    stage.apply(MAIL)
    assert described(stage)["CertificateArn"] == arn
    stage.destroy(MAIL)


def test_a_mail_can_go_to_a_domain_above_the_name(stage: Stage) -> None:
    assert not start(stage, MAIL_ABOVE).complete
    raw = described(stage)
    (option,) = raw["DomainValidationOptions"]
    assert option["ValidationDomain"] == ZONE
    assert option["ValidationEmails"][0] == f"admin@{ZONE}"
    stage.box.approve(raw["CertificateArn"])
    stage.apply(MAIL_ABOVE)
    stage.destroy(MAIL_ABOVE)


def test_no_record_is_written_for_a_mail_and_the_zone_of_the_certificate_is_not_needed(stage: Stage) -> None:
    spec = MAIL.replace(NAME, "api.elsewhere.org") + "manage: {dns: false}\n"
    stage.box.clear_calls()
    start(stage, spec)
    assert "ChangeResourceRecordSets" not in {call.action for call in stage.box.writes()}
    stage.box.approve(described(stage)["CertificateArn"])
    stage.apply(spec)
    stage.destroy(spec)


def test_mail_to_dns_is_a_new_certificate(stage: Stage) -> None:
    start(stage, MAIL)
    stage.box.approve(described(stage)["CertificateArn"])
    stage.apply(MAIL)
    old = described(stage)["CertificateArn"]
    stage.apply(DNS, watch=[("my-web", 443, NAME, "/")])
    assert described(stage)["CertificateArn"] != old
    stage.destroy(DNS)


# Private authorities ------------------------------------------------------------------------------------------------


def private(stage: Stage, **wanted: str) -> tuple[str, str]:
    authority = stage.box.create_fixture("private_authority", region="ap-northeast-2", **wanted)
    return authority, HEAD + f"domain: {{name: {NAME}, authority: '{authority}'}}\n"


def test_a_private_authority_issues_without_validation(stage: Stage) -> None:
    authority, spec = private(stage)
    stage.box.clear_calls()
    stage.apply(spec)
    raw = described(stage)
    assert (raw["Type"], raw["CertificateAuthorityArn"]) == ("PRIVATE", authority)
    stage.destroy(spec)
    assert not [record for record in stage.box.records(stage.zone) if record["Type"] == "CNAME"]


def test_another_authority_is_another_certificate_and_none_is_a_public_one(stage: Stage) -> None:
    _, spec = private(stage)
    stage.apply(spec)
    first = described(stage)["CertificateArn"]
    _, other = private(stage)
    stage.apply(other)
    assert (second := described(stage)["CertificateArn"]) != first
    stage.apply(DNS)
    assert described(stage)["CertificateArn"] != second
    assert described(stage)["Type"] == "AMAZON_ISSUED"
    stage.destroy(DNS)


@pytest.mark.parametrize(
    ("wanted", "words"), [({"status": "DISABLED"}, "is not active"), ({"family": "EC"}, "does not accept the request")]
)
def test_an_authority_that_refuses_ends_the_run_with_its_reason(
    stage: Stage, wanted: dict[str, str], words: str
) -> None:
    _, spec = private(stage, **wanted)
    outcome = start(stage, spec)
    (failed,) = outcome.failed
    assert failed.step.id.endswith("wait certificate.main signed")
    assert words in failed.text + failed.hint


# Keys and export ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "algorithm"), [("ec-p256", "EC_prime256v1"), ("ec-p384", "EC_secp384r1")])
def test_another_key_is_another_certificate(stage: Stage, word: str, algorithm: str) -> None:
    stage.apply(DNS)
    old = described(stage)["CertificateArn"]
    spec = HEAD + f"domain: {{name: {NAME}, key: {word}}}\n"
    stage.apply(spec, watch=[("my-web", 443, NAME, "/")])
    assert described(stage)["KeyAlgorithm"] == algorithm
    assert described(stage)["CertificateArn"] != old
    stage.destroy(spec)


def test_an_exportable_certificate_is_a_new_one_and_without_the_word_it_is_not_exportable_again(stage: Stage) -> None:
    stage.apply(DNS)
    old = described(stage)["CertificateArn"]
    spec = HEAD + f"domain: {{name: {NAME}, export: true}}\n"
    stage.apply(spec)
    assert described(stage)["Options"]["Export"] == "ENABLED"
    assert described(stage)["CertificateArn"] != old
    stage.apply(DNS)
    assert described(stage)["Options"]["Export"] == "DISABLED"
    stage.destroy(DNS)


def test_domains_with_different_sources_have_a_certificate_each(stage: Stage) -> None:
    spec = HEAD + f"domain: [{NAME}, {{name: shop.{ZONE}, key: ec-p256}}, {{name: www.{ZONE}, key: ec-p256}}]\n"
    plan = stage.apply(spec)
    names = {address.name: resource.domains for address, resource in plan.desired.items() if address.kind == MAIN.kind}
    assert names == {"main": (NAME,), f"shop.{ZONE}": (f"shop.{ZONE}", f"www.{ZONE}")}
    (second,) = workflow.plan(stage.aws, stage.stacks(spec), KINDS)
    assert second.empty
    stage.destroy(spec)
