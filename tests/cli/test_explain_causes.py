"""`elbplan explain` for addresses and names: routes, network ACLs, listeners, name servers, and what nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from elbplan.kinds.delegation import ParentAnswer

from .kit import Shell
from .test_explain_reasons import REGION, Stack

OTHERS = ("ns-1.registrar.example", "ns-2.registrar.example")


@dataclass(frozen=True)
class Parent:
    """A parent zone that has these name servers for every zone."""

    servers: tuple[str, ...]

    def name_servers(self, zone: str) -> ParentAnswer:
        return ParentAnswer(self.servers)


@pytest.fixture
def stack(shell: Shell) -> Stack:
    """A healthy stack of the course, with the name api.example.com."""
    stack = Stack(shell)
    stack.spec = shell.write("web.yaml", stack.text(f"instances: [{stack.a}, {stack.c}]") + "domain: api.example.com\n")
    assert shell.run("apply", "--yes", stack.spec).code == 0
    return stack


def hosted_zone_servers(stack: Stack) -> list[str]:
    dns = stack.box.client("route53", REGION)
    (zone,) = dns.list_hosted_zones()["HostedZones"]
    servers: list[str] = dns.get_hosted_zone(Id=zone["Id"])["DelegationSet"]["NameServers"]
    return servers


def test_a_stack_that_works_has_no_cause(stack: Stack) -> None:
    stack.shell.dns = Parent(tuple(hosted_zone_servers(stack)))
    stack.box.clear_calls()
    for word in ("api.example.com", "https://api.example.com/login", stack.balancer["DNSName"], "load_balancer.main"):
        text = stack.explain(word)
        assert "✗" not in text
        assert "? " not in text
        assert "No cause found" in text
    assert stack.box.writes() == []
    assert "is delegated to its 4 name servers" in stack.explain("record.api.example.com")


def test_a_subnet_without_a_route_to_an_internet_gateway(stack: Stack) -> None:
    (table,) = stack.ec2.describe_route_tables()["RouteTables"]
    gateway = next(route["GatewayId"] for route in table["Routes"] if route["GatewayId"].startswith("igw-"))
    stack.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    text = stack.explain("load_balancer.main")
    subnets = [zone["SubnetId"] for zone in stack.balancer["AvailabilityZones"]]
    assert all(f"subnet {subnet} (ap-northeast-2" in text for subnet in subnets)
    assert f"cause route table {table['RouteTableId']} has no route for 0.0.0.0/0 fix add the route: aws ec2" in text
    assert f"create-route --region {REGION} --route-table-id {table['RouteTableId']}" in text
    assert f"--destination-cidr-block 0.0.0.0/0 --gateway-id {gateway}" in text
    assert "more elbplan explain 000" in text
    assert text.endswith("1 cause found.")


def test_a_network_acl_that_is_closed_to_clients(stack: Stack) -> None:
    acl = stack.ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
    stack.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=100 - 1, Protocol="6", RuleAction="deny", Egress=True, CidrBlock="0.0.0.0/0",
        PortRange={"From": 32768, "To": 65535},
    )  # fmt: skip
    text = stack.explain("load_balancer.main")
    assert f"network ACL {acl} of subnet-" in text
    assert "does not let out ports 1024-65535 to 0.0.0.0/0: entry 99 denies it" in text
    assert f"--network-acl-id {acl} --egress --rule-number 90 --protocol tcp --port-range From=1024,To=65535" in text


def test_a_closed_security_group_of_the_load_balancer(stack: Stack) -> None:
    (group,) = stack.balancer["SecurityGroups"]
    (raw,) = stack.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    https = [rule for rule in raw["IpPermissions"] if rule["FromPort"] == 443]
    stack.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=https)
    text = stack.explain("listener.443")
    assert (
        f"✗ security group, port 443 of load balancer main no inbound rule of {group} allows 443 from anywhere" in text
    )
    assert f"elbplan apply {stack.spec}" in text


def test_name_servers_that_differ(stack: Stack) -> None:
    stack.shell.dns = Parent(OTHERS)
    text = stack.explain("api.example.com")
    assert f"example.com is delegated to {', '.join(OTHERS)}, not to its hosted zone" in text
    assert "fix enter these name servers at the registrar of example.com, or in its parent zone: ns-" in text
    assert "more elbplan explain zone-not-delegated" in text
    for word in ("record.api.example.com", "certificate.main"):
        assert "✗ zone example.com" in stack.explain(word)


def test_one_name_server_that_differs(stack: Stack) -> None:
    stack.shell.dns = Parent((*hosted_zone_servers(stack)[1:], OTHERS[0]))
    assert "✗ zone example.com" in stack.explain("record.api.example.com")
    assert f"{OTHERS[0]} is no name server of the hosted zone" in stack.explain("record.api.example.com")


def test_a_missing_listener(stack: Stack) -> None:
    arn = stack.balancer["LoadBalancerArn"]
    listeners = {
        raw["Port"]: raw["ListenerArn"] for raw in stack.elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    }
    stack.elb.delete_listener(ListenerArn=listeners[443])
    text = stack.explain("listener.443")
    assert f"✗ listener 443 it does not exist in AWS fix create it: elbplan apply {stack.spec}" in text
    assert "✗ listener 443 it does not exist in AWS" in stack.explain("api.example.com")


def test_a_server_by_its_id(stack: Stack) -> None:
    stack.ec2.stop_instances(InstanceIds=[stack.c])
    assert f"✗ server-c ({stack.c}), port 80 unused: Target.InvalidState" in stack.explain(stack.c)
    assert "server-c" not in stack.explain(stack.a)
    assert f"✓ server-a ({stack.a}), port 80 healthy" in stack.explain(stack.a)


def test_what_aws_does_not_let_elbplan_read_is_no_cause(stack: Stack) -> None:
    stack.sick("Target.Timeout")
    stack.box.fault("error", action="DescribeNetworkAcls", code="UnauthorizedOperation")
    text = stack.explain()
    assert "its security groups and network ACLs let" not in text
    assert "cause no answer on port 80 within 5 s" in text
    assert "? network ACLs elbplan could not read the network ACLs: AWS refused" in stack.explain("load_balancer.main")


def test_a_stack_that_cannot_be_planned(stack: Stack) -> None:
    stack.ec2.terminate_instances(InstanceIds=[stack.c])
    assert f"({stack.a}), port 80 healthy" in stack.explain()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("targets.wb", "did you mean targets.web?"),
        ("listener.8443", "did you mean listener.443?"),
        ("rule.nobody", "elbplan explain lists all words"),
        ("www.nobody.example", "elbplan explain lists all words"),
        ("i-0123456789abcdef0", "elbplan explain lists all words"),
    ],
)
def test_what_no_stack_knows(stack: Stack, word: str, hint: str) -> None:
    result = stack.shell.run("explain", word, stack.spec)
    assert result.code == 64
    assert f"no stack of these specs knows '{word}'" in result.err
    assert hint in result.err


def test_findings_for_programs(stack: Stack) -> None:
    stack.ec2.stop_instances(InstanceIds=[stack.c])
    (found,) = stack.shell.run("explain", "targets.web", stack.spec, "--json").document["diagnoses"]
    assert (found["subject"], found["stack"], found["region"], found["causes"]) == ("targets.web", "my-web", REGION, 1)
    cause = next(finding for finding in found["findings"] if finding["state"] == "cause")
    assert cause["more"] == "Target.InvalidState"
    assert cause["command"] == f"aws ec2 start-instances --region {REGION} --instance-ids {stack.c}"


def test_a_region_that_fails_is_an_error(stack: Stack) -> None:
    stack.box.fault("error", action="DescribeLoadBalancers", code="AccessDenied")
    result = stack.shell.run("explain", "targets.web", stack.spec)
    assert result.code == 1
    assert "elasticloadbalancing:DescribeLoadBalancers" in result.err


def test_status_names_a_closed_group_of_the_stack_too(shell: Shell) -> None:
    """The servers are the stack's own, and somebody revoked the rule that lets the load balancer in."""
    assert shell.run("apply", "--yes", shell.spec).code == 0
    ec2 = shell.box.client("ec2", REGION)
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["my-web-web-servers"]}])[
        "SecurityGroups"
    ]
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    for command in (("status",), ("explain", "targets.web")):
        text = " ".join(shell.run(*command, shell.spec).out.split())
        assert f"no inbound rule of {group['GroupId']} allows 80 from sg-" in text
        assert "run elbplan apply; if that changes nothing, write the rule into the spec" in text
