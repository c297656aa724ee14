"""elbplan works with any endpoint of the AWS API; here with moto's own server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest

from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.run import workflow
from elbplan.run.clock import RealClock
from elbplan.spec import load

REGION = "ap-northeast-2"
SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Starts moto in a separate process, on a port that it chooses."""
    code = (
        "from moto.server import ThreadedMotoServer as S; import time; s = S(ip_address='127.0.0.1', port=0); "
        "s.start(); print(s.get_host_and_port()[1], flush=True); time.sleep(600)"
    )
    env = {**os.environ, "MOTO_ACM_VALIDATION_WAIT": "0"}
    process = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    port = next(line.strip() for line in process.stdout if line.strip().isdigit())
    url = f"http://127.0.0.1:{port.decode()}"
    assert urlopen(url + "/moto-api/data.json", timeout=20).status == 200
    yield url
    process.terminate()
    process.wait(timeout=10)


@pytest.mark.parametrize("name", ["quickstart", "http-only", "two-services", "servers-with-elastic-ip"])
def test_an_example_lives_and_dies(endpoint: str, name: str) -> None:
    stacks = load([str(SPECS / f"{name}.yaml")])
    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    aws = Aws(stacks[0].region or REGION, endpoint=endpoint, session=session)
    route53 = session.client("route53", endpoint_url=endpoint)
    if not route53.list_hosted_zones()["HostedZones"]:
        route53.create_hosted_zone(Name="example.com", CallerReference=str(time.time()))
    (plan,) = workflow.plan(aws, stacks, KINDS)
    assert workflow.apply(aws, plan, KINDS, lambda event: None, RealClock()).complete
    (again,) = workflow.plan(aws, stacks, KINDS)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    (end,) = workflow.plan_destroy(aws, stacks, KINDS)
    assert workflow.apply(aws, end, KINDS, lambda event: None, RealClock()).complete
    (nothing,) = workflow.plan_destroy(aws, stacks, KINDS)
    assert nothing.empty
