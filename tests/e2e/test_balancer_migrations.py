"""Addresses, attributes, capacity and pools of load balancers in migrations: saved, applied file by file, rehearsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.kinds import KINDS
from elbplan.migrations.files.loader import load
from elbplan.rehearsal.environment import RehearsalEnvironment
from elbplan.rehearsal.rehearsal import rehearse
from elbplan.sandbox.box import Box

from .stage import Stage, _aws
from .test_migrations import MigrationTest

NETWORK = """
name: my-web
region: ap-northeast-2
type: network
network: {subnets: [a, c]}
targets: {ips: [172.31.0.5], port: 80}
"""
FIXED = NETWORK.replace("[a, c]", "[{subnet: a, elastic_ip: true}, {subnet: c, elastic_ip: true}]")
APPLICATION = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
CHANGES = {
    "elastic ips added": (NETWORK, FIXED),
    "elastic ips removed": (FIXED, NETWORK),
    "capacity and attributes": (
        APPLICATION + "capacity: 500\nattributes: {http2: false}\n",
        APPLICATION + "attributes: {idle_timeout: 2m}\n",
    ),
    "pool and rules for PrivateLink": (NETWORK + "private_link_rules: false\n", NETWORK),
    "ipam pool": (APPLICATION + "ipam_pool: ipam-pool-0a\n", APPLICATION),
}


@pytest.fixture
def story(stage: Stage, tmp_path: Path) -> MigrationTest:
    return MigrationTest(stage, tmp_path)


@pytest.mark.parametrize("change", CHANGES)
def test_saved_and_applied_file_by_file(story: MigrationTest, change: str) -> None:
    before, after = CHANGES[change]
    story.save(before, "first")
    assert story.apply(before)
    assert story.stage.plan(before).empty
    file = story.save(after, "second")
    assert story.apply(after)
    assert story.stage.plan(after).empty, [step.id for step in story.stage.plan(after).steps]
    assert story.apply(after) == []
    assert not any(sign in file.read_text() for sign in ("arn:", "subnet-", "eipalloc-"))
    story.stage.destroy(after)


def test_rehearsed(story: MigrationTest) -> None:
    story.save(NETWORK, "first")
    story.apply(NETWORK)
    story.save(FIXED, "fixed")
    story.apply(FIXED)
    (stack,) = story.stage.stacks(FIXED)
    chain = load(story.folder)
    with Box(slow=20, virtual=True) as double:
        environment = RehearsalEnvironment(double, _aws(double.url), stack, chain, KINDS)
        for migration in chain:
            for proof in rehearse(environment, migration):
                assert proof.holds, (proof.text, proof.wrong)
