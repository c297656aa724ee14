"""Limits on the calls and rounds of a plan, measured at the HTTP client."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.live.observe import observe
from elbplan.run import workflow
from elbplan.sandbox.server.call_log import is_write

from .stage import REGION, Stage

QUICKSTART = (Path(__file__).parents[2] / "specs" / "quickstart.yaml").read_text(encoding="utf-8")
CALLS, CALLS_FOR_A_NEW_STACK, CALLS_A_STACK, ROUNDS = 18, 16, 11, 4


@dataclass
class RequestCounter:
    """Counts every request, including retries."""

    sent: Counter[str] = field(default_factory=Counter)

    def each(self, service: str, operation: str) -> None:
        self.sent[operation] += 1

    def aws(self, stage: Stage) -> Aws:
        return Aws(REGION, endpoint=stage.box.url, session=stage.aws._session, each=self.each)

    @property
    def total(self) -> int:
        return self.sent.total()


def test_a_plan_with_nothing_to_do_is_cheap(stage: Stage) -> None:
    stage.apply(QUICKSTART)
    meter = RequestCounter()
    (plan,) = workflow.plan(meter.aws(stage), stage.stacks(QUICKSTART), KINDS)
    assert plan.empty
    assert meter.total <= CALLS, meter.sent
    assert not [operation for operation in meter.sent if is_write(operation)]


def test_its_questions_are_asked_in_few_rounds(stage: Stage) -> None:
    (seen,) = observe(stage.aws.send, REGION, stage.stacks(QUICKSTART), KINDS).values()
    assert seen.rounds <= ROUNDS
    stage.apply(QUICKSTART)
    (seen,) = observe(stage.aws.send, REGION, stage.stacks(QUICKSTART), KINDS).values()
    assert seen.rounds <= ROUNDS


def test_no_question_is_asked_twice(stage: Stage) -> None:
    stage.apply(QUICKSTART)
    stage.box.clear_calls()
    stage.plan(QUICKSTART)
    asked = [(call.action, str(call.params)) for call in stage.box.calls]
    assert len(asked) == len(set(asked))


def test_a_plan_of_what_is_not_there_yet_is_cheaper_still(stage: Stage) -> None:
    meter = RequestCounter()
    workflow.plan(meter.aws(stage), stage.stacks(QUICKSTART), KINDS)
    assert meter.total <= CALLS_FOR_A_NEW_STACK, meter.sent


def test_a_second_apply_sends_reads_only(stage: Stage) -> None:
    stage.apply(QUICKSTART)
    meter = RequestCounter()
    aws = meter.aws(stage)
    (plan,) = workflow.plan(aws, stage.stacks(QUICKSTART), KINDS)
    assert workflow.apply(aws, plan, KINDS, lambda event: None, stage.clock).complete
    assert not [operation for operation in meter.sent if is_write(operation)]


def test_many_stacks_are_read_together(stage: Stage, capsys: Any) -> None:
    specs = [QUICKSTART.replace("my-web", f"web-{n}").replace("api.", f"api-{n}.") for n in range(20)]
    stacks = [stack for spec in specs for stack in stage.stacks(spec)]
    for plan in workflow.plan(stage.aws, stacks, KINDS):
        assert stage.run(plan).complete
    meter = RequestCounter()
    plans = workflow.plan(meter.aws(stage), stacks, KINDS)
    assert all(plan.empty for plan in plans)
    assert meter.total / len(stacks) <= CALLS_A_STACK, meter.sent
    assert capsys.readouterr() == ("", "")
