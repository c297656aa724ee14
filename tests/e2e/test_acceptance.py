"""The acceptance suite of tests/acceptance: its story and questions, and above all its clean-up."""

from __future__ import annotations

import io
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.permissions.policy import policy
from elbplan.sandbox.box import Box
from elbplan.spec import load
from tests.acceptance.aws import WallClock
from tests.acceptance.cleanup import KINDS
from tests.acceptance.estimate import REGIONS, cost_lines, total
from tests.acceptance.questions import QUESTIONS, Question
from tests.acceptance.run import clean_up_only
from tests.acceptance.settings import TAG, Settings

from .acceptance_stage import REGION, ZONE, AcceptanceStage, BoxVisitor, left_of, until
from .fork_server import ForkServer
from .moto_server import moto_server

DOCS = Path(__file__).parents[2] / "docs" / "acceptance.md"
LIKE_THE_SUITE = """
name: suite
region: eu-west-1
domain: suite.example.com
servers: {count: 1}
groups:
  web: {tag: app=web, port: 80}
  own: {servers: web, port: 81}
  code: {lambda: "arn:aws:lambda:eu-west-1:123456789012:function:code"}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - {listen: 443/https, forward: {web: 1, own: 1}, rules: [{path: /code, forward: code}]}
"""


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def suite(box: Box, forks: ForkServer, tmp_path: Path) -> Iterator[AcceptanceStage]:
    """The suite, in an account where somebody else's resources must stay."""
    box.reset()
    box.ask("switch", name="slow", value=0.2)
    ids = box.create_defaults(REGION, hosted_zones=[ZONE])
    box.create_fixture("instance", region=REGION, tags={TAG: "12312359aaaaaa"})
    box.create_fixture("security_group", region=REGION, vpc=ids["vpc"], name="acc-of-somebody")
    foreign = box.snapshot()
    yield AcceptanceStage(box.url, forks, tmp_path)
    now = box.snapshot(foreign)
    assert [name for name, fields in foreign.items() if now[name] != fields] == []


def test_the_whole_story_is_green_and_every_answer_as_assumed(box: Box, suite: AcceptanceStage) -> None:
    def slow_where_a_run_is_killed(step: str) -> None:
        box.ask("switch", name="slow", value=2 if step == "HTTPS" else 0.2)

    box.fault("delay", action="PutParameter", match="elbplan-acceptance", seconds=0.1)
    assert suite.run(BoxVisitor(box), slow_where_a_run_is_killed) == 0, suite.lines
    assert set(suite.states().values()) == {"ok"}
    (change,) = [step["text"] for step in suite.report["story"] if step["name"] == "another port"]
    assert "killed at the wait" in change
    assert ", 0 failed" in change
    verdicts = {question["id"]: question["verdict"] for question in suite.report["questions"]}
    assert len(verdicts) == len(QUESTIONS)
    open_here = {id for id, verdict in verdicts.items() if verdict == "not settled"}
    assert open_here <= {"lambda-zone", "aaaa-alias"}
    assert set(verdicts.values()) == {"as assumed", "not settled"}, verdicts
    assert left_of(box, suite.settings.run) == []
    markdown = (suite.folder / f"acceptance-{suite.settings.run}.md").read_text()
    assert box.account_id not in markdown + str(suite.report)
    assert "wait certificate.main issued" in markdown


def test_after_ctrl_c_nothing_is_left(box: Box, suite: AcceptanceStage) -> None:
    def interrupt(question: str) -> None:
        if question == "lambda-zone":
            os.kill(os.getpid(), signal.SIGINT)

    suite.settings = Settings(suite.settings.run, parts=("questions",))
    assert suite.run(after_step=interrupt) == 130
    assert suite.report["ended_by"] == "SIGINT"
    assert len(suite.report["clean_up"]["deleted"]) > 10
    assert left_of(box, suite.settings.run) == []


def test_a_signal_while_elbplan_runs_ends_elbplan_too(box: Box, suite: AcceptanceStage) -> None:
    box.ask("switch", name="slow", value=2)

    def interrupt() -> None:
        until(lambda: "CreateLoadBalancer" in box.counts())
        os.kill(os.getpid(), signal.SIGTERM)
        until(lambda: any(line.startswith("clean-up") for line in suite.lines))
        os.kill(os.getpid(), signal.SIGHUP)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert suite.run() == 130
    thread.join()
    assert suite.report["ended_by"] == "SIGTERM"
    assert suite.commands[-1].poll() == 130
    assert "the clean-up goes on; only kill -9 stops it" in suite.lines
    assert left_of(box, suite.settings.run) == []


def test_after_kill_the_clean_up_by_id_stops_elbplan_and_deletes_everything(box: Box, suite: AcceptanceStage) -> None:
    """elbplan lives on and still creates; the clean-up takes its lock away and waits for it."""
    command = suite.start(only="story")
    box.fault("delay", action="CreateListener", seconds=3)
    until(lambda: "CreateLoadBalancer" in box.counts())
    command.send_signal(signal.SIGKILL)
    assert command.wait() == -signal.SIGKILL
    run = suite.started_run()
    assert left_of(box, run)
    assert suite.start("--clean-up", run, consent="").wait() == 0
    assert "nothing tagged is left" in suite.output()
    assert left_of(box, run) == []
    box.clear_calls()
    assert clean_up_only(Settings(run), suite.aws(), suite.lines.append) == 0
    assert box.writes() == []


@pytest.mark.parametrize("write", [3, 14])
def test_killed_after_any_write_of_a_question_nothing_is_left(box: Box, suite: AcceptanceStage, write: int) -> None:
    box.clear_calls()
    command = suite.start(only="questions")
    box.fault("kill", pid=command.pid, nth_write=write)
    assert command.wait() == -signal.SIGKILL
    run = suite.started_run()
    assert clean_up_only(Settings(run), suite.aws(), suite.lines.append) == 0
    assert left_of(box, run) == []


def test_on_moto_as_it_comes_the_report_tells_what_moto_does_otherwise(forks: ForkServer, tmp_path: Path) -> None:
    with moto_server() as url:
        suite = AcceptanceStage(url, forks, tmp_path)
        suite.aws().client("route53").create_hosted_zone(Name=ZONE, CallerReference="acceptance")
        assert suite.run() == 0, suite.lines
        reasons = {step["name"]: step["text"] for step in suite.report["story"] if step["state"] != "ok"}
        assert set(suite.states().values()) == {"ok", "not asked"}
        assert reasons.keys() - {"rollback"} == {"HTTP", "HTTPS"}
        assert "the endpoint is not AWS" in reasons["HTTP"]
        assert "targets on the closed port 8081 are healthy" in reasons.get("rollback", "") or "rollback" not in reasons
        answers = {question["id"]: question for question in suite.report["questions"]}
        assert answers["mixed-tags"]["verdict"] == "as assumed"
        assert answers["gateway-forward"]["verdict"] == "otherwise"
        assert answers["balancer-other-tags"]["answer"] == "a second resource with the same name was created"
        assert answers["aaaa-alias"]["answer"].startswith("could not be asked: route53.TestDNSAnswer: 404")
        assert suite.report["clean_up"]["not_looked"] == {}
        tagged = suite.aws().ask("resourcegroupstaggingapi", "get_resources", TagFilters=[{"Key": TAG}])
        left = [resource["ResourceARN"] for resource in tagged["ResourceTagMappingList"]]
        assert [arn for arn in left if ":instance/" not in arn] == []  # terminated ones stay visible
        used = {call["call"].replace(".", ":") for call in suite.report["calls"]}
        assert not {action for action in used if not is_permitted(action)}


@pytest.mark.parametrize("words", [(), ("--clean-up",), ("--clean-up", "my-web"), ("--clean-up", "*")])
def test_without_consent_or_id_nothing_is_called(box: Box, suite: AcceptanceStage, words: tuple[str, ...]) -> None:
    box.clear_calls()
    assert suite.start(*words, consent="yes").wait() == 64
    assert box.calls == []
    assert "usage: make acceptance" in suite.output()


def test_a_resource_with_a_name_of_the_run_and_without_its_tag_is_not_touched(box: Box, suite: AcceptanceStage) -> None:
    group = box.client("elbv2", REGION).create_target_group(
        Name=f"{suite.settings.stack}-x", Protocol="HTTP", Port=80, VpcId=box.create_defaults(REGION)["vpc"]
    )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
    assert clean_up_only(suite.settings, suite.aws(), suite.lines.append) == 0
    assert box.snapshot([group])[group]
    assert f"not touched, since it does not have the tag {TAG}: target group {group}" in suite.lines[-1]


class LateAccount(WallClock):
    """AWS shows a resource only after the first look of the clean-up."""

    def __init__(self, box: Box, run: str) -> None:
        self._box, self._run = box, run
        self.shown = ""

    def sleep(self, seconds: float) -> None:
        self.shown = self.shown or self._box.create_fixture("instance", region=REGION, tags={TAG: self._run})


def test_what_aws_shows_late_is_deleted_too(box: Box, suite: AcceptanceStage) -> None:
    clock = LateAccount(box, suite.settings.run)
    box.ask("switch", name="slow", value=0)
    assert clean_up_only(suite.settings, suite.aws(clock), suite.lines.append) == 0
    assert f"  deleted instance {clock.shown}" in suite.lines
    assert left_of(box, suite.settings.run) == []


def test_what_aws_refuses_to_delete_is_named(box: Box, suite: AcceptanceStage) -> None:
    run = suite.settings.run
    box.create_fixture("instance", region=REGION, tags={TAG: run})
    box.fault("error", action="TerminateInstances", code="OperationNotPermitted", message="protected")
    assert clean_up_only(suite.settings, suite.aws(), suite.lines.append) == 1
    assert "1 left" in suite.lines[-1]
    assert "OperationNotPermitted: protected" in suite.lines[-1]
    box.clear_faults()
    assert clean_up_only(suite.settings, suite.aws(), suite.lines.append) == 0


def test_what_cannot_be_listed_is_not_called_clean(box: Box, suite: AcceptanceStage) -> None:
    box.fault("error", action="DescribeInstances", code="UnauthorizedOperation", message="no")
    assert clean_up_only(suite.settings, suite.aws(), suite.lines.append) == 1
    assert "not everything could be listed" in suite.lines[-1]
    assert "could not list instances: ec2.DescribeInstances: UnauthorizedOperation" in suite.lines[-1]


def test_the_estimate_counts_everything_that_costs() -> None:
    assert {line.what.split(",")[0] for line in cost_lines("us-east-1")} > {"t3.micro", "public IPv4 address"}
    costs = {region: total(cost_lines(region)) for region in (*REGIONS, "xx-new-1")}
    assert all(0.1 < cost < 0.25 for cost in costs.values())
    assert costs["xx-new-1"] == max(costs.values())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_docs_have_each_question_with_its_assumption(question: Question) -> None:
    rows = [row for row in DOCS.read_text(encoding="utf-8").splitlines() if row.startswith(f"| `{question.id}` |")]
    assert rows == [f"| `{question.id}` | {question.text} | {question.assumes} | {question.changes} |"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_the_file_that_an_answer_would_change_exists(question: Question) -> None:
    for path in re.findall(r"elbplan/[\w/.]+[\w]", question.changes):
        assert (DOCS.parents[1] / path).exists(), path


def test_the_docs_have_the_permissions_of_elbplan() -> None:
    """The stacks of the suite have a domain, servers that are named by tag or address, functions and listeners."""
    (stack,) = load(["-"], stdin=io.StringIO(LIKE_THE_SUITE))
    needed = {action for statement in policy(stack).statements for action in statement.actions}
    assert {"acm:RequestCertificate", "lambda:AddPermission", "route53:ChangeResourceRecordSets"} <= needed
    assert not {action for action in needed if not is_permitted(action)}


PREFIXES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag"}


def is_permitted(action: str) -> bool:
    """True if the page of the suite lists the permission for an action."""
    service, _, operation = action.partition(":")
    prefix, text = PREFIXES.get(service, service), DOCS.read_text(encoding="utf-8")
    return f"`{prefix}:*`" in text or f"`{prefix}:{operation}`" in text


def test_the_docs_name_everything_that_the_clean_up_deletes() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [kind.name for kind in KINDS if kind.name not in text] == []
