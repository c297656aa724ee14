"""Migrations from the command line: save, edit, apply, hold, continue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .migration_shell import PORT, MigrationShell


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


def test_keep_and_apply(shell: MigrationShell) -> None:
    kept = shell.save("first")
    assert (kept.code, kept.out.strip()) == (0, str(shell.file("0001_first.yaml")))
    assert "elbplan apply" in kept.err
    assert shell.file("HEAD").read_text().startswith("0001_first s1-")
    assert shell.apply().code == 0
    shell.box.clear_calls()
    assert shell.apply().code == 0
    assert shell.box.writes() == []


def test_an_empty_plan_or_a_bad_name_is_not_kept(shell: MigrationShell) -> None:
    assert shell.save("Not A Name").code == 64
    assert shell.save("first").code == 0
    assert shell.save("second").code == 5, "the first is not applied yet"
    shell.apply()
    assert shell.save("second").code == 5, "there is nothing to do"
    assert not shell.file("0002_second.yaml").exists()


def test_a_stack_that_is_there_gets_a_baseline(shell: MigrationShell) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    shell.write("web.yaml", PORT)
    kept = shell.save("app_on_8080")
    assert kept.code == 0, kept.err
    assert [Path(line).name for line in kept.out.split()] == ["0001_baseline.yaml", "0002_app_on_8080.yaml"]
    assert shell.apply().code == 0
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def test_a_spec_that_went_on_without_a_file_is_refused(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", PORT)
    refused = shell.apply()
    assert refused.code == 5
    assert "plan --save" in refused.err


def test_an_edited_file_that_does_something_else_is_named_by_line(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    file = shell.file("0001_first.yaml")
    text = file.read_text()
    file.write_text(text.replace("path: /health", "path: /other"))
    refused = shell.apply()
    edited = text[: text.index("path: /health")].count("\n")
    line = next(n for n, said in enumerate(text.splitlines(), 1) if n > edited and "then:" in said)
    assert refused.code == 65
    assert f"0001_first.yaml:{line}:11" in refused.err


def test_only_up_to_a_file(shell: MigrationShell) -> None:
    shell.save("first")
    shell.write("web.yaml", PORT)
    assert shell.apply("--to", "0001").code == 0
    assert shell.apply("--to", "0009").code == 64


def test_without_a_folder_nothing_of_this_is_seen(shell: MigrationShell) -> None:
    plain = shell.run("plan", shell.spec).out
    assert "migration" not in plain
    assert "File" not in plain
    shell.save("first")
    result = shell.plan()
    assert re.search(r"0001_first\.yaml: (\d+) of \1 steps to do", result.out)
    assert shell.run("plan", shell.spec).out.splitlines()[1:] == plain.splitlines()[1:], "elsewhere are no files"
    assert shell.run("apply", shell.spec, "--yes").code == 0


def test_plan_shows_what_the_files_do_and_what_none_of_them_does(shell: MigrationShell) -> None:
    shell.save("first")
    shell.apply()
    assert "every file is applied" in shell.plan().out
    assert shell.plan("--exit-code").code == 0
    shell.write("web.yaml", PORT)
    beyond = shell.plan("--exit-code")
    assert beyond.code == 2
    assert "File        none yet: " in beyond.out
    assert "--save NAME" in " ".join(beyond.out.split())
    shell.save("app_on_8080")
    result = shell.plan("--exit-code")
    assert result.code == 2
    assert "0002_app_on_8080.yaml: 11 of 11 steps to do" in result.out


WRONG = {
    "bad YAML": ("steps:", "steps: [", 7),
    "an unknown step": ("do: create", "do: creat", 7),
    "an address that does not exist": ("group: lb", "group: db", 0),
    "a fingerprint that does not match": ("then: s1-", "then: s1-00000000 # ", 0),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_told_by_its_place_and_nothing_is_written(shell: MigrationShell, case: str) -> None:
    old, new, line = WRONG[case]
    shell.save("first")
    file = shell.file("0001_first.yaml")
    file.write_text(file.read_text().replace(old, new, 1))
    shell.box.clear_calls()
    for ran in (shell.apply(), shell.plan(), shell.run("lint", "my-web", "--migrations", str(shell.base))):
        output = ran.out + ran.err
        assert ran.code == 65, output
        assert re.search(rf"{re.escape(str(file))}:{line or '[0-9]+'}:[0-9]+  ", output), output
        assert "hint:" in output
    assert shell.box.writes() == []
    assert shell.box.calls == [], "the command did not call AWS"


@pytest.mark.parametrize(("spoil", "words"), [("bytes", "not UTF-8 text"), ("folder", "HEAD is a folder")])
def test_a_head_that_cannot_be_read_is_told_by_its_place(shell: MigrationShell, spoil: str, words: str) -> None:
    shell.save("first")
    head = shell.base / "my-web" / "HEAD"
    head.unlink()
    head.mkdir() if spoil == "folder" else head.write_bytes(b"\xff\xfe\x00")
    shell.box.clear_calls()
    for ran in (shell.apply(), shell.plan(), shell.run("lint", "my-web", "--migrations", str(shell.base))):
        output = ran.out + ran.err
        assert ran.code == 65, output
        assert f"{head}:1:1  " in output
        assert words in output
        assert "elbplan rebase --refresh my-web" in output
    assert shell.box.writes() == []
    if spoil == "folder":
        head.rmdir()
    assert shell.run("rebase", "--refresh", "my-web", "--migrations", str(shell.base)).code == 0
    assert shell.apply().code == 0
