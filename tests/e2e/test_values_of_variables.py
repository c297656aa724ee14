"""Values of environment variables can be secrets: they reach AWS, but no screen, file or log."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import WEB, CommandResult

from .migration_shell import REGION, MigrationShell

SECRET, LATER = "hunter2-S3CRET", "c0rrect-h0rse"
ORIGIN = (
    WEB
    + """
tags: {team: "${ORIGIN}"}
listeners:
  - listen: 443/https
    rules:
      - name: origin
        header: {X-Origin: "${ORIGIN}"}
        respond: {status: 200, body: "hello ${ORIGIN}"}
      - {name: asked, query: {key: "${ORIGIN}"}, respond: 404}
      - {name: plain, path: /plain, respond: 404}
"""
)


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MigrationShell:
    box.reset()
    monkeypatch.setenv("ORIGIN", SECRET)
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", ORIGIN)
    return shell


def secretless(ran: CommandResult, *codes: int) -> CommandResult:
    assert ran.code in (codes or (0,)), ran.err
    for secret in (SECRET, LATER):
        assert secret not in ran.out + ran.err
    return ran


def bodies(shell: MigrationShell) -> list[str]:
    elb = shell.box.client("elbv2", REGION)
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    (https,) = [listener for listener in listeners if listener["Port"] == 443]
    rules = elb.describe_rules(ListenerArn=https["ListenerArn"])["Rules"]
    texts = [rule["Actions"][0].get("FixedResponseConfig", {}).get("MessageBody") for rule in rules]
    return [text for text in texts if text]


def test_a_migration_holds_the_reference_and_aws_gets_the_value(shell: MigrationShell) -> None:
    secretless(shell.save("first"))
    text = shell.file("0001_first.yaml").read_text()
    assert SECRET not in text
    assert '"${ORIGIN}"' in text
    assert '"hello ${ORIGIN}"' in text
    assert '"key=${ORIGIN}"' in text
    secretless(shell.plan())
    secretless(shell.apply())
    assert bodies(shell) == [f"hello {SECRET}"]
    assert "Nothing to do" in secretless(shell.plan()).out
    secretless(shell.run("lint", shell.spec, "--migrations", str(shell.base)))
    secretless(shell.run("status", shell.spec, "--migrations", str(shell.base)))


def test_files_say_the_same_whatever_the_value_is(shell: MigrationShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fingerprints use references, so they do not reveal the value, and a migration works in every environment."""
    shell.save("first")
    first = shell.file("0001_first.yaml").read_bytes()
    shell.file("0001_first.yaml").unlink()
    shell.file("HEAD").unlink()
    monkeypatch.setenv("ORIGIN", LATER)
    shell.save("first")
    assert shell.file("0001_first.yaml").read_bytes() == first


def test_a_file_applies_with_the_value_of_the_environment_it_is_applied_in(
    shell: MigrationShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.save("first")
    monkeypatch.setenv("ORIGIN", LATER)
    secretless(shell.apply())
    assert bodies(shell) == [f"hello {LATER}"]


def test_a_file_whose_variable_is_not_set_is_not_applied(
    shell: MigrationShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.save("first")
    monkeypatch.delenv("ORIGIN")
    shell.write("web.yaml", ORIGIN.replace("${ORIGIN}", "${ORIGIN:-x}"))
    refused = shell.apply("--to", "0001")
    assert refused.code == 5, refused.err
    assert "which the environment does not have" in refused.err
    assert shell.box.writes() == []


def test_without_files_a_changed_value_is_an_update_that_shows_neither_value(
    shell: MigrationShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretless(shell.run("apply", shell.spec, "--yes"))
    monkeypatch.setenv("ORIGIN", LATER)
    for words in (("plan", "--detail"), ("plan", "--json"), ("status",), ("status", "--json")):
        shown = secretless(shell.run(words[0], shell.spec, *words[1:]))
        if words[0] == "plan":
            assert "(hidden)" in shown.out
            assert "${ORIGIN}" in shown.out
    secretless(shell.run("apply", shell.spec, "--yes", "--json", "--allow", "route-removed"))
    assert bodies(shell) == [f"hello {LATER}"]
    assert "Nothing to do" in secretless(shell.run("plan", shell.spec)).out


def test_with_files_a_changed_value_is_told_and_put_right_on_request(
    shell: MigrationShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.save("first")
    secretless(shell.apply())
    monkeypatch.setenv("ORIGIN", LATER)
    result = secretless(shell.plan(), 0, 5)
    assert "${ORIGIN}" in result.out + result.err
    secretless(shell.apply(), 0, 5)
    secretless(shell.apply("--revert-drift"))
    assert bodies(shell) == [f"hello {LATER}"]
    assert "Nothing to do" in secretless(shell.plan()).out


def test_nothing_that_another_step_saves_or_adopts_holds_a_value(
    shell: MigrationShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", ORIGIN.replace("hello", "bye"))
    secretless(shell.save("second"))
    secretless(shell.apply())
    assert bodies(shell) == [f"bye {SECRET}"]
    monkeypatch.setenv("ORIGIN", LATER)
    secretless(shell.run("accept-drift", shell.spec, "--migrations", str(shell.base)), 5)
    for file in shell.base.rglob("*"):
        assert file.is_dir() or not any(secret in file.read_text() for secret in (SECRET, LATER))


def test_expand_tells_references(shell: MigrationShell) -> None:
    assert '"hello ${ORIGIN}"' in secretless(shell.run("expand", shell.spec)).out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("health: /health", 'health: {path: /, every: "${ORIGIN}"}'),
        ("port: 80", "port: ${ORIGIN}"),
        ("api.example.com", "${ORIGIN}"),
        ("zones: [a, c]", 'zones: ["${ORIGIN}"]'),
        ("count: 2", 'type: "${ORIGIN}"'),
        ("region: ap-northeast-2", 'region: "${ORIGIN}"'),
    ],
)
def test_a_wrong_value_is_called_by_its_reference(shell: MigrationShell, old: str, new: str) -> None:
    shell.write("web.yaml", WEB.replace(old, new))
    ran = secretless(shell.run("plan", shell.spec), 1, 65)
    assert "ORIGIN" in ran.err
