"""The screens of stacks without a plan, and of plans that elbplan does not carry out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.core.plan import Refusal
from elbplan.errors import AwsUnavailable, ElbplanError, Problem, SpecProblem
from elbplan.kinds import KINDS
from elbplan.render.errors import error_document, kind_of
from elbplan.render.plan import PlanView, counts, plan_screen
from elbplan.render.problems import failures_text, problem_screen
from elbplan.render.status import status_document, status_screen
from elbplan.render.style import Style
from elbplan.run.status import StackRuns, StackStatus

from .golden import assert_golden
from .plans import WEB, WEB_OTHER_CHECK, plan
from .statuses import row

UNAVAILABLE = AwsUnavailable(
    "elbv2 DescribeLoadBalancers failed: AWS answered 500 (InternalFailure) 10 times in 28 s",
    hint="https://health.aws.amazon.com/health/status shows outages of eu-west-1; run the same command again later",
)
WRONG = SpecProblem([Problem("web.yaml", 3, 1, 'unknown key "targest"', "did you mean targets?", "targest: {}", 7)])
REFUSED = (
    Refusal("targets.web: i-0aaaaaaaaaaaaaaaa does not exist any more (terminated)", "write another instance"),
    Refusal("targets.web: there is no instance i-0bbbbbbbbbbbbbbbb in eu-west-1", "write another instance"),
)


def refused_plan():
    return replace(plan(WEB_OTHER_CHECK, WEB), refusals=REFUSED)


@pytest.mark.parametrize("width", [80, 120])
def test_a_refused_plan_is_shown_whole(width):
    style = Style(width)
    failures = failures_text(0, 1)
    lines = [*plan_screen(refused_plan(), KINDS, style, PlanView()), style.line(""), *counts([], style, "", failures)]
    assert_golden(f"refused-{width}", lines)
    assert max(line.cell_len for line in lines) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_a_stack_without_a_plan_has_its_problem_in_its_place(width):
    style = Style(width)
    lines = [
        *problem_screen("plan", "web", "eu-west-1", UNAVAILABLE, style, str),
        *problem_screen("plan", "api", "eu-west-1", UNAVAILABLE, style, str, same_as="web"),
        *problem_screen("plan", "specs/web.yaml", "", WRONG, style, str),
    ]
    assert_golden(f"problems-{width}", lines)
    assert max(line.cell_len for line in lines) <= width


def test_values_of_variables_stay_hidden():
    lines = problem_screen("plan", "web", "", UNAVAILABLE, Style(80), lambda text: text.replace("500", "${CODE}"))
    assert "500" not in "".join(line.plain for line in lines)
    assert "500" not in str(error_document(UNAVAILABLE, lambda text: text.replace("500", "${CODE}")))


def test_the_kind_of_an_error_is_its_class_in_words():
    assert kind_of(UNAVAILABLE) == "aws unavailable"
    assert kind_of(SpecProblem([])) == "spec problem"
    assert kind_of(ElbplanError("no")) == "error"


def test_a_status_shows_the_refusal_and_the_rest():
    status = StackStatus(refused_plan(), StackRuns("my-web"))
    text = "\n".join(line.plain for line in status_screen(row(status), Style(120), PlanView("status")))
    assert "1 change pending" in text
    assert "refused: targets.web: i-0aaaaaaaaaaaaaaaa does not exist any more" in text
    document = status_document(status)
    assert document["in_sync"] is False
    assert [refusal["hint"] for refusal in document["refusals"]] == ["write another instance"] * 2


@pytest.mark.parametrize(
    ("failed", "refused", "text"),
    [
        (0, 0, ""),
        (1, 0, "1 stack failed."),
        (0, 2, "2 stacks are refused."),
        (2, 1, "2 stacks failed, 1 stack is refused."),
    ],
)
def test_the_last_line_counts_the_stacks_that_fail(failed, refused, text):
    assert failures_text(failed, refused) == text
