"""The outbound rules of security groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.sandbox.box import Box

from . import specs
from .migration_shell import PORT, MigrationShell
from .stage import REGION, Stage

ONLY_INSIDE = """
name: my-web
region: ap-northeast-2
security_group:
  lb: {vpc: VPC, ingress: [], egress: EGRESS}
"""


def ipv6_vpc(stage: Stage) -> str:
    ec2 = stage.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    return str(vpc)


def outbound(stage: Stage) -> list[dict[str, Any]]:
    (group,) = stage.client("ec2").describe_security_groups(
        Filters=[{"Name": "tag:elbplan:stack", "Values": ["my-web"]}]
    )["SecurityGroups"]
    rules: list[dict[str, Any]] = group["IpPermissionsEgress"]
    return rules


@pytest.mark.parametrize(
    "egress",
    [
        "[{port: 80, cidr: 10.0.0.0/8}]",
        "[]",
        "[{protocol: all, cidr: '::/0'}]",
        "[{protocol: all, cidr: '::/0'}, {protocol: all, cidr: 0.0.0.0/0}]",
    ],
)
@pytest.mark.parametrize("ipv6", [True, False])
def test_the_first_apply_removes_what_aws_allows_by_default(stage: Stage, egress: str, ipv6: bool) -> None:
    vpc = ipv6_vpc(stage) if ipv6 else str(stage.ids["vpc"])
    spec = ONLY_INSIDE.replace("VPC", vpc).replace("EGRESS", egress)
    stage.apply(spec)
    assert sum(len(rule["IpRanges"]) + len(rule["Ipv6Ranges"]) for rule in outbound(stage)) == egress.count("cidr")


def revoke_all(ec2: Any, group: str) -> None:
    (raw,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=raw["IpPermissionsEgress"])


WARNING = "security_group.lb has no outbound rule, so load_balancer.main reaches no target."


def test_a_load_balancer_whose_group_lets_nothing_out_is_a_warning(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    assert stage.plan(specs.HTTP).warnings == ()
    group = stage.plan(specs.HTTP).lives[Address("security_group", "lb")].id
    revoke_all(stage.client("ec2"), group)
    plan = stage.plan(specs.HTTP)
    (warning,) = plan.warnings
    assert plan.empty
    assert warning.startswith(WARNING)
    assert f"--region {REGION} --group-id {group} " in warning
    stage.client("ec2").authorize_security_group_egress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    assert stage.plan(specs.HTTP).warnings == ()


def test_plan_and_status_show_the_warning_with_and_without_files(box: Box, tmp_path: Path) -> None:
    box.reset()
    shell = MigrationShell(box, tmp_path)
    assert shell.run("apply", shell.spec, "--yes").code == 0
    ec2 = box.client("ec2", REGION)
    tagged = [{"Name": "tag:elbplan:address", "Values": ["security_group.lb"]}]
    revoke_all(ec2, ec2.describe_security_groups(Filters=tagged)["SecurityGroups"][0]["GroupId"])
    screens = [shell.run("plan", shell.spec).out, shell.run("status", shell.spec).out]
    shell.write("web.yaml", PORT)
    assert shell.save("first").code == 0
    screens += [shell.plan().out, shell.status()]
    for screen in screens:
        assert WARNING in " ".join(screen.split()), screen
