"""The permissions for Elastic IPs that elbplan allocates."""

from __future__ import annotations

from typing import Any

from ...core.permission import reads
from .elb_reads import HINTS
from .limits import ELASTIC_IPS, INSTANCES, INTERFACES, UNTAGGED, creates, ec2_tags, own, untagged


def server_of(address: Any) -> tuple[str, ...]:
    """The server of an address; none for an address of a load balancer, which AWS associates by itself."""
    return (str(address.instance),) if address.instance else ()


PERMISSIONS = (
    *HINTS,
    *reads("ec2:DescribeAddresses", always=True),
    creates("ec2:AllocateAddress", ELASTIC_IPS),
    *own(("create", "update"), ELASTIC_IPS, "ec2:AssociateAddress", each=server_of),
    *own(("create", "update"), INSTANCES, "ec2:AssociateAddress", each=server_of),
    untagged(("create", "update"), "ec2:AssociateAddress", INTERFACES, why=UNTAGGED, each=server_of),
    *own(("update", "delete"), ELASTIC_IPS, "ec2:DisassociateAddress", each=server_of),
    untagged(("update", "delete"), "ec2:DisassociateAddress", INTERFACES, why=UNTAGGED, each=server_of),
    *own(("delete",), ELASTIC_IPS, "ec2:ReleaseAddress"),
    *ec2_tags(ELASTIC_IPS, "AllocateAddress"),
)
