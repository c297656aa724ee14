"""A process that imports elbplan once, and forks a process for each `elbplan` of a shell: that saves its start time.

A client is the script CLIENT. It gives its arguments, folder and environment, and its three streams.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

CLIENT = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
job = json.dumps({{"words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}).encode()
socket.send_fds(server, [len(job).to_bytes(4, "big")], [0, 1, 2])
server.sendall(job)
answer = server.makefile()
try:
    code = answer.readline()
except KeyboardInterrupt:
    server.shutdown(socket.SHUT_WR)
    code = answer.readline()
sys.exit(int(code))
"""


class CommandServer:
    """Runs until `close`. `write_client` writes an `elbplan` that uses it."""

    def __init__(self, folder: Path) -> None:
        self._address = folder / "s"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.docs.command_server", str(self._address)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def write_client(self, file: Path) -> None:
        file.write_text(CLIENT.format(python=sys.executable, address=str(self._address)), encoding="utf-8")
        file.chmod(0o755)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)


def _import_modules() -> None:
    """Imports the modules of every command and reads the AWS models. Nothing of it starts a thread."""
    from elbplan.cli.main import ENTRIES
    from elbplan.live.aws_models import boto3_session

    for module, _, _ in ENTRIES.values():
        import_module(module.partition(":")[0])
    for service in ("acm", "ec2", "elbv2", "route53", "ssm"):
        boto3_session("test", "test", "us-east-1").client(service)


def _receive(client: socket.socket) -> tuple[dict[str, Any], list[int]]:
    head, streams, _, _ = socket.recv_fds(client, 4, 3)
    size, job = int.from_bytes(head, "big"), b""
    while len(job) < size:
        job += client.recv(size - len(job))
    return json.loads(job), streams


def _run(job: dict[str, Any], streams: list[int]) -> None:
    """Runs the command in the forked process, and ends the process."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"])
    sys.argv = ["elbplan", *job["words"]]
    from elbplan.cli.main import main

    code = 1
    try:
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _handle(client: socket.socket) -> None:
    """Runs the command in a child of this process, and answers with its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    job, streams = _receive(client)
    child = os.fork()
    if child == 0:
        client.close()
        _run(job, streams)
    client.sendall(f"{_wait(child, client)}\n".encode())


def _wait(child: int, client: socket.socket) -> int:
    """Returns the exit code of the child. A client that is interrupted closes its side: so is the child."""
    interrupted = False
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if interrupted:
            time.sleep(0.02)
        elif select.select([client], [], [], 0.02)[0]:
            os.kill(child, signal.SIGINT)
            interrupted = True


def serve(address: str) -> None:
    """Listens on this Unix socket, and forks a process for each client."""
    _import_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _handle(client)
            os._exit(0)
        client.close()


if __name__ == "__main__":
    serve(sys.argv[1])
