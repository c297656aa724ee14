"""When each step is expected to run."""

from __future__ import annotations

import itertools

import pytest

from elbplan.render.reports.timeline import seconds_of, timeline_of
from elbplan.render.reports.timeline_view import timeline_view
from elbplan.run.outcome import StepTime
from tests.render.plans import WEB, WEB_8080, plan


def test_a_step_begins_when_what_it_needs_is_done():
    timeline = timeline_of(plan(WEB))
    ends = {bar.number: bar.start + bar.seconds for bar in timeline.bars}
    for bar in timeline.bars:
        assert bar.start == max((ends[need] for need in bar.needs), default=0)
    assert timeline.seconds == max(ends.values())


def test_steps_that_do_not_need_each_other_have_lanes_of_their_own():
    bars = timeline_of(plan(WEB)).bars
    for lane in {bar.lane for bar in bars}:
        row = sorted((bar for bar in bars if bar.lane == lane), key=lambda bar: bar.start)
        assert all(a.start + a.seconds <= b.start for a, b in itertools.pairwise(row))
    assert timeline_of(plan(WEB)).lanes > 1


def test_the_times_of_steps_that_ran_count():
    made = plan(WEB_8080, WEB)
    timeline = timeline_of(made, {"wait targets.web healthy": StepTime(3.0, 12.0)})
    (bar,) = [bar for bar in timeline.bars if bar.step.id == "wait targets.web healthy"]
    assert (bar.start, bar.seconds, bar.took) == (3.0, 12.0, 12.0)
    view = timeline_view(timeline)
    assert view
    assert view.ran
    assert view.summary == "1 of 9 steps ended within 15 s."
    assert [bar.took for bar in view.bars if bar.took] == ["12 s"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2-3 min", 180), ("< 1 min", 60), ("5 min", 300), ("30 s", 30), ("2 to 3 min", 180), ("a few minutes", 180),
     ("1 h", 3600), ("", None), ("nobody knows", None)],
)  # fmt: skip
def test_usual_times_in_words(text, seconds):
    assert seconds_of(text) == seconds


def test_a_bar_is_where_its_time_is():
    view = timeline_view(timeline_of(plan(WEB_8080, WEB)))
    assert view
    drained = next(bar for bar in view.bars if bar.text.startswith("drain old"))
    assert drained.width > 500
    assert all(0 <= bar.x <= 1000 and 0 < bar.width <= 1000 for bar in view.bars)
    assert view.ticks[-1].x == 1000


def test_a_plan_without_steps_has_no_timeline():
    assert timeline_view(timeline_of(plan(WEB, WEB))) is None
