"""The cost in plan, destroy and status, on the simulator and with a fake CloudWatch."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.call import DENIED_ANSWER, Answer, Call
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box

from .kit import WEB, Shell

MONTH = "51.46"


AVERAGE = {"MetricDataResults": [{"Id": "m0", "Values": [6.0]}]}
"""A quarter of a unit, over 24 hours."""


@dataclass
class WithCloudWatch:
    """A cloud with this answer of CloudWatch, and with load balancers since the beginning of the year."""

    inner: Aws
    region: str
    answer: Answer
    asked: list[Call]

    def send(self, call: Call) -> Answer:
        if call.service == "cloudwatch":
            self.asked.append(call)
            return self.answer
        answer = self.inner.send(call)
        if call.operation == "DescribeLoadBalancers" and answer:
            raws = [{**raw, "CreatedTime": "2026-01-01 00:00:00+00:00"} for raw in answer["LoadBalancers"]]
            return {**answer, "LoadBalancers": raws}
        return answer


class CostShell(Shell):
    """A shell with a fake CloudWatch."""

    def __init__(self, box: Box, folder: Path) -> None:
        super().__init__(box, folder)
        self.answer: Answer = AVERAGE
        self.asked: list[Call] = []

    def connect(self, region: str) -> Any:
        return WithCloudWatch(super().connect(region), region, self.answer, self.asked)


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> CostShell:
    box.reset()
    return CostShell(box, tmp_path)


def test_a_plan_shows_the_cost_and_asks_nothing_for_it(shell: CostShell) -> None:
    shown = shell.run("plan", shell.spec)
    assert "Cost        $0.0705/h · $1.69/day · $51/month (ALB + 4 IPv4 + 2 t3.micro + 16 GB)" in shown.out
    assert "Cost in detail" not in shown.out
    assert shell.asked == []


def test_detail_shows_every_item(shell: CostShell) -> None:
    shown = shell.run("plan", shell.spec, "--detail")
    rows = [line.split() for line in shown.out.splitlines()]
    assert ["Sum", f"${MONTH}"] in rows
    assert ["root", "volume", "(gp3)", "8", "GB", "$0.0912/GB-mo", "$0.73"] in rows
    assert "data transfer to the internet" in shown.out
    assert shell.asked == []  # there is no load balancer yet


def test_json_of_plan_status_and_runs_has_the_cost(shell: CostShell) -> None:
    (stack,) = shell.run("plan", shell.spec, "--json").document["stacks"]
    assert (stack["cost"]["before"]["month"], stack["cost"]["after"]["month"]) == ("0.00", MONTH)
    *_, summary = shell.run("apply", "--yes", shell.spec, "--json").lines
    assert (summary["type"], summary["cost"]["after"]["month"]) == ("summary", MONTH)
    (stack,) = shell.run("status", shell.spec, "--json").document["stacks"]
    assert (stack["cost"]["before"]["month"], stack["cost"]["prices"]["date"]) == (MONTH, "2026-10-15")
    *_, summary = shell.run("destroy", shell.spec, "--confirm", "my-web", "--json").lines
    assert (summary["cost"]["before"]["month"], summary["cost"]["after"]["month"]) == (MONTH, "0.00")
    (zone,) = summary["remaining"]
    assert (zone["kind"], zone["month"]) == ("hosted_zone", "0.50")


def test_the_status_has_one_figure_and_with_cost_every_item(shell: CostShell) -> None:
    assert "cost " not in shell.run("status", shell.spec).out
    shell.run("apply", "--yes", shell.spec)
    shown = shell.run("status", shell.spec)
    assert "cost           $0.0705/h · $1.69/day · $51/month (ALB + 4 IPv4 + 2 t3.micro + 16 GB)" in shown.out
    assert shell.asked == []
    shown = shell.run("status", shell.spec, "--cost")
    assert len(shell.asked) == 1
    assert ["capacity", "units", "0.25", "$0.008/h", "$1.46"] in [line.split() for line in shown.out.splitlines()]


def test_plan_with_detail_asks_cloudwatch_once(shell: CostShell) -> None:
    shell.run("apply", "--yes", shell.spec)
    (stack,) = shell.run("plan", shell.spec, "--detail", "--json").document["stacks"]
    assert [use["basis"] for use in stack["cost"]["capacity"]] == ["cloudwatch"]
    assert Decimal(stack["cost"]["after"]["hour"]) == Decimal("0.072499")
    assert len(shell.asked) == 1
    shell.run("plan", shell.spec, "--json")
    assert len(shell.asked) == 1


def test_a_denied_cloudwatch_is_said_and_not_fatal(shell: CostShell) -> None:
    shell.run("apply", "--yes", shell.spec)
    shell.answer = DENIED_ANSWER
    for command in (("status", "--cost"), ("plan", "--detail")):
        shown = shell.run(*command, shell.spec)
        assert shown.code == 0
        assert "the credentials need the permission cloudwatch:GetMetricData" in shown.out
        assert "typical for a small site" in shown.out


def test_the_traffic_of_the_spec_counts(shell: CostShell) -> None:
    spec = shell.write("busy.yaml", WEB + "traffic: {gb_per_hour: 2}\n")
    shown = shell.run("plan", spec)
    assert "$0.0865/h" in shown.out
    assert "+ 2 LCU)" in shown.out
    assert "for traffic" not in shown.out


def test_a_region_without_prices_says_so(shell: CostShell) -> None:
    spec = shell.write("far.yaml", WEB.replace("ap-northeast-2", "ap-northeast-3").replace("zones: [a, c]\n", ""))
    shown = shell.run("plan", spec)
    assert "price unknown: t3.micro instance (Linux), root volume (gp3), capacity units" in shown.out
    assert "elbplan prices refresh --region ap-northeast-3" in shown.out


def test_a_destroy_shows_what_ends_and_what_stays(shell: CostShell) -> None:
    shell.run("apply", "--yes", shell.spec)
    shown = shell.run("destroy", shell.spec, answers=["no"])
    assert "Cost        $0.0705/h → $0 · saves $1.69/day, $51/month" in shown.err
    assert "AWS bills $0.50/month" in shown.err


def test_a_broken_cache_of_prices_warns_once(shell: CostShell) -> None:
    file = shell.folder / "cache" / "elbplan" / "prices.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    shown = shell.run("plan", shell.spec, "--detail")
    assert shown.code == 0
    assert shown.err.count("is ignored") == 1
    assert "$51/month" in shown.out
