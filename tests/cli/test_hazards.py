"""plan shows hazards, apply needs each hazard allowed by name, and lint --live reads AWS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from elbplan.api.allowed_hazards import AllowedHazards
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
    """An AWS client with a fixed answer of CloudWatch; None: access denied."""

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
    """Runs commands in a folder with a spec and migrations."""

    answer: Mapping[str, Any] | None = None
    aws: MetricsAws | None = None
    known: ClassVar[dict[str, Aws]] = {}

    @property
    def base(self) -> Path:
        return self.folder / "migrations"

    def connect(self, region: str) -> Any:
        if self.box.url not in self.known:
            self.known[self.box.url] = super().connect(region)  # creating clients takes longer than the calls
        self.box.create_defaults(region)
        self.aws = MetricsAws(self.known[self.box.url], self.answer)
        return self.aws

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
    assert "health-check-changes: target_group.web: " in refused.err
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
    """Saves two migrations and applies the first. The second deletes a rule."""
    box.reset()
    shell = MigrationShell(box, tmp_path)
    shell.write("web.yaml", WITH)
    assert shell.files("plan", "--save", "first").code == 0
    assert shell.files("apply", "--yes").code == 0
    shell.write("web.yaml", WITHOUT)
    assert shell.files("plan", "--save", "second").code == 0
    return shell


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
    lint = filed.files("lint", "--live")
    assert "my-web: requests of the last 24 h: load_balancer.main answered 1,234" in lint.out
    assert "targets.web counts as healthy at the start of 0002_second, but is not healthy now" in lint.out
    assert filed.aws
    (call,) = filed.aws.asked
    (dimension,) = call.params["Dimensions"]
    assert dimension["Value"].startswith("app/my-web/")
    assert (call.params["MetricName"], call.params["Period"]) == ("RequestCount", 86400)
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/other")
    left = filed.files("lint", "--live", "--json")
    assert (left.code, left.document["exit"]) == (5, 5)
    assert any(
        "no pending step touches: target_group.web  health: path /health → /other" in one
        for one in left.document["live"]
    )
    (rule,) = [r for r in rules_of(elb) if not r["IsDefault"]]
    elb.modify_rule(RuleArn=rule["RuleArn"], Conditions=[{"Field": "path-pattern", "Values": ["/older/*"]}])
    lost = filed.files("lint", "--live")
    assert lost.code == 5
    assert "the next steps change (nearest known state: the start of 0002_second)" in lost.out.replace("\n", " ")
    assert "/older/*" in lost.out


def rules_of(elb: Any) -> list[dict[str, Any]]:
    """Returns the rules of the only listener."""
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    rules: list[dict[str, Any]] = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return rules
