"""Look-ups with wildcards in tag values, and with more instances than one filter takes."""

from __future__ import annotations

from elbplan.core.address import Address
from elbplan.kinds.targets import Targets

from . import specs
from .stage import REGION, Stage

TAGGED = specs.HEAD + 'targets: {tag: "Name=web*", port: 80, health: /health}\n'


def test_a_wildcard_in_a_tag_is_a_letter(stage: Stage) -> None:
    wanted = stage.box.create_fixture("instance", region=REGION, tags={"Name": "web*"})
    stage.box.create_fixture("instance", region=REGION, tags={"Name": "website"})
    targets = stage.plan(TAGGED).desired[Address("targets", "web")]
    assert isinstance(targets, Targets)
    assert [str(member.instance) for member in targets.members] == [wanted]


def test_more_than_200_instances_by_id(stage: Stage) -> None:
    ids = [stage.box.create_fixture("instance", region=REGION) for _ in range(201)]
    plan = stage.plan(specs.HEAD + f"targets: {{instances: [{', '.join(ids)}], port: 80, health: /health}}\n")
    targets = plan.desired[Address("targets", "web")]
    assert isinstance(targets, Targets)
    assert len(targets.members) == 201
