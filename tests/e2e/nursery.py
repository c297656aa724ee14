"""A warm parent that forks commands: each is a process of its own that can be killed, without a second's start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Nursery:
    """From `start` to `close`, a process that forks one command at a time."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, words: Sequence[str], *, stdin: str, env: Mapping[str, str], born: Callable[[int], object]
    ) -> tuple[int, str]:
        """Exit status (negative: the signal that ended it) and all it said; `born` is told its pid at its start."""
        assert self._parent.stdin is not None
        with tempfile.NamedTemporaryFile("w+") as said:
            job = {"words": list(words), "stdin": stdin, "env": dict(env), "said": said.name}
            self._parent.stdin.write(json.dumps(job) + "\n")
            self._parent.stdin.flush()
            born(self._told()["pid"])
            status = os.waitstatus_to_exitcode(self._told()["status"])
            return status, said.read()

    def _told(self) -> dict[str, int]:
        assert self._parent.stdout is not None
        told: dict[str, int] = json.loads(self._parent.stdout.readline())
        return told

    def close(self) -> None:
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        self._parent.wait(timeout=10)


def _child(job: Mapping[str, Any]) -> None:
    """Become the command."""
    with tempfile.TemporaryFile("w+") as given:
        given.write(job["stdin"])
        given.seek(0)
        os.dup2(given.fileno(), 0)
    said = os.open(job["said"], os.O_WRONLY)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.stdin = os.fdopen(0, "r", closefd=False)
    os.environ.clear()
    os.environ.update(job["env"])
    sys.argv = ["elbplan", *job["words"]]
    from elbplan.cli.main import main

    main()


def _warm() -> None:
    """Import what every command imports, and nothing that starts a thread."""
    import boto3

    import elbplan.cli.main
    import elbplan.run.lock.locked_run
    import elbplan.spec  # noqa: F401

    boto3.session.Session()


def _serve() -> None:
    _warm()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                _child(json.loads(line))
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
    _serve()
