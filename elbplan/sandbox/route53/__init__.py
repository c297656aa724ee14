"""Route 53, after its API reference: moto applies half of a batch, and deletes records that a request does not name.

https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html
"""

from collections.abc import Callable
from typing import Any

from ..account import CallContext
from ..params import Params
from . import changes, zones

ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "CreateHostedZone": zones.create_hosted_zone,
    "GetHostedZone": zones.get_hosted_zone,
    "DeleteHostedZone": zones.delete_hosted_zone,
    "ListHostedZones": zones.list_hosted_zones,
    "ListHostedZonesByName": zones.list_hosted_zones_by_name,
    "GetChange": zones.get_change,
    "ChangeTagsForResource": zones.change_tags,
    "ListTagsForResource": zones.list_tags,
    "ChangeResourceRecordSets": changes.change_resource_record_sets,
    "ListResourceRecordSets": changes.list_resource_record_sets,
}
