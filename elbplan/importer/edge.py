"""What stands around a load balancer, in the words of the short form: its logs and its web ACL. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Address, AwsId
from ..core.resource import Resource
from ..kinds.aws.log_delivery import LOGS
from ..kinds.web_acl_association import WebAclAssociation
from .associations import Associations

WEB_ACL = Address(WebAclAssociation.kind, "main")


def log_words(attributes: Mapping[str, str], own_bucket: str) -> dict[str, Any]:
    """`logs:` for the logs that are on: a text if only access logs are. A log without a bucket has the own one."""
    places: dict[str, str] = {}
    for log, start in LOGS.items():
        if attributes.get(f"{start}.enabled") == "true":
            bucket = attributes.get(f"{start}.bucket") or own_bucket
            places[log] = "s3://" + "/".join(filter(None, (bucket, attributes.get(f"{start}.prefix", ""))))
    if not places:
        return {}
    return {"logs": places["access"] if list(places) == ["access"] else places}


def web_acl_of(associations: Associations, balancer: Address) -> dict[Address, Resource]:
    """The association of a web ACL that somebody made and that becomes the stack's; none for Firewall Manager's."""
    if not associations.web_acl_arn or associations.is_managed:
        return {}
    return {WEB_ACL: WebAclAssociation(load_balancer=balancer, web_acl=AwsId(associations.web_acl_arn))}
