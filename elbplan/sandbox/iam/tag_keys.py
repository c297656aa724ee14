"""The condition keys for tags: of the request, and of the resource."""

from collections.abc import Iterable, Mapping
from typing import Any

from .policies import Keys


def request_tags(pairs: Iterable[Mapping[str, Any]] | None, service: str = "") -> dict[str, list[str]]:
    """The keys for tags in the request. Without tags in the request there are none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag
    """
    tags = {str(pair["Key"]): str(pair.get("Value") or "") for pair in pairs or ()}
    keys = {f"aws:RequestTag/{key}": [value] for key, value in tags.items()}
    return {**keys, "aws:TagKeys": sorted(tags)} if tags else {}


def resource_tags(tags: Mapping[str, str] | None, service: str = "") -> dict[str, list[str]]:
    """The keys for tags of the resource; EC2 and ELB have the same ones under their own names."""
    prefixes = ["aws:ResourceTag/", *([f"{service}:ResourceTag/"] if service else [])]
    return {f"{prefix}{key}": [value] for prefix in prefixes for key, value in (tags or {}).items()}


def key_names(keys: Iterable[str]) -> Keys:
    """The names of tags that the request removes."""
    return {"aws:TagKeys": sorted(keys)}
