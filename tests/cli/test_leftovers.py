"""elbplan leftovers: the screen, the JSON, the regions, missing permissions; and the end of a destroy."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from elbplan.cost import bundled_prices

from .kit import Shell

REGION = "ap-northeast-2"


@pytest.fixture(autouse=True)
def in_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default specs are those of the folder of the test, which has none."""
    monkeypatch.chdir(shell.folder)
    shell.environ["AWS_REGION"] = REGION
    shell.connect(REGION)


def address(shell: Shell, region: str = REGION) -> str:
    ec2: Any = shell.box.client("ec2", region)
    return str(ec2.allocate_address(Domain="vpc")["AllocationId"])


def without_zones(shell: Shell) -> None:
    """The sandbox has an empty hosted zone for each test; AWS would bill it too."""
    dns: Any = shell.box.client("route53", REGION)
    for zone in dns.list_hosted_zones()["HostedZones"]:
        batch = {"Name": f"www.{zone['Name']}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.1"}]}
        change = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": batch}]}
        dns.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=change)


def test_nothing_is_left_over(shell: Shell) -> None:
    without_zones(shell)
    result = shell.run("leftovers", "--exit-code")
    assert result.code == 0
    assert "✓ nothing is left over" in result.out


def test_each_leftover_has_its_price_and_the_command_that_ends_it(shell: Shell) -> None:
    without_zones(shell)
    id = address(shell)
    result = shell.run("leftovers", "--exit-code")
    assert result.code == 2
    assert "$3.65/month   Elastic IP" in result.out
    assert "nothing uses it" in result.out
    assert f"aws ec2 release-address --region {REGION} --allocation-id {id}" in result.out
    price = bundled_prices().price(REGION, "public-ipv4-hour")
    assert price
    assert f"prices of {price.date}" in result.out
    assert "Total  $3.65/month for 1 thing that serves nobody" in result.out
    assert shell.run("leftovers").code == 0


def test_json_has_everything_of_the_screen(shell: Shell) -> None:
    id = address(shell)
    document = shell.run("leftovers", "--json").document
    (left, zone) = document["leftovers"]
    assert (left["kind"], left["id"], left["region"], left["cost"]["month"]) == ("elastic_ip", id, REGION, "3.65")
    assert left["commands"] == [f"aws ec2 release-address --region {REGION} --allocation-id {id}"]
    assert (zone["kind"], zone["region"], zone["cost"]["month"]) == ("hosted_zone", "global", "0.50")
    assert document["total"] == {"currency": "USD", "month": "4.15", "unknown": []}
    assert left["cost"]["date"] in (document["prices"]["date"], "2024-02-01")


def test_all_regions_are_read_but_not_the_disabled_ones(shell: Shell) -> None:
    elsewhere = address(shell, "eu-west-1")
    assert shell.run("leftovers", "--json").document["regions"] == [REGION]
    document = shell.run("leftovers", "--json", "--all-regions").document
    assert elsewhere in [left["id"] for left in document["leftovers"]]
    ec2: Any = shell.box.client("ec2", REGION)
    enabled = {region["RegionName"] for region in ec2.describe_regions()["Regions"]}
    every = {region["RegionName"] for region in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert set(document["regions"]) == enabled < every


def test_a_region_that_does_not_answer_is_one_line(shell: Shell) -> None:
    id = address(shell)
    for service in ("ec2", "elb", "elbv2", "ssm", "resourcegroupstaggingapi"):
        shell.box.fault("error", service=service, region="eu-west-1", code="OptInRequired")
    result = shell.run("leftovers", "--all-regions")
    assert result.code == 0
    assert id in result.out
    lines = [line for line in result.out.splitlines() if "eu-west-1" in line]
    assert lines == ["  eu-west-1: AWS does not answer in eu-west-1"]


def test_without_a_permission_the_kind_is_not_checked(shell: Shell) -> None:
    id = address(shell)
    shell.box.fault("error", service="ec2", action="DescribeNatGateways", code="UnauthorizedOperation")
    result = shell.run("leftovers")
    assert id in result.out
    assert f"NAT gateways: needs ec2:DescribeNatGateways ({REGION})" in result.out


def test_without_the_list_of_regions_the_error_says_what_to_do(shell: Shell) -> None:
    shell.box.fault("error", service="ec2", action="DescribeRegions", code="UnauthorizedOperation")
    result = shell.run("leftovers", "--all-regions")
    assert result.code == 1
    assert "--all-regions needs ec2:DescribeRegions" in result.err
    assert "--region" in result.err


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_command_on_several_lines_is_still_the_same_command(shell: Shell, width: int) -> None:
    shell.environ["COLUMNS"] = str(width)
    subnets = shell.box.create_defaults(REGION)["subnets"]
    elb: Any = shell.box.client("elbv2", REGION)
    arn = elb.create_load_balancer(Name="forgotten", Subnets=list(subnets.values())[:2])["LoadBalancers"][0][
        "LoadBalancerArn"
    ]
    (command,) = commands(shell.run("leftovers").out, "delete-load-balancer")
    assert command == ["aws", "elbv2", "delete-load-balancer", "--region", REGION, "--load-balancer-arn", arn]


def commands(screen: str, word: str) -> list[list[str]]:
    """The commands of a screen that contain a word, as a shell reads them."""
    whole = screen.replace("\\\n", "")
    return [shlex.split(line) for line in whole.splitlines() if word in line]


def applied(shell: Shell, text: str) -> str:
    spec = shell.write("web.yaml", text)
    assert shell.run("apply", "--yes", "--no-verify", spec).code == 0
    return spec


SPEC = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\ntargets: {port: 80, health: /}\n"


def test_destroy_ends_with_what_else_aws_bills_in_the_region(shell: Shell) -> None:
    spec = applied(shell, SPEC)
    id = address(shell)
    address(shell, "eu-west-1")
    before = len(shell.box.calls)
    quiet = shell.run("destroy", spec, "--confirm", "my-web", "--no-leftovers")
    assert "Still billing" not in quiet.out
    spec = applied(shell, SPEC)
    result = shell.run("destroy", spec, "--confirm", "my-web")
    assert result.code == 0
    assert f"Still billing in {REGION} and serving nobody, $3.65/month:" in result.out
    assert f"elbplan leftovers --region {REGION}" in result.out
    applied(shell, SPEC)
    lines = shell.run("destroy", spec, "--confirm", "my-web", "--json").lines
    assert [left["id"] for left in lines[-1]["leftovers"]] == [id]
    assert before < len(shell.box.calls)


def calls_after_the_last_write(shell: Shell) -> list[str]:
    calls = shell.box.calls
    last = max(number for number, call in enumerate(calls) if call.write)
    return [call.action for call in calls[last + 1 :]]


def test_the_end_of_a_destroy_costs_few_calls(shell: Shell) -> None:
    spec = applied(shell, SPEC)
    shell.box.clear_calls()
    assert shell.run("destroy", spec, "--confirm", "my-web").code == 0
    assert sorted(calls_after_the_last_write(shell)) == [
        "DescribeAddresses",
        "DescribeInstances",
        "DescribeNatGateways",
        "DescribeVolumes",
    ]


def test_a_failure_at_the_end_of_a_destroy_changes_nothing(shell: Shell) -> None:
    spec = applied(shell, SPEC)
    id = address(shell)
    shell.box.fault("error", service="ec2", action="DescribeVolumes", code="UnauthorizedOperation")
    shell.box.fault("error", service="ec2", action="DescribeNatGateways", code="InvalidAction")
    result = shell.run("destroy", spec, "--confirm", "my-web", "--json")
    assert result.code == 0
    assert [left["id"] for left in result.lines[-1]["leftovers"]] == [id]


def test_a_destroy_does_not_repeat_what_stays(shell: Shell) -> None:
    """The instance of the spec stays, and its volume too: the screen has named it with its price."""
    id = shell.box.create_fixture("instance", region=REGION, tags={"app": "web"})
    spec = applied(shell, SPEC.replace("servers: {count: 1}\n", "").replace("targets: {", "targets: {tag: app=web, "))
    ec2: Any = shell.box.client("ec2", REGION)
    ec2.stop_instances(InstanceIds=[id])
    result = shell.run("destroy", spec, "--confirm", "my-web")
    assert f"terminate-instances --region {REGION} --instance-ids {id}" in result.out
    assert "Still billing" not in result.out


def test_other_commands_know_the_profile(shell: Shell) -> None:
    id = address(shell)
    document = shell.run("leftovers", "--json", "--profile", "school").document
    assert document["leftovers"][0]["commands"] == [
        f"aws ec2 release-address --region {REGION} --allocation-id {id} --profile school"
    ]
