"""Migrations of externally filled target groups: saved, linted, rehearsed, applied."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.migrations.files.fingerprints import refresh
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.migrations.lint.lint import blocking
from elbplan.rehearsal.environment import RehearsalEnvironment
from elbplan.rehearsal.rehearsal import rehearse
from elbplan.rehearsal.unhealthy import rehearse_unhealthy
from elbplan.sandbox.box import Box

from . import specs
from .stage import Stage, _aws
from .test_migrations import MigrationTest
from .test_outside_targets import AutoScalingGroup

BEFORE = specs.HEAD + specs.DOMAIN + "groups: {web: {port: 80, health: /health}}\n"
AFTER = BEFORE.replace("port: 80", "port: 8080")
WAIT = re.compile(r"  - do: wait\n    what: target_group.web\n    until: healthy\n(    .*\n)+")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """Returns two migrations, saved while an Auto Scaling group fills the group."""
    with Box(slow=0) as box:
        stage = Stage(box)
        story = MigrationTest(stage, tmp_path_factory.mktemp("written"))
        story.save(BEFORE, "first")
        story.apply(BEFORE)
        scaling = AutoScalingGroup(stage)
        scaling.attach(scaling.group("my-web-web"))
        story.save(AFTER, "app_on_8080")
        yield story.folder


@pytest.fixture(scope="module")
def double() -> Iterator[Box]:
    with Box(slow=20, virtual=True) as box:
        yield box


def scene(double: Box, folder: Folder) -> RehearsalEnvironment:
    double.reset()
    (stack,) = Stage.stacks(None, AFTER)  # type: ignore[arg-type]
    return RehearsalEnvironment(double, _aws(double.url), stack, load(folder))


def test_the_file_waits_for_others_before_requests_move_and_before_the_old_group_goes(written: Folder) -> None:
    text = (written.path / "0002_app_on_8080.yaml").read_text()
    assert "what: target_group.web\n    until: healthy\n    timeout: 1h" in text
    assert "what: target_group.web@old\n    until: empty\n    timeout: 1h" in text


def test_a_rehearsal_fills_the_groups_as_others_would(double: Box, written: Folder) -> None:
    played = scene(double, written)
    for migration in played.chain:
        for proof in rehearse(played, migration):
            assert proof.holds, (migration.id, proof.text, proof.wrong)
    watched = [proof.tried for proof in rehearse(played, played.chain[1]) if "route" in proof.tried]
    assert watched
    assert not [tried for tried in watched if tried.startswith("0")]


def test_a_group_that_others_fill_with_sick_targets_stops_at_its_wait(double: Box, written: Folder) -> None:
    played = scene(double, written)
    proofs = list(rehearse_unhealthy(played, played.chain[1], "web"))
    assert all(proof.holds for proof in proofs), [(proof.text, proof.wrong) for proof in proofs]
    assert "wait target_group.web healthy" in proofs[0].text


def test_without_its_wait_the_file_is_cold(written: Folder, tmp_path: Path) -> None:
    folder = Folder.of("my-web", tmp_path)
    folder.path.mkdir()
    for file in written.path.iterdir():
        (folder.path / file.name).write_text(file.read_text())
    assert not [one for migration in load(folder) for one in blocking(migration)]
    file = folder.path / "0002_app_on_8080.yaml"
    file.write_text(WAIT.sub("", file.read_text(), count=1))
    refresh(folder)
    (found,) = blocking(load(folder)[1])
    assert found.hazard.name == "targets-unverified"
    assert "what: target_group.web, until: healthy" in found.hazard.remedy
