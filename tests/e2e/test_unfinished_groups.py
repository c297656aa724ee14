"""AWS refuses tags in the create call of a GENEVE group: a run can be killed before it tags the group."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused

from . import specs
from .stage import Stage

SPEC = specs.HEAD + "type: gateway\ntargets: {ips: [172.31.0.9], port: 6081, protocol: geneve}\n"


def groups(stage: Stage) -> list[Any]:
    found = stage.client("elbv2").describe_target_groups()["TargetGroups"]
    return [group for group in found if group["Protocol"] == "GENEVE"]


def interrupted(stage: Stage, spec: str = SPEC) -> str:
    """Applies a spec up to the create of its group, and returns the group's ARN."""
    stage.box.fault("error", action="AddTags", code="AccessDenied", status=403)
    assert not stage.run(stage.plan(spec)).complete
    stage.box.clear_faults()
    (group,) = groups(stage)
    assert (
        stage.client("elbv2").describe_tags(ResourceArns=[group["TargetGroupArn"]])["TagDescriptions"][0]["Tags"] == []
    )
    return str(group["TargetGroupArn"])


def test_the_next_apply_tags_the_group_that_an_interrupted_run_created(stage: Stage) -> None:
    arn = interrupted(stage)
    stage.apply(SPEC)
    assert [group["TargetGroupArn"] for group in groups(stage)] == [arn]
    stage.destroy(SPEC)
    assert groups(stage) == []


@pytest.mark.parametrize("stack", ["a", "abcdefghijklmnopqrstuvwx"])
def test_a_name_that_is_cut_is_recognised_too(stage: Stage, stack: str) -> None:
    group = "groups: {abcdefghijklmnopqrstuvwx: {ips: [172.31.0.9], port: 6081, protocol: geneve}}\n"
    spec = specs.HEAD.replace("my-web", stack) + "type: gateway\n" + group
    interrupted(stage, spec)
    stage.destroy(spec)
    assert groups(stage) == []


def test_destroy_deletes_the_group_that_an_interrupted_run_created(stage: Stage) -> None:
    interrupted(stage)
    stage.destroy(SPEC)
    assert groups(stage) == []


def test_a_group_with_tags_of_others_keeps_its_name(stage: Stage) -> None:
    arn = interrupted(stage)
    stage.client("elbv2").add_tags(ResourceArns=[arn], Tags=[{"Key": "team", "Value": "network"}])
    with pytest.raises(Refused, match="my-web-web"):
        stage.plan(SPEC)


def test_a_group_with_targets_keeps_its_name(stage: Stage) -> None:
    arn = interrupted(stage)
    stage.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "172.31.0.9"}])
    with pytest.raises(Refused, match="my-web-web"):
        stage.plan(SPEC)
