"""What git says about the earlier names and regions of a spec, and the plan that uses it."""

from __future__ import annotations

import os
import subprocess

import pytest

from elbplan.cli.spec_history import FormerStack, former_stacks, stacks_in

from .kit import Shell

REGION = "ap-northeast-2"
SPEC = "name: svc-00\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\ntargets: {port: 80, health: /}\n"


@pytest.fixture(autouse=True)
def in_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)
    (shell.folder / "specs").mkdir()
    shell.environ["AWS_REGION"] = REGION
    shell.connect(REGION)


def git(shell: Shell, *words: str) -> None:
    who = {f"GIT_{role}_{what}": "x@y.z" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *words], cwd=shell.folder, check=True, capture_output=True, env=environ)


def committed(shell: Shell, text: str) -> str:
    spec = shell.write("specs/web.yaml", text)
    git(shell, "add", ".")
    git(shell, "commit", "-qm", "x")
    return spec


def test_names_and_regions_of_each_document() -> None:
    text = 'name: "a"  # comment\nregion: eu-west-1\n---\n# name: no\nname: b\n--- # more\ntargets: {}\n'
    assert list(stacks_in(text)) == [FormerStack("a", "eu-west-1"), FormerStack("b")]


def test_without_git_there_is_no_history(shell: Shell) -> None:
    spec = shell.write("specs/web.yaml", SPEC)
    assert former_stacks(spec) == []
    assert former_stacks("<stdin>") == []
    assert former_stacks("") == []


def test_the_last_versions_newest_first(shell: Shell) -> None:
    git(shell, "init", "-q")
    committed(shell, SPEC)
    spec = committed(shell, SPEC.replace("svc-00", "svc-01"))
    assert former_stacks(spec) == [FormerStack("svc-01", REGION), FormerStack("svc-00", REGION)]


def test_the_plan_of_a_renamed_spec_is_sure(shell: Shell) -> None:
    git(shell, "init", "-q")
    committed(shell, SPEC)
    assert shell.run("apply", "--yes", "--no-verify").code == 0
    shell.write("specs/web.yaml", SPEC.replace("svc-00", "svc-01"))
    screen = " ".join(shell.run("plan").out.split())
    assert f"Stays the stack svc-00 in {REGION}, which this spec was before, and AWS bills $" in screen
    assert f"`elbplan destroy svc-00 --region {REGION}` ends it" in screen


def test_the_plan_of_a_spec_of_another_region_names_the_stack_there(shell: Shell) -> None:
    git(shell, "init", "-q")
    committed(shell, SPEC)
    assert shell.run("apply", "--yes", "--no-verify").code == 0
    shell.write("specs/web.yaml", SPEC.replace(REGION, "eu-west-1").replace("[a, c]", "[a, b]"))
    screen = " ".join(shell.run("plan").out.split())
    assert f"Stays the stack svc-00 in {REGION}, which this spec was before" in screen
    assert f"`elbplan destroy svc-00 --region {REGION}` ends it" in screen
    assert shell.run("destroy", "svc-00", "--region", REGION, "--confirm", "svc-00").code == 0
    assert "Stays" not in shell.run("plan").out


def test_a_renamed_stack_with_a_domain_is_refused_with_the_name_of_the_old_one(shell: Shell) -> None:
    spec = shell.write("specs/web.yaml", SPEC + "domain: api.example.com\n")
    assert shell.run("apply", "--yes", "--no-verify", spec).code == 0
    shell.write("specs/web.yaml", SPEC.replace("svc-00", "svc-01") + "domain: api.example.com\n")
    result = shell.run("plan")
    assert result.code == 5
    words = " ".join(result.out.split())
    assert "the record api.example.com belongs to stack `svc-00`, load_balancer.main" in words
    assert "if this spec was svc-00 before, write `name: svc-00` again" in words
    assert "or end the old stack with `elbplan destroy svc-00`" in words
