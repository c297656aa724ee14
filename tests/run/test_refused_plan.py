"""A plan with refusals is only shown. Nothing carries it out."""

from __future__ import annotations

import pytest

from elbplan.core.call import Answer, Call
from elbplan.core.plan import Plan, Refusal
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.run.outcome import Event
from elbplan.run.workflow import apply
from tests.fake_time import FakeTime


class NoAws:
    """An AWS that nobody may call."""

    region = "eu-west-1"

    def send(self, call: Call) -> Answer:
        raise AssertionError(f"{call.operation} was sent")


def test_a_plan_with_refusals_is_not_carried_out() -> None:
    plan = Plan(
        "web", "eu-west-1", "1", refusals=(Refusal("port 80 is taken", "free it"), Refusal("so is 443", "free it"))
    )
    told: list[Event] = []
    with pytest.raises(Refused) as refused:
        apply(NoAws(), plan, KINDS, told.append, FakeTime())
    assert (refused.value.what, refused.value.hint) == ("port 80 is taken\nso is 443", "free it")
    assert told == []
