"""A hold by the clock: while it lasts others may do anything, and what they did is seen before anything goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .filing import REGION, TENTH, Filed

HOLD = "  - hold: 30s\n    why: see what the error rate says\n"
WATCHED = HOLD + "    what: targets.web\n    while: healthy\n"
HALF = TENTH.replace("10, web@old: 90", "50, web@old: 50").replace("a tenth", "half")
PERSON = "  - hold: person\n"


class Meanwhile:
    """A clock by which no time is waited: the first (or nth) time that somebody sleeps something happens instead."""

    def __init__(self, deed: Callable[[], object], nth: int = 1) -> None:
        self.deed = deed
        self.nth = nth
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.slept.append(seconds)
        if len(self.slept) == self.nth:
            self.deed()


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def at_a_hold(shell: Filed, deed: Callable[[Filed], object], nth: int = 1) -> Meanwhile:
    """The clock of the next apply; what is done meanwhile is done with the machine's own."""

    def done() -> None:
        shell.clock = None
        deed(shell)
        shell.box.clear_calls()

    shell.clock = clock = Meanwhile(done, nth)
    return clock


def back(shell: Filed) -> None:
    ran = shell.apply("--to", "0001")
    assert ran.code == 0, ran.err


def destroy(shell: Filed) -> None:
    ran = shell.run("destroy", shell.spec, "--confirm", "my-web")
    assert ran.code == 0, ran.err


def forward(shell: Filed) -> None:
    shell.clock = Meanwhile(lambda: None)
    ran = shell.apply()
    assert ran.code == 0, ran.err


def balancer(shell: Filed) -> str:
    found = shell.box.client("elbv2", REGION).describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return str(found[0]["LoadBalancerArn"])


def by_hand(shell: Filed, new: int = 0, old: int = 100) -> None:
    """Somebody sees errors, and moves requests back to the old group in the console."""
    elb = shell.box.client("elbv2", REGION)
    listeners = elb.describe_listeners(LoadBalancerArn=balancer(shell))["Listeners"]
    (https,) = [one for one in listeners if one["Port"] == 443]
    ports = {group["TargetGroupArn"]: group["Port"] for group in elb.describe_target_groups()["TargetGroups"]}
    groups = https["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    weights = [{**group, "Weight": old if ports[group["TargetGroupArn"]] == 80 else new} for group in groups]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [group for group in weights if group["Weight"]]}}
    elb.modify_listener(ListenerArn=https["ListenerArn"], DefaultActions=[forward])


def delete_new_group(shell: Filed) -> None:
    by_hand(shell)
    elb = shell.box.client("elbv2", REGION)
    groups = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web-web")]
    (new,) = [group for group in groups if group["Port"] == 8080]
    elb.delete_target_group(TargetGroupArn=new["TargetGroupArn"])


def idle_timeout(shell: Filed, seconds: str = "90") -> None:
    """Somebody changes what no file is about."""
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": seconds}]
    elb = shell.box.client("elbv2", REGION)
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer(shell), Attributes=attributes)


@pytest.mark.parametrize("hold", [HOLD, WATCHED, WATCHED + "    else: back\n"])
def test_what_was_taken_back_during_a_hold_is_not_done_again(shell: Filed, hold: str) -> None:
    shell.port_8080(TENTH + hold)
    at_a_hold(shell, back)
    ended = shell.apply()
    assert ended.code == 5, ended.err
    assert "run 3 (apply by " in ended.err
    assert "took 0002_app_on_8080 back while this apply held" in ended.err
    assert shell.group()["Port"] == 80
    assert shell.weights() == [1]
    assert shell.box.writes() == []


@pytest.mark.parametrize("hold", [HOLD, WATCHED, WATCHED + "    else: back\n"])
def test_what_was_destroyed_during_a_hold_is_not_built_anew(shell: Filed, hold: str) -> None:
    shell.port_8080(TENTH + hold)
    at_a_hold(shell, destroy)
    ended = shell.apply()
    assert ended.code == 5, ended.err
    assert "the stack was destroyed while this apply held" in ended.err
    assert shell.box.tagged("my-web") == {}
    assert shell.box.writes() == []


@pytest.mark.parametrize("hold", [HOLD, WATCHED])
def test_another_apply_that_finished_during_a_hold_leaves_nothing_to_do(shell: Filed, hold: str) -> None:
    shell.port_8080(TENTH + hold)
    at_a_hold(shell, forward)
    ended = shell.apply()
    assert ended.code == 0, ended.err
    assert "went on meanwhile; no file is pending any more" in ended.err
    assert shell.weights() == [1]
    assert shell.box.writes() == []
    assert "Nothing to do" in shell.plan().out


DEEDS: dict[str, Callable[[Filed], object]] = {
    "less on the new group": lambda shell: by_hand(shell, 5, 95),
    "the tenth before": lambda shell: by_hand(shell, 10, 90),
    "all on the old group": by_hand,
}


@pytest.mark.parametrize("deed", DEEDS)
def test_traffic_that_somebody_moved_back_by_hand_is_not_moved_forth_unasked(shell: Filed, deed: str) -> None:
    """Somebody saw errors. The next apply, which a person begins, holds anew: a hold is over at its place alone."""
    shell.port_8080(TENTH + HOLD + HALF + HOLD.replace("30s", "40s") + PERSON)
    at_a_hold(shell, DEEDS[deed], nth=5)
    ended = shell.apply()
    assert ended.code == 5, ended.err
    assert shell.box.writes() == []
    assert "elbplan apply" in ended.err
    if deed == "the tenth before":
        assert "it is at step 6 of 0002_app_on_8080 again; nothing more is done" in ended.err
        shell.clock = clock = Meanwhile(lambda: None)
        assert shell.apply().code == 0
        assert sum(clock.slept) == 70
        assert shell.weights() == [50, 50]


def test_a_persons_hold_is_not_ended_by_a_run_that_only_waited(shell: Filed) -> None:
    """Another apply came as far as the person's hold meanwhile; who waits by the clock is no person who applies."""
    shell.port_8080(TENTH + HOLD + HALF + PERSON)
    at_a_hold(shell, forward)
    ended = shell.apply()
    assert ended.code == 0, ended.err
    assert "held at step" in ended.err
    assert shell.weights() == [50, 50]
    assert [call for call in shell.box.writes() if call.service != "ssm"] == []


def test_files_that_were_edited_during_a_hold_are_not_run(shell: Filed) -> None:
    file = shell.port_8080(TENTH + HOLD)

    def edit(shell: Filed) -> None:
        file.write_text(file.read_text().replace("hold: 30s", "hold: 60s"))
        assert shell.refresh().code == 0

    at_a_hold(shell, edit)
    ended = shell.apply()
    assert ended.code == 5, ended.err
    assert "0002_app_on_8080.yaml was edited while it held" in ended.err
    assert shell.weights() == [10, 90]
    assert shell.box.writes() == []


def test_an_applied_file_that_was_edited_during_a_hold_is_named(shell: Filed) -> None:
    shell.port_8080(TENTH + HOLD)
    first = shell.file("0001_first.yaml")
    at_a_hold(shell, lambda _: first.write_text("# a word too many\n" + first.read_text()))
    ended = shell.apply()
    assert ended.code == 5, ended.err
    assert "0001_first.yaml was edited while it held" in ended.err
    assert shell.weights() == [10, 90]


def test_a_change_by_hand_beside_the_files_is_told_after_a_hold(shell: Filed) -> None:
    shell.port_8080(TENTH + HOLD + PERSON)
    at_a_hold(shell, idle_timeout)
    ended = shell.apply()
    assert ended.code == 0, ended.err
    assert "changed by hand, and left as it is:" in ended.err
    assert "idle_timeout.timeout_seconds" in ended.err


def test_a_watched_group_that_vanished_ends_the_hold_with_what_is_gone(shell: Filed) -> None:
    shell.port_8080(TENTH + WATCHED)
    at_a_hold(shell, delete_new_group)
    ended = shell.apply()
    assert ended.code == 4, ended.err
    assert "watches targets.web until healthy, and saw: it is not there any more" in ended.err
    assert "AWS refused" not in ended.err


def test_drift_is_put_back_at_a_persons_hold_and_the_hold_is_not_passed(shell: Filed) -> None:
    shell.port_8080(TENTH + PERSON)
    assert shell.apply().code == 0
    idle_timeout(shell)
    for _ in range(2):
        reverted = shell.apply("--revert-drift")
        assert reverted.code == 0, reverted.err
        assert "held at step" in reverted.err
        assert shell.weights() == [10, 90]
    elb = shell.box.client("elbv2", REGION)
    found = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer(shell))["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "60"} in found
    assert shell.apply().code == 0
    assert shell.weights() == [1]
