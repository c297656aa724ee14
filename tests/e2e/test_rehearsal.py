"""Rehearsals pass correct migrations and find each way to break one."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.call import Answer, Call
from elbplan.errors import Refused
from elbplan.migrations.files.fingerprints import refresh
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.rehearsal.environment import RehearsalEnvironment
from elbplan.rehearsal.fixtures import create_surroundings
from elbplan.rehearsal.live_start import start_from_live
from elbplan.rehearsal.proof import Proof, place_of
from elbplan.rehearsal.rehearsal import rehearse
from elbplan.rehearsal.unhealthy import prove_failures, rehearse_unhealthy
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from . import specs
from .stage import REGION, Stage, _aws
from .test_migrations import MigrationTest

TAGGED = specs.HEAD + "targets: {instances: {tag: app=web}, port: 80, health: /health}\n"
BY_ID = specs.HEAD + "targets: {instances: [i-0aaaaaaaa, i-0bbbbbbbb], port: 8080, health: /health}\n"
WAIT = re.compile(r"  - do: wait\n    what: targets.web\n(    .*\n)+")
SWITCH = re.compile(r"  - do: update\n    what: listener.80\n    set: .*\{group: web@old, weight: 0\}.*\n(    .*\n)+")


@pytest.fixture(scope="module")
def written(box: Box, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Returns two migrations from another account: servers by tag, then by id on another port."""
    story = MigrationTest(Stage(box), tmp_path_factory.mktemp("written"))
    box.create_fixture("instance", "", REGION, zone="a", tags={"app": "web"})
    box.create_fixture("instance", "", REGION, zone="c", tags={"app": "web"})
    story.save(TAGGED, "by_tag")
    story.apply(TAGGED)
    box.create_fixture("instance", "i-0aaaaaaaa", REGION, zone="a")
    box.create_fixture("instance", "i-0bbbbbbbb", REGION, zone="c")
    story.save(BY_ID, "by_id")
    return story.folder


@pytest.fixture
def folder(written: Folder, tmp_path: Path) -> Folder:
    """Returns a copy of the migrations for edits."""
    copy = Folder.of("my-web", tmp_path / "migrations")
    copy.path.mkdir(parents=True)
    for file in written.path.iterdir():
        (copy.path / file.name).write_text(file.read_text())
    return copy


@pytest.fixture(scope="module")
def double() -> Iterator[Box]:
    with Box(slow=20, virtual=True) as box:
        yield box


def edited(folder: Folder, name: str, change: Callable[[str], str]) -> None:
    file = folder.path / name
    changed = change(file.read_text())
    assert changed != file.read_text()
    file.write_text(changed)
    refresh(folder)


def environment(double: Box, folder: Folder, spec: str = BY_ID) -> RehearsalEnvironment:
    double.reset()
    (stack,) = Stage.stacks(None, spec)  # type: ignore[arg-type]
    return RehearsalEnvironment(double, _aws(double.url), stack, load(folder))


def failures_in(proofs: Iterator[Proof], played: Any) -> list[tuple[str, str]]:
    """Returns the failures: proof, step and text."""
    return [(proof.text, f"{place_of(played, failure)}: {failure.what}") for proof in proofs for failure in proof.wrong]


# The command ----------------------------------------------------------------------------------------------------------


class OfflineShell(Shell):
    """A shell that must not call AWS."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder.path.parents[1]
        self.environ = {"XDG_STATE_HOME": str(self.folder / "state")}
        self.wall = time.time

    def connect(self, region: str) -> Any:
        raise AssertionError("a rehearsal reached for AWS")

    def rehearse(self, *words: str) -> Any:
        return self.run("rehearse", *words, "--migrations", str(self.folder / "migrations"))


@pytest.fixture
def alone(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> OfflineShell:
    usual = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] == "127.0.0.1", f"a rehearsal reached for {address}"
        usual(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return OfflineShell(folder)


def test_a_chain_that_holds_without_any_account_or_spec(alone: OfflineShell) -> None:
    ran = alone.rehearse("my-web", "--region", REGION)
    assert ran.code == 0, ran.out + ran.err
    assert "✗" not in ran.out
    assert [line for line in ran.out.splitlines() if line.endswith(".yaml")] == ["0001_by_tag.yaml", "0002_by_id.yaml"]
    assert "every route answers all the time  (1 route)" in ran.out, "the name of the balancer, from start to end"
    tried = dict(re.findall(r"✓ (killed|rolls back to s1).*\((\d+) ", ran.out))
    assert int(tried["killed"]) >= 6
    assert int(tried["rolls back to s1"]) >= 3
    assert "2 migrations rehearsed" in ran.out


def test_a_sick_group_is_no_new_outage(alone: OfflineShell, folder: Folder) -> None:
    ran = alone.rehearse("my-web", "0002", "--unhealthy", "web", "--json")
    assert ran.code == 0, ran.out + ran.err
    ((stopped, serves),) = [file["proofs"] for file in ran.document["stacks"][0]["files"]]
    assert re.match(r"stops at step \d+ of \d+ \(wait targets.web healthy\) and stays at s1-", stopped["text"])
    assert (serves["holds"], serves["tried"]) == (True, "1 route")
    edited(folder, "0002_by_id.yaml", lambda text: WAIT.sub("", text, count=1))
    broken = alone.rehearse("my-web", "0002", "--unhealthy", "web")
    assert broken.code == 5
    assert "nothing waits until web is healthy" in broken.out
    assert "was not answered after ModifyListener" in " ".join(broken.out.split())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["my-web", "0009"], 64, "its migrations: 0001_by_tag, 0002_by_id"),
        (["your-web"], 64, "did you mean my-web?"),
        (["my-web", "--unhealthy", "api"], 64, "created target groups: web"),
    ],
)
def test_what_is_not_there_is_named(alone: OfflineShell, words: list[str], code: int, said: str) -> None:
    ran = alone.rehearse(*words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_wrong_file_is_told_by_its_place(alone: OfflineShell, folder: Folder) -> None:
    file = folder.path / "0002_by_id.yaml"
    file.write_text(file.read_text().replace("do: wait", "do: wayt", 1))
    ran = alone.rehearse("my-web")
    assert ran.code == 65
    assert "0002_by_id.yaml" in ran.err


def test_without_the_extra_it_says_what_to_install(alone: OfflineShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "elbplan.sandbox.box", None)
    ran = alone.rehearse("my-web")
    assert ran.code == 1
    assert "A rehearsal needs moto" in ran.err
    assert "pip install 'elbplan[sandbox]'" in ran.err


# Failures ------------------------------------------------------------------------------------------------------------


def moved_forward(text: str) -> str:
    """Moves the switch before the wait."""
    switch, wait = SWITCH.search(text), WAIT.search(text)
    assert switch
    assert wait
    return text.replace(switch[0], "").replace(wait[0], switch[0] + wait[0])


@pytest.mark.parametrize("change", [moved_forward, lambda text: WAIT.sub("", text, count=1)])
def test_a_switch_before_anybody_is_healthy(double: Box, folder: Folder, change: Callable[[str], str]) -> None:
    edited(folder, "0002_by_id.yaml", change)
    stand = environment(double, folder)
    proofs = rehearse(stand, stand.chain[1])
    wrong = failures_in((next(proofs) for _ in range(4)), stand.chain[1])
    ((promise, said),) = wrong
    assert promise == "every route answers all the time"
    assert "(update listener.80): my-web-" in said
    assert "has no healthy target (initial)" in said


def test_a_point_from_which_there_is_no_way_back(double: Box, folder: Folder) -> None:
    protection = "    set: {attributes: {deletion_protection.enabled: 'true'}, "
    edited(
        folder,
        "0001_by_tag.yaml",
        lambda text: re.sub(r"(what: load_balancer.main\n)    set: \{", rf"\1{protection}", text, count=1),
    )
    stand = environment(double, folder)
    wrong = failures_in(rehearse(stand, stand.chain[0]), stand.chain[0])
    assert len(wrong) == 1, wrong
    ((promise, said),) = wrong
    assert promise == "rolls back to absent from each rollback point"
    assert "(create load_balancer.main): load_balancer.main has deletion protection" in said


class DriftingAws:
    """An AWS client that changes each new target group, as drift."""

    def __init__(self, box: Box) -> None:
        self.region = REGION
        self._aws = _aws(box.url)

    def send(self, call: Call) -> Answer:
        answer = self._aws.send(call)
        if call.operation == "CreateTargetGroup":
            arn = answer["TargetGroups"][0]["TargetGroupArn"]
            self._aws.send(Call("elbv2", "ModifyTargetGroup", {"TargetGroupArn": arn, "HealthCheckPath": "/other"}))
        return answer


def test_a_state_that_was_not_foretold_and_an_end_that_is_not_reached(double: Box, folder: Folder) -> None:
    stand = replace(environment(double, folder), aws=DriftingAws(double))
    proofs = rehearse(stand, stand.chain[0])
    wrong = failures_in((next(proofs) for _ in range(2)), stand.chain[0])
    assert wrong[0][0].startswith("ends in s1-")
    assert "target_group.web" in wrong[0][1]
    assert wrong[1][0] == "every step ends as the file says"
    assert "(create target_group.web): target_group.web is not as the file says" in wrong[1][1]


def test_a_sick_group_whose_wait_goes_back(double: Box, folder: Folder) -> None:
    def back(text: str) -> str:
        return WAIT.sub(lambda wait: wait[0] + "    on_failure: rollback\n", text, count=1)

    edited(folder, "0002_by_id.yaml", back)
    stand = environment(double, folder)
    stopped, serves = rehearse_unhealthy(stand, stand.chain[1], "web")
    assert stopped.text.endswith(f"rolls back to {stand.chain[1].start}")
    assert stopped.holds, stopped.wrong
    assert serves.holds, serves.wrong
    assert "1 route" in serves.tried


ELSEWHERE = """
name: my-web
region: ap-northeast-2
network: {vpc: vpc-0abc0abc, subnets: [subnet-0aaa0aaa, public-c]}
domain: {name: api.example.com, zone: Z0123456789, certificate: CERTIFICATE}
overrides: {instance.web-1: {security_groups: [sg-0abc0abc]}}
servers: {count: 2, image: ami-0abc0abc}
targets: {port: 80, health: /health}
""".replace("CERTIFICATE", f"arn:aws:acm:{REGION}:210987654321:certificate/01234567")


def test_what_stands_elsewhere_is_put_up_under_the_ids_of_the_spec(stage: Stage, double: Box, tmp_path: Path) -> None:
    story = MigrationTest(stage, tmp_path)
    (stack,) = stage.stacks(ELSEWHERE)
    create_surroundings(stage.box, REGION, [], stack.resources)
    story.save(ELSEWHERE, "elsewhere")
    stand = environment(double, story.folder, ELSEWHERE)
    proofs = rehearse(stand, stand.chain[0])
    assert failures_in((next(proofs) for _ in range(4)), stand.chain[0]) == []


def test_it_begins_as_aws_is_with_what_is_not_applied(stage: Stage, folder: Folder) -> None:
    chain = load(folder)
    (stack,) = stage.stacks(BY_ID)
    stage.box.create_fixture("instance", "i-0aaaaaaaa", REGION)
    stage.box.create_fixture("instance", "i-0bbbbbbbb", REGION)
    assert start_from_live(stage.aws, stack, chain) == (chain, {})
    stage.box.create_fixture("instance", "", REGION, zone="a", tags={"app": "web"})
    stage.box.create_fixture("instance", "", REGION, zone="c", tags={"app": "web"})
    stage.apply(TAGGED)
    elb = stage.client("elbv2")
    (group,) = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"]
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthyThresholdCount=2)
    stage.box.clear_calls()
    pending, more = start_from_live(stage.aws, stack, chain)
    assert stage.box.writes() == []
    assert pending == chain[1:]
    assert more[Address("target_group", "web")]["health"].healthy == 2
    stage.destroy(TAGGED)


def test_an_attribute_that_only_aws_knows_is_taken_where_it_begins_as_aws_is(double: Box, folder: Folder) -> None:
    """AWS adds attributes. The simulator must accept attributes that AWS reports for the live stack."""
    more = {Address("target_group", "web"): {"attributes": {"new.key.of_aws": "7"}}}
    stand = replace(environment(double, folder), live_values={2: more})
    stand.begin(stand.chain[1])
    (group,) = double.client("elbv2", REGION).describe_target_groups()["TargetGroups"]
    attributes = double.client("elbv2", REGION).describe_target_group_attributes(TargetGroupArn=group["TargetGroupArn"])
    assert {"Key": "new.key.of_aws", "Value": "7"} in attributes["Attributes"]


def test_a_beginning_that_cannot_be_built_says_what_was_refused(double: Box, folder: Folder) -> None:
    more = {Address("target_group", "web"): {"attributes": {"deregistration_delay.timeout_seconds": "99999"}}}
    stand = replace(environment(double, folder), live_values={2: more})
    with pytest.raises(
        Refused, match=r"cannot be built on the local AWS simulator: .*target_group\.web.*must be between"
    ):
        stand.begin(stand.chain[1])


# Steps that may fail --------------------------------------------------------------------------------------------------

WATCHING = "  - hold: 10m\n    what: targets.web\n    while: healthy\n"


def with_hold(folder: Folder, more: str) -> None:
    """A watching hold behind the switch of traffic."""

    def change(text: str) -> str:
        return SWITCH.sub(lambda switch: switch[0] + WATCHING + more, text, count=1)

    edited(folder, "0002_by_id.yaml", change)


@pytest.mark.parametrize("rolls_back", [True, False])
def test_a_watching_hold_that_breaks_is_rehearsed_as_apply_takes_it(
    double: Box, folder: Folder, rolls_back: bool
) -> None:
    with_hold(folder, "    on_failure: rollback\n" if rolls_back else "")
    rehearsal = environment(double, folder)
    proofs = list(rehearse(rehearsal, rehearsal.chain[1]))
    assert failures_in(iter(proofs), rehearsal.chain[1]) == []
    (broken,) = [proof for proof in proofs if proof.text.startswith("stops at")]
    assert re.match(r"stops at step \d+ of \d+ \(hold targets.web healthy\) and ", broken.text)
    assert broken.text.endswith(f"rolls back to {rehearsal.chain[1].start}") == rolls_back
    ports = [group["Port"] for group in double.client("elbv2", REGION).describe_target_groups()["TargetGroups"]]
    assert sorted(ports) == ([80] if rolls_back else [80, 8080]), "what AWS has after the last proof"


def test_a_rollback_that_does_not_reach_the_start_is_failures_in(double: Box, folder: Folder) -> None:
    """Somebody changes a group while the rehearsed apply rolls back."""
    with_hold(folder, "    on_failure: rollback\n")
    rehearsal = replace(environment(double, folder), aws=MeddledAtTheEnd(double))
    wrong = failures_in(prove_failures(rehearsal, rehearsal.chain[1]), rehearsal.chain[1])
    assert len(wrong) == 1, wrong
    assert "target_group.web is not as it was" in wrong[0][1]


class MeddledAtTheEnd:
    """An AWS in which somebody changes the health check of every group when one is deleted."""

    def __init__(self, box: Box) -> None:
        self.region = REGION
        self._aws = _aws(box.url)

    def send(self, call: Call) -> Answer:
        answer = self._aws.send(call)
        if call.operation == "DeleteTargetGroup":
            for group in self._aws.send(Call("elbv2", "DescribeTargetGroups"))["TargetGroups"]:
                change = {"TargetGroupArn": group["TargetGroupArn"], "HealthCheckPath": "/other"}
                self._aws.send(Call("elbv2", "ModifyTargetGroup", change))
        return answer
