"""`elbplan sandbox demo`: the life of a stack, from any folder, with Python alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from elbplan.cli.demo import COMMANDS, SPEC, demo
from elbplan.spec.load import read_documents

ROOT = Path(__file__).parents[2]


def test_the_stack_is_that_of_the_quickstart(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SPEC, encoding="utf-8")
    paths = [tmp_path / "web.yaml", ROOT / "specs" / "quickstart.yaml"]
    (here,), (there,) = (read_documents([str(path)], None, {}) for path in paths)
    assert here.stack
    assert there.stack
    assert (here.stack.name, here.stack.resources) == (there.stack.name, there.stack.resources)


def test_it_runs_from_an_empty_folder_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "AWS_PROFILE": "nobody"}
    ran = subprocess.run(
        [sys.executable, "-m", "elbplan", "sandbox", "demo", "--json"],
        cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [event["exit"] for event in events] == [0] * len(COMMANDS)
    assert [event["command"].split()[1] for event in events] == [words[0] for words in COMMANDS]
    assert "my-web-web-1" in ran.stderr
    assert "my-web is destroyed" in ran.stderr
    assert list(temporary.glob("elbplan-demo-*")) == []


def test_a_command_that_fails_ends_it_and_stops_the_simulator() -> None:
    shown: list[str] = []
    ends: list[tuple[str, int]] = []
    with demo({**os.environ}, shown.append, lambda line, code: ends.append((line, code))) as own:
        (own.folder / "specs" / "web.yaml").write_text("name: [\n", encoding="utf-8")
        assert own.run_all() == 65
        assert not (own.folder / "sandbox" / "sandbox.json").exists()
    assert [line.split()[1] for line in shown] == ["sandbox", "plan"]
    assert ends == [("elbplan sandbox start --slow 1.5", 0), ("elbplan plan --sandbox", 65)]
