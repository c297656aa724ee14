"""The last screen of a run."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address
from elbplan.render.documents import summary_document
from elbplan.render.outcome import EndScreen, outcome_screen, resources_of_others, stack_urls, unchanged_outcome
from elbplan.render.style import Style
from elbplan.run.outcome import Event, Outcome

from .golden import assert_golden
from .plans import WEB, endings, plan

FACTS = {Address("load_balancer", "main"): {"dns_name": "my-web-1.ap-northeast-2.elb.amazonaws.com"}}
ENDING = EndScreen("elbplan apply specs/web.yaml", "elbplan destroy specs/web.yaml")
HTTP_ONLY = "name: plain\nregion: ap-northeast-2\ntargets: {instances: [i-0aaaaaaaaaaaaaaaa], port: 80, health: /}\n"


def screen(stack_plan, outcome, width=80, ending=ENDING):
    return outcome_screen(stack_plan, outcome, Style(width), ending)


def test_success_says_where_it_answers_and_how_to_end_the_bill():
    stack_plan = plan(WEB)
    assert_golden("end-done", screen(stack_plan, Outcome(done=list(stack_plan.steps), seconds=192, facts=FACTS)))


def test_failures_say_what_and_what_to_do():
    stack_plan = plan(WEB)
    failed = Event("failed", stack_plan.steps[3], "AWS refused CreateLoadBalancer: too many (TooManyLoadBalancers)",
                   "ask AWS for a higher quota, or delete load balancers nobody needs")  # fmt: skip
    outcome = Outcome(list(stack_plan.steps[:3]), [failed], list(stack_plan.steps[4:]), seconds=4.2)
    assert_golden("end-failed", screen(stack_plan, outcome))


def test_an_interruption_is_no_failure():
    stack_plan = plan(WEB)
    outcome = Outcome(list(stack_plan.steps[:3]), [], list(stack_plan.steps[3:]), interrupted=True, seconds=4.2)
    assert "my-web: interrupted after 4.2 s" in screen(stack_plan, outcome)[0].plain


def test_a_destroyed_stack_says_what_is_gone():
    stack_plan = plan(None, WEB)
    ending = EndScreen("elbplan destroy specs/web.yaml", destroyed=True)
    assert_golden("end-destroyed", screen(stack_plan, Outcome(done=list(stack_plan.steps), seconds=48), ending=ending))


@pytest.mark.parametrize("on_destroy", ["keep", "stop", "terminate"])
def test_a_destroyed_stack_says_what_is_still_billed_and_the_command_that_ends_it(on_destroy):
    stack_plan = plan(None, WEB, None, endings(on_destroy))
    ending = EndScreen("elbplan destroy specs/web.yaml", destroyed=True)
    outcome = Outcome(done=list(stack_plan.steps), seconds=48)
    assert_golden(f"end-destroyed-{on_destroy}", screen(stack_plan, outcome, ending=ending))
    document = summary_document(stack_plan, outcome, 0)
    assert [left["kind"] for left in document["remaining"]][-1] == "hosted_zone"
    assert all(left["command"].startswith("aws ") for left in document["remaining"])
    assert resources_of_others(stack_plan) == {"terminate": "2 instances and 1 Elastic IP", "stop": "2 instances"}.get(
        on_destroy, ""
    )


def test_nothing_to_do_still_says_where_it_answers():
    stack_plan = plan(WEB, WEB)
    assert_golden("end-nothing", screen(stack_plan, unchanged_outcome(stack_plan)))


def test_without_a_domain_the_balancers_own_name_answers():
    assert stack_urls(plan(HTTP_ONLY), Outcome(facts=FACTS)) == ["http://my-web-1.ap-northeast-2.elb.amazonaws.com"]


def test_the_sandbox_sends_no_bill():
    stack_plan = plan(WEB)
    ending = EndScreen(destroy_command="elbplan destroy --sandbox", billed=False)
    text = "\n".join(
        line.plain for line in screen(stack_plan, Outcome(list(stack_plan.steps), facts=FACTS), ending=ending)
    )
    assert "bills" not in text
