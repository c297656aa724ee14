"""After a kill at any write or a lost answer, the next apply converges without duplicates or orphans."""

from __future__ import annotations

import pytest

from elbplan.sandbox.box import Box

from . import specs
from .fork_server import ForkServer
from .killed_runs import NOTHING, goes_on, kill_again_and_again, killed, lose_every_answer, planned, prepared
from .stage import REGION, Stage

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


NAMED = {"scheme under a name": (specs.INTERNAL, specs.COURSE)}
"""After the DNS name moves, the old load balancer serves for another minute; this needs a virtual clock."""


EACH_ALONE = ("create", "destroy", "target group port")
"""Each of these runs once for each write, in a new stage; run records count as writes too."""


@pytest.mark.parametrize("change", EACH_ALONE)
def test_killed_after_each_write(box: Box, nursery: ForkServer, change: str) -> None:
    before, after = CHANGES[change]
    write = 1
    while killed(nursery, stage := prepared(box, before), before, after, nth_write=write):
        goes_on(stage, before, after)
        write += 1
    assert write > 1, "the change writes, so it can be killed"


@pytest.mark.parametrize("change", [change for change in CHANGES if change not in EACH_ALONE])
def test_killed_again_and_again(box: Box, nursery: ForkServer, change: str) -> None:
    kill_again_and_again(box, nursery, *CHANGES[change])


def test_killed_again_and_again_while_it_ends_servers_of_others(box: Box, nursery: ForkServer) -> None:
    """No tag shows that the server belongs to the stack: each run finds it, and its Elastic IP, by the spec again."""
    stage = Stage(box)
    id = box.create_fixture("instance", region=REGION)
    ec2 = stage.client("ec2")
    ec2.associate_address(AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"], InstanceId=id)
    spec = specs.HEAD + f"targets: {{instances: [{id}], port: 80, health: /health, on_destroy: terminate}}\n"
    assert stage.run(stage.plan(spec)).complete
    kills = 0
    while killed(nursery, stage, spec, NOTHING, but="ssm", nth=1):
        kills += 1
        assert kills < 60, "every run gets a write further"
    assert kills, "the destroy writes, so it can be killed"
    goes_on(stage, spec, NOTHING)
    assert ec2.describe_addresses()["Addresses"] == []
    instances = ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"]
    assert [instance["State"]["Name"] for instance in instances] == ["terminated"]


@pytest.mark.parametrize("change", CHANGES | NAMED)
def test_every_answer_to_a_write_lost(box: Box, change: str) -> None:
    lose_every_answer(box, *(CHANGES | NAMED)[change])


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
