"""The names that point at a load balancer, kept as tags on it, since Route 53 records carry none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.call import Call, Calling
from .ownership import TAG_VALUE, pairs

RECORDS = "elbplan:records"


def marks(records: Sequence[str]) -> dict[str, str]:
    """The names that point here as tags, as many to a tag as its value holds. Tags know no `*`."""
    tags: dict[str, str] = {}
    key = RECORDS
    for record in records:
        if len(f"{tags.get(key, '')} {record}") > TAG_VALUE:
            key = f"{RECORDS}-{len(tags) + 1}"
        tags[key] = f"{tags.get(key, '')} {record}".strip()
    return tags


def remark(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> Calling:
    """The calls that bring these tags from one state to another."""
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if new:
        yield Call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": pairs(new)})
    if gone := sorted(set(before) - set(after)):
        yield Call("elbv2", "RemoveTags", {"ResourceArns": [arn], "TagKeys": gone})
    return {}
