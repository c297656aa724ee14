"""The specs of tests/knobs for records: they apply, change in place, and send every member of Route 53's calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from elbplan.sandbox.box import Box

from .stage import Stage

KNOBS = Path(__file__).parents[1] / "knobs"
FIRST = sorted(path for path in KNOBS.glob("records-*.yaml") if ".then." not in path.name)
UNREACHABLE = {
    "TrafficPolicyInstanceId": "Route 53 sets it for the records of a traffic policy",
    "AZAffinity": "for records without a load balancer: a load balancer has its own zonal DNS",
    "HealthThreshold": "of calculated checks, which a spec names by id",
    "ChildHealthChecks": "of calculated checks, which a spec names by id",
    "AlarmIdentifier": "of checks of CloudWatch alarms, which a spec names by id",
    "InsufficientDataHealthStatus": "of checks of CloudWatch alarms, which a spec names by id",
    "RoutingControlArn": "of checks of Application Recovery Controller, which a spec names by id",
    "EndpointType": "private checks are made with their source, and named by id",
    "HealthCheckSourceId": "private checks are made with their source, and named by id",
    "HealthCheckVersion": "elbplan reads the check right before the change",
    "EnablePublicDNSFallback": "not of a zone with the records of a load balancer",
    "ChangeGuardrails": "not of a zone with the records of a load balancer",
    "HostedZoneTier": "the other tier only adds features for who manages many zones",
}
"""Members that no spec sends, each with the reason."""
OPERATIONS = (
    *("ChangeResourceRecordSets", "CreateHealthCheck", "UpdateHealthCheck", "DeleteHealthCheck", "CreateHostedZone"),
    *("ChangeTagsForResource", "UpdateHostedZoneComment", "DeleteHostedZone"),
)
BY_TESTS = {"Comment"}
"""`ChangeBatch.Comment`: a remark that nobody sees."""


def members(shape: Shape, inside: str = "") -> Iterator[str]:
    """Every member of a request, at every level, by its name."""
    if isinstance(shape, StructureShape):
        for name, inner in shape.members.items():
            yield name
            if name not in UNREACHABLE:
                yield from members(inner, name)
    elif isinstance(shape, ListShape):
        yield from members(shape.member, inside)


def sent(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if inner is not None:
                yield name
                yield from sent(inner)
    elif isinstance(value, list):
        for item in value:
            yield from sent(item)


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_a_knob_spec_applies_changes_and_ends(box: Box, path: Path) -> None:
    stage = Stage(box)
    stage.apply(path.read_text())
    after = path.with_suffix(".then.yaml").read_text()
    stage.apply(after)
    stage.destroy(after)


def test_the_knob_specs_send_every_member(box: Box) -> None:
    names: dict[str, set[str]] = {operation: set() for operation in OPERATIONS}
    for path in FIRST:
        stage = Stage(box)
        box.clear_calls()
        for text in (path.read_text(), path.with_suffix(".then.yaml").read_text(), ""):
            plan = stage.plan(text) if text else None
            if plan is not None:
                assert stage.run(plan).complete
        for call in box.writes():
            names.setdefault(call.action, set()).update(sent(call.params))
    model = botocore.session.get_session().get_service_model("route53")
    missing = {
        f"{operation}.{member}"
        for operation in ("ChangeResourceRecordSets", "CreateHealthCheck", "UpdateHealthCheck", "CreateHostedZone")
        for member in members(model.operation_model(operation).input_shape)
        if member not in names[operation] | UNREACHABLE.keys() | BY_TESTS
    }
    assert missing == set()
