"""The fields of the model of an instance, from DescribeInstances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.address import AwsId
from .ownership import user_tags
from .queries import STARTABLE
from .server_details import NO_DETAILS, Details, settings_fields

IMAGE = "elbplan:image"
"""The tag with the image as the spec writes it: the newest one of a name changes."""
USER_DATA = "elbplan:user-data"


def instance_fields(raw: Mapping[str, Any], tags: Mapping[str, str], details: Details = NO_DETAILS) -> dict[str, Any]:
    """The fields of `Instance`; `tags` are those of the instance, or none if they mean nothing."""
    profile = (raw.get("IamInstanceProfile") or {}).get("Arn")
    return {
        **settings_fields(raw, tags, details),
        "tags": user_tags(tags),
        "image": tags.get(IMAGE) or raw.get("ImageId") or "",
        "type": raw.get("InstanceType") or "",
        "key": raw.get("KeyName") or None,
        "profile": profile.rsplit("/", 1)[-1] if profile else None,
        "subnet": AwsId(raw.get("SubnetId") or ""),
        "security_groups": tuple(AwsId(group["GroupId"]) for group in raw.get("SecurityGroups") or ()),
        "user_data_digest": tags.get(USER_DATA, ""),
        "state": "stopped" if raw["State"]["Name"] in STARTABLE else "running",
    }
