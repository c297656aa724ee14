"""A server process that imports elbplan once and forks a killable process for each command, to save start time.

A command is elbplan, or the acceptance suite.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


class ForkedCommand:
    """A command that was started. It has an exit code, or the negative number of the signal that ended it."""

    def __init__(self, pid: int, wait: Callable[[], int]) -> None:
        self.pid = pid
        self._code: int | None = None
        self._waiter = threading.Thread(target=self._wait, args=(wait,), daemon=True)
        self._waiter.start()

    def _wait(self, wait: Callable[[], int]) -> None:
        self._code = wait()

    def poll(self) -> int | None:
        return self._code

    def wait(self, seconds: float = 60) -> int:
        self._waiter.join(seconds)
        assert self._code is not None, "the command still runs"
        return self._code

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


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

    def start(
        self, words: Sequence[str], env: Mapping[str, str], *, folder: Path, out: Path, err: Path, suite: bool = False
    ) -> ForkedCommand:
        """Starts a command in a folder, with files for stdout and stderr. `suite`: the acceptance suite."""
        assert self._parent.stdin is not None
        places = {"output": str(out), "errors": str(err), "folder": str(folder)}
        job = {"words": list(words), "stdin": "", "env": dict(env), "suite": suite, **places}
        self._parent.stdin.write(json.dumps(job) + "\n")
        self._parent.stdin.flush()
        return ForkedCommand(self._reply()["pid"], lambda: os.waitstatus_to_exitcode(self._reply()["status"]))

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
    flags = os.O_WRONLY | os.O_CREAT
    os.dup2(os.open(job["output"], flags), 1)
    os.dup2(os.open(job["errors"], flags) if "errors" in job else 1, 2)
    os.chdir(job.get("folder", "."))
    sys.stdin = os.fdopen(0, "r", closefd=False)
    os.environ.clear()
    os.environ.update(job["env"])
    sys.argv = ["elbplan", *job["words"]]
    if job.get("suite"):
        from tests.acceptance.__main__ import main as run_suite

        sys.exit(run_suite())
    from elbplan.cli.main import main

    main()


def _import_modules() -> None:
    """Imports the modules and reads the AWS models that every command needs. Nothing of it starts a thread."""
    import elbplan.cli.commands.apply
    import elbplan.cli.commands.destroy
    import elbplan.cli.commands.plan
    import elbplan.cli.commands.status
    import elbplan.cli.main
    import elbplan.run.lock.locked_run
    import elbplan.spec  # noqa: F401
    import tests.acceptance.__main__  # noqa: F401
    from elbplan.live.aws_models import boto3_session

    for service in ("acm", "ec2", "elbv2", "route53", "ssm"):
        boto3_session("test", "test", "us-east-1").client(service)


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
