"""What a person sees of certificates that somebody must approve, renew or pay."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..e2e.stage import ZONE
from ..pem import SECRET_WORDS, Issuer, write
from .kit import Shell

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
NAME = "api.example.com"


def web(shell: Shell, words: str) -> str:
    """A spec whose domain has these words."""
    return str(shell.write("web.yaml", HEAD + f"domain: {{name: {NAME}, {words}}}\n"))


def arn(shell: Shell) -> str:
    (found,) = [name.partition(" ")[0] for name in shell.box.tagged("my-web") if ":acm:" in name]
    return found


def own(folder: Path, days: int = 90) -> str:
    authority = Issuer()
    return write(folder, "site", *authority.issue(NAME, days=days), authority.certificate)


def test_a_plan_shows_what_a_person_must_do_for_a_mail(shell: Shell) -> None:
    text = shell.run("plan", web(shell, "validation: email")).out
    assert f"{NAME}, validated by mail" in text
    assert "open the mail from Amazon and approve the certificate" in text


def test_explain_names_the_addresses_and_the_command_that_sends_the_mail_again(shell: Shell) -> None:
    spec = web(shell, "validation: email")
    shell.box.client("acm", "ap-northeast-2").request_certificate(
        DomainName=NAME, ValidationMethod="EMAIL",
        Tags=[{"Key": "elbplan:stack", "Value": "my-web"}, {"Key": "elbplan:address", "Value": "certificate.main"}],
    )  # fmt: skip
    text = shell.run("explain", "certificate.main", spec).out
    assert f"nobody has approved {NAME} yet" in text
    assert f"admin@{NAME}" in text.replace("\n", "")
    assert f"aws acm resend-validation-email --region ap-northeast-2 --certificate-arn {arn(shell)}" in text


def test_status_says_that_an_imported_certificate_ends_and_what_to_do(shell: Shell, tmp_path: Path) -> None:
    spec = web(shell, f"pem: {own(tmp_path, days=20)}")
    planned = shell.run("plan", spec)
    assert "AWS does not renew an imported certificate" in " ".join(planned.out.split())
    assert f"{NAME}, imported" in planned.out
    assert shell.run("apply", "--yes", spec).code == 0
    text = " ".join(shell.run("status", spec).out.split())
    assert "19 days (until " in text
    assert "; imported, so AWS does not renew it)" in text
    lint = " ".join(shell.run("lint", "--live", spec).out.split())
    assert "AWS does not renew an imported certificate: write the new one into its files, and apply" in lint


def test_no_output_of_a_run_has_the_private_key(shell: Shell, tmp_path: Path) -> None:
    spec = web(shell, f"pem: {own(tmp_path)}")
    secret = (tmp_path / "site.key").read_text().splitlines()[1]
    log = tmp_path / "debug.log"
    for words in (
        ("plan", "--detail", spec), ("plan", "--json", spec), ("expand", spec),
        ("--debug", str(log), "apply", "--yes", spec),
        ("status", "--json", spec), ("plan", "--format", "html", spec), ("runs", spec),
    ):  # fmt: skip
        result = shell.run(*words)
        assert result.code == 0, (words, result.err)
        assert secret not in result.out + result.err
        assert SECRET_WORDS not in result.out + result.err
    assert secret not in log.read_text()


def test_an_exportable_certificate_says_its_price(shell: Shell) -> None:
    text = " ".join(shell.run("plan", web(shell, "export: true")).out.split())
    assert "$7 now, and with each renewal of certificate.main (exportable certificate, names)" in text


@pytest.mark.parametrize("words", ["key: ec-p256", "export: true", "certificate: find", "validation: email"])
def test_a_plan_of_another_source_has_no_hazard(shell: Shell, words: str) -> None:
    shell.box.create_fixture("certificate", region="ap-northeast-2", names=[f"*.{ZONE}"])
    assert shell.run("plan", "--json", web(shell, words)).document["stacks"][0]["hazards"] == []
