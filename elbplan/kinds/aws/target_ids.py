"""AWS has no id for the targets of a group, so elbplan makes one from the group's ARN."""

from __future__ import annotations

ID_SUFFIX = "#targets"


def targets_id(group_arn: str) -> str:
    """The id of the targets in this group."""
    return f"{group_arn}{ID_SUFFIX}"


def group_arn_of(id: str) -> str:
    """The ARN of the group whose targets have this id. Returns every other id unchanged."""
    return id.removesuffix(ID_SUFFIX)
