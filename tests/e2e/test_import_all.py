"""`elbplan import --all`: a folder with a spec for each load balancer of a region."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell
from tests.sandbox.kit import REGION, Kit

CLOUDFORMATION = {"aws:cloudformation:stack-name": "shop"}
SPEC = "name: web\nregion: eu-central-1\ntargets: {instances: [%s], port: 80}\n"


@pytest.fixture
def account(box: Box) -> Kit:
    """Load balancers of a person, of CloudFormation, of Kubernetes, a Classic one, and one that elbplan refuses."""
    box.reset()
    kit = Kit(box)
    serve(kit, "by-hand")
    serve(kit, "By.Hand".replace(".", "-"))
    box.create_fixture("tags", serve(kit, "stack"), REGION, tags=CLOUDFORMATION)
    kit.elb.add_tags(ResourceArns=[serve(kit, "cluster")], Tags=[{"Key": "elbv2.k8s.aws/cluster", "Value": "prod"}])
    listeners = [{"Protocol": "TCP", "LoadBalancerPort": 5432, "InstancePort": 5432}]
    box.client("elb", REGION).create_load_balancer(LoadBalancerName="old", Listeners=listeners, Subnets=kit.subnets)
    return kit


def serve(kit: Kit, name: str) -> str:
    """Makes a load balancer with a listener. Returns its ARN."""
    balancer = kit.balancer(name)
    kit.listener(balancer["LoadBalancerArn"], kit.group(name))
    return str(balancer["LoadBalancerArn"])


@pytest.fixture
def shell(account: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(account.box, tmp_path)
    Path(shell.spec).unlink()
    return shell


def left_out(document: Any) -> dict[str, str]:
    return {row["title"].rsplit(" ", 1)[-1]: row["why"] for row in document["left_out"]}


def test_each_load_balancer_has_a_file_or_a_reason(shell: Shell) -> None:
    result = shell.run("import", "--all")
    assert result.code == 0, result.err
    assert result.out.split() == ["specs/by-hand.yaml", "specs/by-hand-2.yaml", "specs/old.yaml"]
    assert sorted(os.listdir("specs")) == ["by-hand-2.yaml", "by-hand.yaml", "old.yaml"]
    assert "left out" in result.err
    assert "it belongs to CloudFormation stack shop: --force imports it" in " ".join(result.err.split())
    assert "3 specs written, 2 load balancers left out, eu-central-1" in result.err


def test_nothing_is_read_of_what_is_left_out(shell: Shell, account: Kit) -> None:
    account.box.clear_calls()
    shell.run("import", "--all")
    read = {call.params["LoadBalancerArn"] for call in account.box.calls if call.action == "DescribeListeners"}
    assert sorted(arn.split("/")[2].lower() for arn in read) == ["by-hand", "by-hand"]


def test_with_force_those_of_other_tools_too(shell: Shell) -> None:
    result = shell.run("import", "--all", "--force", "-o", "all")
    assert result.code == 0, result.err
    assert {"all/stack.yaml", "all/cluster.yaml"} <= set(result.out.split())


def test_a_second_import_leaves_out_what_exists(shell: Shell) -> None:
    shell.run("import", "--all")
    again = shell.run("import", "--all", "--json")
    assert again.code == 0
    assert again.document["written"] == []
    reasons = left_out(again.document)
    assert reasons["By-Hand"] == "specs/by-hand.yaml exists already"
    assert reasons["by-hand"] == "specs/by-hand-2.yaml exists already"


def test_what_belongs_to_elbplan_is_left_out(shell: Shell, account: Kit) -> None:
    shell.write("web.yaml", SPEC % account.box.create_fixture("instance", region=REGION))
    assert shell.run("apply", "web.yaml", "--yes", "--no-verify").code == 0
    document = shell.run("import", "--all", "--json").document
    assert any("stack `web`" in why for why in left_out(document).values()), left_out(document)
    assert len(document["written"]) == 3


def test_one_that_elbplan_refuses_does_not_stop_the_others(shell: Shell, account: Kit) -> None:
    elb = account.box.client("elb", REGION)
    listeners = [{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}]
    vpc = account.box.create_fixture("vpc", region=REGION)
    subnet = account.box.create_fixture("subnet", region=REGION, vpc=vpc, zone="a")
    elb.create_load_balancer(LoadBalancerName="lonely", Listeners=listeners, Subnets=[subnet])
    result = shell.run("import", "--all")
    assert result.code == 5
    assert "specs/old.yaml" in result.out
    assert "failed" in result.err
    assert "an application load balancer needs two zones" in " ".join(result.err.split())


def test_adoption_of_all_of_them_changes_only_tags(shell: Shell, account: Kit) -> None:
    shell.run("import", "--all")
    Path("specs/old.yaml").unlink()
    account.box.clear_calls()
    applied = shell.run("apply", "specs", "--yes", "--no-verify")
    assert applied.code == 0, applied.err
    assert {call.action for call in account.box.writes() if call.service != "ssm"} <= {"AddTags", "CreateTags"}
    assert shell.run("plan", "specs", "--exit-code").code == 0


@pytest.mark.parametrize("words", [("web", "--all"), ("--all", "--stack", "a"), ("--all", "-o", "-"), ()])
def test_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run("import", *words).code == 64


def test_an_empty_region_has_nothing_to_import(shell: Shell) -> None:
    result = shell.run("import", "--all", "--region", "eu-west-1")
    assert (result.code, result.out) == (0, "")
    assert "0 specs written" in result.err
