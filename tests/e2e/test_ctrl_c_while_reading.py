"""One Ctrl-C ends a command that reads, also while a call hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from ..patience import SOON


def test_one_ctrl_c_ends_a_command_whose_calls_hang(tmp_path: Path) -> None:
    spec = tmp_path / "web.yaml"
    spec.write_text("name: my-web\nregion: eu-west-1\nzones: [a, c]\ntargets: {instances: [i-0aaaaaaaa], port: 80}\n")
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            kept = []
            while True:
                try:
                    kept.append(server.accept())
                except OSError:
                    return
                asked.set()

        threading.Thread(target=accept, daemon=True).start()
        environ = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true",
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-m", "elbplan", "plan", str(spec)],
            env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert asked.wait(30)
        pressed = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert time.monotonic() - pressed < SOON
        assert "Traceback" not in err
        assert "interrupted" in err
