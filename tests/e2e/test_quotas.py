"""elbplan refuses a plan that exceeds the account's quotas before it writes anything."""

from __future__ import annotations

import pytest

from elbplan.errors import Refused
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.style import Style

from . import specs
from .stage import Stage

LISTENER = specs.HEAD + "listeners:\n  - listen: 80/http\n    respond: 404\n    rules:\n"


def spec(rules: int) -> str:
    return LISTENER + "".join(f"      - {{name: r{i}, path: /{i}, respond: 410}}\n" for i in range(rules))


def test_more_rules_than_the_quota_are_refused_before_anything_is_written(stage: Stage) -> None:
    stage.box.clear_calls()
    with pytest.raises(Refused, match=r"load_balancer\.main: the spec wants 2,000 rules, .* quota is 100"):
        stage.plan(spec(2000))
    assert stage.box.writes() == []


def test_an_account_with_a_higher_quota_is_not_refused(stage: Stage) -> None:
    stage.box.quota("rules_per_lb", 150)
    assert len(stage.plan(spec(120)).steps) > 120


def test_an_account_with_a_lower_quota_is_refused_before_anything_is_written(stage: Stage) -> None:
    stage.box.quota("rules_per_lb", 2)
    with pytest.raises(Refused, match=r"wants 3 rules, and this account's quota is 2"):
        stage.plan(spec(3))


def test_the_quotas_are_asked_once_before_a_create_and_not_when_nothing_is_created(stage: Stage) -> None:
    stage.box.clear_calls()
    assert stage.run(stage.plan(spec(3))).complete
    actions = [call.action for call in stage.box.calls]
    assert actions.count("DescribeAccountLimits") == 1
    assert actions.index("DescribeAccountLimits") < actions.index("CreateLoadBalancer")
    stage.box.clear_calls()
    assert stage.plan(spec(3)).empty
    assert stage.plan(spec(2)).steps
    assert "DescribeAccountLimits" not in stage.box.counts()


def test_who_may_not_ask_for_the_quotas_is_not_refused(stage: Stage) -> None:
    stage.box.fault("error", action="DescribeAccountLimits", code="AccessDenied", status=403)
    assert stage.plan(spec(101)).steps


def test_a_quota_that_is_reached_in_mid_run_is_not_called_something_that_passes(stage: Stage) -> None:
    plan = stage.plan(spec(3))
    stage.box.quota("rules_per_lb", 2)
    outcome = stage.run(plan)
    screen = "\n".join(str(line) for line in outcome_screen(plan, outcome, Style(120), EndScreen("elbplan apply")))
    assert "a quota is reached: raise it" in screen
    assert "run the same command again to continue" not in screen


def test_more_certificates_than_the_quota_are_refused(stage: Stage) -> None:
    arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/12345678-1234-1234-1234-1234567890"
    arns = ", ".join(f'"{arn}{number:02}"' for number in range(27))
    listener = f"listeners: [{{listen: 443/https, respond: 404, certificates: [{arns}]}}]\n"
    with pytest.raises(Refused, match="the spec wants 26 certificates, and this account's quota is 25"):
        stage.plan(specs.HEAD + listener)


def test_groups_and_targets_count_for_their_load_balancer(stage: Stage) -> None:
    groups = "".join(f"  g{n}: {{ips: [172.31.0.{n}, 172.31.1.{n}], port: 80}}\n" for n in range(5, 8))
    rules = "".join(f"      - {{path: /{n}, forward: g{n}}}\n" for n in range(5, 8))
    text = f"{specs.HEAD}groups:\n{groups}listeners:\n  - listen: 80/http\n    respond: 404\n    rules:\n{rules}"
    stage.box.quota("groups_per_lb", 2)
    stage.box.quota("targets_per_group", 5)
    with pytest.raises(Refused) as caught:
        stage.plan(text)
    assert "load_balancer.main: the spec wants 3 target groups, and this account's quota is 2" in caught.value.what
    assert "load_balancer.main: the spec wants 6 targets, and this account's quota is 5" in caught.value.what
    stage.box.quota("targets_per_group", 1)
    with pytest.raises(
        Refused, match=r"targets\.g5: the spec wants 2 targets|target_group\.g5: the spec wants 2 targets"
    ):
        stage.plan(text)
