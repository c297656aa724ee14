"""An account with many resources of others: elbplan reads it below AWS's request rates."""

from __future__ import annotations

from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.live.observe import observe
from elbplan.live.pacing import Pacer
from elbplan.sandbox.box import Box
from tests.cli.kit import session

REGION = "ap-northeast-2"


def throttled(box: Box, pacer: Pacer | None) -> int:
    """How many requests AWS throttles while the stack is read."""
    box.clear_calls()
    aws = Aws(REGION, endpoint=box.url, session=session(), pacer=pacer)
    observe(aws.send, REGION, [Stack("my-web", REGION, {})], KINDS)
    return sum(call.outcome == "Throttling" for call in box.calls)


def test_a_large_account_is_read_without_throttling(box: Box) -> None:
    box.reset()
    vpc = box.create_defaults(REGION)["vpc"]
    elb = box.client("elbv2", REGION)
    for number in range(900):
        elb.create_target_group(Name=f"foreign-{number}", Protocol="HTTP", Port=80, VpcId=vpc)
    box.switch("elb_rate", True)
    try:
        assert throttled(box, Pacer()) == 0
        assert throttled(box, None) > 0, "without a pacer the same reads are throttled"
    finally:
        box.switch("elb_rate", False)
