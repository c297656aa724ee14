"""Descriptions of security group rules: kept for every source, replaced, and refused for a rule that is not there."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from elbplan.sandbox.box import Box

REGION = "eu-west-1"
SOURCES: dict[str, dict[str, str]] = {
    "IpRanges": {"CidrIp": "203.0.113.0/24"},
    "Ipv6Ranges": {"CidrIpv6": "2001:db8::/32"},
    "PrefixListIds": {"PrefixListId": "pl-0abc1234"},
    "UserIdGroupPairs": {},
}
"""A source of each type; the group is the rule's own."""


def permission(group: str, sources: str, port: int = 443, **description: str) -> dict[str, Any]:
    source = SOURCES[sources] or {"GroupId": group}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, sources: [{**source, **description}]}


@pytest.mark.parametrize("sources", SOURCES)
@pytest.mark.parametrize("side", ["ingress", "egress"])
def test_a_description_is_kept_and_replaced(sources: str, side: str) -> None:
    with Box() as box:
        box.create_defaults(REGION)
        ec2 = box.client("ec2", REGION)
        group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]

        def descriptions() -> list[str]:
            (described,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
            rules = described["IpPermissions" if side == "ingress" else "IpPermissionsEgress"]
            return [each.get("Description", "") for raw in rules for each in raw[sources] if raw.get("FromPort") == 443]

        add = getattr(ec2, f"authorize_security_group_{side}")
        add(GroupId=group, IpPermissions=[permission(group, sources, Description="office")])
        assert descriptions() == ["office"]
        update = getattr(ec2, f"update_security_group_rule_descriptions_{side}")
        update(GroupId=group, IpPermissions=[permission(group, sources, Description="our office")])
        assert descriptions() == ["our office"]
        update(GroupId=group, IpPermissions=[permission(group, sources)])
        assert descriptions() == [""]
        with pytest.raises(ClientError, match=r"InvalidPermission\.NotFound"):
            update(GroupId=group, IpPermissions=[permission(group, sources, 444, Description="office")])
