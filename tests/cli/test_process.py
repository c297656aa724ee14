"""Tests that need a separate process: imports at the start, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import termios
import threading
import time

import pytest

from elbplan.sandbox.box import Box

from ..patience import SOON
from .kit import WEB

HEAVY = {"boto3", "botocore", "pydantic", "rich", "yaml", "moto"}


@pytest.mark.parametrize("word", ["--help", "--version", "-h"])
def test_nothing_heavy_is_imported_to_say_hello(word):
    code = (
        "import sys\nfrom elbplan.cli.main import main\n"
        f"sys.argv = ['elbplan', {word!r}]\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        f"print('HEAVY', sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "elbplan", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("elbplan ")


def environ_of(url):
    """Returns an environment whose AWS endpoint is this URL."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return environ | {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}


@pytest.fixture
def slow_apply(tmp_path):
    """Starts an apply that waits minutes for a load balancer."""
    with Box(slow=300) as box:
        box.create_defaults("ap-northeast-2", hosted_zones=["example.com"])
        (tmp_path / "web.yaml").write_text(WEB)
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", "apply", "--yes", str(tmp_path / "web.yaml")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ_of(box.url),
        )  # fmt: skip
        until(lambda: "CreateLoadBalancer" in box.counts())
        yield process
        process.kill()
        process.wait()


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_first_ctrl_c_finishes_running_calls_and_says_how_to_go_on(slow_apply):
    slow_apply.send_signal(signal.SIGINT)
    out, err = slow_apply.communicate(timeout=60)
    assert slow_apply.returncode == 130
    assert b"stopping after the running calls; press Ctrl-C again to stop at once" in err
    assert b"interrupted after" in out
    assert b"goes on, " in out
    assert b"Traceback" not in err


def test_the_second_ctrl_c_leaves_at_once(slow_apply):
    slow_apply.send_signal(signal.SIGINT)
    slow_apply.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, err = slow_apply.communicate(timeout=60)
    assert slow_apply.returncode == 130
    assert time.monotonic() - began < SOON
    assert b"Traceback" not in err


@pytest.fixture
def mute():
    """Returns the URL of a server that accepts connections and never answers, and its connections."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        connections: list[socket.socket] = []

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connections.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", connections
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("words", [["plan"], ["apply", "--yes"], ["status"], ["destroy", "--confirm", "my-web"]])
def test_one_ctrl_c_ends_a_command_whose_questions_hang(mute, tmp_path, words):
    url, connections = mute
    (tmp_path / "web.yaml").write_text(WEB)
    process = subprocess.Popen(
        [sys.executable, "-m", "elbplan", *words, str(tmp_path / "web.yaml")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ_of(url),
    )  # fmt: skip
    until(lambda: connections)
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = process.communicate(timeout=60)
    took = time.monotonic() - began
    assert (process.returncode, out, err.decode().strip()) == (130, b"", "interrupted")
    assert took < SOON


def test_one_ctrl_c_at_a_terminal_leaves_it_as_it_was(mute, tmp_path):
    url, connections = mute
    (tmp_path / "web.yaml").write_text(WEB)
    leader, follower = os.openpty()
    before = termios.tcgetattr(follower)
    process = subprocess.Popen(
        [sys.executable, "-m", "elbplan", "plan", str(tmp_path / "web.yaml")],
        stdin=follower, stdout=follower, stderr=follower, env=environ_of(url) | {"TERM": "xterm"},
    )  # fmt: skip
    until(lambda: connections)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert termios.tcgetattr(follower) == before
    shown = os.read(leader, 100_000).decode()
    os.close(follower)
    os.close(leader)
    assert shown.rstrip().endswith("interrupted")
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")  # the cursor is back
    assert "Traceback" not in shown


def test_ctrl_c_while_the_lock_is_held_and_every_call_hangs_ends_too(tmp_path):
    """The run has the lock, then AWS stops answering: Ctrl-C waits neither for reads nor for the record."""
    with Box() as box:
        box.create_defaults("ap-northeast-2", hosted_zones=["example.com"])
        (tmp_path / "web.yaml").write_text(WEB)
        box.fault("delay", action="DescribeLoadBalancers", nth=2, seconds=45)
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", "apply", "--yes", str(tmp_path / "web.yaml")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ_of(box.url),
        )  # fmt: skip
        until(lambda: box.counts().get("DescribeLoadBalancers", 0) > 1)
        box.fault("delay", service="ssm", seconds=45)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert time.monotonic() - began < SOON
        assert err.decode().rstrip().endswith("interrupted")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_bug(closed, tmp_path):
    command = f"exec {sys.executable} -m elbplan explain 503 {closed}"
    environ = os.environ | {"XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=environ)
    assert done.returncode == 0
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("crash-*"))
    assert ("503" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))
