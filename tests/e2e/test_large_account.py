"""An account with many resources of others: a plan does not read them, and a deep read stays below AWS's request rates.

Calls of a plan of specs/quickstart.yaml, with 500 certificates of others:

    target groups of others     0     1,000     3,000
    first plan                 14        14        14
    standing plan              16        16        16

Before, they were 566 and 572 with 1,000 groups, 671 and 677 with 3,000.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.live.observe import Observed, observe_each
from elbplan.live.pacing import Pacer
from elbplan.live.read_retries import ReadRetries
from elbplan.run import workflow
from elbplan.sandbox.box import Box
from tests.cli.kit import session

from .stage import REGION, BoxClock, Stage
from .test_budget import RequestCounter

QUICKSTART = (Path(__file__).parents[2] / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
CERTIFICATES = 500


@pytest.fixture(scope="module")
def virtual() -> Iterator[Box]:
    with Box(virtual=True) as box:
        yield box


def create_others(box: Box, groups: int, certificates: int) -> None:
    """Creates target groups and certificates of others: one by its call, and copies of it."""
    vpc = box.client("ec2", REGION).describe_vpcs()["Vpcs"][0]["VpcId"]
    box.client("elbv2", REGION).create_target_group(Name="foreign", Protocol="HTTP", Port=80, VpcId=vpc)
    box.client("acm", REGION).request_certificate(DomainName="foreign.org", ValidationMethod="DNS")
    box.quota("target_groups", 5000)
    elb, stored = box.account.elb(REGION), box.account.certificates
    group = next(group for group in elb.groups.values() if group.name == "foreign")
    for number in range(groups):
        name = f"foreign-{number}"
        arn = group.arn.replace("/foreign/", f"/{name}/")
        elb.groups[arn] = dataclasses.replace(group, arn=arn, name=name)
        elb.tags[arn] = {"team": "other"}
    certificate = next(certificate for certificate in stored.values() if certificate.domain == "foreign.org")
    for number in range(certificates):
        arn, domain = f"{certificate.arn[:-4]}{number:04d}", f"c{number}.foreign.org"
        stored[arn] = dataclasses.replace(certificate, arn=arn, domain=domain, names=[domain], tags={})


def calls_of_a_plan(stage: Stage, *, empty: bool) -> int:
    meter = RequestCounter()
    (plan,) = workflow.plan(meter.aws(stage), stage.stacks(QUICKSTART), KINDS)
    assert plan.empty == empty
    return meter.total


def first_and_standing(box: Box, groups: int, certificates: int) -> tuple[int, int]:
    stage = Stage(box)
    create_others(box, groups, certificates)
    first = calls_of_a_plan(stage, empty=False)
    assert stage.run(stage.plan(QUICKSTART)).complete
    standing = calls_of_a_plan(stage, empty=True)
    box.advance(3600)
    assert calls_of_a_plan(stage, empty=True) == standing, "the tag index knows of the stack"
    return first, standing


@pytest.mark.parametrize("groups", [1000, 3000])
def test_the_calls_of_a_plan_do_not_depend_on_the_resources_of_others(virtual: Box, groups: int) -> None:
    alone = first_and_standing(virtual, 0, 0)
    assert first_and_standing(virtual, groups, CERTIFICATES) == alone


def deep_read(box: Box, clock: BoxClock, pacer: Pacer | None) -> int:
    """How many requests AWS throttles while everything in the account is read. Pauses take time of the clock."""
    box.clear_calls()
    retries = ReadRetries(now=clock.now, sleep=clock.sleep)
    aws = Aws(REGION, endpoint=box.url, session=session(), pacer=pacer, retries=retries)
    seen = observe_each(aws.send, REGION, [Stack("my-web", REGION, {})], KINDS, deep=True, parallel=1)
    assert isinstance(seen["my-web"], Observed)
    return sum(call.outcome == "Throttling" for call in box.calls)


def test_a_deep_read_of_a_large_account_is_not_throttled(virtual: Box) -> None:
    stage = Stage(virtual)
    create_others(virtual, 4000, 0)
    virtual.switch("elb_rate", True)
    clock = BoxClock(virtual)
    assert deep_read(virtual, clock, Pacer(now=clock.now, sleep=clock.sleep)) == 0
    assert len(virtual.calls) > 4000 / 20
    assert 20 < clock.now() < 40, "about 25 seconds"
    assert stage.box.writes() == []


def test_without_a_pacer_the_same_reads_are_throttled(virtual: Box) -> None:
    Stage(virtual)
    create_others(virtual, 4000, 0)
    virtual.switch("elb_rate", True)
    assert deep_read(virtual, BoxClock(virtual), None) > 0
