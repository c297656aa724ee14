"""A server process that imports elbplan once and forks a killable process for each command, to save start time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class ForkServer:
    """A process that forks one command at a time, until `close`."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.fork_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, words: Sequence[str], *, stdin: str, env: Mapping[str, str], started: Callable[[int], object]
    ) -> tuple[int, str]:
        """Returns the exit status (negative: a signal) and the output. Calls `started` with the pid."""
        assert self._parent.stdin is not None
        with tempfile.NamedTemporaryFile("w+") as output:
            job = {"words": list(words), "stdin": stdin, "env": dict(env), "output": output.name}
            self._parent.stdin.write(json.dumps(job) + "\n")
            self._parent.stdin.flush()
            started(self._reply()["pid"])
            status = os.waitstatus_to_exitcode(self._reply()["status"])
            return status, output.read()

    def _reply(self) -> dict[str, int]:
        assert self._parent.stdout is not None
        reply: dict[str, int] = json.loads(self._parent.stdout.readline())
        return reply

    def close(self) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(timeout=10)


def _run_command(job: Mapping[str, Any]) -> None:
    """Runs the command in the forked process."""
    with tempfile.TemporaryFile("w+") as stdin:
        stdin.write(job["stdin"])
        stdin.seek(0)
        os.dup2(stdin.fileno(), 0)
    output = os.open(job["output"], os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    os.environ.clear()
    os.environ.update(job["env"])
    sys.argv = ["elbplan", *job["words"]]
    from elbplan.cli.main import main

    main()


def _import_modules() -> None:
    """Imports the modules that every command needs, except those that start a thread."""
    import boto3

    import elbplan.cli.main
    import elbplan.run.lock.locked_run
    import elbplan.spec  # noqa: F401

    boto3.session.Session()


def _serve_jobs() -> None:
    _import_modules()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                _run_command(json.loads(line))
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": status}), flush=True)


if __name__ == "__main__":
    _serve_jobs()
