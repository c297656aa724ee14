"""Tags of Route 53's hosted zones and health checks: calls of their own, ten resources or ten keys at a time.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeTagsForResource.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.call import Ask, Call, ReadProgram, WriteProgram
from .ownership import tag_list, tag_mapping, user_tag_names

AT_ONCE = 10


def tags_of(type: str, ids: Sequence[str]) -> ReadProgram[dict[str, dict[str, str]]]:
    """The tags of each of these resources, by id."""
    asks: list[Ask] = [
        Call(
            "route53", "ListTagsForResources", {"ResourceType": type, "ResourceIds": list(ids[start : start + AT_ONCE])}
        )
        for start in range(0, len(ids), AT_ONCE)
    ]
    answers = (yield asks) if asks else []
    sets = [raw for answer in answers for raw in answer.get("ResourceTagSets", ())]
    return {raw["ResourceId"]: tag_mapping(raw.get("Tags")) for raw in sets}


def tag_global(type: str, id: str, tags: Mapping[str, str]) -> Call:
    """The call that writes tags."""
    return Call("route53", "ChangeTagsForResource", {"ResourceType": type, "ResourceId": id, "AddTags": tag_list(tags)})


def retag_global(type: str, id: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """Changes the user's tags; never the ownership tags. One call writes and removes at the same time."""
    old, new = {**before, **user_tag_names(before)}, {**after, **user_tag_names(after)}
    gone = sorted(set(old) - set(new))
    added = {key: value for key, value in new.items() if old.get(key) != value}
    for start in range(0, max(len(gone), 1), AT_ONCE):
        keys = gone[start : start + AT_ONCE]
        change: dict[str, Any] = {"AddTags": tag_list(added)} if added and not start else {}
        change |= {"RemoveTagKeys": keys} if keys else {}
        if change:
            yield Call("route53", "ChangeTagsForResource", {"ResourceType": type, "ResourceId": id, **change})
    return {}
