"""Certificates: a request with a token, one batch of validation records for each zone, the issue, the replacement."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.run.clock import Clock

from ..e2e.test_simulation import watched
from ..pem import Issuer, write
from .kit import NOTHING, Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
ONE = HEAD + "domain: api.example.com\n"
BOTH = HEAD + "domain: [example.com, '*.example.com']\nmanage: {dns: false}\n"
MORE = HEAD + "domain: [api.example.com, www.example.com]\n"


def certificate(case: Case) -> str:
    (summary,) = [
        summary
        for summary in case.client("acm").list_certificates()["CertificateSummaryList"]
        if not summary["DomainName"].startswith("other.")
    ]
    return str(summary["CertificateArn"])


def test_it_is_requested_with_a_token_and_its_records_are_one_batch_before_the_listener(case: Case) -> None:
    sent = case.apply(BOTH)
    request = sent.only("RequestCertificate")
    assert len(request["IdempotencyToken"]) == 32
    assert request["DomainName"] == "example.com"
    assert set(request["SubjectAlternativeNames"]) == {"example.com", "*.example.com"}
    (batch,) = sent.of("ChangeResourceRecordSets")
    (change,) = batch["ChangeBatch"]["Changes"]
    assert change["Action"] == "UPSERT"
    assert sent.position("ChangeResourceRecordSets") < sent.position("CreateListener")
    case.destroy(BOTH)


def test_a_final_dot_and_capitals_are_the_same_name(case: Case) -> None:
    case.apply(ONE)
    assert case.plan(ONE.replace("api.example.com", '"API.Example.com."')).empty


def test_another_name_is_another_certificate_that_listeners_use_before_the_old_one_goes(case: Case) -> None:
    case.apply(ONE)
    old = certificate(case)
    sent = case.apply(MORE, watch=[("my-web", 443, "api.example.com", "/")])
    assert sent.only("DeleteCertificate") == {"CertificateArn": old}
    order = ["RequestCertificate", "ChangeResourceRecordSets", "ModifyListener", "DeleteCertificate"]
    assert [sent.position(action) for action in order] == sorted(sent.position(action) for action in order)
    assert certificate(case) != old


def test_a_certificate_that_is_still_in_use_is_deleted_when_aws_allows_it(case: Case) -> None:
    case.apply(ONE)
    case.box.fault("error", action="DeleteCertificate", code="ResourceInUseException", status=400, limit=2)
    assert case.apply(MORE).actions.count("DeleteCertificate") == 3
    case.destroy(MORE)


def test_it_can_be_killed_anywhere(case: Case) -> None:
    case.crash_sweep(NOTHING, ONE)
    case.crash_sweep(ONE, MORE)


class ImpatientClock(Clock):
    """A clock on which an hour passes with each wait."""

    def __init__(self) -> None:
        self.moment = 0.0

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += 3600


@pytest.mark.parametrize("zone", ["example.com"])
def test_after_a_timeout_the_certificate_is_kept_and_the_next_run_goes_on(case: Case, zone: str) -> None:
    case.box.delegate(zone, [])
    (plan,) = workflow.plan(case.stage.aws, case.stage.stacks(ONE), KINDS)
    outcome = workflow.apply(case.stage.aws, plan, KINDS, lambda event: None, ImpatientClock())
    assert not outcome.complete
    pending = certificate(case)
    case.box.delegate(zone, None)
    sent = case.apply(ONE)
    assert "RequestCertificate" not in sent.actions
    assert certificate(case) == pending


def private(case: Case) -> str:
    authority = case.box.create_fixture("private_authority", region="ap-northeast-2")
    return HEAD + f"domain: {{name: api.example.com, authority: '{authority}'}}\n"


def own(folder: Path, name: str, *names: str) -> str:
    """A stack with a certificate from files of this name."""
    authority = Issuer()
    files = write(folder, name, *authority.issue("api.example.com", *names), authority.certificate)
    return HEAD + f"domain: {{name: api.example.com, pem: {files}}}\n"


def test_an_imported_certificate_can_be_killed_anywhere(case: Case, tmp_path: Path) -> None:
    case.crash_sweep(NOTHING, own(tmp_path, "first"))
    case.crash_sweep(own(tmp_path, "second"), own(tmp_path, "third", "www.example.com"))
    case.crash_sweep(ONE, own(tmp_path, "fourth"))


def test_after_each_step_aws_is_as_simulated(case: Case, tmp_path: Path) -> None:
    watched(case.stage, own(tmp_path, "first"))
    watched(case.stage, own(tmp_path, "second", "www.example.com"))
    watched(case.stage, private(case))
    watched(case.stage, HEAD + "domain: {name: api.example.com, key: ec-p256, export: true}\n")


def test_a_private_certificate_replaces_a_public_one_and_its_record_stays(case: Case) -> None:
    case.apply(ONE)
    sent = case.apply(private(case), watch=[("my-web", 443, "api.example.com", "/")])
    request = sent.only("RequestCertificate")
    assert "ValidationMethod" not in request
    assert "ChangeResourceRecordSets" not in sent.actions
    assert sent.position("ModifyListener") < sent.position("DeleteCertificate")
