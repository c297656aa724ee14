"""Migrations are saved, applied once, and resumed after a crash at any write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elbplan.errors import Refused, SpecProblem
from elbplan.kinds import KINDS
from elbplan.migrations.apply.pending import Pending, PendingFinder
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.migrations.lint.lint import blocking
from elbplan.migrations.save import save_plan
from elbplan.run import workflow

from . import specs
from .crashing_aws import CrashingAws
from .stage import Stage
from .test_outage_and_back import EXCHANGED, PINNED
from .test_traffic import CHANGES


class MigrationTest:
    """A stack with migrations."""

    def __init__(self, stage: Stage, base: Path) -> None:
        self.stage = stage
        self.folder = Folder.of("my-web", base)

    def save(self, spec: str, name: str) -> Path:
        (stack,) = self.stage.stacks(spec)
        return save_plan(self.stage.aws, stack, self.folder, name=name)[-1]

    def look(self, spec: str, *, passed: tuple[tuple[str, int], ...] = ()) -> Pending:
        (stack,) = self.stage.stacks(spec)
        return PendingFinder(self.stage.aws, stack, passed=passed).next(load(self.folder))

    def apply(self, spec: str) -> list[str]:
        """Applies up to the end or to a hold. Returns the ids of the finished steps."""
        done: list[str] = []
        while not (pending := self.look(spec)).done:
            outcome = self.stage.run(pending.plan)
            assert outcome.complete, [(e.step.id, e.text, e.hint) for e in outcome.failed]
            done += [step.id for step in pending.plan.steps]
            if pending.hold:
                break
        return done


@pytest.fixture
def story(stage: Stage, tmp_path: Path) -> MigrationTest:
    return MigrationTest(stage, tmp_path)


KEPT = (
    "http to https",
    "target group port",
    "zone removed",
    "server image",
    "scheme",
    "balancer name",
    "certificate names",
    "elastic ips and image",
    "rules reordered",
    "rule inserted",
    "weights",
    "second service",
    "everything at once",
)


@pytest.mark.parametrize("change", KEPT)
def test_saved_and_applied_file_by_file(story: MigrationTest, change: str) -> None:
    before, after, _ = CHANGES[change]
    story.save(before, "first")
    assert story.apply(before)
    assert story.stage.plan(before).empty
    file = story.save(after, "second")
    assert story.apply(after)
    assert story.stage.plan(after).empty, [step.id for step in story.stage.plan(after).steps]
    assert story.apply(after) == []
    assert not any(sign in file.read_text() for sign in ("arn:", "subnet-", "vpc-", "sg-", "i-0"))
    story.stage.destroy(after)


KILLED = (
    "http to https",
    "target group port",
    "scheme",
    "zone removed",
    "server image",
    "rules reordered",
    "certificate names",
)


@pytest.mark.parametrize("change", KILLED)
def test_killed_after_each_write_it_goes_on(story: MigrationTest, change: str) -> None:
    """Each run dies one write later than the run before."""
    before, after, _ = CHANGES[change]
    story.save(before, "first")
    killed_until_done(story, before)
    story.save(after, "second")
    assert killed_until_done(story, after) >= 1
    assert story.stage.plan(after).empty
    story.stage.destroy(after)


def killed_until_done(story: MigrationTest, spec: str) -> int:
    """Returns the number of runs if each dies after one write. No run rolls back a finished step."""
    runs, furthest = 0, 0
    while not (pending := story.look(spec)).done:
        assert pending.entry >= furthest, "it never goes back"
        furthest, runs = pending.entry, runs + 1
        assert runs < 100
        dying = CrashingAws(story.stage.aws, 1)
        workflow.apply(dying, pending.plan, KINDS, lambda event: None, story.stage.clock, parallel=1)
    return runs


def test_a_chain_that_does_not_fit_is_refused(story: MigrationTest) -> None:
    story.save(specs.HTTP, "first")
    story.apply(specs.HTTP)
    second = story.save(specs.COURSE, "second")
    second.write_text(re.sub("from: s1-.*", "from: s1-00000000", second.read_text()))
    with pytest.raises(SpecProblem) as told:
        load(story.folder)
    (problem,) = told.value.problems
    assert (problem.file, problem.line, problem.column) == (str(second), 3, 7)


def test_a_gap_in_the_numbers_and_a_stale_head_are_refused(story: MigrationTest) -> None:
    first = story.save(specs.HTTP, "first")
    head = story.folder.path / "HEAD"
    pinned = head.read_text()
    head.write_text(pinned.replace("0001_first", "0002_other"))
    with pytest.raises(SpecProblem, match="HEAD does not pin 0001_first"):
        load(story.folder)
    first.rename(first.with_name("0003_first.yaml"))
    with pytest.raises(SpecProblem, match="the number 0001 is missing: the first file is 0003_first"):
        load(story.folder)


def test_what_somebody_changed_where_the_next_steps_are_is_refused_by_name(story: MigrationTest) -> None:
    story.save(specs.COURSE, "first")
    story.apply(specs.COURSE)
    story.save(specs.PORT_8080, "second")
    story.stage.apply(specs.COURSE.replace("/health", "/other"))
    with pytest.raises(Refused, match="AWS has drifted in resources that the next steps change") as raised:
        story.look(specs.PORT_8080)
    assert "target_group.web" in raised.value.what
    assert "/health → /other" in raised.value.what
    assert "--revert-drift" in raised.value.hint


def test_what_must_go_before_its_successor_comes_goes_first_in_the_file_too(story: MigrationTest) -> None:
    other = EXCHANGED
    story.save(PINNED, "first")
    story.apply(PINNED)
    story.save(other, "other_zone")
    found = blocking(load(story.folder)[-1])
    assert {one.hazard.name for one in found} == {"outage", "dns-name-changes"}
    assert killed_until_done(story, other) > 1
    assert story.stage.plan(other).empty
    story.stage.destroy(other)


BY_TAG = specs.HEAD + "domain: api.example.com\ntargets: {instances: {tag: app=web}, port: 80, health: /health}\n"
OTHER_TAG = BY_TAG.replace("app=web", "app=api")


def test_servers_that_are_found_by_a_tag_are_in_no_file_by_id(story: MigrationTest) -> None:
    stage = story.stage
    servers(stage, "web", "a", "c")
    file = story.save(BY_TAG, "first")
    assert "tag:app=web" in file.read_text()
    assert not re.search(r"\bi-[0-9a-f]{8}", file.read_text())
    assert story.apply(BY_TAG)
    assert story.apply(BY_TAG) == []
    stage.assert_settled(BY_TAG)
    servers(stage, "api", "a")
    story.save(OTHER_TAG, "other_servers")
    assert killed_until_done(story, OTHER_TAG) > 1, "the tag of the first file is known still"
    stage.destroy(OTHER_TAG)


def servers(stage: Stage, app: str, *zones: str) -> None:
    """Creates a foreign server in each of these zones, open to everybody."""
    ec2 = stage.client("ec2")
    group = ec2.create_security_group(GroupName=f"open-{app}", Description="open", VpcId=stage.ids["vpc"])["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="-1", CidrIp="0.0.0.0/0")
    for zone in zones:
        ec2.run_instances(
            ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=stage.ids["subnets"][zone],
            SecurityGroupIds=[group],
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "app", "Value": app}]}],
        )  # fmt: skip
    stage.box.advance(60)
