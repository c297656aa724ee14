"""The functions of a program, on the simulator: what they do, what they refuse, and what they leave alone."""

from __future__ import annotations

import signal
import threading

import pytest

import elbplan

from .kit import REGION, Program


def test_a_stack_from_nothing_to_nothing(program: Program) -> None:
    stacks = program.stacks()
    (plan,) = elbplan.plan(stacks, session=program.session)
    assert (plan.name, plan.problem, plan.runnable) == ("blog", None, True)
    assert program.box.writes() == []
    (result,) = elbplan.apply(stacks, session=program.session)
    assert (result.state, result.code, result.finished) == ("applied", 0, True)
    assert program.balancers() == {"blog"}
    assert len(result.runs) == 1
    (condition,) = elbplan.status(stacks, session=program.session)
    assert condition.well, condition.conditions
    assert elbplan.apply(stacks, session=program.session)[0].state == "unchanged"
    (gone,) = elbplan.destroy(stacks, confirm=["blog"], session=program.session)
    assert gone.state == "destroyed"
    assert program.balancers() == set()


def test_two_stacks_run_together_and_results_are_in_their_order(program: Program) -> None:
    program.spec("blog")
    stacks = elbplan.load([program.spec("news"), program.spec("blog")])
    results = elbplan.apply(stacks, on_event=program.events.append, session=program.session)
    assert [(result.stack, result.state) for result in results] == [("news", "applied"), ("blog", "applied")]
    assert {event.stack for event in program.events} == {"news", "blog"}
    created = [event for event in program.events if event.what == "done" and event.stack == "news"]
    assert created[0].document["type"] == "done"
    assert str(created[0]).startswith("news: done ")


def test_a_wrong_spec_lists_every_problem(program: Program) -> None:
    with pytest.raises(elbplan.SpecProblem) as caught:
        elbplan.load([program.spec("blog", more="zonez: 1\n"), program.spec("news", more="nam: 2\n")])
    assert len(caught.value.problems) == 2


def test_a_hazard_that_is_not_allowed_stops_every_write(program: Program) -> None:
    elbplan.apply(program.stacks("blog"), session=program.session)
    program.box.clear_calls()
    changed = [*program.stacks("blog", health="/up"), *program.stacks("news")]
    (plan, _) = elbplan.plan(changed, session=program.session)
    assert plan.needed_allow == ["health-check-changes"]
    with pytest.raises(elbplan.Refused, match="health-check-changes"):
        elbplan.apply(changed, session=program.session)
    assert program.box.writes() == []
    results = elbplan.apply(changed, allow=["health-check-changes"], session=program.session)
    assert [result.state for result in results] == ["applied", "applied"]


def test_an_unknown_hazard_is_refused(program: Program) -> None:
    with pytest.raises(elbplan.UsageProblem, match="allow: unknown hazard route-remove"):
        elbplan.apply(program.stacks(), allow="route-remove", session=program.session)


def test_a_plan_that_aws_does_not_match_any_more_is_refused(program: Program) -> None:
    stacks = program.stacks("blog", "news")
    plans = elbplan.plan(stacks, session=program.session)
    elbplan.apply(stacks[0], session=program.session)
    elbplan.destroy(stacks[0], confirm="blog", session=program.session)
    elbplan.apply(stacks[1], session=program.session)
    elb = program.box.client("elbv2", REGION)
    balancer = elb.describe_load_balancers(Names=["news"])["LoadBalancers"][0]["LoadBalancerArn"]
    for listener in elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
        elb.delete_listener(ListenerArn=listener["ListenerArn"])
    blog, news = elbplan.apply(plans, session=program.session)
    assert blog.state == "applied"
    assert news.state == "refused"
    assert isinstance(news.problem, elbplan.Refused)
    assert "AWS changed since the plan was shown" in news.problem.what
    with pytest.raises(elbplan.Refused):
        news.check()


def test_plans_are_checked_for_hazards_too(program: Program) -> None:
    elbplan.apply(program.stacks("blog"), session=program.session)
    plans = elbplan.plan(program.stacks("blog", health="/up"), session=program.session)
    with pytest.raises(elbplan.Refused, match="health-check-changes"):
        elbplan.apply(plans, session=program.session)
    assert elbplan.apply(plans, allow=plans[0].needed_allow, session=program.session)[0].state == "applied"


def test_destroy_needs_the_name(program: Program) -> None:
    stacks = program.stacks()
    elbplan.apply(stacks, session=program.session)
    program.box.clear_calls()
    with pytest.raises(elbplan.Refused, match="only if you confirm it by name"):
        elbplan.destroy(stacks, confirm=[], session=program.session)
    with pytest.raises(elbplan.UsageProblem, match="there is no such stack"):
        elbplan.destroy(stacks, confirm=["news"], session=program.session)
    assert program.box.writes() == []


def test_a_name_without_a_spec_stands_for_what_aws_has(program: Program) -> None:
    elbplan.apply(program.stacks(), session=program.session)
    here = program.new_session(environ={**program.shell.environ, "AWS_REGION": REGION})
    (condition,) = elbplan.status("blog", session=here)
    assert condition.status.specless
    assert condition.problem is None
    for look in (elbplan.status, elbplan.verify):
        with pytest.raises(elbplan.UsageProblem, match="there is no stack blgo"):
            look("blgo", session=here)
    with pytest.raises(elbplan.UsageProblem, match="there is no stack blgo"):
        elbplan.destroy("blgo", confirm="blgo", session=here)
    with pytest.raises(elbplan.UsageProblem, match="has no spec"):
        elbplan.apply("blog", session=here)
    assert elbplan.destroy("blog", confirm="blog", session=here)[0].state == "destroyed"


def test_a_stack_whose_lock_another_run_has_is_refused_and_the_other_goes_on(program: Program) -> None:
    blog, news = program.stacks("blog", "news")
    other: list[elbplan.StackResult] = []

    def second(event: elbplan.StackEvent) -> None:
        if not other and event.what == "done":
            other.extend(elbplan.apply([blog, news], session=program.new_session()))

    (first,) = elbplan.apply(blog, on_event=second, session=program.session)
    assert first.state == "applied"
    assert [result.state for result in other] == ["refused", "applied"]
    assert other[0].problem is not None
    assert "blog" in other[0].problem.what


def test_the_stop_event_ends_all_stacks_gently(program: Program) -> None:
    stop = threading.Event()
    stacks = program.stacks("blog", "news")
    results = elbplan.apply(stacks, on_event=lambda event: stop.set(), stop=stop, session=program.session)
    assert {result.state for result in results} <= {"interrupted", "not started"}
    assert "interrupted" in {result.state for result in results}
    again = elbplan.apply(stacks, session=program.session)
    assert [result.state for result in again] == ["applied", "applied"]


def test_a_stop_before_the_first_step_starts_nothing(program: Program) -> None:
    stop = threading.Event()
    stop.set()
    (result,) = elbplan.apply(program.stacks(), stop=stop, session=program.session)
    assert (result.state, result.code) == ("not started", 130)
    assert program.balancers() == set()


def test_what_on_event_raises_stops_gently_and_comes_out(program: Program) -> None:
    def broken(event: elbplan.StackEvent) -> None:
        raise ZeroDivisionError("in the program")

    with pytest.raises(ZeroDivisionError, match="in the program"):
        elbplan.apply(program.stacks(), on_event=broken, session=program.session)
    assert elbplan.apply(program.stacks(), session=program.session)[0].state == "applied"


def test_a_function_prints_nothing_and_changes_no_signal_handler(
    program: Program, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers: set[object] = set()
    before = {signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)}

    def watch(event: elbplan.StackEvent) -> None:
        handlers.update((signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)))

    stacks = program.stacks()
    elbplan.plan(stacks, session=program.session)
    elbplan.apply(stacks, on_event=watch, session=program.session)
    elbplan.status(stacks, session=program.session)
    elbplan.verify(stacks, session=program.session)
    elbplan.destroy(stacks, confirm="blog", session=program.session)
    assert handlers == before
    assert capfd.readouterr() == ("", "")


def test_aws_that_cannot_be_reached_is_in_the_result_of_its_stack(program: Program) -> None:
    (blog,) = program.stacks()
    (news,) = elbplan.load(text="name: news\nzones: [a, c]\ntargets: {instances: [i-0bbbbbbbbbbbbbbbb], port: 80}\n")
    session = program.new_session(environ={})
    plans = elbplan.plan([blog, news], session=session)
    assert plans[0].problem is None
    assert "has no region" in str(plans[1].problem)
    results = elbplan.apply([blog, news], session=session)
    assert [(result.state, result.code) for result in results] == [("applied", 0), ("failed", 1)]
    (condition,) = elbplan.status([news], session=session)
    assert "has no region" in str(condition.problem)


def test_a_stack_is_given_once(program: Program) -> None:
    (blog,) = program.stacks()
    with pytest.raises(elbplan.UsageProblem, match="given twice"):
        elbplan.plan([blog, blog], session=program.session)
