"""An import writes the addresses, attributes, capacity and pools of a load balancer; its first plan only adopts."""

from __future__ import annotations

from .console import Console, forward
from .stage import Stage
from .test_import import imported, shown


def test_a_network_load_balancer_with_elastic_ips(stage: Stage) -> None:
    console = Console(stage)
    elb, ec2 = console.client("elbv2"), console.client("ec2")
    first, second = (ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in "ac")
    group = console.security_group("game", [80])
    pairs = zip(console.subnets("ac"), (first, second), strict=True)
    mappings = [{"SubnetId": subnet, "AllocationId": address} for subnet, address in pairs]
    balancer = console.balancer("game", Type="network", SubnetMappings=mappings, SecurityGroups=[group])
    arn = balancer["LoadBalancerArn"]
    target = console.group("game", [{"Id": console.server("one")}], Protocol="TCP", HealthCheckProtocol="TCP")
    console.listener(balancer, 80, "TCP", forward(target))
    elb.set_security_groups(
        LoadBalancerArn=arn,
        SecurityGroups=[group],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )
    keys = {
        "load_balancing.cross_zone.enabled": "true",
        "dns_record.client_routing_policy": "availability_zone_affinity",
        "secondary_ips.auto_assigned.per_subnet": "2",
    }
    attributes = [{"Key": key, "Value": value} for key, value in keys.items()]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    elb.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity={"CapacityUnits": 300})
    stage.box.advance(3600)
    _, spec = imported(stage, "game")
    text = shown(spec)
    for words in (f"elastic_ip: {first}", "private_link_rules: false", "capacity: 300", "client_routing: zone",
                  "cross_zone: true", "secondary_addresses: 2"):  # fmt: skip
        assert words in text
    assert "load_balancer:" not in text
    assert {change.action for change in stage.plan(spec).changes} == {"adopt"}
    assert stage.run(stage.plan(spec)).complete
    assert stage.plan(spec).empty
    without = spec.replace("capacity: 300\n", "")
    assert stage.run(stage.plan(without)).complete
    assert "MinimumLoadBalancerCapacity" not in elb.describe_capacity_reservation(LoadBalancerArn=arn)


def test_an_application_load_balancer_with_pools(stage: Stage) -> None:
    console = Console(stage)
    group = console.security_group("by-hand-sg", [80])
    pools = {"IpamPools": {"Ipv4IpamPoolId": "ipam-pool-0a"}, "CustomerOwnedIpv4Pool": "ipv4pool-coip-0a"}
    balancer = console.balancer("shop", Subnets=console.subnets("ac"), SecurityGroups=[group], **pools)
    console.listener(balancer, 80, "HTTP", forward(console.group("web", [{"Id": console.server("one")}])))
    attributes = [
        {"Key": "idle_timeout.timeout_seconds", "Value": "120"},
        {"Key": "routing.http2.enabled", "Value": "false"},
    ]
    console.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=attributes
    )
    _, spec = imported(stage, "shop")
    text = shown(spec)
    for words in ("ipam_pool: ipam-pool-0a", "outpost_pool: ipv4pool-coip-0a", "idle_timeout: 2m", "http2: false"):
        assert words in text
    assert stage.run(stage.plan(spec)).complete
    assert stage.plan(spec).empty
