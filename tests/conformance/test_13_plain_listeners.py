"""Listener HTTP, redirect and fixed response: CreateListener after the balancer is active and the group exists.

Provider: TestAccELBV2Listener_redirect, Listener_Application_basic, TestAccELBV2ListenerRule_fixedResponse,
_updateFixedResponse.
"""

from __future__ import annotations

from .kit import Case

FORWARD = """
name: my-web
region: ap-northeast-2
zones: [a, c]
groups: {web: {ips: [172.31.0.9], port: 80}}
listeners:
  - {listen: 80/http, forward: web}
  - {listen: 81/http, redirect: 80/http}
  - {listen: 82/http, respond: {status: 503, body: closed}}
"""
CHANGED = FORWARD.replace("redirect: 80/http", "redirect: {to: 80/http, code: 302}").replace("closed", "later")


def test_listeners_come_after_the_balancer_and_the_group(case: Case) -> None:
    steps = [step.id for step in case.plan(FORWARD).steps]
    assert steps.index("wait load_balancer.main active") < steps.index("create listener.80")
    sent = case.apply(FORWARD)
    assert sent.position("CreateLoadBalancer") < sent.position("CreateListener")
    assert sent.position("CreateTargetGroup") < sent.position("CreateListener")
    listeners = {params["Port"]: params["DefaultActions"] for params in sent.of("CreateListener")}
    assert [actions[0]["Type"] for _, actions in sorted(listeners.items())] == ["forward", "redirect", "fixed-response"]
    assert "ModifyListenerAttributes" not in sent.actions
    case.destroy(FORWARD)


def test_another_redirect_and_another_text_are_one_call_each(case: Case) -> None:
    case.apply(FORWARD)
    sent = case.apply(CHANGED)
    assert sent.actions == ["ModifyListener", "ModifyListener"]
    actions = [params["DefaultActions"][0] for params in sent.of("ModifyListener")]
    assert {action["Type"] for action in actions} == {"redirect", "fixed-response"}
    case.destroy(CHANGED)


def test_a_change_killed_after_each_write_goes_on(case: Case) -> None:
    case.crash_sweep(FORWARD, CHANGED)
