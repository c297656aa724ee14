"""While AWS is being read, the screen names the calls that fail."""

from __future__ import annotations

from elbplan.cli.reading import FailureLine, FailureLog
from elbplan.live.tries import FailedTry
from elbplan.render.style import Style
from tests.bad_network import BadNetwork
from tests.fake_time import FakeTime

from .kit import Shell

RULES = FailedTry("elbv2", "DescribeRules", "500", 1)


def test_a_log_has_a_line_for_the_second_failure_and_then_every_ten_seconds() -> None:
    time, lines = FakeTime(), list[str]()
    log = FailureLog("reading web in eu-west-1", lines.append, time.now)
    log.take(RULES)
    assert lines == []
    for number in range(2, 10):
        log.take(FailedTry("elbv2", "DescribeRules", "500", number))
        time.sleep(4)
    assert lines == [f"reading web in eu-west-1: elbv2 DescribeRules: 500, try {number}" for number in (3, 6, 9)]


def test_a_line_names_the_last_failure_until_all_calls_are_answered() -> None:
    texts: list[str] = []
    line = FailureLine("reading web", "reading web in eu-west-1", Style(ascii=True), texts.append)
    line.take(RULES)
    line.take(FailedTry("ec2", "DescribeVpcs", "no answer in 10 s", 1))
    line.take(FailedTry("ec2", "DescribeVpcs", "", 1, over=True))
    line.take(FailedTry("elbv2", "DescribeRules", "", 1, over=True))
    line.take(FailedTry("elbv2", "DescribeListeners", "", 1, over=True))
    assert texts == [
        "reading web - elbv2 DescribeRules: 500, try 2",
        "reading web - ec2 DescribeVpcs: no answer in 10 s, try 2, and 1 other call",
        "reading web - elbv2 DescribeRules: 500, try 2",
        "reading web in eu-west-1",
    ]


def test_a_command_without_a_terminal_says_which_call_fails(shell: Shell) -> None:
    shell.network = BadNetwork(shell.box)
    time = shell.network.time
    shell.box.fault("5xx", action="DescribeLoadBalancers")
    for words in (["plan", shell.spec], ["plan", shell.spec, "--json"]):
        ran = shell.run(*words, clock=time)
        lines = ran.err.splitlines()
        assert lines[0].endswith("Z reading my-web in ap-northeast-2: elbv2 DescribeLoadBalancers: 500, try 3")
        assert 2 <= sum("Z reading" in line for line in lines) <= 4
        assert ran.code == 1
        assert "error: elbv2 DescribeLoadBalancers failed: AWS answered 500" in ran.err
        time.sleep(3600)
    assert "reading" not in shell.run("plan", shell.spec, "--quiet", clock=time).err


def test_a_lock_that_cannot_be_taken_is_visible_too(shell: Shell) -> None:
    shell.box.fault("5xx", action="GetParametersByPath", limit=3)
    ran = shell.run("apply", shell.spec, "--yes")
    assert ran.code == 0, ran.err
    assert "reading my-web in ap-northeast-2: ssm GetParametersByPath: AWS fails (ServiceUnavailable), try 3" in ran.err


def test_a_step_whose_call_fails_says_so(shell: Shell) -> None:
    shell.box.fault("5xx", action="CreateTargetGroup", limit=1)
    ran = shell.run("apply", shell.spec, "--yes", "--json")
    texts = [line["text"] for line in ran.lines if line["type"] == "progress"]
    assert "elbv2 CreateTargetGroup: 500, try 2" in texts
