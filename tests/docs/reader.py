"""A reader who types the commands of a page into a shell, with a simulator of their own, without an AWS account."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .command_server import CommandServer
from .edits import edit, with_steps, without_step
from .pages import ROOT, Block
from .setups import SETUPS

SLOW = 0.1
"""Seconds until a load balancer of the simulator is active."""


@dataclass
class Output:
    """What a block printed, and the exit code of its last command."""

    code: int
    out: str
    err: str


@dataclass
class Reader:
    """Runs blocks one after another: a block begins in the folder and with the variables of the block before it."""

    home: Path
    simulator: Path
    server: CommandServer
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.home
        (self.home / "bin").mkdir()
        self.server.write_client(self.home / "bin" / "elbplan")
        self._do(f"elbplan sandbox start --slow {SLOW}\nelbplan sandbox reset")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "USER": "reader",
            "PYTHONPATH": str(ROOT),
            "ELBPLAN_SANDBOX_DIR": str(self.simulator),
        }

    def set_up(self, name: str) -> None:
        """Empties the home folder and the simulator, and prepares a state. Raises KeyError for an unknown one."""
        commands = SETUPS[name]
        for item in self.home.iterdir():
            if item.name != "bin":
                shutil.rmtree(item) if item.is_dir() else item.unlink()
        self.folder = self.home
        self._do(f"elbplan sandbox start --slow {SLOW}\nelbplan sandbox reset\n{commands}")

    def carry_out(self, block: Block) -> Output:
        """Does what the block says: writes or edits a file, or runs commands up to the first that fails."""
        if block.setup:
            self.set_up(block.setup)
        if block.file:
            file = self.folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        if block.insert:
            name, _, place = block.insert.partition(" before ")
            edit(self.folder / name, lambda text: with_steps(text, block.text, before=place))
        if block.remove:
            name, _, place = block.remove.partition(" step ")
            edit(self.folder / name, lambda text: without_step(text, place))
        return self.run(block.commands) if block.commands else Output(0, "", "")

    def _do(self, commands: str) -> None:
        output = self.run(commands)
        assert output.code == 0, f"{commands}\n{output.out}{output.err}"

    def run(self, commands: str) -> Output:
        """Runs the commands up to the first that fails."""
        state = self.home / ".state"
        after = f"trap 'code=$?; export -p >{state}; pwd >{state}.folder; exit $code' EXIT"
        before = f"[ ! -f {state} ] || . {state}"
        done = subprocess.run(
            ["bash", "-c", f"{before}\n{after}\nset -eu -o pipefail\n{commands}"],
            cwd=self.folder,
            env=self.environment,
            text=True,
            capture_output=True,
            timeout=300,
        )
        self.folder = Path(Path(f"{state}.folder").read_text("utf-8").strip())
        return Output(done.returncode, done.stdout, done.stderr)
