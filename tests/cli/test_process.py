"""What only a process of its own can show: how fast it starts, what it imports, and how Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from elbplan.sandbox.box import Box

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


@pytest.fixture
def slow_apply(tmp_path):
    """An apply that waits for a load balancer that takes minutes."""
    with Box(slow=300) as box:
        box.seed("ap-northeast-2", hosted_zones=["example.com"])
        (tmp_path / "web.yaml").write_text(WEB)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environ |= {"AWS_ENDPOINT_URL": box.url, "AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t"}
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", "apply", "--yes", str(tmp_path / "web.yaml")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
        )  # fmt: skip
        until(lambda: "CreateLoadBalancer" in box.counts())
        yield process
        process.kill()
        process.wait()


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_first_ctrl_c_finishes_running_calls_and_says_how_to_go_on(slow_apply):
    slow_apply.send_signal(signal.SIGINT)
    out, err = slow_apply.communicate(timeout=60)
    assert slow_apply.returncode == 130
    assert b"finishing running calls; press again to leave at once" in err
    assert b"interrupted after" in out
    assert b"run the same command again" in out
    assert b"Traceback" not in err


def test_the_second_ctrl_c_leaves_at_once(slow_apply):
    slow_apply.send_signal(signal.SIGINT)
    slow_apply.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, err = slow_apply.communicate(timeout=60)
    assert slow_apply.returncode == 130
    assert time.monotonic() - began < 5
    assert b"Traceback" not in err
