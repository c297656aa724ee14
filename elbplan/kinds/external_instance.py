"""Instances that elbplan did not create, and that a destroy ends because the spec says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.kind import LiveResource
from ..core.resource import from_live
from .aws.instance_fields import instance_fields
from .aws.ownership import tag_mapping
from .instance import ExternalInstance, Instance, OnDestroy


def external_instance(
    raw: Mapping[str, Any], on_destroy: OnDestroy, unmarked: Sequence[str], elastic: Collection[str] = ()
) -> LiveResource[Instance]:
    """The instance as DescribeInstances describes it. Its address is its id.

    `elastic` has its public addresses that are Elastic IPs: it keeps those when it stops.
    """
    tags = tag_mapping(raw.get("Tags"))
    own = {"name": tags.get("Name", ""), "state_now": raw["State"]["Name"], "on_destroy": on_destroy}
    model = from_live(ExternalInstance, {**instance_fields(raw, {}), **own, "unmarked": tuple(unmarked)})
    address = Address(Instance.kind, raw["InstanceId"])
    public = raw.get("PublicIpAddress") or ""
    facts = {"state": raw["State"]["Name"], "address": "" if public in elastic else public}
    return LiveResource(address, raw["InstanceId"], model, facts)
