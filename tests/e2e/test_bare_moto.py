"""elbplan works with any endpoint of the AWS API; here with moto's own server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.run import workflow
from elbplan.run.clock import RealClock
from elbplan.spec import load

from .moto_server import moto_server

REGION = "ap-northeast-2"
SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


NAMES = ["quickstart", "http-only", "two-services", "servers-with-elastic-ip", "canary-blue", "web-acl-and-logs"]


@pytest.mark.parametrize("name", NAMES)
def test_an_example_lives_and_dies(endpoint: str, name: str) -> None:
    stacks = load([str(SPECS / f"{name}.yaml")])
    session = boto3.session.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)
    aws = Aws(stacks[0].region or REGION, endpoint=endpoint, session=session)
    route53 = session.client("route53", endpoint_url=endpoint)
    if not route53.list_hosted_zones()["HostedZones"]:
        route53.create_hosted_zone(Name="example.com", CallerReference=str(time.time()))
    if name == "web-acl-and-logs":
        _web_acl(session.client("wafv2", stacks[0].region, endpoint_url=endpoint))
    (plan,) = workflow.plan(aws, stacks, KINDS)
    assert workflow.apply(aws, plan, KINDS, lambda event: None, RealClock()).complete
    (again,) = workflow.plan(aws, stacks, KINDS)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    (end,) = workflow.plan_destroy(aws, stacks, KINDS)
    assert workflow.apply(aws, end, KINDS, lambda event: None, RealClock()).complete
    (nothing,) = workflow.plan_destroy(aws, stacks, KINDS)
    assert nothing.empty


def _web_acl(waf: Any) -> None:
    shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "edge"}
    waf.create_web_acl(Name="edge", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown)
