"""Settings of servers in migrations: saved, replayed, in place, with the fingerprints of older files."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

PLAIN = """name: my-web
region: ap-northeast-2
zones: [a, c]
servers: {count: 1, user_data: "#!/bin/sh"}
targets: {port: 80}
"""
RICH = PLAIN.replace(
    "count: 1",
    "count: 1, imdsv2: required, volumes: {root: 20}, monitoring: true, on_shutdown: terminate, cpu: {cores: 1}",
)
LARGER = RICH.replace("root: 20", "root: 30").replace("monitoring: true, ", "")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    with Box() as box:
        box.create_defaults("ap-northeast-2")
        yield Shell(box, tmp_path)


def migrations(shell: Shell) -> tuple[str, str]:
    return "--migrations", f"{shell.folder}/migrations"


def saved(shell: Shell, text: str, name: str) -> None:
    done = shell.run("plan", shell.write("web.yaml", text), "--save", name, *migrations(shell))
    assert done.code == 0, done.err


def applied(shell: Shell, text: str, name: str) -> str:
    saved(shell, text, name)
    done = shell.run(
        "apply", f"{shell.folder}/web.yaml", "--yes", "--allow", "targets-unverified,repeated-state", *migrations(shell)
    )
    assert done.code == 0, done.err + done.out
    second = shell.run("plan", f"{shell.folder}/web.yaml", "--detailed-exitcode", *migrations(shell))
    assert second.code == 0, second.out + second.err
    return done.out


def test_each_change_is_a_file_that_applies_and_lints(shell: Shell) -> None:
    applied(shell, PLAIN, "first")
    applied(shell, RICH, "rich")
    applied(shell, LARGER, "larger")
    lint = shell.run("lint", f"{shell.folder}/web.yaml", *migrations(shell))
    assert "fingerprint" not in lint.err + lint.out
    files = sorted(path.name for path in (shell.folder / "migrations" / "my-web").glob("0*.yaml"))
    assert files == ["0001_first.yaml", "0002_rich.yaml", "0003_larger.yaml"]
    text = (shell.folder / "migrations" / "my-web" / "0003_larger.yaml").read_text()
    assert "do: update" in text
    assert "do: create" not in text
