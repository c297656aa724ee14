"""Route 53, after its API reference: moto applies half of a batch, and deletes records that a request does not name.

https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html
"""

from collections.abc import Callable
from typing import Any

from ..account import CallContext
from ..params import Params
from . import changes, health_checks, limits, tags, vpcs, zones

ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "CreateHostedZone": zones.create_hosted_zone,
    "GetHostedZone": zones.get_hosted_zone,
    "DeleteHostedZone": zones.delete_hosted_zone,
    "ListHostedZones": zones.list_hosted_zones,
    "ListHostedZonesByName": zones.list_hosted_zones_by_name,
    "GetChange": zones.get_change,
    "GetAccountLimit": limits.get_account_limit,
    "UpdateHostedZoneComment": zones.update_comment,
    "AssociateVPCWithHostedZone": vpcs.associate,
    "DisassociateVPCFromHostedZone": vpcs.disassociate,
    "CreateHealthCheck": health_checks.create_health_check,
    "UpdateHealthCheck": health_checks.update_health_check,
    "DeleteHealthCheck": health_checks.delete_health_check,
    "GetHealthCheck": health_checks.get_health_check,
    "ListHealthChecks": health_checks.list_health_checks,
    "ChangeTagsForResource": tags.change_tags,
    "ListTagsForResource": tags.list_tags,
    "ListTagsForResources": tags.list_tags_of_several,
    "ChangeResourceRecordSets": changes.change_resource_record_sets,
    "ListResourceRecordSets": changes.list_resource_record_sets,
}
