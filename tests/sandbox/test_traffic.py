"""The data plane: answered requests, and lost routes."""

from typing import Any

import pytest

from elbplan.sandbox.traffic.matching import matches_wildcard
from elbplan.sandbox.traffic.model import covers

from .kit import Kit, alias, forward, on_host, plain

Site = dict[str, Any]


@pytest.fixture
def site(kit: Kit) -> Site:
    """https://api.example.com in front of one healthy instance, and a redirect from http."""
    servers, front = kit.open_group("servers"), kit.open_group("front")
    instance, group = kit.instance(servers), kit.group()
    balancer = kit.balancer(SecurityGroups=[front])
    certificate = kit.issued()
    secure = kit.listener(
        balancer["LoadBalancerArn"], group, 443, Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}]
    )
    config = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    kit.listener(balancer["LoadBalancerArn"], "", 80, DefaultActions=[{"Type": "redirect", "RedirectConfig": config}])
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": instance}])
    kit.change(("CREATE", alias("api.example.com", balancer)))
    return {"balancer": balancer, "group": group, "instance": instance, "secure": secure, "front": front}


def test_a_complete_site_answers(kit: Kit, site: Site) -> None:
    answer = kit.box.traffic("api.example.com", 443)
    assert (answer["ok"], answer["status"]) == (True, 200)
    assert answer["via"][0] == "api.example.com"
    assert answer["via"][-1] == site["group"]
    assert kit.box.traffic("api.example.com", 80)["status"] == 301
    assert kit.box.traffic(site["balancer"]["DNSName"], 443, "api.example.com")["ok"]


def why(kit: Kit, *route: Any) -> str:
    answer = kit.box.traffic(*route)
    assert not answer["ok"]
    return str(answer["why"])


def test_reasons_without_an_answer(kit: Kit, site: Site) -> None:
    assert "does not resolve" in why(kit, "other.example.com")
    assert "does not listen on port 8080" in why(kit, "api.example.com", 8080) or "let port 8080" in why(
        kit, "api.example.com", 8080
    )
    assert "no issued certificate" in why(kit, site["balancer"]["DNSName"], 443)
    kit.box.sick("web")
    assert "no healthy target (unhealthy)" in why(kit, "api.example.com")
    kit.box.well("web")
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    kit.ec2.revoke_security_group_ingress(GroupId=site["front"], IpPermissions=[rule])
    assert "do not let port 443 in" in why(kit, "api.example.com")


def test_every_group_with_weight_must_answer(kit: Kit, site: Site) -> None:
    empty = kit.group("empty")
    both = forward(site["group"], empty, weights=(90, 10))
    kit.elb.modify_listener(ListenerArn=site["secure"], DefaultActions=[both])
    assert "target group empty has no healthy target (none)" in why(kit, "api.example.com")
    none = forward(site["group"], empty, weights=(100, 0))
    kit.elb.modify_listener(ListenerArn=site["secure"], DefaultActions=[none])
    assert kit.box.traffic("api.example.com")["ok"]


def test_the_first_matching_rule_decides(kit: Kit, site: Site) -> None:
    gone = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "410"}}
    conditions = [on_host("api.*"), {"Field": "path-pattern", "Values": ["/old/*"]}]
    kit.elb.create_rule(ListenerArn=site["secure"], Priority=5, Conditions=conditions, Actions=[gone])
    assert kit.box.traffic("api.example.com", 443, "api.example.com", "/old/x")["status"] == 410
    assert kit.box.traffic("api.example.com", 443, "api.example.com", "/new")["status"] == 200


def test_an_address_leads_to_a_running_instance(kit: Kit) -> None:
    instance = kit.instance()
    address = kit.ec2.allocate_address(Domain="vpc")
    kit.ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    kit.change(("CREATE", plain("direct.example.com", "A", address["PublicIp"])))
    assert kit.box.traffic("direct.example.com", 80)["via"] == ["direct.example.com", instance]
    kit.ec2.stop_instances(InstanceIds=[instance])
    assert "no running instance" in why(kit, "direct.example.com", 80)


def test_a_watched_route_that_is_lost_is_reported_with_its_write(kit: Kit, site: Site) -> None:
    kit.box.watch([("api.example.com", 443, "api.example.com", "/"), ("api.example.com", 80, "api.example.com", "/")])
    kit.group("unrelated")
    assert kit.box.unanswered() == []
    kit.box.clear_calls()
    kit.elb.deregister_targets(TargetGroupArn=site["group"], Targets=[{"Id": site["instance"]}])
    write, action, route, reason = kit.box.unanswered()[0]
    assert (write, action, route[1]) == (1, "DeregisterTargets", 443)
    assert "no healthy target" in reason


def test_dns_before_the_targets_is_a_gap_too(kit: Kit) -> None:
    kit.box.watch([("early.example.com", 80, "early.example.com", "/")])
    balancer = kit.balancer(SecurityGroups=[kit.open_group()])
    kit.listener(balancer["LoadBalancerArn"], kit.group())
    assert kit.box.unanswered() == []
    kit.change(("CREATE", alias("early.example.com", balancer)))
    assert "points at a load balancer that does not answer" in kit.box.unanswered()[0][3]


@pytest.mark.parametrize(
    ("name", "host", "is_covered"),
    [
        ("example.com", "example.com", True),
        ("*.example.com", "a.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
    ],
)
def test_names_that_a_certificate_covers(name: str, host: str, is_covered: bool) -> None:
    assert covers(name, host) is is_covered


def test_wildcards() -> None:
    assert matches_wildcard("/a/*", "/a/b/c")
    assert matches_wildcard("/a?", "/ab")
    assert not matches_wildcard("/a?", "/a")
    assert not matches_wildcard("/a.c", "/abc")
