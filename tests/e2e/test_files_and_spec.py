"""Messages about migrations, the spec and AWS are true, also for edited migrations."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .migration_shell import PORT, SWITCH, TENTH, WEB, MigrationShell

PERSON = "  - hold: approval\n    why: look at the graphs\n"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


@pytest.mark.parametrize("servers", ["{count: 3}", "{count: 1}", "{count: 2, type: t3.small}"])
def test_a_file_that_only_changes_servers_is_not_refused(shell: MigrationShell, servers: str) -> None:
    """The targets in the first migration have no port, but those from AWS do. Both are equal."""
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", WEB.replace("{count: 2}", servers))
    assert shell.save("servers").code == 0
    lint = shell.run("lint", shell.spec, "--migrations", str(shell.base))
    assert lint.code == 0, lint.out
    done = shell.apply()
    assert done.code == 0, done.err
    assert "Nothing to do" in shell.plan().out


def with_crlf(folder: Path) -> None:
    """Converts line ends as git does with core.autocrlf."""
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def test_a_checkout_with_other_line_ends_is_the_same_files(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + PERSON)
    pinned = shell.file("HEAD").read_text()
    with_crlf(shell.base / "my-web")
    assert shell.run("lint", shell.spec, "--migrations", str(shell.base)).code == 0
    assert shell.refresh().out == ""
    held = shell.apply()
    assert held.code == 0, held.err
    for file in (shell.base / "my-web").iterdir():
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))
    assert shell.file("HEAD").read_text() == pinned
    on = shell.apply("--approve")
    assert on.code == 0, on.err
    assert shell.weights() == [1], "the hold was of the same file"
    with_crlf(shell.base / "my-web")
    assert shell.apply().code == 0, "nothing was edited"


def test_that_aws_was_not_asked_is_said_only_where_it_was_not(shell: MigrationShell) -> None:
    shell.port_8080()
    assert shell.apply().code == 0
    first = shell.file("0001_first.yaml")
    first.write_text("# a word too many\n" + first.read_text())
    assert shell.refresh().code == 0
    edited = shell.apply()
    assert edited.code == 65
    assert "1 problem found." in edited.err
    assert "elbplan did not call AWS" not in edited.err
    first.write_text(first.read_text().replace("do: create", "do: crate", 1))
    wrong = shell.apply()
    assert wrong.code == 65
    assert "elbplan did not call AWS" in wrong.err


def test_plan_says_what_is_left_where_every_file_is_applied_and_aws_is_not_so(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    shell.by_hand("/other")
    told = shell.plan()
    assert "Nothing to do" not in told.out
    assert "AWS does not match the files" in told.out
    assert "path /health → /other" in told.out
    assert "--revert-drift" in told.out
    assert shell.plan("--exit-code").code == 2
    left = shell.apply()
    assert left.code == 0
    assert "AWS matches the spec" not in left.out + left.err


def test_a_saved_file_that_was_edited_is_not_taken_for_the_spec(shell: MigrationShell) -> None:
    """The migration has the hash of the current spec, but its steps do something else."""
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", WEB.replace("/health", "/ready"))
    shell.save("ready")
    file = shell.file("0002_ready.yaml")
    file.write_text(file.read_text().replace("/ready", "/steady"))
    result = shell.refresh()
    assert "0002_ready.yaml" in result.out
    assert "is no longer the spec that it was saved from" in result.err
    shell.box.clear_calls()
    refused = shell.apply("--allow", "health-check-changes")
    assert refused.code == 5
    assert "health: path /steady → /ready" in refused.err
    assert shell.box.writes() == []
    assert shell.apply("--allow", "health-check-changes", "--to", "0002").code == 0
    result = shell.plan()
    assert "Nothing to do" not in result.out
    assert "--save NAME" in " ".join(result.out.split())
    assert shell.apply().code == 5
    to = shell.apply("--to", "0002")
    assert to.code == 0
    assert "AWS matches the spec" not in to.out


def test_a_saved_file_without_steps_is_not_taken_for_the_spec(shell: MigrationShell) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    shell.write("web.yaml", PORT)
    shell.save("port")
    file = shell.file("0002_port.yaml")
    file.write_text(file.read_text().partition("steps:")[0] + "steps: []\n")
    assert shell.refresh().code == 0
    result = shell.plan()
    assert "Nothing to do" not in result.out
    assert "2 to replace" in result.out
    assert "--save NAME` writes the next after 0002_port" in " ".join(result.out.split())
    assert shell.apply().code == 5


def test_plan_does_not_say_no_downtime_beside_a_hazard_of_the_file(shell: MigrationShell) -> None:
    file = shell.port_8080()
    text = file.read_text()
    start = text.index("  - do: wait\n    what: targets.web\n    until: healthy")
    file.write_text(text[:start] + text[text.index(SWITCH) :])
    assert shell.refresh().code == 0
    result = shell.plan()
    assert "Hazards     targets-unverified" in result.out
    assert "old resources serve until new ones are ready" not in result.out
    assert "see the hazards of the migration" in result.out
