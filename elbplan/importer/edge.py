"""What stands around a load balancer, in the words of the short form: logs, web ACL and Shield Advanced. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Address, AwsId, Lookup
from ..core.resource import Resource
from ..kinds.aws.log_delivery import LOGS
from ..kinds.load_balancer import LoadBalancer
from ..kinds.shield_protection import ShieldProtection
from ..kinds.web_acl_association import WebAclAssociation
from .associations import Associations

WEB_ACL = Address(WebAclAssociation.kind, "main")
SHIELD = Address(ShieldProtection.kind, "main")


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


def edge_of(associations: Associations, balancer: Address) -> dict[Address, Resource]:
    """What somebody attached to the load balancer and becomes the stack's; nothing of Firewall Manager's."""
    found: dict[Address, Resource] = {}
    if associations.web_acl_arn and not associations.is_managed:
        found[WEB_ACL] = WebAclAssociation(load_balancer=balancer, web_acl=AwsId(associations.web_acl_arn))
    numbered = enumerate(associations.own_protections, 1)
    for number, protection in numbered:
        address = Address(SHIELD.kind, f"{SHIELD.name}-{number}") if protection.elastic_ip else SHIELD
        elastic_ip = AwsId(protection.elastic_ip) if protection.elastic_ip else None
        found[address] = ShieldProtection(load_balancer=balancer, elastic_ip=elastic_ip, tags=protection.user_tags)
    return found


def edge_words(
    resources: Mapping[Address, Resource], balancer: LoadBalancer, lookups: Mapping[Lookup, tuple[AwsId, ...]]
) -> tuple[dict[str, Any], set[Address]]:
    """`web_acl:` and `shield:`, and the addresses that they cover."""
    words: dict[str, Any] = {}
    covered: set[Address] = set()
    association = resources.get(WEB_ACL)
    if isinstance(association, WebAclAssociation):
        by_name = {ids: lookup.query for lookup, ids in lookups.items() if lookup.what == "web_acl"}
        arn = str(association.web_acl)
        words["web_acl"] = by_name.get((AwsId(arn),), arn).removeprefix("name:")
        covered.add(WEB_ACL)
    protections = {a: r.elastic_ip for a, r in resources.items() if isinstance(r, ShieldProtection)}
    every = [pin.allocation for pin in balancer.pins if pin.allocation] if balancer.type == "network" else [None]
    if protections and list(protections.values()) == every:
        words["shield"] = True
        covered |= set(protections)
    return words, covered
