"""`pem:`: elbplan imports a certificate, imports its new files under the same ARN, and never shows the private key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from elbplan.core.address import Address
from elbplan.errors import Refused
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.migrations.apply.executor import MigrationExecutor
from elbplan.migrations.apply.source import FolderSource
from elbplan.migrations.files.folder import Folder
from elbplan.run.lock.record import RunRecord
from elbplan.run.result import RunResult
from elbplan.spec import load

from ..pem import SECRET_WORDS, Issuer, key_pem, new_key, pem, write
from .migration_shell import MigrationShell
from .stage import REGION, ZONE, BoxClock, Stage
from .test_migrations import MigrationTest

NAME = f"api.{ZONE}"
HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
DNS = HEAD + f"domain: {NAME}\n"
MAIN = Address("certificate", "main")


def spec_of(files: str) -> str:
    return HEAD + f"domain: {{name: {NAME}, pem: {files}}}\n"


def arns(stage: Stage) -> list[str]:
    return [name.partition(" ")[0] for name in stage.box.tagged("my-web") if ":acm:" in name]


@pytest.fixture
def authority() -> Issuer:
    return Issuer()


@pytest.fixture
def files(tmp_path: Path, authority: Issuer) -> str:
    """The value of `pem:` for a certificate of the name."""
    certificate, key = authority.issue(NAME)
    return write(tmp_path, "site", certificate, key, authority.certificate)


def test_the_certificate_is_imported_with_its_tags_and_serves(stage: Stage, files: str) -> None:
    stage.apply(spec_of(files), watch=[("my-web", 443, NAME, "/")])
    (arn,) = arns(stage)
    raw = stage.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    assert (raw["Type"], raw["SubjectAlternativeNames"]) == ("IMPORTED", [NAME])
    assert not [record for record in stage.box.records(stage.zone) if record["Type"] == "CNAME"]
    stage.destroy(spec_of(files))
    assert arns(stage) == []


def test_the_private_key_reaches_aws_and_nothing_else(stage: Stage, files: str, tmp_path: Path) -> None:
    secret = (tmp_path / "site.key").read_text().splitlines()[1]
    plan = stage.plan(spec_of(files))
    stage.run(plan)
    (arn,) = arns(stage)
    assert secret in stage.box.account.certificates[arn].key
    shown = [
        repr(plan),
        str(stage.box.tagged("my-web")),
        str(stage.events),
        str([c.as_json() for c in stage.box.calls]),
    ]
    for text in shown:
        assert secret not in text
        assert SECRET_WORDS not in text


def test_new_files_are_imported_under_the_same_arn(stage: Stage, authority: Issuer, files: str, tmp_path: Path) -> None:
    stage.apply(spec_of(files))
    (arn,) = arns(stage)
    renewed, key = authority.issue(NAME, f"www.{ZONE}", days=300)
    write(tmp_path, "site", renewed, key, authority.certificate)
    stage.box.clear_calls()
    plan = stage.apply(spec_of(files), watch=[("my-web", 443, NAME, "/")])
    assert [(step.do, step.address) for step in plan.steps] == [("update", MAIN)]
    assert arns(stage) == [arn]
    raw = stage.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    assert raw["SubjectAlternativeNames"] == [NAME, f"www.{ZONE}"]
    stage.destroy(spec_of(files))


def test_another_key_type_is_another_certificate(stage: Stage, authority: Issuer, files: str, tmp_path: Path) -> None:
    stage.apply(spec_of(files))
    (arn,) = arns(stage)
    other, key = authority.issue(NAME, key=new_key("EC_secp384r1"))
    write(tmp_path, "site", other, key, authority.certificate)
    stage.apply(spec_of(files), watch=[("my-web", 443, NAME, "/")])
    assert arns(stage) != [arn]
    stage.destroy(spec_of(files))


def test_another_import_by_hand_is_drift(stage: Stage, authority: Issuer, files: str, tmp_path: Path) -> None:
    stage.apply(spec_of(files))
    (arn,) = arns(stage)
    strange, key = authority.issue(NAME)
    stage.client("acm").import_certificate(
        CertificateArn=arn,
        Certificate=pem(strange),
        PrivateKey=key_pem(key),
        CertificateChain=pem(authority.certificate),
    )
    plan = stage.plan(spec_of(files))
    (change,) = [change for change in plan.changes if change.action != "keep"]
    assert (change.action, change.fields) == ("update", ("fingerprints",))
    stage.apply(spec_of(files))
    stage.destroy(spec_of(files))


def test_from_a_certificate_of_aws_to_an_own_one_and_back(stage: Stage, files: str) -> None:
    stage.apply(DNS)
    (first,) = arns(stage)
    stage.apply(spec_of(files), watch=[("my-web", 443, NAME, "/")])
    (second,) = arns(stage)
    stage.apply(DNS, watch=[("my-web", 443, NAME, "/")])
    assert len({first, second, *arns(stage)}) == 3
    stage.destroy(DNS)


@pytest.mark.parametrize(("start", "days", "words"), [(-30, -1, "has expired on"), (5, 90, "is not valid before")])
def test_a_certificate_that_is_not_valid_now_is_refused_before_the_first_write(
    stage: Stage, authority: Issuer, tmp_path: Path, start: int, days: int, words: str
) -> None:
    certificate, key = authority.issue(NAME, start=start, days=days)
    spec = spec_of(write(tmp_path, "site", certificate, key, authority.certificate))
    stage.box.clear_calls()
    with pytest.raises(Refused, match=rf"certificate\.main: the certificate of \S+site\.pem {words}"):
        stage.plan(spec)
    assert stage.box.writes() == []


def test_a_migration_has_fingerprints_and_needs_the_files_of_the_spec(
    stage: Stage, files: str, tmp_path: Path, authority: Issuer
) -> None:
    story = MigrationTest(stage, tmp_path)
    text = story.save(spec_of(files), "first").read_text()
    assert "fingerprints:" in text
    assert "PRIVATE" not in text
    assert ".key" not in text
    story.apply(spec_of(files))
    assert story.look(spec_of(files)).done
    renewed, key = authority.issue(NAME)
    write(tmp_path, "site", renewed, key, authority.certificate)
    story.save(spec_of(files), "second")
    story.apply(spec_of(files))
    assert story.look(spec_of(files)).done


def test_a_migration_whose_files_have_changed_is_refused(
    stage: Stage, files: str, tmp_path: Path, authority: Issuer
) -> None:
    story = MigrationTest(stage, tmp_path)
    story.save(spec_of(files), "first")
    write(tmp_path, "site", *authority.issue(NAME), authority.certificate)
    with pytest.raises(Refused, match=r"the spec's fingerprints changed after this file was saved"):
        story.look(spec_of(files))


def test_a_lost_answer_of_an_import_leaves_one_certificate(stage: Stage, files: str) -> None:
    stage.box.fault("lost", action="ImportCertificate")
    stage.run(stage.plan(spec_of(files)))
    stage.box.clear_faults()
    stage.apply(spec_of(files))
    assert len(arns(stage)) == 1


@pytest.fixture
def shell(stage: Stage, tmp_path: Path, files: str) -> MigrationShell:
    """A stack whose certificate is imported by a first migration, and again by a second one that is pending."""
    shell = MigrationShell(stage.box, tmp_path)
    shell.write("web.yaml", spec_of(files))
    assert shell.save("first").code == 0
    assert shell.apply().code == 0
    return shell


def secret_of(tmp_path: Path) -> str:
    return (tmp_path / "site.key").read_text().splitlines()[1]


@pytest.mark.parametrize("live", [(), ("--live",)], ids=["from nothing", "from AWS"])
def test_a_rehearsal_imports_stand_ins_and_the_key_reaches_no_output_and_no_file(
    shell: MigrationShell, authority: Issuer, tmp_path: Path, live: tuple[str, ...]
) -> None:
    old = secret_of(tmp_path)
    write(tmp_path, "site", *authority.issue(NAME, f"www.{ZONE}"), authority.certificate)
    assert shell.save("renewed").code == 0
    rehearsed = shell.run(
        "rehearse", shell.spec, "--migrations", str(shell.base), *live, "--debug", str(tmp_path / "log")
    )
    assert rehearsed.code == 0, rehearsed.out + rehearsed.err
    assert "0002_renewed.yaml" in rehearsed.out
    assert ("0001_first.yaml" in rehearsed.out) is (not live)
    written = [file.read_text() for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".key"]
    for text in (rehearsed.out, rehearsed.err, *written):
        assert not any(word in text for word in (old, secret_of(tmp_path), SECRET_WORDS))
    assert shell.apply().code == 0


def test_a_saved_import_of_a_certificate_that_has_expired_since_is_refused_before_the_first_write(
    shell: MigrationShell, authority: Issuer, tmp_path: Path
) -> None:
    write(tmp_path, "site", *authority.issue(NAME, days=30), authority.certificate)
    assert shell.save("renewed").code == 0
    (stack,) = load([shell.spec])
    runner, folder = NoRuns(), FolderSource(Folder.of("my-web", shell.base))
    aws, later = Aws(REGION, endpoint=shell.box.url, session=boto3_session("test", "test")), time.time() + 31 * 86400
    executor = MigrationExecutor(
        aws, stack, folder, runner, BoxClock(shell.box), lambda _: None, lambda _: None, wall=lambda: later
    )
    shell.box.clear_calls()
    with pytest.raises(Refused, match=r"certificate\.main: the certificate of \S+site\.pem has expired on"):
        executor.run()
    assert shell.box.writes() == []


class NoRuns:
    """No run happened, and none may begin."""

    def records(self) -> list[RunRecord]:
        return []

    def run(self, *_: object, **__: object) -> RunResult:
        raise AssertionError("a run began")
