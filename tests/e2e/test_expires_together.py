"""`expires:` together with migrations and with adoption."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .console import Console, course
from .migration_shell import REGION, MigrationShell
from .stage import Stage

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
servers: {count: 1}
targets: {port: 80, health: /}
expires: 8h
"""


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MigrationShell:
    box.reset()
    monkeypatch.chdir(tmp_path)
    shell = MigrationShell(box, tmp_path)
    shell.environ["AWS_REGION"] = REGION
    return shell


def ends(shell: MigrationShell) -> None:
    """After nine hours, the nightly job destroys the stack without its spec."""
    early = shell.run("destroy", "--expired", "--yes", "--no-leftovers")
    assert (early.code, early.out) == (0, "No stack is past its end.\n")
    shell.wall = lambda: time.time() + 9 * 3600
    ended = shell.run("destroy", "--expired", "--yes", "--no-leftovers")
    assert ended.code == 0, ended.err
    assert shell.box.tagged("my-web") == {}


def test_a_stack_with_migrations_expires(shell: MigrationShell) -> None:
    shell.write("web.yaml", SPEC)
    assert shell.save("first").code == 0
    assert shell.apply("--no-verify").code == 0
    assert shell.plan("--exit-code").code == 0
    ends(shell)


def test_another_end_is_a_migration(shell: MigrationShell) -> None:
    shell.write("web.yaml", SPEC)
    assert shell.save("first").code == 0
    assert shell.apply("--no-verify").code == 0
    shell.write("web.yaml", SPEC.replace("8h", "30m"))
    saved = shell.save("shorter")
    assert saved.code == 0, saved.err
    applied = shell.apply("--no-verify")
    assert applied.code == 0, applied.err
    assert shell.plan("--exit-code").code == 0
    shell.wall = lambda: time.time() + 3600
    assert shell.run("destroy", "--expired", "--yes", "--no-leftovers").code == 0
    assert shell.box.tagged("my-web") == {}


@pytest.mark.parametrize("migrations", [False, True])
def test_an_adopted_stack_expires(shell: MigrationShell, migrations: bool) -> None:
    course(Console(Stage(shell.box)))
    assert shell.run("import", "server", "--stack", "my-web", "-o", "adopted.yaml").code == 0
    text = Path("adopted.yaml").read_text(encoding="utf-8")
    shell.write("web.yaml", text + "expires: 8h\n")
    refused = shell.run("plan", shell.spec)
    assert refused.code == 65, "it would count from the creation of a load balancer that may be years old"
    moment = datetime.fromtimestamp(time.time() + 8 * 3600, UTC).strftime("%Y-%m-%dT%H:%MZ")
    shell.write("web.yaml", text + f"expires: {moment}\n")
    plan = shell.run("plan", shell.spec, "--json").document["stacks"][0]
    assert {change["action"] for change in plan["changes"]} == {"adopt", "update"}, "the update writes the tag"
    if migrations:
        saved = shell.save("adopt")
        assert saved.code == 0, saved.err
    applied = shell.apply("--no-verify")
    assert applied.code == 0, applied.err
    assert shell.plan("--exit-code").code == 0
    (status,) = shell.run("status", shell.spec, "--json").document["stacks"]
    assert not status["expires"]["past"]
    ends(shell)
