"""Finds one leftover of each kind in the simulator, and nothing of what is in use beside it."""

from __future__ import annotations

import pytest

from elbplan.kinds.server_endings import SCALING_GROUP
from elbplan.leftovers.finders.addresses import find_addresses
from elbplan.leftovers.finders.balancers import find_balancers
from elbplan.leftovers.finders.classic_balancers import find_classic_balancers
from elbplan.leftovers.finders.hosted_zones import find_hosted_zones
from elbplan.leftovers.finders.nat_gateways import find_nat_gateways
from elbplan.leftovers.finders.reservations import find_reservations
from elbplan.leftovers.finders.volumes import find_volumes
from tests.sandbox.kit import REGION

from .account import Account, found, ids

NOT_FOUND = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
PAGE = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
ELSEWHERE = {"Type": "redirect", "RedirectConfig": {"Host": "new.example.com", "StatusCode": "HTTP_301"}}


def test_an_account_in_which_everything_is_in_use_has_no_leftovers(account: Account) -> None:
    server = account.instance()
    account.balancer("web", server)
    account.classic("old", server)
    account.volume(server)
    account.address(InstanceId=server)
    account.route_table(account.nat_gateway(), account.kit.subnets[1])
    account.box.create_fixture("capacity_reservation", region=REGION, number=1, used=1)
    finding = account.find()
    assert (finding.leftovers, finding.not_checked) == ([], [])


def test_elastic_ips(account: Account) -> None:
    server, stopped, spare = account.instance(), account.instance(state="stopped", Name="old"), account.interface()
    unattached = account.address()
    of_stopped = account.address(InstanceId=stopped)
    of_spare = account.address(NetworkInterfaceId=spare)
    account.address(InstanceId=server)
    account.nat_gateway()
    finding = account.find(find_addresses)
    assert ids(finding) == {unattached, of_stopped, of_spare}
    assert found(finding, unattached).why == "nothing uses it"
    assert found(finding, unattached).commands == (
        f"aws ec2 release-address --region {REGION} --allocation-id {unattached}",
    )
    assert found(finding, of_stopped).why == f"its instance old ({stopped}) is stopped"
    assert found(finding, of_stopped).since_what == "stopped"
    assert [command.split()[2] for command in found(finding, of_stopped).commands] == [
        "disassociate-address",
        "release-address",
    ]
    assert found(finding, of_spare).why == f"its network interface {spare} is attached to nothing"


def test_volumes(account: Account) -> None:
    server, stopped = account.instance(), account.instance(state="stopped")
    pooled = account.instance(state="stopped", Name="pool")
    account.kit.ec2.create_tags(Resources=[pooled], Tags=[{"Key": "pool", "Value": "warm"}])
    unattached, of_stopped = account.volume(), account.volume(stopped, VolumeType="gp2", Size=8)
    account.volume(server)
    finding = account.find(find_volumes)
    roots = {
        v["VolumeId"]
        for v in account.kit.ec2.describe_volumes()["Volumes"]
        for a in v["Attachments"]
        if a["InstanceId"] in (stopped, pooled) and v["VolumeId"] != of_stopped
    }
    assert ids(finding) == {unattached, of_stopped, *roots}
    assert found(finding, unattached).title == f"volume {unattached}, 20 GB gp3"
    assert found(finding, unattached).since_what == "created"
    assert found(finding, of_stopped).title == f"volume {of_stopped}, 8 GB gp2"
    assert found(finding, of_stopped).commands[0] == (
        f"aws ec2 terminate-instances --region {REGION} --instance-ids {stopped}"
    )


def test_stopped_instances_of_an_auto_scaling_group_are_a_warm_pool(account: Account) -> None:
    pooled = account.instance(state="stopped")
    account.box.create_fixture("instance", region=REGION, tags={SCALING_GROUP: "pool"})
    warm = next(
        i["InstanceId"]
        for r in account.kit.ec2.describe_instances(Filters=[{"Name": "tag-key", "Values": [SCALING_GROUP]}])[
            "Reservations"
        ]
        for i in r["Instances"]
    )
    account.kit.ec2.stop_instances(InstanceIds=[warm])
    instances = {leftover.facts["instance"] for leftover in account.find(find_volumes).leftovers}
    assert instances == {pooled}


def test_nat_gateways(account: Account) -> None:
    without_route, without_subnet, used = (account.nat_gateway() for _ in range(3))
    table = account.route_table(without_subnet)
    account.route_table(used, account.kit.subnets[1])
    finding = account.find(find_nat_gateways)
    assert ids(finding) == {without_route, without_subnet}
    assert found(finding, without_route).why == "no route leads to it"
    assert found(finding, without_subnet).why == (f"only {table} leads to it, and no subnet uses that route table")
    assert [q.price_key for q in found(finding, without_route).quantities] == ["nat-hour", "public-ipv4-hour"]
    assert [command.split()[2] for command in found(finding, without_route).commands] == [
        "delete-nat-gateway",
        "wait",
        "release-address",
    ]


def test_load_balancers(account: Account) -> None:
    server = account.instance()
    no_listener = account.bare_balancer("no-listener")
    no_targets = account.balancer("no-targets")
    dead_group = account.kit.group("dead")
    dead = account.balancer("dead", account.instance(), account.instance(), group=dead_group)
    account.box.sick(dead_group)
    network = account.bare_balancer("network", Type="network")
    account.balancer("web", server)
    account.bare_balancer("page", [PAGE])
    account.bare_balancer("elsewhere", [ELSEWHERE])
    finding = account.find(find_balancers)
    assert ids(finding) == {no_listener, no_targets, dead, network}
    assert found(finding, no_listener).why == "it has no listener"
    assert found(finding, no_targets).why == "its target groups have no targets"
    assert found(finding, dead).why == "none of its 2 targets is healthy"
    assert found(finding, network).title == "network load balancer network"
    assert [q.price_key for q in found(finding, network).quantities] == ["network-hour", "public-ipv4-hour"]
    assert found(finding, no_listener).commands == (
        f"aws elbv2 delete-load-balancer --region {REGION} --load-balancer-arn {no_listener}",
    )


def test_a_load_balancer_whose_only_rule_answers_by_itself_is_in_use(account: Account) -> None:
    """Its group has no target, but requests for /old get an answer. A 404 for all others is no service."""
    idle, used = account.balancer("idle"), account.balancer("used")
    for arn, action in ((idle, NOT_FOUND), (used, ELSEWHERE)):
        listener = account.kit.elb.describe_listeners(LoadBalancerArn=arn)["Listeners"][0]["ListenerArn"]
        condition = {"Field": "path-pattern", "Values": ["/old"]}
        account.kit.elb.create_rule(ListenerArn=listener, Priority=1, Conditions=[condition], Actions=[action])
    assert ids(account.find(find_balancers)) == {idle}


def test_a_protected_load_balancer_needs_another_command_first_and_reserved_capacity_costs(account: Account) -> None:
    arn = account.bare_balancer("idle")
    attribute = {"Key": "deletion_protection.enabled", "Value": "true"}
    account.kit.elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[attribute])
    minimum = {"CapacityUnits": 100}
    account.kit.elb.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity=minimum)
    leftover = found(account.find(find_balancers), arn)
    assert [command.split()[2] for command in leftover.commands] == [
        "modify-load-balancer-attributes",
        "delete-load-balancer",
    ]
    assert ("reserved-lcu", 100) in [(q.price_key, q.quantity) for q in leftover.quantities]


def test_classic_load_balancers(account: Account) -> None:
    account.classic("used", account.instance())
    account.classic("empty")
    finding = account.find(find_classic_balancers)
    assert ids(finding) == {"empty"}
    assert found(finding, "empty").why == "it has no instances"
    assert found(finding, "empty").commands == (
        f"aws elb delete-load-balancer --region {REGION} --load-balancer-name empty",
    )


def test_hosted_zones(account: Account) -> None:
    empty = account.zone("empty.example.com")
    account.zone("used.example.com", "www.used.example.com")
    finding = account.find(find_hosted_zones)
    assert ids(finding) == {empty}
    assert found(finding, empty).commands == (f"aws route53 delete-hosted-zone --id {empty}",)


@pytest.mark.parametrize(
    ("type", "value", "is_left"),
    [("CNAME", "_0123.acm-validations.aws.", True), ("CNAME", "www.example.com.", False), ("A", "192.0.2.1", False)],
)
def test_a_zone_of_elbplan_in_which_only_validation_records_stayed(
    account: Account, type: str, value: str, is_left: bool
) -> None:
    dns = account.kit.dns
    made = dns.create_hosted_zone(Name="own.net", CallerReference="elbplan/gone/ap-northeast-2/0a1b2c/01234567")
    id = made["HostedZone"]["Id"].rpartition("/")[2]
    record = {"Name": "_0a1b.app.own.net", "Type": type, "TTL": 300, "ResourceRecords": [{"Value": value}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    dns.change_resource_record_sets(HostedZoneId=id, ChangeBatch=changes)
    finding = account.find(find_hosted_zones)
    assert ids(finding) == ({id} if is_left else set())
    assert not is_left or "validate certificates" in found(finding, id).why


def test_capacity_reservations(account: Account) -> None:
    unused = account.box.create_fixture("capacity_reservation", region=REGION, type="t3.small", number=2)
    account.box.create_fixture("capacity_reservation", region=REGION, number=2, used=1)
    cancelled = account.box.create_fixture("capacity_reservation", region=REGION)
    account.kit.ec2.cancel_capacity_reservation(CapacityReservationId=cancelled)
    finding = account.find(find_reservations)
    assert ids(finding) == {unused}
    assert found(finding, unused).title == f"capacity reservation {unused}, 2 x t3.small"


@pytest.mark.parametrize("operation", ["DescribeNatGateways", "DescribeRouteTables"])
def test_a_missing_permission_hides_only_its_own_kind(account: Account, operation: str) -> None:
    account.nat_gateway()
    address = account.address()
    account.box.fault("error", service="ec2", action=operation, code="UnauthorizedOperation")
    finding = account.find()
    assert ids(finding) == {address}
    assert [(entry.title, entry.why) for entry in finding.not_checked] == [("NAT gateways", f"needs ec2:{operation}")]
