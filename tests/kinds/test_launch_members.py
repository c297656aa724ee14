"""Every member of RunInstances is reachable from a spec, or on a list with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session

from elbplan.core.address import AwsId
from elbplan.kinds.aws.launch_options import ELSEWHERE, MEMBERS, NOT_OFFERED, NOT_OFFERED_INSIDE
from elbplan.kinds.aws.launch_request import settings_params, with_network
from elbplan.kinds.instance import Instance

SENT_BY_FIELDS = {
    "ImageId", "InstanceType", "SubnetId", "KeyName", "UserData", "TagSpecifications", "SecurityGroupIds",
    "IamInstanceProfile.Name",
}  # fmt: skip
"""Members that `create` sends of the fields for image, type, network, login, script and tags."""

RICH = Instance.model_validate(
    {
        "image": "ami-1", "subnet": AwsId("subnet-1"), "http_tokens": "required", "http_put_response_hop_limit": 2,
        "http_endpoint": "enabled", "http_protocol_ipv6": "enabled", "instance_metadata_tags": "enabled",
        "monitoring": True, "disable_api_termination": True, "disable_api_stop": True, "auto_recovery": "disabled",
        "instance_initiated_shutdown_behavior": "stop", "cpu_credits": "standard", "market": "spot",
        "spot_max_price": "0.05", "launch_template": {"name": "web"}, "associate_public_ip_address": True,
        "volumes": [{
            "size": 20, "type": "gp3", "iops": 3000, "throughput": 125, "encrypted": True, "kms_key": "alias/web",
            "snapshot": "snap-1", "delete_on_termination": False,
        }],
    }
)  # fmt: skip


@cache
def members() -> frozenset[str]:
    """The paths of all members of the request, as botocore knows them."""
    shape = botocore.session.get_session().get_service_model("ec2").operation_model("RunInstances").input_shape
    return frozenset(_paths(shape))


def _paths(shape: Any, above: str = "") -> Iterator[str]:
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "structure":
        for name, inner in shape.members.items():
            yield from _paths(inner, f"{above}.{name}".lstrip("."))
    else:
        yield above


def leaves(value: Any, above: str = "") -> Iterator[str]:
    """The paths of a request or of a table of members."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item, above)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, f"{above}.{name}".lstrip("."))
    else:
        yield above


def sent() -> set[str]:
    params = with_network(settings_params(RICH, "/dev/xvda"), RICH, "subnet-1", ["sg-1"])
    return set(leaves(params))


def test_every_member_is_reachable_or_has_a_reason() -> None:
    reachable = SENT_BY_FIELDS | sent() | set(leaves(MEMBERS))
    left = {
        path
        for path in members() - reachable
        if path not in NOT_OFFERED_INSIDE and path.partition(".")[0] not in {*NOT_OFFERED, *SENT_BY_FIELDS}
    }
    assert left == set()


def test_no_table_has_a_member_that_aws_does_not_know() -> None:
    heads = {path.partition(".")[0] for path in members()}
    assert set(leaves(MEMBERS)) - members() == set()
    assert set(NOT_OFFERED_INSIDE) - members() == set()
    assert {*ELSEWHERE, *NOT_OFFERED} - heads == set()
    assert sent() - members() == set()


def test_no_member_is_both_offered_and_not() -> None:
    assert set(MEMBERS) & {*ELSEWHERE, *NOT_OFFERED} == set()
    assert set(leaves(MEMBERS)) & set(NOT_OFFERED_INSIDE) == set()
