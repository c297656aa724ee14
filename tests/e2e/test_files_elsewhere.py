"""A stack that is run by files is not changed by its spec alone, wherever somebody stands when they type apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Ran

from .filing import TENTH, Filed

PERSON = "  - hold: person\n"


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def elsewhere(shell: Filed, *words: str) -> Ran:
    """The command as somebody types it in a folder without migrations."""
    shell.box.clear_calls()
    (shell.folder / "elsewhere").mkdir(exist_ok=True)
    return shell.run(words[0], shell.spec, *words[1:], "--migrations", str(shell.folder / "elsewhere"))


COMMANDS = (("apply", "--yes"), ("apply", "--yes", "--back"), ("plan",), ("plan", "--save", "more"), ("adopt",))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_the_files_of_its_runs_a_stack_is_not_changed(shell: Filed, command: tuple[str, ...]) -> None:
    """At a person's hold: 10 of 100 requests on the new group, and the spec alone would move them all."""
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    refused = elsewhere(shell, *command)
    assert refused.code == 5, refused.out + refused.err
    where = shell.folder / "elsewhere" / "my-web"
    assert f"run 2 applied the migration 0002_app_on_8080, and {where} is not there" in refused.err
    assert "--migrations DIR" in refused.err
    assert "--no-migrations" in refused.err
    assert shell.weights() == [10, 90]
    assert shell.box.writes() == []
    assert list((shell.folder / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("command", [("apply", "--yes"), ("plan",), ("plan", "--save", "more")], ids=" ".join)
def test_a_file_where_the_folder_should_be_is_refused_by_its_name(shell: Filed, command: tuple[str, ...]) -> None:
    (shell.folder / "elsewhere").mkdir()
    file = shell.folder / "elsewhere" / "my-web"
    file.write_text("a note\n")
    refused = elsewhere(shell, *command)
    assert refused.code == 5, refused.err
    assert f"{file} is a file, not a folder" in refused.err
    assert shell.box.writes() == []


def test_status_says_where_the_files_are_missing(shell: Filed) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    said = " ".join(elsewhere(shell, "status").out.split())
    assert "files my-web: run 1 applied the migration 0001_first, and" in said


def test_destroy_needs_no_files_and_frees_the_stack(shell: Filed) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    assert shell.run("destroy", shell.spec, "--confirm", "my-web").code == 0
    assert elsewhere(shell, "plan").code == 0
    assert elsewhere(shell, "apply", "--yes").code == 0
    assert shell.as_the_spec_says


def test_migrations_are_left_on_purpose_by_a_word_of_its_own(shell: Filed) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    assert "--no-migrations" in elsewhere(shell, "plan", "--no-migrations").out
    left = elsewhere(shell, "apply", "--yes", "--no-migrations")
    assert left.code == 0, left.err
    assert shell.weights() == [1]
    assert elsewhere(shell, "apply", "--yes").code == 0, "the ledger knows that they were left"
    assert elsewhere(shell, "plan").code == 0
    again = elsewhere(shell, "plan", "--save", "anew")
    assert again.code == 5, "AWS is as the spec says, so there is nothing to save; but nothing is in the way of it"
    assert "nothing to save" in again.err


def test_leaving_is_noted_where_nothing_is_to_be_done(shell: Filed) -> None:
    shell.save("first")
    assert shell.apply().code == 0
    left = elsewhere(shell, "apply", "--yes", "--no-migrations")
    assert left.code == 0, left.err
    assert "my-web leaves its migrations" in left.err
    assert elsewhere(shell, "apply", "--yes").code == 0
    assert "left its migrations" in shell.run("runs", "my-web", "--region", "ap-northeast-2").out


def test_migrations_that_lie_here_are_not_left_in_passing(shell: Filed) -> None:
    shell.save("first")
    for command in ("apply", "plan"):
        refused = shell.run(command, shell.spec, "--no-migrations", "--migrations", str(shell.base))
        assert refused.code == 64, refused.err
        assert str(shell.base / "my-web") in refused.err


def test_who_may_not_read_the_ledger_plans_as_before(shell: Filed) -> None:
    shell.box.fault("error", service="ssm", action="GetParametersByPath", code="AccessDeniedException", status=400)
    ran = elsewhere(shell, "plan")
    shell.box.clear_faults()
    assert ran.code == 0, ran.err
