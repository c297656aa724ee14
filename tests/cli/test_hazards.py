"""plan shows hazards; apply does not begin before each is allowed by name; lint --live says what only AWS knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from elbplan.cli.hazard_flags import AllowedHazards
from elbplan.core.address import Address
from elbplan.core.call import Answer, Call
from elbplan.core.plan import Plan
from elbplan.errors import AwsProblem, Refused
from elbplan.hazards import Hazard
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box

from .kit import WEB, Shell

HTTP = WEB.replace("domain: api.example.com\n", "").replace("count: 2", "count: 1")


class MetricsAws:
    """AWS that knows how many requests there were, or that nobody may ask."""

    def __init__(self, aws: Aws, answer: Mapping[str, Any] | None) -> None:
        self.region = aws.region
        self.asked: list[Call] = []
        self._aws = aws
        self._answer = answer

    def send(self, call: Call) -> Answer:
        if call.service != "cloudwatch":
            return self._aws.send(call)
        self.asked.append(call)
        if self._answer is None:
            raise AwsProblem("you may not cloudwatch:GetMetricStatistics")
        return self._answer


class MigrationShell(Shell):
    """A shell with migrations beside the spec."""

    answer: Mapping[str, Any] | None = None
    told: MetricsAws | None = None
    known: ClassVar[dict[str, Aws]] = {}

    @property
    def base(self) -> Path:
        return self.folder / "migrations"

    def connect(self, region: str) -> Any:
        if self.box.url not in self.known:
            self.known[self.box.url] = super().connect(region)  # making clients takes longer than what they ask
        self.box.seed(region)
        self.told = MetricsAws(self.known[self.box.url], self.answer)
        return self.told

    def files(self, *words: str) -> Any:
        return self.run(*words, self.spec, "--migrations", str(self.base))


def test_a_hazard_blocks_until_it_is_allowed_by_name(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", HTTP)
    assert shell.run("apply", shell.spec, "--yes").code == 0
    shell.write("web.yaml", HTTP.replace("/health", "/up"))
    shown = shell.run("plan", shell.spec)
    assert "apply does this only with --allow health-check-changes" in shown.out
    shell.box.clear_calls()
    refused = shell.run("apply", shell.spec, "--yes", "--allow", "route-removed")
    assert refused.code == 5
    assert "health-check-changes: target_group.web: its check changes" in refused.err
    assert "add --allow health-check-changes" in refused.err
    assert shell.box.writes() == []
    assert shell.run("apply", shell.spec, "--yes", "--allow", "route-removed, health-check-changes").code == 0
    assert shell.box.writes() != []


def test_a_hazard_that_does_not_exist_is_wrong_usage(shell: Shell) -> None:
    wrong = shell.run("apply", shell.spec, "--yes", "--allow", "route-removed,outrage")
    assert wrong.code == 64
    assert "did you mean outage?" in wrong.err


def test_what_is_at_risk_only_since_somebody_agreed_is_refused_as_well() -> None:
    plans = [Plan("my-web", "eu-west-1", "1", hazards=(Hazard("route-removed", Address("rule", "api"), "no more"),))]
    planner = AllowedHazards(lambda cloud, group: plans, ("extra-cost",))
    assert planner(None, []) == plans
    planner.agreed = True
    with pytest.raises(Refused, match=r"route-removed: rule\.api"):
        planner(None, [])
    assert AllowedHazards(lambda cloud, group: plans, ("route-removed",), agreed=True)(None, []) == plans


RULE = """
listeners: [{listen: 80/http, forward: web, rules: [{name: old, path: /old/*, redirect: {path: /new}}]}]
groups: {web: {servers: web, port: 80, health: /health}}
"""
WITH = HTTP.replace("targets: {port: 80, health: /health}\n", "") + RULE
WITHOUT = WITH.replace(", rules: [{name: old, path: /old/*, redirect: {path: /new}}]", "")


@pytest.fixture
def filed(box: Box, tmp_path: Path) -> MigrationShell:
    """Two files, the first applied; the second takes a rule away."""
    box.reset()
    made = MigrationShell(box, tmp_path)
    made.write("web.yaml", WITH)
    assert made.files("plan", "--save", "first").code == 0
    assert made.files("apply", "--yes").code == 0
    made.write("web.yaml", WITHOUT)
    assert made.files("plan", "--save", "second").code == 0
    return made


def test_how_many_ask_for_what_goes_and_who_is_unwell(filed: MigrationShell) -> None:
    quiet = filed.files("lint")
    assert (quiet.code, "live  " in quiet.out) == (5, False)
    unknown = filed.files("lint", "--live")
    assert unknown.code == 5
    assert "not known: you may not cloudwatch:GetMetricStatistics" in unknown.out
    assert unknown.out.count("live  ") == 1
    filed.answer = {"Datapoints": [{"Sum": 1200.0}, {"Sum": 34.0}]}
    elb = filed.box.client("elbv2", "ap-northeast-2")
    (group,) = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"] == "my-web-web"]
    filed.box.sick(group["TargetGroupName"], "Target.Timeout")
    told = filed.files("lint", "--live")
    assert "my-web: requests of the last 24 h: load_balancer.main answered 1,234" in told.out
    assert "targets.web counts as healthy at the start of 0002_second, but is not healthy now" in told.out
    assert filed.told
    (call,) = filed.told.asked
    (dimension,) = call.params["Dimensions"]
    assert dimension["Value"].startswith("app/my-web/")
    assert (call.params["MetricName"], call.params["Period"]) == ("RequestCount", 86400)
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/other")
    left = filed.files("lint", "--live", "--json")
    assert (left.code, left.document["exit"]) == (5, 5)
    assert any("no file cares: target_group.web  health: path /health → /other" in one for one in left.document["live"])
    (rule,) = [r for r in rules_of(elb) if not r["IsDefault"]]
    elb.modify_rule(RuleArn=rule["RuleArn"], Conditions=[{"Field": "path-pattern", "Values": ["/older/*"]}])
    lost = filed.files("lint", "--live")
    assert lost.code == 5
    assert "the next steps change (nearest known state: the start of 0002_second)" in lost.out.replace("\n", " ")
    assert "/older/*" in lost.out


def rules_of(elb: Any) -> list[dict[str, Any]]:
    """The rules of the only listener."""
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    found: list[dict[str, Any]] = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return found
