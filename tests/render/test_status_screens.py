"""The status of one stack and of forty, at common widths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.text import Text

from elbplan.errors import Problem, SpecProblem
from elbplan.render.overview import StatusRow, overview, plain_line
from elbplan.render.plan_view import PlanView
from elbplan.render.status import status_screen
from elbplan.render.style import Style
from elbplan.run.status import FileRow, StackMigrations, StackRuns, StackStatus

from .golden import assert_golden
from .plans import WEB, WEB_8080
from .statuses import NOW, STEPS, STOPPED, broken, drifted, health, row, run_record, status

HELD = StackMigrations(
    (
        FileRow("0001_http_only", "done", "", run_record(1, ago=9000)),
        FileRow("0002_app_on_8080", "held", "at step 9 of 15", run_record(2)),
        FileRow("0003_second_service", "pending", "22 steps"),
    )
)
FAILED = run_record(3, "failed", counts={"done": 8, "failed": 1}, note="wait targets.web healthy: 0 of 2 healthy",
                    steps=(*STEPS[:2], replace(STEPS[2], took=305.2, failure="0 of 2 healthy")))  # fmt: skip
SICK = health(1, 2, STOPPED)
ONE = {
    "healthy": status(),
    "sick": drifted(web=SICK, allow=True),
    "held": status(records=(run_record(2, "held"),), files=HELD),
    "new": status(WEB, None, records=()),
    "failed": status(WEB_8080, WEB, records=(FAILED,), web=health(0, 2, STOPPED)),
}


def one(name: str, width: int, *, ascii: bool = False) -> list[Text]:
    return status_screen(row(ONE[name]), Style(width, ascii), PlanView("status", 0.5))


def forty() -> list[StatusRow]:
    fine = [status(name=f"svc-{number:02}") for number in range(40)]
    fine[0] = drifted(name="svc-00", web=SICK, allow=True)
    fine[7] = broken()
    fine[31] = drifted(name="svc-31", allow=True)
    return [row(each) for each in fine]


def many(
    width: int, rows: Sequence[StatusRow] | None = None, *, verbose: bool = False, ascii: bool = False
) -> list[Text]:
    return overview(rows or forty(), Style(width, ascii), verbose=verbose, seconds=2.9)


def words(lines: Sequence[Text]) -> str:
    return " ".join(" ".join(line.plain.split()) for line in lines)


def overview_of(*statuses: StackStatus, width: int = 80) -> str:
    return words(many(width, [row(each) for each in statuses]))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ONE)
def test_the_block_of_one_stack_is_the_approved_one(name: str, width: int) -> None:
    assert_golden(f"status-{name}-{width}", one(name, width))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_the_overview_of_forty_is_the_approved_one(width: int, verbose: bool) -> None:
    assert_golden(f"status-forty{'-v' if verbose else ''}-{width}", many(width, verbose=verbose))


def test_forty_stacks_with_three_findings_fit_one_screen() -> None:
    assert len(many(80)) <= 24
    assert len(many(80, verbose=True)) == len(many(80)) - 1 + 37, "one line for each of the others"


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    screens = [many(width), many(width, verbose=True), *(one(name, width) for name in ONE)]
    wide = [line.plain for screen in screens for line in screen if line.cell_len > width]
    assert [line for line in wide if "elbplan " not in line and "aws " not in line] == []


def test_ascii_has_no_other_characters() -> None:
    screens = [many(80, verbose=True, ascii=True), *(one(name, 80, ascii=True) for name in ONE)]
    assert [line.plain for screen in screens for line in screen if not line.plain.isascii()] == []


def test_the_worst_stack_stands_first() -> None:
    lines = [line.plain for line in many(80)]
    assert [line.split()[1] for line in lines if line[:1] in "✗!✓"] == ["svc-07", "svc-00", "svc-31", "37"]


def test_a_stack_with_a_long_name_and_no_domain_keeps_its_address() -> None:
    long = status(WEB.replace("domain: api.example.com\n", ""), web=SICK, name="a" * 63)
    lines = [line.plain for line in many(80, [row(long)])]
    assert any("http://my-web-1.ap-northeast-2.elb.amazonaws.com" in line for line in lines)
    assert max(len(line) for line in lines if "elbplan " not in line) <= 80, "commands stay in one line"


def test_hangul_in_the_name_of_a_server_does_not_break_the_line() -> None:
    hangul = replace(STOPPED, names=("서버" * 12,))
    assert all(line.cell_len <= 80 for line in many(80, [row(status(web=health(1, 2, hangul)))]))


def test_a_problem_that_several_stacks_have_stands_at_the_first() -> None:
    text = overview_of(broken("svc-01"), broken("svc-02"))
    assert text.count("not this one") == 1
    assert "error: the same as for svc-01 above" in text


def test_a_wrong_spec_shows_its_first_problems_and_the_command_for_the_rest() -> None:
    problems = [Problem("specs/a.yaml", line, 1, f"unknown key {line}", "did you mean name?") for line in range(1, 6)]
    text = overview_of(broken("a", SpecProblem(problems)), status())
    assert "specs/a.yaml:1:1 unknown key 1" in text
    assert "unknown key 4" not in text
    assert "and 2 more problems: elbplan validate a" in text


def test_a_certificate_near_its_end_is_told_with_what_to_check() -> None:
    text = overview_of(status(expires="2026-12-12T12:00:00Z"))
    assert "certificate 12 days" in text
    assert "ACM should have renewed it" in text
    assert "certificate expired" in overview_of(status(expires="2026-11-01T00:00:00Z"))


def test_a_cost_stands_at_the_end_of_the_notes() -> None:
    rows = [row(drifted(), cost="$31/month")]
    assert "no lock $31/month" in words(many(80, rows))
    assert "no lock · $31/month" in words(many(120, rows))


def test_runs_that_cannot_be_read_are_told_once_for_all_stacks() -> None:
    unknown = StackRuns("my-web", unknown="AWS refused GetParametersByPath", now=NOW)
    rows = [row(replace(status(name=f"svc-{number}"), runs=unknown)) for number in range(3)]
    text = words(many(80, rows))
    assert "3 stacks in sync and healthy" in text
    assert text.count("AWS refused GetParametersByPath") == 1


def test_the_line_of_a_log_has_health_sync_run_and_address() -> None:
    line = plain_line(row(drifted(web=SICK)), Style(120))
    assert line == "✗ my-web  1/2 healthy · drifted · run 1 apply done  https://my-web.example.com"


def test_a_gateway_has_no_dns_name_and_no_url() -> None:
    healthy = status()
    lives = {
        address: replace(live, facts={**live.facts, "dns_name": ""}) if address.kind == "load_balancer" else live
        for address, live in healthy.plan.lives.items()
    }
    gateway = replace(healthy, plan=replace(healthy.plan, lives=lives, domains=()))
    lines = [line.plain.split() for line in status_screen(row(gateway), Style(100), PlanView("status", 0.5))]
    assert ["load", "balancer", "active"] in lines
    assert not [line for line in lines if line[:1] == ["url"]]
