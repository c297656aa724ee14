"""The first mistakes of a beginner: what plan and apply show, and after how many seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from rich.text import Text

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.progress import CAUSE_AFTER, ProgressBoard, end_line
from elbplan.render.style import Style, duration
from elbplan.run import workflow
from elbplan.run.outcome import Event, Outcome
from elbplan.sandbox.box import Box
from tests.e2e.stage import REGION, Stage

from .golden import assert_golden

WIDTHS = (80, 120)
STYLES = {width: Style(width) for width in WIDTHS}
FILE = "specs/web.yaml"
ENDING = EndScreen(f"elbplan apply {FILE}", rollback_command=f"elbplan apply {FILE} --rollback")
PASSING = ("Elb.RegistrationInProgress", "Elb.InitialHealthChecking")
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {{instances: [{}], port: 8080, health: /health}}
"""


@pytest.fixture(scope="module")
def box(slow_box: Box) -> Box:
    """A simulator where a load balancer takes a minute, and the first health check half a minute."""
    return slow_box


@pytest.fixture
def stage(box: Box) -> Stage:
    return Stage(box)


def server(stage: Stage, zone: str, group: str = "") -> str:
    id, name = f"i-{'0' * 16}{zone}", {"Name": f"server-{zone}"}
    return stage.box.create_fixture("instance", id, REGION, zone=zone, tags=name, security_group=group)


def spec_of(*servers: str) -> str:
    return SPEC.format(", ".join(servers))


@dataclass
class ShownRun:
    """An apply with one step at a time, so that its times are the same in each run."""

    plan: Plan
    boards: dict[int, list[Text]] = field(default_factory=dict)
    first: float = -1
    """Seconds from the start of the step to the first cause that does not pass by itself."""
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, stage: Stage, *, page_missing: bool = False) -> ShownRun:
        board, began = ProgressBoard(len(self.plan.steps)), dict[str, float]()

        def tell(event: Event) -> None:
            began.setdefault(event.step.id, event.seconds)
            board.take(event)
            if page_missing and (event.what, event.step.id) == ("done", "create target_group.web"):
                stage.box.sick(event.step.name, "Target.ResponseCodeMismatch", 404)
            waited = event.seconds - began[event.step.id]
            if self.first < 0 and _tells(event) and (waited >= CAUSE_AFTER or event.what == "failed"):
                self.first = waited
                self.boards = {width: self._shown(board, event, STYLES[width]) for width in WIDTHS}

        self.outcome = workflow.apply(stage.aws, self.plan, KINDS, tell, stage.clock, parallel=1)
        return self

    def _shown(self, board: ProgressBoard, event: Event, style: Style) -> list[Text]:
        if event.what == "failed":
            return [end_line(event, style)]
        return board.picture(event.seconds, style)[:-1]

    def screen(self, width: int) -> Iterator[Text]:
        (failed,) = self.outcome.failed
        yield Text(f"--- apply, {duration(self.first)} after the step began")
        yield from self.boards[width]
        yield Text(f"--- apply, at the end: the step took {duration(failed.took)}")
        yield from outcome_screen(self.plan, self.outcome, STYLES[width], ENDING)


def _tells(event: Event) -> bool:
    return any(cause.code not in PASSING for cause in event.causes)


def planned(plan: Plan, width: int) -> Iterator[Text]:
    yield Text("--- plan")
    yield from plan_screen(plan, KINDS, STYLES[width], PlanView())


def refused(stage: Stage, spec: str) -> list[Text]:
    """What plan and apply say before anything is written."""
    stage.box.clear_calls()
    with pytest.raises(Refused) as raised:
        stage.plan(spec)
    assert stage.box.writes() == []
    return [Text("--- plan and apply, at once"), *map(Text, f"error: {raised.value}".splitlines())]


def check(name: str, lines: Sequence[Text]) -> None:
    """Compares the screen with its golden file; ids of AWS become numbers of the same length."""
    known: dict[str, str] = {}

    def stable(match: re.Match[str]) -> str:
        kind, id = match[1], match[2]
        number = sum(word.startswith(kind) for word in known)
        return known.setdefault(match[0], f"{kind}{number:0{len(id)}x}")

    text = "\n".join(line.plain for line in lines)
    text = re.sub(r"\b(sg-)([0-9a-f]{8,17})\b", stable, text)
    text = re.sub(r"account \d{12}", "account 123456789012", text)
    assert_golden(name, [Text(line.rstrip()) for line in text.splitlines()])


def check_run(name: str, run: ShownRun) -> None:
    for width in WIDTHS:
        check(f"{name}-{width}", [*planned(run.plan, width), *run.screen(width)])


def test_a_server_that_is_closed_to_the_load_balancer(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    group = ec2.create_security_group(GroupName="servers", Description="servers", VpcId=stage.ids["vpc"])["GroupId"]
    plan = stage.plan(spec_of(server(stage, "a", group), server(stage, "c", group)))
    assert [hazard.name for hazard in plan.hazards] == ["targets-unreachable"]
    run = ShownRun(plan).run(stage)
    check_run("mistake-closed", run)
    assert CAUSE_AFTER <= run.first <= 60


def test_a_server_that_is_stopped(stage: Stage) -> None:
    running, stopped = server(stage, "a"), server(stage, "c")
    stage.client("ec2").stop_instances(InstanceIds=[stopped])
    stage.box.advance(60)
    check("mistake-stopped", refused(stage, spec_of(running, stopped)))


def test_a_server_that_is_stopped_after_the_plan(stage: Stage) -> None:
    running, stopped = server(stage, "a"), server(stage, "c")
    plan = stage.plan(spec_of(running, stopped))
    stage.client("ec2").stop_instances(InstanceIds=[stopped])
    stage.box.advance(60)
    run = ShownRun(plan).run(stage)
    check_run("mistake-stopped-later", run)
    assert run.outcome.failed[0].took < 1


def test_a_server_in_a_zone_without_the_load_balancer(stage: Stage) -> None:
    check("mistake-zone", refused(stage, spec_of(server(stage, "a"), server(stage, "d"))))


def test_a_health_page_that_does_not_exist(stage: Stage) -> None:
    run = ShownRun(stage.plan(spec_of(server(stage, "a"), server(stage, "c")))).run(stage, page_missing=True)
    assert run.plan.hazards == ()
    check_run("mistake-page", run)
    assert CAUSE_AFTER <= run.first <= 60
    assert run.outcome.failed[0].took < 360
