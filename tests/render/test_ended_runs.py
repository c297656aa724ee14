"""The screens of an apply that runs, succeeds, fails or is interrupted: at 80 and 120 columns."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from rich.text import Text

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.progress import ProgressBoard, end_line
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.run.outcome import Event, Outcome
from elbplan.sandbox.box import Box
from tests.e2e.stage import REGION, Stage

from .test_first_mistakes import STYLES, WIDTHS, check

FILE = "specs/web.yaml"
ENDING = EndScreen(
    f"elbplan apply {FILE}", f"elbplan destroy {FILE}", rollback_command=f"elbplan apply {FILE} --rollback"
)
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
targets: {{instances: [{}], port: {}, health: /health}}
"""
Deed = Callable[[Event], object]


@pytest.fixture(scope="module")
def box(slow_box: Box) -> Box:
    """A simulator where a load balancer takes a minute, and the first health check half a minute."""
    return slow_box


@pytest.fixture
def stage(box: Box) -> Stage:
    return Stage(box)


def spec(stage: Stage, port: int) -> str:
    names = {zone: f"i-{'0' * 16}{zone}" for zone in "ac"}
    known = {instance["InstanceId"] for r in stage.client("ec2").describe_instances()["Reservations"]
             for instance in r["Instances"]}  # fmt: skip
    for zone, id in names.items():
        if id not in known:
            stage.box.create_fixture("instance", id, REGION, zone=zone, tags={"Name": f"server-{zone}"})
    return SPEC.format(", ".join(names.values()), port)


@dataclass
class ShownRun:
    """An apply with one step at a time, so that its times are the same in each run.

    scrolled  the rows of the ended steps
    boards    the last picture of the running steps, for each width
    """

    plan: Plan
    scrolled: dict[int, list[Text]] = field(default_factory=lambda: {width: [] for width in WIDTHS})
    boards: dict[int, list[Text]] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, stage: Stage, deed: Deed = lambda event: None, stop: threading.Event | None = None) -> ShownRun:
        began: dict[str, Event] = {}

        def tell(event: Event) -> None:
            began.setdefault(event.step.id, event)
            for width in WIDTHS:
                if event.what in ("done", "failed"):
                    self.scrolled[width].append(end_line(event, STYLES[width]))
                elif event.what == "progress":
                    self.boards[width] = _picture(began[event.step.id], event, STYLES[width])
            deed(event)

        self.outcome = workflow.apply(stage.aws, self.plan, KINDS, tell, stage.clock, parallel=1, stop=stop)
        return self

    def screen(self, width: int) -> Iterator[Text]:
        yield from self.scrolled[width]
        yield Text("--- the last picture of a wait")
        yield from self.boards.get(width, [])
        yield Text("--- the end")
        yield from outcome_screen(self.plan, self.outcome, STYLES[width], ENDING)

    def check(self, name: str) -> None:
        for width in WIDTHS:
            lines = list(self.screen(width))
            check(f"{name}-{width}", [Text(re.sub(r"my-web-\d+\.", "my-web-1.", line.plain)) for line in lines])
            commands = [line for line in lines if line.plain.strip().startswith(("aws ", "elbplan "))]
            assert all(line.cell_len <= width for line in lines if line not in commands)


def _picture(began: Event, event: Event, style: Style) -> list[Text]:
    """The row of one wait. Which steps have just ended beside it depends on the threads."""
    board = ProgressBoard(1)
    board.take(began)
    board.take(event)
    return board.picture(event.seconds, style)[:-1]


def sick(stage: Stage, reason: str, *code: int) -> Deed:
    """When the new target group exists, its targets do not answer as they should."""

    def deed(event: Event) -> None:
        if (event.what, event.step.id) == ("done", "create target_group.web"):
            stage.box.sick(event.step.name, reason, *code)

    return deed


def last(run: ShownRun, width: int = 80) -> list[str]:
    return [line.plain for line in outcome_screen(run.plan, run.outcome, Style(width), ENDING)]


def test_a_first_apply_and_a_change_that_succeed(stage: Stage) -> None:
    first = ShownRun(stage.plan(spec(stage, 80))).run(stage)
    first.check("run-created")
    assert any("elbplan destroy" in line for line in last(first))
    change = ShownRun(stage.plan(spec(stage, 8080))).run(stage)
    change.check("run-changed")
    assert not any("elbplan destroy" in line for line in last(change))


def test_new_targets_whose_page_is_missing(stage: Stage) -> None:
    stage.apply(spec(stage, 80))
    run = ShownRun(stage.plan(spec(stage, 8080))).run(stage, sick(stage, "Target.ResponseCodeMismatch", 404))
    run.check("run-page-missing")
    assert last(run)[0].endswith("Users see no change: the old targets serve.")
    assert "--rollback" in "".join(last(run))


def test_new_targets_in_a_closed_security_group(stage: Stage) -> None:
    stage.apply(spec(stage, 80))
    ec2 = stage.client("ec2")
    group = ec2.create_security_group(GroupName="closed", Description="closed", VpcId=stage.ids["vpc"])["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
                                       "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )  # fmt: skip
    for zone in "ac":
        ec2.modify_instance_attribute(InstanceId=f"i-{'0' * 16}{zone}", Groups=[group])
    ShownRun(stage.plan(spec(stage, 8080))).run(stage).check("run-closed")


def test_a_failure_after_the_switch(stage: Stage) -> None:
    stage.apply(spec(stage, 80))
    stage.box.fault("error", action="DeleteTargetGroup", code="AccessDenied", status=403, message="not allowed")
    run = ShownRun(stage.plan(spec(stage, 8080))).run(stage)
    stage.box.clear_faults()
    run.check("run-failed-after-switch")
    assert "Users see the change; only clean-up is left." in " ".join(" ".join(last(run)).split())
    assert "--rollback" not in "".join(last(run))


def test_an_interruption_before_the_switch_and_one_after_it(stage: Stage) -> None:
    stage.apply(spec(stage, 80))
    stop = threading.Event()

    def waiting(event: Event) -> None:
        if event.what == "progress" and event.step.until == "healthy":
            stop.set()

    before = ShownRun(stage.plan(spec(stage, 8080))).run(stage, waiting, stop)
    before.check("run-interrupted")
    again = threading.Event()

    def switched(event: Event) -> None:
        if event.what == "done" and event.step.phase == "switch":
            again.set()

    after = ShownRun(stage.plan(spec(stage, 8080))).run(stage, switched, again)
    text = " ".join(" ".join(last(after)).split())
    assert "interrupted" in text
    assert "Users see the change; only clean-up is left." in text
    assert "--rollback" not in text
