"""The names of the resources that a spec names by id, for its comments. Pure."""

from __future__ import annotations

from ..kinds.aws.ownership import tag_mapping
from .survey import Raw, Survey


def labels_of(seen: Survey) -> dict[str, str]:
    """By AWS id: the Name tag of instances, subnets and the VPC; the names of groups and zones; domains; addresses."""
    labels = {id: _name_tag(raw) for id, raw in (*seen.instances.items(), *seen.vpcs.items())}
    labels |= {
        id: " ".join(filter(None, (_name_tag(raw), raw["AvailabilityZone"]))) for id, raw in seen.subnets.items()
    }
    labels |= {id: raw["GroupName"] for id, raw in seen.security_groups.items()}
    labels |= {arn: raw["DomainName"] for arn, raw in seen.described.items()}
    labels |= {record.zone: record.zone_name for record in seen.records}
    zones = seen.balancer.get("AvailabilityZones") or ()
    addresses = [address for zone in zones for address in zone.get("LoadBalancerAddresses") or ()]
    labels |= {raw["AllocationId"]: raw.get("IpAddress") or "" for raw in addresses if raw.get("AllocationId")}
    return {id: label for id, label in labels.items() if label}


def _name_tag(raw: Raw) -> str:
    return tag_mapping(raw.get("Tags")).get("Name", "")
