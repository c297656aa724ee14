"""The permissions for Elastic IPs that elbplan allocates."""

from __future__ import annotations

from ...core.permission import reads
from .elb_reads import HINTS
from .limits import ELASTIC_IPS, INSTANCES, INTERFACES, UNTAGGED, creates, ec2_tags, own, untagged

PERMISSIONS = (
    *HINTS,
    *reads("ec2:DescribeAddresses", always=True),
    creates("ec2:AllocateAddress", ELASTIC_IPS),
    *own(("create", "update"), ELASTIC_IPS, "ec2:AssociateAddress"),
    *own(("create", "update"), INSTANCES, "ec2:AssociateAddress"),
    untagged(("create", "update"), "ec2:AssociateAddress", INTERFACES, why=UNTAGGED),
    *own(("update", "delete"), ELASTIC_IPS, "ec2:DisassociateAddress"),
    untagged(("update", "delete"), "ec2:DisassociateAddress", INTERFACES, why=UNTAGGED),
    *own(("delete",), ELASTIC_IPS, "ec2:ReleaseAddress"),
    *ec2_tags(ELASTIC_IPS, "AllocateAddress"),
)
