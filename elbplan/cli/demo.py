"""The life of a stack on a simulator of its own: `elbplan sandbox demo`. No AWS account, no credentials, no cost."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SPEC = """\
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
servers:
  count: 2
  user_data: |
    #!/bin/sh
    mkdir -p /srv/www && cd /srv/www && echo ok > health && hostname > index.html
    systemd-run --unit=web --working-directory=/srv/www python3 -m http.server 80
targets:
  port: 80
  health: /health
"""
"""The stack of specs/quickstart.yaml: a package has no specs/."""

START = ("sandbox", "start", "--slow", "1.5")
STOP = ("sandbox", "stop")
COMMANDS: Sequence[Sequence[str]] = (
    START,
    ("plan", "--sandbox"),
    ("apply", "--sandbox", "--yes"),
    ("plan", "--sandbox"),
    ("verify", "--sandbox"),
    ("open", "--sandbox", "--path", "/hello?x=1"),
    ("destroy", "--sandbox", "--confirm", "my-web"),
    STOP,
)
HIDDEN = ("AWS_", "ELBPLAN_", "_ELBPLAN_")
"""The demo keeps no variable of these: nothing of this machine may change what it shows."""


@dataclass(frozen=True)
class Demo:
    """The folder, the environment and the output of a demo.

    show   prints a command line before it runs
    ended  gets each command line of elbplan with its exit code
    out    where the commands write their standard output; None: to that of this process
    curl   the program that asks the load balancer; None if there is none
    """

    folder: Path
    environ: Mapping[str, str]
    show: Callable[[str], None]
    ended: Callable[[str, int], None]
    out: IO[str] | None = None
    curl: str | None = None

    def run_all(self) -> int:
        """Runs the commands up to the first that fails, and returns its exit code. Stops the simulator in any case."""
        try:
            for words in COMMANDS:
                if code := self._run(words):
                    return code
            return 0
        finally:
            subprocess.run(self._command(STOP), cwd=self.folder, env=self.environ, check=False, capture_output=True)

    def _run(self, words: Sequence[str]) -> int:
        line = f"elbplan {shlex.join(words)}"
        self.show(line)
        code = self._open(words) if words[0] == "open" else self._call(self._command(words))
        self.ended(line, code)
        return code

    def _open(self, words: Sequence[str]) -> int:
        """Runs the command, and then the curl command that it prints."""
        command = self._command(words)
        done = subprocess.run(
            command, cwd=self.folder, env=self.environ, check=False, stdout=subprocess.PIPE, encoding="utf-8"
        )
        print(done.stdout, end="", file=self.out, flush=True)
        last = done.stdout.rstrip().rpartition("\n")[2]
        if done.returncode or not self.curl or not last.startswith("curl "):
            return done.returncode
        self.show(last)
        return self._call([self.curl, *shlex.split(last)[1:], "--silent", "--show-error"])

    def _command(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "elbplan", *words]

    def _call(self, command: Sequence[str]) -> int:
        return subprocess.run(command, cwd=self.folder, env=self.environ, check=False, stdout=self.out).returncode


@contextmanager
def demo(
    environ: Mapping[str, str],
    show: Callable[[str], None],
    ended: Callable[[str, int], None],
    out: IO[str] | None = None,
) -> Iterator[Demo]:
    """A demo in a new folder with the spec, and with a simulator of its own. The folder is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="elbplan-demo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "specs").mkdir()
        (folder / "specs" / "web.yaml").write_text(SPEC, encoding="utf-8")
        kept = {key: value for key, value in environ.items() if not key.startswith(HIDDEN)}
        own = {
            "ELBPLAN_SANDBOX_DIR": str(folder / "sandbox"),
            "PYTHONPATH": _path(environ),
            "PYTHONIOENCODING": "utf-8",
        }
        yield Demo(folder, {**kept, **own}, show, ended, out, shutil.which("curl"))


def _path(environ: Mapping[str, str]) -> str:
    """The folder of this package first, so that the demo runs this version from any folder."""
    rest = environ.get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[2]), rest]))
