"""One yes covers what was shown and nothing else: every pending file, and exactly the plan of a rollback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import CommandResult, TerminalStream

from .migration_shell import PORT, REGION, TENTH, WEB, MigrationShell


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> MigrationShell:
    box.reset()
    return MigrationShell(box, tmp_path)


class Interrupted(TerminalStream):
    """A person who answers yes after somebody else has done something."""

    def __init__(self, *deeds: Callable[[], object]) -> None:
        super().__init__("yes\n")
        self._deeds = list(deeds)

    def readline(self, *size: int) -> str:  # type: ignore[override]
        while self._deeds:
            self._deeds.pop()()
        return super().readline(*size)


def asked(shell: MigrationShell, *words: str, meanwhile: Callable[[], object] = lambda: None) -> CommandResult:
    """An apply by a person at a terminal."""
    stdin = Interrupted(meanwhile)
    return shell.run("apply", shell.spec, "--migrations", str(shell.base), *words, stdin=stdin)


def drift(shell: MigrationShell) -> None:
    """Somebody deletes the listener on port 80."""
    elb = shell.box.client("elbv2", REGION)
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    for listener in listeners:
        if listener["Port"] == 80:
            elb.delete_listener(ListenerArn=listener["ListenerArn"])
    shell.box.clear_calls()


def test_a_rollback_runs_the_plan_that_was_shown_or_nothing(shell: MigrationShell) -> None:
    shell.port_8080()
    assert shell.apply().code == 0
    refused = asked(shell, "--to", "0001", meanwhile=lambda: drift(shell))
    assert refused.code == 5, refused.err
    assert "AWS changed since the plan was shown" in refused.err
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []
    back = asked(shell, "--to", "0001")
    assert back.code == 0, back.err
    assert shell.group()["Port"] == 80


READY = """stack: my-web
title: another path
from: s1-00000000
to: s1-00000000
steps:
  - do: update
    what: target_group.web
    set:
      health: {path: /ready}
    allow: [health-check-changes]
    because: both paths answer
"""


def two_pending_files(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 1h\n    why: look at the graphs\n")
    shell.write("web.yaml", PORT.replace("/health", "/ready"))
    shell.file("0003_ready.yaml").write_text(READY)
    refreshed = shell.refresh()
    assert refreshed.code == 0, refreshed.err


def test_every_pending_file_is_listed_with_its_steps_and_hazards_before_the_question(shell: MigrationShell) -> None:
    two_pending_files(shell)
    ended = shell.run("apply", shell.spec, "--migrations", str(shell.base), answers=["no"])
    assert ended.code == 5
    listed, _, _ = ended.err.partition("Apply this to my-web?")
    assert "Pending migrations 2" in listed
    assert "0002_app_on_8080.yaml  13 of 13 steps to do" in listed
    assert "hold for 1h" in listed
    assert "look at the graphs" in listed
    assert "0003_ready.yaml  1 of 1 steps to do" in listed
    later = listed.partition("0003_ready.yaml")[2]
    assert "update target_group.web" in later
    assert "hazard health-check-changes, allowed in the file:" in later


def test_a_hazard_of_a_later_file_is_refused_before_the_first_step(shell: MigrationShell) -> None:
    two_pending_files(shell)
    file = shell.file("0003_ready.yaml")
    file.write_text(file.read_text() + "  - do: delete\n    what: record.api.example.com\n")
    assert shell.refresh().code == 0
    shell.write("web.yaml", WEB.replace("domain: api.example.com\n", ""))
    shell.box.clear_calls()
    refused = shell.apply("--to", "0003")
    assert refused.code == 5, refused.err
    assert f"{file}:" in refused.err
    assert "apply --to 0002 stops before that file" in " ".join(refused.err.split())
    assert shell.box.writes() == []


def test_an_edited_middle_file_is_refused_like_an_edited_last_one(shell: MigrationShell) -> None:
    two_pending_files(shell)
    shell.box.clear_calls()
    for name in ("0002_app_on_8080.yaml", "0003_ready.yaml"):
        text = shell.file(name).read_text()
        shell.file(name).write_text("# a remark\n" + text)
        refused = shell.apply()
        assert refused.code == 65, refused.err
        assert "HEAD does not pin the files as they are now" in refused.err
        shell.file(name).write_text(text)
    assert shell.box.writes() == []


class Edits:
    """A clock: during the first sleep somebody edits a file that is still to come."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._deed: Callable[[], object] | None = deed
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
        if self._deed:
            self._deed, deed = None, self._deed
            deed()


def test_a_yes_does_not_cover_a_file_that_is_edited_later(shell: MigrationShell) -> None:
    two_pending_files(shell)
    file = shell.file("0003_ready.yaml")

    def edit() -> None:
        file.write_text(file.read_text().replace("/ready", "/alive"))
        assert shell.refresh().code == 0

    ended = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=Edits(edit))
    assert ended.code == 5, ended.err
    assert f"{file} was edited during the hold" in ended.err
    assert shell.weights() == [10, 90]


def reads(shell: MigrationShell) -> int:
    """How often all of the stack was read since the calls were cleared."""
    return shell.box.counts()["DescribeLoadBalancers"]


def test_aws_is_read_once_before_the_lock_and_once_under_it(shell: MigrationShell) -> None:
    shell.port_8080(TENTH + "  - hold: 30s\n    what: targets.web\n    while: healthy\n")
    shell.box.clear_calls()
    clock = Edits(lambda: None)
    applied = shell.run("apply", shell.spec, "--yes", "--migrations", str(shell.base), clock=clock)
    assert applied.code == 0, applied.err
    runs, look_at_the_end, check_whether_it_answers = 2, 1, 1
    expected = 2 * runs + look_at_the_end + check_whether_it_answers
    assert reads(shell) == expected, "the hold knows the resources from the run before it"
    shell.box.clear_calls()
    assert shell.apply("--to", "0001").code == 0
    assert reads(shell) == 2 + check_whether_it_answers
