"""Several stacks in one command: one question, one summary, and the options that select some of them."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal

from .kit import CommandResult, PipeStream, Shell, TerminalStream

REGION = "ap-northeast-2"
SPEC = """
name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [i-0bbbbbbbbbbbbbbbb], port: {port}, health: /}}
"""
NAMES = ("blog", "shop-api", "shop-web")


class Folder:
    """A folder with specs and migrations, as the current folder of a person."""

    def __init__(self, shell: Shell) -> None:
        self.shell, self.specs = shell, shell.folder / "specs"
        self.specs.mkdir()
        shell.box.create_defaults(REGION)
        shell.box.create_fixture("instance", "i-0bbbbbbbbbbbbbbbb", REGION, zone="a")
        for name in NAMES:
            self.write(name)

    def write(self, name: str, port: int = 80, more: str = "") -> None:
        (self.specs / f"{name}.yaml").write_text(SPEC.format(name=name, port=port) + more)

    def run(self, *words: str, answers: Sequence[str] | None = None) -> CommandResult:
        return self.shell.run(*words, answers=answers)

    def save(self, name: str) -> None:
        assert self.run("plan", name, "--save", "first").code == 0

    def balancers(self) -> set[str]:
        elb = self.shell.box.client("elbv2", REGION)
        return {balancer["LoadBalancerName"] for balancer in elb.describe_load_balancers()["LoadBalancers"]}


@pytest.fixture
def folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(shell.folder)
    return Folder(shell)


def test_one_question_is_for_stacks_with_and_without_migrations(folder: Folder) -> None:
    folder.save("shop-api")
    folder.shell.box.clear_calls()
    declined = folder.run("apply", answers=["no"])
    assert declined.code == 5
    assert "Apply this to blog, shop-web, shop-api? Type yes to go on:" in declined.err
    assert "0001_first.yaml" in declined.err, "the files of every stack"
    assert declined.err.count("Type yes") == 1
    assert folder.shell.box.writes() == []
    accepted = folder.run("apply", answers=["yes"])
    assert accepted.code == 0, accepted.err
    assert accepted.err.count("Type yes") == 1
    assert "✓ 3 applied · " in accepted.out
    assert folder.balancers() == set(NAMES)
    assert "✓ 3 unchanged · " in folder.run("apply", "--yes").out


def test_a_hazard_that_is_not_allowed_stops_every_write(folder: Folder) -> None:
    assert folder.run("apply", "--yes", "--stack", "blog").code == 0
    folder.save("shop-api")
    (folder.specs / "blog.yaml").write_text(SPEC.format(name="blog", port=80).replace("health: /", "health: /up"))
    folder.shell.box.clear_calls()
    refused = folder.run("apply", "--yes")
    assert refused.code == 5
    assert "health-check-changes" in refused.err
    assert folder.shell.box.writes() == []


def test_a_hold_for_approval_holds_its_own_stack(folder: Folder) -> None:
    folder.save("shop-api")
    file = folder.shell.folder / "migrations" / "shop-api" / "0001_first.yaml"
    file.write_text(file.read_text() + "  - do: hold\n    hold: approval\n    why: look at it\n")
    assert folder.run("rebase", "--refresh", "shop-api").code == 0
    applied = folder.run("apply", "--yes")
    assert applied.code == 0, applied.err
    assert "‖ shop-api: held at" in applied.out
    assert "--approve" in applied.out
    assert "2 applied, 1 held" in applied.out
    assert folder.balancers() == set(NAMES)


def test_the_documents_of_all_stacks_are_mixed_and_the_last_one_is_the_summary(folder: Folder) -> None:
    folder.shell.box.fault("error", action="CreateListener", match="app/blog/", code="InvalidConfigurationRequest")
    ran = folder.run("apply", "--yes", "--json", "--no-verify")
    assert ran.code == 4
    *lines, last = ran.lines
    ends = {line["stack"]: line["exit"] for line in lines if line["type"] == "summary"}
    assert ends == {"blog": 4, "shop-api": 0, "shop-web": 0}
    assert {line["stack"] for line in lines if line["type"] == "started"} == set(NAMES)
    assert (last["type"], last["counts"], last["exit"]) == ("stacks", {"applied": 2, "failed": 1}, 4)
    assert [stack["stack"] for stack in last["stacks"]] == list(NAMES)
    folder.shell.box.clear_faults()
    again = folder.run(*shlex.split(last["next"])[1:], "--yes", "--no-verify")
    assert again.code == 0
    assert "✓ blog" in again.out


def on_terminal(folder: Folder, *words: str) -> CommandResult:
    out, err = TerminalStream(), TerminalStream()
    environ = {**folder.shell.environ, "COLUMNS": "80", "TERM": "xterm", "NO_COLOR": "1"}
    code = run(words, Terminal(PipeStream(), out, err, environ), folder.shell.connect)
    return CommandResult(code, out.getvalue(), err.getvalue())


def test_a_terminal_has_a_line_for_each_stack_and_no_log(folder: Folder) -> None:
    folder.shell.box.fault("error", action="CreateListener", match="app/blog/", code="InvalidConfigurationRequest")
    ran = on_terminal(folder, "apply", "--yes", "--no-verify")
    assert ran.code == 4
    assert "✓ shop-api" in ran.err
    assert "✗ blog: stopped after" in ran.err, "its problem in full"
    assert "why     listener 80 not created" in ran.err
    assert "of 3 stacks" in ran.err
    assert "T0" not in ran.err.replace("T04", ""), "no line of a log"
    first, *_ = ran.out.splitlines()
    assert first.startswith("✗ 2 applied, 1 failed · ")


def test_quiet_shows_results_only(folder: Folder) -> None:
    ran = folder.run("apply", "--yes", "--quiet", "--no-verify")
    assert "creating" not in ran.err
    assert ran.out.count("resources created") == 3
    assert "✓ 3 applied · " in ran.out


def test_a_glob_selects_stacks(folder: Folder) -> None:
    (folder.specs / "broken.yaml").write_text("name: broken\ntargest: 1\n")
    planned = folder.run("plan", "--stack", "shop-*", "--json")
    assert [stack["stack"] for stack in planned.document["stacks"]] == ["shop-api", "shop-web"]
    assert folder.run("apply", "--yes", "--stack", "shop-*", "--no-verify").code == 0, "a broken spec that is not meant"
    assert folder.balancers() == {"shop-api", "shop-web"}
    status = folder.run("status", "--stack", "shop-web", "--stack", "shop-api", "--json")
    assert [stack["stack"] for stack in status.document["stacks"]] == ["shop-api", "shop-web"]
    assert folder.run("apply", "--yes", "--stack", "brok*").code == 65
    both = folder.run("destroy", "--stack", "shop-*", "--confirm", "shop-api", "--confirm", "shop-web")
    assert both.code == 0
    assert "✓ 2 destroyed · " in both.out


@pytest.mark.parametrize("command", ["plan", "apply", "destroy", "status", "verify", "map", "runs"])
def test_a_glob_without_a_stack_is_wrong_usage(folder: Folder, command: str) -> None:
    wrong = folder.run(command, "--stack", "shop-ap", "specs")
    assert wrong.code == 64
    assert "--stack shop-ap: no stack has such a name" in wrong.err
    assert "did you mean shop-api?" in wrong.err
    assert "blog, shop-api, shop-web" in folder.run(command, "--stack", "x*", "specs").err


def git(folder: Path, *words: str) -> str:
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def repository(folder: Folder) -> Folder:
    git(folder.shell.folder, "init")
    (folder.specs / "boot.sh").write_text("#!/bin/sh\n")
    folder.write("with-script", more="servers: {count: 1, user_data_file: boot.sh}\n")
    (folder.specs / "with-script.yaml").write_text(
        "name: with-script\nregion: ap-northeast-2\nservers: {count: 1, user_data_file: boot.sh}\ntargets: {port: 80}\n"
    )
    git(folder.shell.folder, "add", "specs")
    git(folder.shell.folder, "commit", "-m", "all")
    return folder


def changed(folder: Folder, option: str = "--only-changed") -> list[str]:
    """The stacks that a plan selects; the option stands before a PATH."""
    document = json.loads(folder.run("plan", option, "specs", "--json").out)
    return [stack["stack"] for stack in document["stacks"]]


def test_only_changed_selects_what_a_branch_changes(repository: Folder) -> None:
    root = repository.shell.folder
    assert changed(repository) == []
    git(root, "checkout", "-b", "topic")
    repository.write("blog", port=8080)
    git(root, "commit", "-am", "blog")
    assert changed(repository) == ["blog"], "committed since the branch left the main branch"
    repository.write("new")
    assert changed(repository) == ["blog", "new"], "not in git yet"
    (repository.specs / "boot.sh").write_text("#!/bin/sh\necho\n")
    assert changed(repository) == ["blog", "new", "with-script"], "a file that the spec names"
    (root / "migrations" / "shop-api").mkdir(parents=True)
    (root / "migrations" / "shop-api" / "0001_x.yaml").write_text("x")
    assert "shop-api" in [
        stack["stack"] for stack in repository.run("plan", "--only-changed", "--json").document["stacks"]
    ]
    assert "blog" not in changed(repository, "--only-changed=HEAD")
    assert changed(repository, "--only-changed=main") == ["blog", "new", "shop-api", "with-script"]


def test_nothing_changed_is_no_error(repository: Folder) -> None:
    for command in ("plan", "apply", "destroy", "status", "verify", "map", "runs"):
        more = ["--yes"] if command == "apply" else []
        ran = repository.run(command, "--only-changed", *more)
        assert ran.code == 0, (command, ran.err)
        assert "no spec has changed since main (" in ran.err
    assert repository.balancers() == set()


@pytest.mark.parametrize(
    ("option", "text"), [("--only-changed=nobody", "git rev-parse"), ("--only-changed=-x", "is not a commit")]
)
def test_a_wrong_commit_is_wrong_usage(repository: Folder, option: str, text: str) -> None:
    wrong = repository.run("plan", option)
    assert wrong.code == 64
    assert text in wrong.err


def test_without_a_repository_only_changed_says_so(folder: Folder) -> None:
    wrong = folder.run("plan", "--only-changed")
    assert wrong.code == 64
    assert "run elbplan in a clone of the repository, or omit --only-changed" in wrong.err


def test_a_long_plan_has_unchanged_stacks_in_one_line(folder: Folder) -> None:
    for number in range(7):
        folder.write(f"svc-{number}")
    assert folder.run("apply", "--yes", "--no-verify").code == 0
    folder.write("new")
    plan = folder.run("plan").out
    assert "Nothing to do: 10 stacks (blog, shop-api, shop-web, svc-0, svc-1, svc-2 and 4 more)" in " ".join(
        plan.split()
    )
    assert plan.count("elbplan plan · ") == 1
    assert folder.run("plan", "-v").out.count("elbplan plan · ") == 11


def test_the_same_command_names_its_selection_again(folder: Folder) -> None:
    plan = folder.run("plan", "--stack", "shop-*")
    assert "elbplan apply --stack 'shop-*'" in plan.out
