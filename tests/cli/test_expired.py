"""`expires:` on the screens, and `destroy --expired` for a nightly job."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .kit import Shell

REGION = "ap-northeast-2"
SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
servers: {count: 1}
targets: {port: 80, health: /}
expires: 8h
"""
HOURS = 3600


@pytest.fixture(autouse=True)
def in_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default specs are those of the folder of the test."""
    monkeypatch.chdir(shell.folder)
    (shell.folder / "specs").mkdir()
    shell.environ["AWS_REGION"] = REGION
    shell.connect(REGION)


def applied(shell: Shell, text: str = SPEC, file: str = "web.yaml") -> str:
    spec = shell.write(f"specs/{file}", text)
    result = shell.run("apply", "--yes", "--no-verify", spec)
    assert result.code == 0, result.err
    return spec


def later(shell: Shell, hours: float) -> None:
    """The clock of this machine is so much later."""
    shell.wall = lambda: time.time() + hours * HOURS


def test_the_plan_says_when_the_stack_expires_and_what_deletes_it(shell: Shell) -> None:
    spec = shell.write("specs/web.yaml", SPEC)
    screen = " ".join(shell.run("plan", spec).out.split())
    assert "Expires 8 h after its creation; from then on, `elbplan destroy --expired` deletes the stack" in screen
    applied(shell)
    assert "in 7 h 59 min" in shell.run("plan", spec).out
    (stack,) = shell.run("plan", spec, "--json").document["stacks"]
    assert stack["expires"]["spec"] == "8h"
    assert stack["expires"]["at"]


def test_status_list_and_leftovers_tell_a_stack_that_is_past_its_end(shell: Shell) -> None:
    applied(shell)
    (status,) = shell.run("status", "--json").document["stacks"]
    assert (status["conditions"], status["expires"]["past"]) == ([], False)
    assert "my-web" not in shell.run("leftovers").out
    later(shell, 9)
    (status,) = shell.run("status", "--json").document["stacks"]
    assert (status["conditions"], status["expires"]["past"]) == (["overdue"], True)
    screen = shell.run("status").out
    assert "! 1/1 healthy · expired 1 h ago" in screen
    assert f"elbplan destroy --expired --region {REGION}" in screen
    assert "expired 1 h ago" in shell.run("list").out
    left = shell.run("leftovers", "--json").document["leftovers"][0]
    assert (left["kind"], left["id"], left["since_what"]) == ("stack", "my-web", "expired")
    assert left["commands"] == [f"elbplan destroy my-web --region {REGION}"]


def test_the_nightly_job_destroys_what_has_expired_and_nothing_else(shell: Shell) -> None:
    applied(shell)
    applied(shell, SPEC.replace("my-web", "later").replace("8h", "2d"), "later.yaml")
    applied(shell, SPEC.replace("my-web", "forever").replace("expires: 8h", ""), "forever.yaml")
    early = shell.run("destroy", "--expired", "--yes")
    assert (early.code, early.out) == (0, "No stack is past its end.\n")
    for file in (shell.folder / "specs").iterdir():
        file.unlink()
    later(shell, 9)
    result = shell.run("destroy", "--expired", "--yes", "--no-leftovers")
    assert result.code == 0
    assert [line.partition(", after")[0] for line in result.out.splitlines()] == [f"✓ my-web in {REGION} is destroyed"]
    assert shell.box.tagged("my-web") == {}
    assert shell.box.tagged("later")
    assert shell.box.tagged("forever")


def test_all_regions_and_json(shell: Shell) -> None:
    applied(shell)
    applied(shell, SPEC.replace("my-web", "far").replace(REGION, "eu-west-1").replace("[a, c]", "[a, b]"), "far.yaml")
    later(shell, 9)
    result = shell.run("destroy", "--expired", "--all-regions", "--yes", "--json", "--no-leftovers")
    assert result.code == 0
    ends = [line for line in result.lines if line["type"] == "summary"]
    assert {(end["stack"], end["region"], end["exit"]) for end in ends} == {
        ("my-web", REGION, 0),
        ("far", "eu-west-1", 0),
    }
    nothing = shell.run("destroy", "--expired", "--all-regions", "--yes", "--json")
    assert (nothing.code, nothing.document) == (0, {"schema": 1, "type": "expired", "stacks": []})


def test_a_protected_stack_is_refused_and_does_not_stop_the_others(shell: Shell) -> None:
    applied(shell, SPEC.replace("my-web", "kept") + "protect: true\n", "kept.yaml")
    applied(shell)
    later(shell, 9)
    result = shell.run("destroy", "--expired", "--yes", "--no-leftovers")
    assert result.code == 5
    assert "kept" in result.err
    assert "protection" in result.err
    assert "✓ my-web  destroyed in" in result.out
    assert shell.box.tagged("kept")


def test_without_yes_it_asks_for_the_names(shell: Shell) -> None:
    applied(shell)
    later(shell, 9)
    nobody = shell.run("destroy", "--expired")
    assert nobody.code == 5
    assert "--confirm my-web" in nobody.err
    no = shell.run("destroy", "--expired", answers=["no"])
    assert no.code == 5
    assert shell.box.tagged("my-web")
    assert shell.run("destroy", "--expired", answers=["my-web"]).code == 0
    assert shell.box.tagged("my-web") == {}


class LateExtension:
    """A cloud: as soon as a run takes the lock, somebody gives the stack more time."""

    def __init__(self, cloud: Any, box: Any) -> None:
        self.region, self._cloud, self._box, self._done = cloud.region, cloud, box, False

    def send(self, call: Any) -> Any:
        answer = self._cloud.send(call)
        if call.operation == "PutParameter" and not self._done:
            self._done = True
            elb, ec2 = self._box.client("elbv2", REGION), self._box.client("ec2", REGION)
            tag = [{"Key": "elbplan:expires", "Value": "48h"}]
            elb.add_tags(ResourceArns=[elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]], Tags=tag)
            ids = [i["InstanceId"] for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
            ec2.create_tags(Resources=ids, Tags=tag)
        return answer


def test_a_stack_that_got_more_time_before_the_lock_stays(shell: Shell) -> None:
    applied(shell)
    later(shell, 9)
    connect = shell.connect
    shell.connect = lambda region: LateExtension(connect(region), shell.box)  # type: ignore[method-assign]
    result = shell.run("destroy", "--expired", "--yes")
    assert result.code == 5
    assert "my-web is not expired any more" in result.err
    assert shell.box.tagged("my-web")


def test_a_region_that_cannot_be_read_makes_the_job_fail(shell: Shell) -> None:
    applied(shell)
    later(shell, 9)
    for service in ("ec2", "elbv2", "ssm", "resourcegroupstaggingapi"):
        shell.box.fault("error", service=service, region="eu-west-1", code="OptInRequired")
    result = shell.run("destroy", "--expired", "--all-regions", "--yes", "--no-leftovers")
    assert result.code == 1
    assert "eu-west-1: AWS does not answer in eu-west-1" in result.err
    assert f"✓ my-web in {REGION} is destroyed" in result.out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--expired", "my-web"), "leave out my-web"),
        (("my-web", "--yes"), "--confirm my-web"),
        (("my-web", "--all-regions"), "--all-regions is only for --expired"),
    ],
)
def test_options_that_do_not_fit(shell: Shell, words: tuple[str, ...], hint: str) -> None:
    applied(shell)
    result = shell.run("destroy", *words)
    assert result.code == 64
    assert hint in result.err
