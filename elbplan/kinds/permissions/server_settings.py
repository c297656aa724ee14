"""The permissions for the settings of instances that elbplan creates.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...core.permission import ANYTHING, OWN, Condition, Permission, Values, arn, reads
from ..aws.server_details import ATTRIBUTES
from .limits import INSTANCES, INTERFACES, NOT_OURS, UNTAGGED, creates, own, untagged

VOLUMES = arn("ec2", "volume/*")
TEMPLATES = arn("ec2", "launch-template/{}")
SPOT_REQUESTS = arn("ec2", "spot-instances-request/*")


def having(*names: str) -> Values:
    """A value for an instance whose spec gives one of these settings."""
    return lambda instance: [ANYTHING] if set(names) & set(instance.settings) else []


def _if(test: Callable[[Any], object]) -> Values:
    return lambda instance: [ANYTHING] if test(instance) else []


def template(instance: Any) -> Iterable[str]:
    """The id of its launch template; `*` for one that the spec names."""
    given = instance.launch_template
    return [] if given is None else [given.name if given.name.startswith("lt-") else ANYTHING]


METADATA = having(
    "http_tokens", "http_put_response_hop_limit", "http_endpoint", "http_protocol_ipv6", "instance_metadata_tags"
)
VOLUMES_GIVEN = having("volumes")
CREATED = Condition("StringEquals", "ec2:CreateAction", ("RunInstances",))
NOT_REFUSED_EARLY = "does not see a termination protection that somebody else set"

SETTINGS: tuple[Permission, ...] = (
    Permission(
        "ec2:DescribeInstanceAttribute", ("read",), (INSTANCES,), (OWN,), having(*ATTRIBUTES),
        without_it=NOT_REFUSED_EARLY,
    ),
    Permission(
        "ec2:DescribeInstanceAttribute", ("end",), (INSTANCES,), (OWN,), always=True,
        without_it=NOT_REFUSED_EARLY,
    ),
    *reads("ec2:DescribeInstanceCreditSpecifications", each=having("cpu_credits")),
    *reads("ec2:DescribeVolumes", each=VOLUMES_GIVEN),
    *reads("ec2:DescribeImages", verbs=("create",), each=VOLUMES_GIVEN),
    *reads("ec2:DescribeVolumesModifications", verbs=("update",), each=VOLUMES_GIVEN),
    creates("ec2:RunInstances", VOLUMES, each=VOLUMES_GIVEN),
    creates("ec2:CreateTags", VOLUMES, CREATED, each=VOLUMES_GIVEN),
    untagged(("create",), "ec2:RunInstances", VOLUMES, each=_if(lambda server: not server.volumes), why=UNTAGGED),
    untagged(("create",), "ec2:RunInstances", SPOT_REQUESTS, each=_if(lambda server: server.market), why=UNTAGGED),
    untagged(("create",), "ec2:RunInstances", TEMPLATES, each=template, why=NOT_OURS),
    *own(("update",), VOLUMES, "ec2:ModifyVolume", each=VOLUMES_GIVEN),
    *own(("update",), INSTANCES, "ec2:ModifyInstanceMetadataOptions", each=METADATA),
    *own(("update",), INSTANCES, "ec2:MonitorInstances", "ec2:UnmonitorInstances", each=having("monitoring")),
    *own(("update",), INSTANCES, "ec2:ModifyInstanceCreditSpecification", each=having("cpu_credits")),
    *own(("update",), INSTANCES, "ec2:ModifyInstanceMaintenanceOptions", each=having("auto_recovery")),
    untagged(
        ("update",), "ec2:ModifyNetworkInterfaceAttribute", INTERFACES,
        each=_if(lambda server: server.associate_public_ip_address is not None), why=UNTAGGED,
    ),
)  # fmt: skip
"""A setting that a spec no longer gives needs its permission once more: keep the policy until that apply."""
