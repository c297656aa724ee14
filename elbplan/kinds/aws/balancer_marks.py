"""Tags of a load balancer that say what elbplan attached to it: written only if they are missing.

A run that is killed after each of its writes repeats a step until it is done; a tag that was written again each time
would never let it come further.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...core.call import Call, WriteProgram
from .ownership import tag_list, tag_mapping


def add_marks(balancer: str, marks: Mapping[str, str]) -> WriteProgram:
    """Writes the tags that the load balancer does not have yet."""
    answer = yield Call("elbv2", "DescribeTags", {"ResourceArns": [balancer]})
    present = tag_mapping([tag for each in answer.get("TagDescriptions") or () for tag in each.get("Tags") or ()])
    missing = {key: value for key, value in marks.items() if present.get(key) != value}
    if missing:
        yield Call("elbv2", "AddTags", {"ResourceArns": [balancer], "Tags": tag_list(missing)})
    return {}


def remove_marks(balancer: str, keys: Iterable[str]) -> Call:
    """Removes tags from the load balancer."""
    params = {"ResourceArns": [balancer], "TagKeys": sorted(keys)}
    return Call("elbv2", "RemoveTags", params, done_if=("LoadBalancerNotFound",))
