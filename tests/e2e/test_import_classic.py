"""A Classic load balancer: translated, built beside it, and taken back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from elbplan.spec import load_text
from elbplan.spec.yaml.tree import Source
from tests.cli.kit import Shell
from tests.sandbox.kit import REGION, Kit, alias

HTTP = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
CHECK = {"Target": "HTTP:8080/up", "Interval": 10, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 3}
NAME = "www.example.com"
APPLY = ("apply", "specs/old.yaml", "--yes", "--no-verify", "--allow", "weaker-encryption")


@pytest.fixture
def kit(box: Box) -> Kit:
    box.reset()
    return Kit(box)


@pytest.fixture
def shell(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(kit.box, tmp_path)
    Path(shell.spec).unlink()
    return shell


def web(kit: Kit) -> dict[str, Any]:
    """A Classic load balancer with HTTP and HTTPS, two instances and an alias record. Returns its description."""
    secure = {"Protocol": "HTTPS", "LoadBalancerPort": 443, "InstanceProtocol": "HTTP", "InstancePort": 8080}
    listeners = [HTTP, {**secure, "SSLCertificateId": kit.issued(NAME)}]
    found = create(kit, listeners, SecurityGroups=[kit.open_group("old-lb")], Tags=[{"Key": "team", "Value": "web"}])
    kit.box.client("elb", REGION).configure_health_check(LoadBalancerName="old", HealthCheck=CHECK)
    balancer = {"CanonicalHostedZoneId": found["CanonicalHostedZoneNameID"], "DNSName": found["DNSName"]}
    kit.change(("CREATE", alias(NAME, balancer)))
    return found


def create(kit: Kit, listeners: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    api = kit.box.client("elb", REGION)
    params: dict[str, Any] = {"LoadBalancerName": "old", "Subnets": kit.subnets, "Listeners": listeners, **more}
    api.create_load_balancer(**params)
    ids = [kit.box.create_fixture("instance", region=REGION, zone=zone, tags={"Name": f"web-{zone}"}) for zone in "ab"]
    api.register_instances_with_load_balancer(LoadBalancerName="old", Instances=[{"InstanceId": id} for id in ids])
    return dict(api.describe_load_balancers()["LoadBalancerDescriptions"][0])


def imported(shell: Shell, *words: str) -> dict[str, Any]:
    """The resources of the spec that an import writes, by address."""
    result = shell.run("import", "old", *words)
    assert result.code == 0, result.err
    (stack,) = load_text(Source("old.yaml", Path("specs/old.yaml").read_text(encoding="utf-8"), "."), {})
    assert not stack.adopt
    return {str(address): resource for address, resource in stack.resources.items()}


def test_the_record_moves_to_the_new_one_and_back(shell: Shell, kit: Kit) -> None:
    old = web(kit)
    before = kit.box.ask("state")
    imported(shell)
    planned = shell.run("plan", "specs/old.yaml")
    assert f"was A alias to {old['DNSName']}" in planned.out
    applied = shell.run(*APPLY)
    assert applied.code == 0, applied.err
    (target,) = [r["AliasTarget"]["DNSName"] for r in kit.box.records("example.com") if r["Name"] == f"{NAME}."]
    assert target.rstrip(".") != old["DNSName"]
    assert kit.box.ask("traffic", name=NAME, port=443, host=NAME)["ok"]
    assert shell.run("plan", "specs/old.yaml", "--exit-code").code == 0
    assert shell.run("destroy", "specs/old.yaml", "--confirm", "old").code == 0
    assert kit.box.ask("state") == before


def test_records_that_only_the_long_form_can_say_move_too(shell: Shell, kit: Kit) -> None:
    """An address of version 6 without `ip: dualstack`, and the name that the console writes."""
    old = web(kit)
    balancer = {"CanonicalHostedZoneId": old["CanonicalHostedZoneNameID"], "DNSName": f"dualstack.{old['DNSName']}"}
    kit.change(("CREATE", {**alias(NAME, balancer), "Type": "AAAA"}))
    before = kit.box.ask("state")
    imported(shell)
    applied = shell.run(*APPLY)
    assert applied.code == 0, applied.err
    assert shell.run("plan", "specs/old.yaml", "--exit-code").code == 0
    assert shell.run("destroy", "specs/old.yaml", "--confirm", "old").code == 0
    assert kit.box.ask("state") == before


def test_the_old_one_is_never_touched(shell: Shell, kit: Kit) -> None:
    web(kit)
    kit.box.clear_calls()
    imported(shell)
    assert kit.box.writes() == []
    assert shell.run(*APPLY).code == 0
    assert [call.action for call in kit.box.writes() if call.service == "elb"] == []
    assert shell.run("destroy", "specs/old.yaml", "--confirm", "old").code == 0
    assert [call.action for call in kit.box.writes() if call.service == "elb"] == []


def test_after_the_deletion_of_the_old_one_the_stack_stays(shell: Shell, kit: Kit) -> None:
    web(kit)
    imported(shell)
    assert shell.run(*APPLY).code == 0
    kit.box.client("elb", REGION).delete_load_balancer(LoadBalancerName="old")
    spec = Path("specs/old.yaml")
    spec.write_text(re.sub(r",? *\n? *restore: true", "", spec.read_text("utf-8")), "utf-8")
    assert shell.run("apply", "specs/old.yaml", "--yes", "--no-verify").code == 0
    assert shell.run("plan", "specs/old.yaml", "--exit-code").code == 0
    assert shell.run("destroy", "specs/old.yaml", "--confirm", "old").code == 0


def test_the_spec_says_what_the_old_one_has(shell: Shell, kit: Kit) -> None:
    old = web(kit)
    resources = imported(shell)
    group, balancer = resources["target_group.web"], resources["load_balancer.main"]
    assert (group.health.path, group.health.interval, group.health.healthy) == ("/up", 10, 3)
    assert group.attributes == {"deregistration_delay.timeout_seconds": "0"}
    assert list(map(str, balancer.security_groups)) == old["SecurityGroups"]
    assert group.tags == balancer.tags == {"team": "web"}
    assert resources["listener.80"].protocol == "HTTP"
    assert len(resources["targets.web"].members) == 2


def test_the_next_steps_end_with_the_deletion_that_elbplan_never_does(shell: Shell, kit: Kit) -> None:
    web(kit)
    result = shell.run("import", "old")
    text = " ".join(result.err.split())
    steps = ["elbplan plan", "elbplan apply", "elbplan verify", "aws elb delete-load-balancer --load-balancer-name old"]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)


def test_a_network_load_balancer_for_tcp(shell: Shell, kit: Kit) -> None:
    create(kit, [{"Protocol": "TCP", "LoadBalancerPort": 5432, "InstancePort": 5432}])
    assert imported(shell)["load_balancer.main"].type == "network"
    applied = shell.run("apply", "specs/old.yaml", "--yes", "--no-verify")
    assert applied.code == 0, applied.err
    assert shell.run("plan", "specs/old.yaml", "--exit-code").code == 0


@pytest.mark.parametrize(
    "word", ["old", "dns", NAME, f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/old"]
)
def test_it_is_found_by_name_dns_name_record_and_arn(shell: Shell, kit: Kit, word: str) -> None:
    old = web(kit)
    result = shell.run("import", old["DNSName"] if word == "dns" else word, "--json")
    assert result.code == 0, result.err
    assert result.document["load_balancer"] == "old"


def test_two_of_one_name_need_the_dns_name(shell: Shell, kit: Kit) -> None:
    web(kit)
    balancer = kit.balancer("old")
    kit.listener(balancer["LoadBalancerArn"], kit.group("old"))
    result = shell.run("import", "old")
    assert result.code == 64
    assert balancer["DNSName"] in result.err


def test_kubernetes_is_the_owner_of_what_it_made(shell: Shell, kit: Kit) -> None:
    create(kit, [HTTP], Tags=[{"Key": "kubernetes.io/service-name", "Value": "default/web"}])
    refused = shell.run("import", "old")
    assert refused.code == 5
    assert "belongs to Kubernetes, Service default/web" in refused.err
    assert imported(shell, "--force")["load_balancer.main"].tags == {}


def test_one_subnet_gets_a_second_one(shell: Shell, kit: Kit) -> None:
    create(kit, [HTTP], Subnets=kit.subnets[:1])
    result = shell.run("import", "old", "--json")
    assert result.code == 0, result.err
    assert "one zone" in {left["what"] for left in result.document["not_imported"]}
    assert shell.run("apply", "specs/old.yaml", "--yes", "--no-verify").code == 0
    (balancer,) = kit.elb.describe_load_balancers()["LoadBalancers"]
    assert sorted(zone["SubnetId"] for zone in balancer["AvailabilityZones"]) == sorted(kit.subnets)
