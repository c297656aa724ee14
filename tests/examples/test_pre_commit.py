"""The hooks for pre-commit: their form, and their commands on a repository."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
BAD = {
    "elbplan-validate": "name: web\nregoin: eu-west-1\ntargets: {instances: [i-0a, i-0b], port: 80, health: /health}\n",
    "elbplan-lint": "name: web\nzones: [a, b]\ntargets: {instances: [i-0aaa], port: 80, health: /health}\n",
}
GOOD = "name: web\nzones: [a, b]\ntargets: {instances: [i-0aaa, i-0bbb], port: 80, health: /health}\n"


def test_the_hooks_are_complete() -> None:
    assert {hook["id"] for hook in HOOKS} == set(BAD)
    for hook in HOOKS:
        assert {"id", "name", "entry", "language", "files", "pass_filenames"} <= set(hook)
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        assert hook["id"] in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_for_specs_and_not_for_other_files(hook: dict[str, Any]) -> None:
    assert re.search(hook["files"], "specs/web.yaml")
    assert not re.search(hook["files"], "src/specs.yaml")
    assert not re.search(hook["files"], "README.md")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_fails_for_a_bad_spec_only(hook: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    codes = []
    for text in (GOOD, BAD[hook["id"]]):
        (tmp_path / "specs" / "web.yaml").write_text(text, encoding="utf-8")
        words = shlex.split(hook["entry"])
        assert words[0] == "elbplan"
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=False,
        )
        codes.append(done.returncode)
    assert codes[0] == 0
    assert codes[1] != 0
