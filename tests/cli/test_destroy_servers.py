"""destroy with instances that the spec names: the question, what changes after it, and the JSON."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.core.call import Answer, Call
from elbplan.live.client import Aws

from .kit import PipeStream, Shell, TerminalStream

REGION = "ap-northeast-2"
SPEC = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {tag: app=web, port: 80, health: /health}\n"
TERMINATE = SPEC + "on_destroy: terminate\n"


def server(shell: Shell, name: str, zone: str = "a") -> str:
    shell.box.create_defaults(REGION)
    return shell.box.create_fixture("instance", region=REGION, zone=zone, tags={"Name": name, "app": "web"})


def state(shell: Shell, id: str) -> str:
    (reservation,) = shell.box.client("ec2", REGION).describe_instances(InstanceIds=[id])["Reservations"]
    return str(reservation["Instances"][0]["State"]["Name"])


def applied(shell: Shell, text: str) -> str:
    spec = shell.write("web.yaml", text)
    assert shell.run("apply", "--yes", spec).code == 0
    return spec


def test_the_question_says_how_many_servers_of_others_end(shell: Shell) -> None:
    first, second = server(shell, "server-a"), server(shell, "server-c", "c")
    ec2: Any = shell.box.client("ec2", REGION)
    ec2.associate_address(AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=first)
    spec = applied(shell, TERMINATE)
    no = shell.run("destroy", spec, answers=["yes"])
    assert no.code == 5
    assert f"server-a {first}, t3.micro, running, not created by elbplan" in " ".join(no.err.split())
    assert "This also ends 2 instances and 1 Elastic IP that elbplan did not create.\nType the stack's name" in no.err
    assert state(shell, first) == "running"
    assert shell.run("destroy", spec, answers=["my-web"]).code == 0
    assert (state(shell, first), state(shell, second)) == ("terminated", "terminated")


class GrowingCloud:
    """Sends calls to AWS. As soon as a run takes the lock, somebody starts another server with the tag."""

    def __init__(self, cloud: Aws, shell: Shell) -> None:
        self.region = cloud.region
        self.new = ""
        self._cloud = cloud
        self._shell = shell

    def send(self, call: Call) -> Answer:
        if call.operation == "PutParameter" and not self.new:
            self.new = server(self._shell, "new")
        return self._cloud.send(call)


@pytest.mark.parametrize(
    ("words", "answers", "reason"),
    [
        (["--confirm", "my-web"], None, "the spec now also finds instance."),
        ([], "my-web\n", "AWS changed since the plan was shown"),
    ],
)
def test_a_server_that_the_tag_finds_after_the_question_stops_the_run(
    shell: Shell, words: list[str], answers: str | None, reason: str
) -> None:
    first = server(shell, "server-a")
    spec = applied(shell, TERMINATE)
    growing = GrowingCloud(shell.connect(REGION), shell)
    stdin, err = TerminalStream(answers or ""), PipeStream()
    code = run(["destroy", spec, *words], Terminal(stdin, PipeStream(), err, shell.environ), lambda region: growing)
    assert code == 5
    assert reason in err.getvalue()
    assert (state(shell, first), state(shell, growing.new)) == ("running", "running")
    assert shell.box.tagged("my-web")
    assert shell.run("destroy", spec, "--confirm", "my-web").code == 0
    assert state(shell, growing.new) == "terminated"


def test_programs_read_which_servers_end_and_what_stays(shell: Shell) -> None:
    first = server(shell, "server-a")
    spec = applied(shell, TERMINATE)
    *events, summary = shell.run("destroy", "--json", "--confirm", "my-web", spec).lines
    started = {event["step"]["id"]: event["text"] for event in events if event["type"] == "started"}
    assert started[f"delete instance.{first}"] == "server-a: the spec says `on_destroy: terminate`"
    assert "remaining" not in summary
    second = server(shell, "server-b")
    spec = applied(shell, SPEC + "on_destroy: stop\n")
    *events, summary = shell.run("destroy", "--json", "--confirm", "my-web", spec).lines
    assert f"stop instance.{second}" in {event["step"]["id"] for event in events}
    (left,) = summary["remaining"]
    facts = {key: left[key] for key in ("kind", "id", "name", "state", "type")}
    assert facts == {"kind": "instance", "id": second, "name": "server-b", "state": "stopped", "type": "t3.micro"}
    assert left["command"] == f"aws ec2 terminate-instances --region {REGION} --instance-ids {second}"


def test_a_server_that_others_use_ends_only_if_that_is_allowed(shell: Shell) -> None:
    first = server(shell, "server-a")
    spec = applied(shell, TERMINATE)
    other = shell.write("other.yaml", SPEC.replace("my-web", "other"))
    assert shell.run("apply", "--yes", other).code == 0
    refused = shell.run("destroy", spec, "--confirm", "my-web")
    assert (refused.code, state(shell, first)) == (5, "running")
    assert "server-in-use" in refused.err
    assert shell.run("destroy", spec, "--confirm", "my-web", "--allow", "server-in-use").code == 0
    assert state(shell, first) == "terminated"


def test_an_empty_stack_still_says_what_its_servers_cost(shell: Shell) -> None:
    first = server(shell, "server-a")
    spec = shell.write("web.yaml", SPEC)
    out = shell.run("destroy", spec, "--confirm", "my-web").out
    assert "my-web: nothing to do. AWS has no resources of this stack." in out
    assert f"aws ec2 terminate-instances --region {REGION} --instance-ids {first}" in out
