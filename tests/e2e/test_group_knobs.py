"""The specs of tests/knobs for target groups: they apply, change in place, and send every member of AWS's calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from elbplan.sandbox.box import Box

from .stage import REGION, Stage

KNOBS = Path(__file__).parents[1] / "knobs"
SPECS = sorted(file for file in KNOBS.glob("groups-*.yaml") if not file.name.endswith(".then.yaml"))
SCALED = (
    "name: knobs\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {auto_scaling_group: fleet, port: 80, ip: ipv6}\n"
)
OPERATIONS = {
    "elbv2": (
        "CreateTargetGroup",
        "ModifyTargetGroup",
        "ModifyTargetGroupAttributes",
        "RegisterTargets",
        "DeregisterTargets",
    ),
    "autoscaling": ("AttachTrafficSources", "DetachTrafficSources"),
}
UNREACHABLE = {
    "AttachTrafficSources.SkipZonalShiftValidation": "AWS's own check of a zonal shift is never skipped",
}


@pytest.fixture(scope="module")
def sent() -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The parameters of every call, by operation, of the life of each spec."""
    found: dict[str, list[dict[str, Any]]] = {}
    with Box(slow=0) as box:
        for texts in (*map(_texts, SPECS), [SCALED]):
            stage = Stage(box)
            box.create_fixture("auto_scaling_group", "fleet", region=REGION)
            for text in texts:
                plan = stage.plan(text)
                box.clear_calls()
                assert stage.run(plan).complete
                _collect(box, found)
                stage.assert_settled(text)
            box.clear_calls()
            stage.destroy(texts[-1])
            _collect(box, found)
        yield found


def _texts(spec: Path) -> list[str]:
    then = spec.with_name(f"{spec.stem}.then.yaml")
    return [spec.read_text(), *([then.read_text()] if then.exists() else [])]


def _collect(box: Box, found: dict[str, list[dict[str, Any]]]) -> None:
    for call in box.calls:
        found.setdefault(call.action, []).append(call.params)


def members(shape: Any, prefix: str) -> Iterator[str]:
    """The path of every member that is no structure."""
    if shape.type_name == "list":
        yield from members(shape.member, prefix)
    elif shape.type_name == "structure":
        for name, inner in shape.members.items():
            yield from members(inner, f"{prefix}.{name}")
    else:
        yield prefix


def given(value: Any, prefix: str) -> Iterator[str]:
    """The path of every value of a request."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from given(inner, f"{prefix}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from given(inner, prefix)
    else:
        yield prefix


@pytest.mark.parametrize(("service", "operation"), [(s, each) for s, several in OPERATIONS.items() for each in several])
def test_every_member_is_sent_or_has_a_reason(
    sent: dict[str, list[dict[str, Any]]], service: str, operation: str
) -> None:
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    every = set(members(model.input_shape, operation))
    used = {path for params in sent[operation] for path in given(params, operation)}
    assert every - used == {path for path in UNREACHABLE if path.startswith(f"{operation}.")}
