"""Reads workflows of GitHub Actions, and runs their steps as a runner does, with elbplan on the simulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "github"
EXPRESSION = re.compile(r"\$\{\{ *([a-z_.]+) *\}\}")
GH = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *--paginate*|*"issue list"*) cat "$ANSWER" 2>/dev/null;;
esac
exit 0
"""


def workflow(name: str) -> dict[str, Any]:
    """A workflow. YAML 1.1 reads the key `on` as true."""
    loaded: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in loaded.items()}


def steps(name: str) -> list[dict[str, Any]]:
    """The steps of all jobs."""
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@dataclass
class Runner:
    """A runner with a folder, a program `gh` that notes its calls, and elbplan on the simulator.

    outputs  by expression, such as `steps.plan.outputs.code`
    """

    folder: Path
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        programs = self.folder / "programs"
        programs.mkdir()
        elbplan = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m elbplan --sandbox "$@"\n'
        for name, text in {"gh": GH, "elbplan": elbplan, "pip": "#!/bin/sh\n"}.items():
            (programs / name).write_text(text, encoding="utf-8")
            (programs / name).chmod(0o755)

    @property
    def calls(self) -> list[str]:
        """The command lines of `gh`."""
        file = self.folder / "calls"
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    def answer(self, text: str) -> None:
        """What `gh` prints when it lists comments or issues."""
        (self.folder / "answer").write_text(text, encoding="utf-8")

    def run(self, step: dict[str, Any]) -> int:
        """Runs a step with `run:`, and takes its outputs. Returns its exit code."""
        output = self.folder / "output"
        output.write_text("", encoding="utf-8")
        given = {name: EXPRESSION.sub(self._value, str(text)) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder, env=self._environ() | {"GITHUB_OUTPUT": str(output)} | given,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{step['id']}.outputs.{name}"] = value
        self.printed = done.stdout + done.stderr
        return done.returncode

    def _value(self, match: re.Match[str]) -> str:
        return self.outputs.get(match[1], match[1])

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "PATH": f"{self.folder / 'programs'}{os.pathsep}{os.environ['PATH']}",
            "ELBPLAN_SANDBOX_DIR": str(self.folder / "sandbox"),
            "CALLS": str(self.folder / "calls"),
            "ANSWER": str(self.folder / "answer"),
            "GITHUB_BASE_REF": "main",
        }
