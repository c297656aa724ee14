"""Measures how long an apply of 40 stacks takes, against one stack, on a simulator whose load balancers take time.

    .venv/bin/python bench/many_stacks.py [--stacks 40] [--slow 30]

The simulator and elbplan run in processes of their own. A stack is a load balancer with its security group, a target
group, a listener and one registered server.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from elbplan.sandbox.admin.remote import RemoteBox

REGION = "ap-northeast-2"
SPEC = """name: {name}
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [i-0bbbbbbbbbbbbbbbb], port: 80, health: /health}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stacks", type=int, default=40)
    parser.add_argument("--slow", type=float, default=30, help="seconds until a load balancer is active")
    arguments = parser.parse_args()
    command = [sys.executable, "-m", "elbplan.sandbox", "--slow", str(arguments.slow)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout is not None
        url = simulator.stdout.readline().strip()
        try:
            box = RemoteBox(url)
            alone = seconds(box, url, 1)
            together = seconds(box, url, arguments.stacks)
        finally:
            simulator.terminate()
    print(f"1 stack {alone:.1f} s, {arguments.stacks} stacks {together:.1f} s, ratio {together / alone:.2f}")
    return 0


def seconds(box: RemoteBox, url: str, number: int) -> float:
    """How long the apply of so many new stacks takes."""
    box.reset()
    box.create_defaults(REGION)
    box.create_fixture("instance", "i-0bbbbbbbbbbbbbbbb", REGION, zone="a")
    with tempfile.TemporaryDirectory() as folder:
        for index in range(number):
            name = f"svc-{index:02}"
            (Path(folder) / f"{name}.yaml").write_text(SPEC.format(name=name))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true", "XDG_STATE_HOME": folder,
        }  # fmt: skip
        began = time.monotonic()
        command = [sys.executable, "-m", "elbplan", "apply", "--yes", "--quiet", "--no-verify", folder]
        subprocess.run(command, env=environ, check=True, capture_output=True)
        return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
