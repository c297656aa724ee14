"""The way of a request through security groups: which connection is open, missing or unknown, and what opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.resource import Resource, rewrite
from elbplan.core.security_edge import SecurityEdge
from elbplan.kinds.aws.ingress_rules import Permission
from elbplan.kinds.external_servers import ExternalServer, ExternalServers, ServerGroup, Subnet
from elbplan.kinds.security_path import security_path
from elbplan.kinds.security_rules import PathFacts

from ..render.plans import REGION, stack

LB = Address("security_group", "lb")
IDS = {LB: "sg-01b", Address("load_balancer", "main"): "arn:lb"}
SPEC = """
name: my-web
region: ap-northeast-2
network: {vpc: vpc-0a, subnets: [subnet-0a, subnet-0c]}
targets: {instances: [i-0aaaaaaaaaaaaaaaa], port: 8080}
"""
DOMAIN = "domain: api.example.com\n"
CHECKED = SPEC.replace("8080}", "8080, health: {path: /up, port: 9000}}")
NETWORK = SPEC.replace("port: 8080", "port: 8080, protocol: TCP") + "type: network\n"
SUBNETS = {"subnet-0a": Subnet(f"{REGION}a", "172.31.0.0/20"), "subnet-0c": Subnet(f"{REGION}c", "172.31.32.0/20")}
HALVES = ("172.31.0.0/20", "172.31.32.0/20")


def rule(port: int, **source: str) -> Permission:
    return Permission.model_validate({"from_port": port, "to_port": port, **source})


def external(*rules: Permission, groups: Sequence[str] = ("sg-0e",), read: bool = True) -> ExternalServers:
    """Facts about one server, whose first security group has these rules."""
    server = ExternalServer("i-0aaaaaaaaaaaaaaaa", REGION, vpc="vpc-0a", groups=tuple(groups), name="server-a")
    known = {"sg-0e": rules} if read else {}
    return ExternalServers({server.id: server}, known, {"sg-0e": ServerGroup("server-sg")}, SUBNETS)


def path(spec: str, facts: ExternalServers, ids: Mapping[Address, str] = IDS) -> list[SecurityEdge]:
    return list(security_path(stack(spec).resources, PathFacts(facts, ids, REGION)))


def states(edges: Sequence[SecurityEdge]) -> list[str]:
    return [f"{edge.source} {edge.port_text} {edge.destination} {edge.state}" for edge in edges]


def test_the_path_goes_from_clients_through_the_listeners_to_the_servers() -> None:
    edges = path(SPEC + DOMAIN, external(rule(8080, group="sg-01b")))
    assert states(edges) == [
        "0.0.0.0/0 443 load_balancer.main open",
        "0.0.0.0/0 80 load_balancer.main open",
        "sg-01b 8080 server-a (i-0aaaaaaaaaaaaaaaa) open",
    ]
    assert [edge.uses for edge in edges] == [("listener",), ("listener",), ("requests", "health checks")]
    assert [edge.fix for edge in edges] == ["", "", ""]


def test_a_health_check_on_another_port_is_a_connection_of_its_own() -> None:
    *_, requests, checks = path(CHECKED, external(rule(8080, group="sg-01b")))
    assert (requests.port, requests.uses, requests.state) == (8080, ("requests",), "open")
    assert (checks.port, checks.uses, checks.state) == (9000, ("health checks",), "missing")


def test_a_missing_rule_is_named_with_the_command_that_adds_it() -> None:
    *_, edge = path(SPEC, external())
    assert edge.state == "missing"
    assert edge.group == "sg-0e"
    assert edge.why == "no inbound rule of sg-0e allows 8080 from sg-01b"
    assert edge.rule == "8080 from 172.31.0.0/20, 172.31.32.0/20"
    assert edge.openable
    assert edge.command == (
        "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id sg-0e --ip-permissions "
        '"IpProtocol=tcp,FromPort=8080,ToPort=8080,IpRanges=[{CidrIp=172.31.0.0/20},{CidrIp=172.31.32.0/20}]"'
    )
    assert edge.fix == f"write `open: true` at the targets, or add the rule {edge.rule} to sg-0e"


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ([rule(8080, group="sg-01b")], "open"),
        ([rule(8080, cidr="172.31.0.0/16")], "open"),
        ([rule(8080, cidr=cidr) for cidr in HALVES], "open"),
        ([rule(8080, cidr=HALVES[0])], "missing"),
        ([rule(8081, group="sg-01b")], "missing"),
        ([rule(8080, group="sg-0ff")], "missing"),
        ([rule(8080, prefix_list="pl-0a")], "unknown"),
    ],
)
def test_what_opens_a_server(rules: list[Permission], state: str) -> None:
    *_, edge = path(SPEC, external(*rules))
    assert edge.state == state


def test_what_elbplan_did_not_read_is_unknown() -> None:
    *_, edge = path(SPEC, external(read=False))
    assert (edge.state, edge.why) == ("unknown", "elbplan does not know all rules of sg-0e")
    *_, edge = path(SPEC, ExternalServers())
    assert (edge.state, edge.why) == ("unknown", "elbplan did not read i-0aaaaaaaaaaaaaaaa")
    *_, edge = path(SPEC.replace("instances: [i-0aaaaaaaaaaaaaaaa]", "ips: [10.0.0.7]"), external())
    assert (edge.state, edge.server) == ("unknown", "10.0.0.7")
    *_, edge = path(SPEC, external(rule(8080, group="sg-01b"), groups=("sg-0e", "sg-0f")))
    assert edge.state == "open"


def test_a_listener_needs_a_rule_for_its_clients() -> None:
    resources = dict(stack(SPEC + DOMAIN).resources)
    wanted = dict(resources)
    resources[LB] = resources[LB].model_copy(update={"ingress": resources[LB].ingress[1:]})
    edges = security_path(resources, PathFacts(external(), IDS, REGION, wanted))
    closed, opened = (edge for edge in edges if edge.to == "balancer")
    assert (closed.port, closed.state, opened.state) == (443, "missing", "open")
    assert closed.rule == "443 from anywhere"
    assert closed.command == (
        "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id sg-01b --ip-permissions "
        '"IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]"'
    )


def test_the_clients_are_those_whom_the_spec_allows() -> None:
    edges = path(SPEC + "allow: [203.0.113.0/24, sg-0c]\n", external())
    assert [(edge.source, edge.state) for edge in edges if edge.to == "balancer"] == [
        ("203.0.113.0/24", "open"),
        ("sg-0c", "open"),
    ]


def test_a_security_group_of_others_at_the_load_balancer() -> None:
    def foreign(resources: Mapping[Address, Resource]) -> dict[Address, Resource]:
        return {a: rewrite(r, lambda ref: (AwsId("sg-0f"),) if ref == LB else (ref,)) for a, r in resources.items()}

    resources = foreign(stack(SPEC).resources)
    edge, server = security_path(resources, PathFacts(external(rule(8080, group="sg-0f")), IDS, REGION))
    assert (edge.state, edge.why) == ("unknown", "elbplan does not know all rules of sg-0f")
    assert server.state == "open"


def test_servers_of_the_stack_have_the_security_group_of_the_stack() -> None:
    spec = SPEC.replace("instances: [i-0aaaaaaaaaaaaaaaa], port: 8080", "servers: web, port: 8080")
    spec += "servers: {web: {image: ami-0123456789abcdef0, count: 2}}\n"
    *_, first, second = path(spec, ExternalServers())
    assert (first.server, first.groups, first.state) == ("instance.web-1", ("security_group.web-servers",), "open")
    assert second.state == "open"


def test_a_network_load_balancer_without_security_groups_connects_from_its_subnets() -> None:
    resources = dict(stack(NETWORK).resources)
    balancer = resources[Address("load_balancer", "main")].model_copy(update={"security_groups": None})
    resources[Address("load_balancer", "main")] = balancer
    edges = security_path(resources, PathFacts(external(), IDS, REGION))
    assert [(edge.to, edge.source, edge.state) for edge in edges] == [("server", ", ".join(HALVES), "missing")]
    (edge,) = security_path(resources, PathFacts(external(rule(8080, cidr="0.0.0.0/0")), IDS, REGION))
    assert edge.state == "open"
