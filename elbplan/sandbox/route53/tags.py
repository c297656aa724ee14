"""Tags of hosted zones and health checks."""

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..tags import Tags, to_dict, to_pairs
from .health_checks import check_of
from .zones import zone_of

MOST = 10


def _tags_of(context: CallContext, kind: str, id: str) -> Tags:
    return check_of(context, id).tags if kind == "healthcheck" else zone_of(context, id).tags


@rule(25)
def change_tags(context: CallContext, params: Params) -> Params:
    """At most ten tags are added or removed at once: API_ChangeTagsForResource (AddTags, RemoveTagKeys)."""
    tags = _tags_of(context, params["ResourceType"], params["ResourceId"])
    added, removed = to_dict(params.get("AddTags")), params.get("RemoveTagKeys") or []
    if len(added) > MOST or len(removed) > MOST:
        raise AwsError("InvalidInput", f"At most {MOST} tags can be changed at once")
    for key in removed:
        tags.pop(key, None)
    tags.update(added)
    return {}


def list_tags(context: CallContext, params: Params) -> Params:
    kind, id = params["ResourceType"], params["ResourceId"]
    return {"ResourceTagSet": _tag_set(context, kind, id)}


def _tag_set(context: CallContext, kind: str, id: str) -> Params:
    plain = id.removeprefix("/hostedzone/")
    return {"ResourceType": kind, "ResourceId": plain, "Tags": to_pairs(_tags_of(context, kind, id))}


@rule(25)
def list_tags_of_several(context: CallContext, params: Params) -> Params:
    """One to ten resources of a type: API_ListTagsForResources."""
    ids = params["ResourceIds"]
    if not 1 <= len(ids) <= MOST:
        raise AwsError("InvalidInput", f"Between 1 and {MOST} resources")
    return {"ResourceTagSets": [_tag_set(context, params["ResourceType"], id) for id in ids]}
