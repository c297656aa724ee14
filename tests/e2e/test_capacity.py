"""A zone without capacity for servers ends the run with a clear message, and without retries."""

from __future__ import annotations

from collections import Counter

from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import Stage
from .test_budget import RequestCounter

CODE = "InsufficientInstanceCapacity"
ONE_SERVER = specs.HTTP.replace("count: 2", "count: 1")


def test_no_capacity_is_not_retried(stage: Stage) -> None:
    plan = stage.plan(ONE_SERVER)
    stage.box.fault("error", action="RunInstances", code=CODE, status=500, message="We currently do not have capacity")
    meter = RequestCounter()
    outcome = workflow.apply(meter.aws(stage), plan, KINDS, lambda event: None, stage.clock)
    (failed,) = [event for event in outcome.failed if CODE in event.text]
    assert "another type or other zones" in failed.hint
    assert meter.sent & Counter(RunInstances=9) == Counter(RunInstances=1)
    stage.box.clear_faults()
    stage.apply(ONE_SERVER)
