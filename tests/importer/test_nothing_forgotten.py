"""Every field and attribute that AWS can return is imported, reported as not imported, or has a reason here.

The test reads botocore's model of the API, so it fails when AWS adds a field that nobody has decided about.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

import elbplan
from elbplan.importer.inexpressible import not_expressible
from elbplan.importer.survey import Survey
from elbplan.kinds.aws import listener_attributes, load_balancer_attributes, target_group_attributes

PACKAGE = Path(elbplan.__file__).parent
READERS = [*(PACKAGE / "kinds").rglob("*.py"), *(PACKAGE / "importer").glob("*.py")]
OPERATIONS = (
    "DescribeLoadBalancers",
    "DescribeListeners",
    "DescribeRules",
    "DescribeTargetGroups",
    "DescribeTargetHealth",
    "DescribeListenerCertificates",
    "DescribeCapacityReservation",
)
CARRIED = (
    "AuthenticateOidcConfig",
    "AuthenticateCognitoConfig",
    "JwtValidationConfig",
    "Transforms",
)
"""Structures that the models have as AWS returns them, with all their fields."""

REASONS = {
    "NextMarker": "pages are read to the end",
    "IpAddress": "AWS's own address, or the one of AllocationId",
    "HealthCheckEnabled": "only functions can have it off; then the health check has no values",
    "AnomalyDetection": "a state, and no setting",
    "AdministrativeOverride": "the state of a zonal shift, and no setting",
    "LastModifiedTime": "a time",
    "DecreaseRequestsRemaining": "a quota",
    "CapacityReservationState": "a state, and no setting",
}


@cache
def model() -> Any:
    return botocore.session.get_session().get_service_model("elbv2")


def fields(shape: Any, path: tuple[str, ...] = (), shapes: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all fields of a shape."""
    if shape.type_name == "list":
        yield from fields(shape.member, path, shapes)
    elif shape.type_name == "structure" and shape.name not in shapes:
        for name, inner in shape.members.items():
            yield (*path, name)
            yield from fields(inner, (*path, name), (*shapes, shape.name))


@cache
def words_of_the_readers() -> frozenset[str]:
    """Every text in the code that reads AWS for an import."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in READERS if "permissions" not in file.parts]
    return frozenset(
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_field_is_imported_or_reported_or_has_a_reason(operation: str) -> None:
    output = model().operation_model(operation).output_shape
    read = words_of_the_readers()
    forgotten = [
        ".".join(path) for path in fields(output) if path[-1] not in read and not {*CARRIED, *REASONS} & set(path)
    ]
    assert forgotten == []


def attribute_keys(shape: str) -> set[str]:
    """The keys in AWS's description of an attribute."""
    text = model().shape_for(shape).members["Key"].documentation
    return set(re.findall(r"<code>([a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)+)</code>", text)) - {"unhealthy.draining"}


def test_the_models_know_every_attribute_of_load_balancers_and_target_groups() -> None:
    read = words_of_the_readers()
    keys = attribute_keys("LoadBalancerAttribute") | attribute_keys("TargetGroupAttribute")
    assert len(keys) > 40
    assert keys - read == set()
    assert load_balancer_attributes.DEFAULTS
    assert target_group_attributes.COMMON


def test_the_models_know_every_attribute_of_listeners() -> None:
    keys = attribute_keys("ListenerAttribute")
    assert len(keys) > 15
    assert keys == {key for defaults in listener_attributes.DEFAULTS.values() for key in defaults}


def test_what_only_aws_knows_of_the_zones_is_reported() -> None:
    seen = Survey({"LoadBalancerArn": "arn:lb", "AvailabilityZones": [{"OutpostId": "op-1"}]})
    assert [left.what for left in not_expressible(seen)] == [
        "load_balancer.main: AWS Outpost op-1 (OutpostId)",
    ]
