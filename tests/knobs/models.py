"""The input members of AWS's operations, from botocore's models."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
from botocore.model import ListShape, OperationModel, Shape, StructureShape

Operation = tuple[str, str]
"""The service as boto3 names it, and the operation: `("elbv2", "CreateRule")`."""

SERVICES = {"elasticloadbalancing": "elbv2"}
"""boto3's names of services whose IAM actions have another prefix."""

ACTIONS = {
    "PutLifecycleConfiguration": "PutBucketLifecycleConfiguration",
    "PutEncryptionConfiguration": "PutBucketEncryption",
    "PutBucketPublicAccessBlock": "PutPublicAccessBlock",
}
"""The operations of S3 whose IAM actions have another name:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""


@functools.cache
def operation_model(operation: Operation) -> OperationModel | None:
    """The model of an operation; None if the service has no such operation."""
    service, name = operation
    model = _session().get_service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def members(operation: Operation) -> list[str]:
    """Every input member of an operation that is no structure: `Actions.ForwardConfig.TargetGroups.Weight`."""
    model = operation_model(operation)
    assert model is not None, operation
    return sorted(set(_members(model.input_shape, (), ()))) if model.input_shape else []


def _members(shape: Shape, path: tuple[str, ...], parents: tuple[str, ...]) -> Iterator[str]:
    if isinstance(shape, ListShape):
        yield from _members(shape.member, path, parents)
    elif isinstance(shape, StructureShape) and shape.members and shape.name not in parents:
        for name, member in shape.members.items():
            yield from _members(member, (*path, name), (*parents, shape.name))
    else:
        yield ".".join(path)


def sent_members(operation: Operation, params: Mapping[str, Any]) -> set[str]:
    """The members that the parameters of a call have, by the same names. An empty list or text counts too."""
    model = operation_model(operation)
    assert model is not None, operation
    return set(_sent(model.input_shape, params, ()))


def _sent(shape: Shape | None, value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(shape, ListShape):
        for item in value:
            yield from _sent(shape.member, item, path)
        if not value and not isinstance(shape.member, StructureShape):
            yield ".".join(path)
    elif isinstance(shape, StructureShape) and shape.members:
        for name, inner in value.items():
            yield from _sent(shape.members[name], inner, (*path, name))
    else:
        yield ".".join(path)
