"""AWS fails, hangs or cannot be reached: commands end after half a minute and say which call, and where."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.bad_network import EVERYTHING, BadNetwork

from .kit import CommandResult, Shell

COMMANDS = [["plan"], ["status"], ["apply", "--yes"], ["destroy", "--confirm", "my-web"]]
NEAR_HALF_A_MINUTE = 45
"""The clock of these tests also counts the pauses of several threads that wait at the same time."""


class NightShell:
    """Commands on an AWS that has a bad night. The stack exists already."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        assert shell.run("apply", shell.spec, "--yes").code == 0
        shell.box.clear_calls()
        self.network = shell.network = BadNetwork(shell.box)

    def run(self, words: Sequence[str], *more: str) -> CommandResult:
        return self.shell.run(*words, self.shell.spec, *more, clock=self.network.time)


@pytest.fixture
def night(shell: Shell) -> NightShell:
    return NightShell(shell)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_one_call_that_aws_answers_with_500(night: NightShell, words: list[str]) -> None:
    night.shell.box.fault("5xx", action="DescribeLoadBalancers")
    ran = night.run(words)
    assert ran.code == 1
    assert "elbv2 DescribeLoadBalancers failed: AWS answered 500 (ServiceUnavailable) 10 times in 28 s" in ran.err
    assert "https://health.aws.amazon.com/health/status" in ran.err
    assert ran.err.count("failed: AWS answered") == 1
    assert "refused" not in ran.err
    assert "elbv2 DescribeLoadBalancers: 500, try 3" in ran.err
    assert night.network.time.seconds < NEAR_HALF_A_MINUTE
    assert night.shell.box.writes() == []


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_one_call_that_hangs(night: NightShell, words: list[str]) -> None:
    night.network.hanging = {"DescribeLoadBalancers"}
    ran = night.run(words)
    assert ran.code == 1
    assert f"elbv2 DescribeLoadBalancers failed: {night.shell.box.url}/ did not answer in 10 s, 3 tries in" in ran.err
    assert "elbv2 DescribeLoadBalancers: no answer in 10 s, try 3" in ran.err
    assert night.network.time.seconds < NEAR_HALF_A_MINUTE


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_region_that_cannot_be_reached(night: NightShell, words: list[str]) -> None:
    night.network.unreachable = {EVERYTHING}
    ran = night.run(words)
    assert ran.code == 1
    assert "cannot reach AWS for" in ran.err
    assert night.shell.box.url in ran.err
    assert ran.err.count("error:") == 1
    assert len(night.network.requests) <= 2 * 16, "two tries for each call of the first round"
    assert night.network.time.seconds < NEAR_HALF_A_MINUTE


def test_all_services_fail_in_a_mistyped_region(night: NightShell) -> None:
    night.shell.box.fault("5xx")
    ran = night.run(["plan", "--region", "ap-norteast-2"])
    first = next(line for line in ran.err.splitlines() if line.startswith("error"))
    assert first == "error: ap-norteast-2 may not be a region of AWS: did you mean ap-northeast-2?"
    assert ran.err.count("failed: AWS answered") == 1


def test_a_plan_with_several_failing_services_ends_after_half_a_minute_too(night: NightShell) -> None:
    night.shell.box.fault("5xx", service="elbv2")
    night.shell.box.fault("5xx", service="ec2")
    ran = night.run(["plan"])
    assert ran.code == 1
    tries = [night.network.requests.count(operation) for operation in set(night.network.requests)]
    assert max(tries) <= 12, "no operation is tried for another half minute"


def test_the_records_of_runs_do_not_hide_the_status(night: NightShell) -> None:
    night.shell.box.fault("5xx", service="ssm")
    ran = night.run(["status"])
    assert ran.code == 0
    assert "2 of 2 healthy" in ran.out
    assert "ssm GetParametersByPath failed: AWS answered 500" in " ".join(ran.out.split())
    assert night.network.time.seconds < NEAR_HALF_A_MINUTE


@pytest.mark.parametrize("command", ["plan", "status"])
def test_documents_for_programs_have_the_error_of_each_stack(night: NightShell, command: str) -> None:
    night.shell.box.fault("5xx", action="DescribeLoadBalancers")
    ran = night.run([command], "--json")
    (stack,) = json.loads(ran.out)["stacks"]
    assert (ran.code, stack["stack"], stack["error"]["code"]) == (1, "my-web", 1)
    assert stack["error"]["what"].startswith("elbv2 DescribeLoadBalancers failed")
    assert "health.aws.amazon.com" in stack["error"]["hint"]
    assert "error: elbv2 DescribeLoadBalancers failed" in ran.err
