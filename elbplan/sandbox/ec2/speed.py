"""The one place where moto itself is patched, for its speed alone."""

from typing import Any

from moto.ec2.models.core import TaggedEC2Resource


def _get_tags(resource: Any) -> list[dict[str, str]]:
    """moto compares every tag of the account with a pattern for every resource it shows: seconds at 1000 groups."""
    tags = resource.ec2_backend.tags.get(resource.id, {})
    return [{"resource_id": resource.id, "key": key, "value": value} for key, value in tags.items()]


def install() -> None:
    owner: Any = TaggedEC2Resource
    owner.get_tags = _get_tags
