"""After a kill at any write or a lost answer, the next apply converges without duplicates or orphans."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.run.lock.run_store import RunStore
from elbplan.sandbox.box import Box

from . import specs
from .fork_server import ForkServer
from .stage import REGION, Stage

NOTHING = ""
RULES = specs.SERVICES + specs.RULES
CHANGES = {
    "create": (NOTHING, specs.COURSE),
    "destroy": (specs.COURSE, NOTHING),
    "http to https": (specs.HTTP, specs.COURSE),
    "create, to be removed whole": (NOTHING, specs.ASKED),
    "destroy whole": (specs.ASKED, NOTHING),
    "certificate names, to be removed whole": (specs.ASKED, specs.TWO_NAMES + "remove_validation: true\n"),
    "target group port": (specs.COURSE, specs.PORT_8080),
    "port of a sticky group": (specs.STICKY, specs.STICKY.replace("port: 80,", "port: 8080,")),
    "groups behind weights become sticky": (specs.WEIGHTS, specs.STICKY_WEIGHTS),
    "rules reordered": (RULES + specs.A + specs.B + specs.C, RULES + specs.C + specs.A + specs.B),
    "service added": (specs.COURSE, RULES + specs.A),
    "certificate names": (specs.COURSE, specs.TWO_NAMES),
    "listener removed": (specs.COURSE, specs.COURSE + "listeners: [{listen: 443/https, forward: web}]\n"),
    "scheme": (specs.HTTP + "access: internal\n", specs.HTTP),
    "server image": (specs.ELASTIC, specs.ELASTIC.replace("count: 2", "count: 2, image: al2")),
    "zone added": (specs.COURSE, specs.THREE_ZONES),
    "zone removed": (specs.THREE_ZONES, specs.COURSE),
    "maintenance page to site": (specs.CLOSED, RULES + specs.A),
    "stack shrunk": (RULES + specs.A, specs.ONE_SERVER),
}


def planned(stage: Stage, before: str, after: str) -> Plan:
    """Returns the plan of a change; of a destroy if `after` is empty."""
    if after:
        return stage.plan(after)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(before), KINDS)
    return plan


def goes_on(stage: Stage, before: str, after: str) -> None:
    """Runs the same change again to its end and asserts the invariants."""
    outcome = stage.run(planned(stage, before, after))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    again = planned(stage, before, after)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    stage.assert_foreign_unchanged()
    if after:
        (end,) = workflow.plan_destroy(stage.aws, stage.stacks(after), KINDS)
        assert len(end.lives) == len({address[:2] for address in end.lives}), "nothing is there twice"
        assert stage.run(end).complete
    _forget_runs(stage)
    stage.assert_nothing_left("my-web", validation="remove_validation: true" not in (after or before))


def _forget_runs(stage: Stage) -> None:
    """Deletes the record of the killed run. The next command would close it."""
    ledger = RunStore(stage.aws.send, stage.clock)
    ledger.delete("my-web", [record.number for record in ledger.read("my-web")])


def prepared(box: Box, before: str) -> Stage:
    """Returns an empty stage with the stack before the change."""
    stage = Stage(box)
    if before:
        assert stage.run(stage.plan(before)).complete
    stage.box.clear_calls()
    return stage


NAMED = {"scheme under a name": (specs.INTERNAL, specs.COURSE)}
"""After the DNS name moves, the old load balancer serves for another minute; this needs a virtual clock."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


ALLOWED = ("--allow", "route-removed,public-exposure,dns-name-changes")
"""The hazards that some changes allow."""

EACH_ALONE = ("create", "destroy", "target group port")
"""Each of these runs once for each write, in a new stage; run records count as writes too."""


@pytest.mark.parametrize("change", EACH_ALONE)
def test_killed_after_each_write(box: Box, nursery: ForkServer, change: str) -> None:
    before, after = CHANGES[change]
    write = 1
    while _killed(nursery, stage := prepared(box, before), before, after, nth_write=write):
        goes_on(stage, before, after)
        write += 1
    assert write > 1, "the change writes, so it can be killed"


@pytest.mark.parametrize("change", [change for change in CHANGES if change not in EACH_ALONE])
def test_killed_again_and_again(box: Box, nursery: ForkServer, change: str) -> None:
    """Each run continues the killed run, and is killed after one write."""
    before, after = CHANGES[change]
    stage = prepared(box, before)
    kills = 0
    while _killed(nursery, stage, before, after, but="ssm", nth=1):
        kills += 1
        assert kills < 60, "every run gets a write further"
    assert kills, "the change writes, so it can be killed"
    goes_on(stage, before, after)


def test_killed_again_and_again_while_it_ends_servers_of_others(box: Box, nursery: ForkServer) -> None:
    """No tag shows that the server belongs to the stack: each run finds it, and its Elastic IP, by the spec again."""
    stage = Stage(box)
    id = box.create_fixture("instance", region=REGION)
    ec2 = stage.client("ec2")
    ec2.associate_address(AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=id)
    spec = specs.HEAD + f"targets: {{instances: [{id}], port: 80, health: /health, on_destroy: terminate}}\n"
    assert stage.run(stage.plan(spec)).complete
    kills = 0
    while _killed(nursery, stage, spec, NOTHING, but="ssm", nth=1):
        kills += 1
        assert kills < 60, "every run gets a write further"
    assert kills, "the destroy writes, so it can be killed"
    goes_on(stage, spec, NOTHING)
    assert ec2.describe_addresses()["Addresses"] == []
    instances = ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"]
    assert [instance["State"]["Name"] for instance in instances] == ["terminated"]


def _killed(nursery: ForkServer, stage: Stage, before: str, after: str, **which: object) -> bool:
    """Runs the change as a process and kills it after this write. Returns False if there was no such write."""
    verb = ["apply", "-", "--yes", *ALLOWED] if after else ["destroy", "-", "--confirm", "my-web"]
    status, output = nursery.run(
        verb,
        stdin=after or before,
        env=_environment(stage),
        started=lambda pid: stage.box.fault("kill", pid=pid, **which),
    )
    stage.box.clear_faults()
    assert status in (0, -9), output
    return status == -9


def _environment(stage: Stage) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    own = {"AWS_ENDPOINT_URL": stage.box.url, "AWS_REGION": REGION}
    return {**kept, **own, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.mark.parametrize("change", CHANGES | NAMED)
def test_every_answer_to_a_write_lost(box: Box, change: str) -> None:
    """Loses the first answer to every write. The next run reads what this run cannot know."""
    before, after = (CHANGES | NAMED)[change]
    stage = prepared(box, before)
    stage.box.fault("lost", each_write=True)
    runs = 0
    while not (plan := planned(stage, before, after)).empty:
        stage.run(plan)
        runs += 1
        assert runs < 20, "every run gets further"
    lost = [call.action for call in stage.box.calls if call.outcome.endswith("lost")]
    stage.box.clear_faults()
    assert lost, "the change writes, so answers can be lost"
    goes_on(stage, before, after)


@pytest.mark.parametrize("change", ["create", "service added"])
def test_the_answer_to_each_write_lost(box: Box, change: str) -> None:
    before, after = CHANGES[change]
    write = 0
    while True:
        write += 1
        stage = prepared(box, before)
        stage.box.fault("lost", nth_write=write, limit=1)
        stage.run(planned(stage, before, after))
        struck = any(fault["fired"] for fault in stage.box.faults())
        stage.box.clear_faults()
        goes_on(stage, before, after)
        if not struck:
            break
    assert write > 1, "the change writes, so answers can be lost"
