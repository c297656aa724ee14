"""moto's own server, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

CODE = (
    "from moto.server import ThreadedMotoServer as S; import time; s = S(ip_address='127.0.0.1', port=0); "
    "s.start(); print(s.get_host_and_port()[1], flush=True); time.sleep(600)"
)


@contextmanager
def moto_server() -> Iterator[str]:
    """Starts moto on a port that it chooses, and returns the URL."""
    env = {**os.environ, "MOTO_ACM_VALIDATION_WAIT": "0"}
    process = subprocess.Popen([sys.executable, "-c", CODE], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        port = next(line.strip() for line in process.stdout if line.strip().isdigit())
        url = f"http://127.0.0.1:{port.decode()}"
        assert urlopen(url + "/moto-api/data.json", timeout=20).status == 200
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)
