"""Every reason of target health, produced on the simulator: `explain targets.web` and `status` name the right cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.session
import pytest

from tests.fake_time import FakeRunClock

from .kit import Shell

REGION = "ap-northeast-2"
NETWORK = f"name: my-web\nregion: {REGION}\nzones: [a, c]\n"
FUNCTION = f"""\
name: my-web
region: {REGION}
security_group: {{lb: {{vpc: default, ingress: [{{port: 80, cidr: 0.0.0.0/0}}]}}}}
load_balancer: {{main: {{subnets: [a, c], security_groups: [lb]}}}}
target_group: {{web: {{target_type: lambda, balancer: main}}}}
targets: {{web: {{group: web, members: [{{address: "arn:aws:lambda:{REGION}:123456789012:function:shop"}}]}}}}
listener:
  "80": {{load_balancer: main, port: 80, protocol: HTTP, action: {{type: forward, groups: [{{group: web}}]}}}}
"""


class Stack:
    """The course's stack: two servers of others in zones a and c behind a load balancer, all healthy."""

    def __init__(self, shell: Shell, text: str = "") -> None:
        self.shell, self.box = shell, shell.box
        shell.box.switch("slow", 0.0)
        shell.box.switch("drain", "short")
        shell.connect(REGION)
        self.ec2 = shell.box.client("ec2", REGION)
        self.elb = shell.box.client("elbv2", REGION)
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        group = self.ec2.create_security_group(GroupName="server-sg", Description="servers", VpcId=vpc)["GroupId"]
        self.server_group = str(group)
        self.rule = {
            "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "172.31.0.0/16"}],
        }  # fmt: skip
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[self.rule])
        self.a, self.c = (self._server(zone) for zone in "ac")
        self.spec = shell.write("web.yaml", text or self.text(f"instances: [{self.a}, {self.c}]"))
        assert shell.run("apply", "--yes", self.spec).code == 0

    def text(self, members: str) -> str:
        return f"{NETWORK}targets: {{{members}, port: 80, health: /health}}\n"

    def _server(self, zone: str) -> str:
        tags = {"Name": f"server-{zone}"}
        return str(
            self.box.create_fixture("instance", region=REGION, zone=zone, security_group=self.server_group, tags=tags)
        )

    @property
    def group(self) -> str:
        return str(self.elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"])

    @property
    def balancer(self) -> dict[str, Any]:
        balancer: dict[str, Any] = self.elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]
        return balancer

    def sick(self, reason: str, code: int | str = 500) -> None:
        self.box.sick(self.group, reason, code)

    def deregister(self, server: str) -> None:
        self.elb.deregister_targets(TargetGroupArn=self.group, Targets=[{"Id": server, "Port": 80}])

    def explain(self, word: str = "targets.web") -> str:
        result = self.shell.run("explain", word, self.spec)
        assert result.code == 0, result.err
        return " ".join(result.out.split())

    def status(self) -> str:
        return " ".join(self.shell.run("status", self.spec).out.split())


def register_again(stack: Stack) -> None:
    """A server that was registered some seconds ago."""
    stack.deregister(stack.a)
    stack.box.advance(1000)
    stack.box.switch("slow", 1000)
    stack.elb.register_targets(TargetGroupArn=stack.group, Targets=[{"Id": stack.a, "Port": 80}])


def first_checks(stack: Stack) -> None:
    register_again(stack)
    stack.box.advance(300)


def close_group(stack: Stack) -> None:
    stack.ec2.revoke_security_group_ingress(GroupId=stack.server_group, IpPermissions=[stack.rule])


def closed_before_the_first_check(stack: Stack) -> None:
    close_group(stack)
    first_checks(stack)


def close_network_acl(stack: Stack) -> None:
    acl = stack.ec2.describe_network_acls()["NetworkAcls"][0]["NetworkAclId"]
    stack.ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=50, Protocol="6", RuleAction="deny", Egress=False, CidrBlock="0.0.0.0/0",
        PortRange={"From": 80, "To": 80},
    )  # fmt: skip


def drain(stack: Stack) -> None:
    stack.box.switch("drain", "real")
    stack.deregister(stack.a)


def forget(stack: Stack) -> None:
    stack.deregister(stack.a)
    stack.box.advance(1)


def delete_listener(stack: Stack) -> None:
    for listener in stack.elb.describe_listeners(LoadBalancerArn=stack.balancer["LoadBalancerArn"])["Listeners"]:
        stack.elb.delete_listener(ListenerArn=listener["ListenerArn"])


def leave_zone(stack: Stack) -> None:
    subnets = {raw["AvailabilityZone"][-1]: raw["SubnetId"] for raw in stack.ec2.describe_subnets()["Subnets"]}
    arn = stack.balancer["LoadBalancerArn"]
    stack.elb.set_subnets(LoadBalancerArn=arn, Subnets=[subnets["a"], subnets["b"]])


def stop(stack: Stack) -> None:
    stack.ec2.stop_instances(InstanceIds=[stack.c])


def address_of_the_balancer(stack: Stack) -> None:
    """The spec names an address of the load balancer's own interface."""
    nodes = [{"Name": "requester-managed", "Values": ["true"]}]
    node = stack.ec2.describe_network_interfaces(Filters=nodes)["NetworkInterfaces"][0]["PrivateIpAddress"]
    stack.shell.write("web.yaml", stack.text(f"ips: [{node}]"))
    assert stack.shell.run("apply", "--yes", stack.spec, run_clock=FakeRunClock).code == 4


def sick(reason: str, code: int | str = 500) -> Callable[[Stack], None]:
    return lambda stack: stack.sick(reason, code)


@dataclass(frozen=True)
class Row:
    """A reason, how it comes about, and what the two commands say of it. `{...}` are attributes of the stack."""

    reason: str
    bring: Callable[[Stack], None]
    explained: tuple[str, ...]
    status: tuple[str, ...]
    spec: str = ""


MISMATCH = "Target.ResponseCodeMismatch"
CODES = {
    301: "the application redirects", 302: "the application redirects", 400: "the application refuses the Host header",
    401: "the page wants a login", 403: "the page wants a login", 404: "create that page",
    500: "the application runs, but fails", 502: "a proxy on the server gets no answer",
    503: "the application runs, but fails",
}  # fmt: skip
OPEN_APPLICATION = "let the application listen on 0.0.0.0:80, not only on 127.0.0.1"
ROWS = {
    "registration": Row(
        "Elb.RegistrationInProgress", register_again,
        ("✗ server-a ({a}), port 80 initial: Elb.RegistrationInProgress", "cause AWS is registering it",
         "✓ server-c ({c}), port 80 healthy"),
        ("1 of 2 healthy (1 initial)", "AWS is registering it"),
    ),
    "first checks": Row(
        "Elb.InitialHealthChecking", first_checks,
        ("initial: Elb.InitialHealthChecking", "cause the first health checks are running"),
        ("1 of 2 healthy (1 initial)", "the first health checks are running"),
    ),
    "first checks, closed group": Row(
        "Elb.InitialHealthChecking", closed_before_the_first_check,
        ("initial: Elb.InitialHealthChecking", "cause no inbound rule of {server_group} allows 80 from sg-",
         "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id {server_group}"),
        ("server-a ({a})", "no inbound rule of {server_group} allows port 80 from the load balancer"),
    ),
    **{
        f"code {code}": Row(
            MISMATCH, sick(MISMATCH, code),
            (f"unhealthy: {MISMATCH} (Health checks failed with these codes: [{code}])",
             f"cause HTTP {code} on /health", f"fix {fix}"),
            (f"HTTP {code} on /health", fix),
        )
        for code, fix in CODES.items()
    },
    "closed group": Row(
        "Target.Timeout", close_group,
        ("✗ server-a ({a}), port 80 ✗ server-c ({c}), port 80 unhealthy: Target.Timeout (Request timed out)",
         "cause no inbound rule of {server_group} allows 80 from sg-", "write `open: true` at the targets",
         "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id {server_group}"),
        ("no inbound rule of {server_group} allows port 80",
         "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id {server_group}"),
    ),
    "closed network ACL": Row(
        "Target.Timeout", close_network_acl,
        ("cause network ACL acl-", "does not let in port 80 from 172.31.", "entry 50 denies it",
         "aws ec2 create-network-acl-entry --region ap-northeast-2", "--ingress --rule-number 40 --protocol tcp"),
        ("no answer on port 80 within 5 s (Target.Timeout)",),
    ),
    "dead application": Row(
        "Target.Timeout", sick("Target.Timeout"),
        ("cause its security groups and network ACLs let the load balancer in, so the application does not answer",
         f"fix {OPEN_APPLICATION}"),
        ("no answer on port 80 within 5 s (Target.Timeout)", OPEN_APPLICATION),
    ),
    "refused connection": Row(
        "Target.FailedHealthChecks", sick("Target.FailedHealthChecks"),
        ("cause port 80 refuses or breaks the connection",
         "fix start the application on port 80; on the server try: curl -i http://localhost:80/health"),
        ("port 80 refuses or breaks the connection (Target.FailedHealthChecks)",),
    ),
    "AWS's own error": Row(
        "Elb.InternalError", sick("Elb.InternalError"),
        ("cause AWS has an internal error, which usually passes",), ("AWS has an internal error",),
    ),
    "deregistered": Row(
        "Target.NotRegistered", forget,
        ("✗ server-a ({a}), port 80 unused: Target.NotRegistered", "cause it is not registered in the target group",
         "fix run elbplan apply again: elbplan apply"),
        ("1 change pending", "targets: server-a", "is not registered"),
    ),
    "no listener": Row(
        "Target.NotInUse", delete_listener,
        ("✗ target group web no listener and no rule in AWS forwards to it", "fix create listener 80",
         "unused: Target.NotInUse"),
        ("no listener forwards to its target group (Target.NotInUse)", "listener 80 does not exist"),
    ),
    "zone without the load balancer": Row(
        "Target.NotInUse", leave_zone,
        ("✗ server-c ({c}), port 80 unused: Target.NotInUse",
         "cause it is in ap-northeast-2c; the load balancer has only ap-northeast-2a, ap-northeast-2b",
         "fix write `zones: [a, b, c]` in the spec"),
        ("it is in ap-northeast-2c, a zone that the load balancer does not have (Target.NotInUse)",),
    ),
    "stopped": Row(
        "Target.InvalidState", stop,
        ("✗ server-c ({c}), port 80 unused: Target.InvalidState (Target is in the stopped state)",
         "cause it is stopped", "fix start it",
         "aws ec2 start-instances --region ap-northeast-2 --instance-ids {c}"),
        ("server-c ({c}): it is stopped since", "(Target.InvalidState)", "aws ec2 start-instances"),
    ),
    "terminated": Row(
        "Target.InvalidState", sick("Target.InvalidState", "terminated"),
        ("cause it is terminated and cannot start again", "fix name another server in the spec"),
        ("it is terminated and cannot start again",),
    ),
    "address of the load balancer": Row(
        "Target.IpUnusable", address_of_the_balancer,
        ("unused: Target.IpUnusable", "cause the address belongs to a load balancer",
         "fix write the address of the server"),
        ("the address belongs to a load balancer (Target.IpUnusable)",),
    ),
    "draining": Row(
        "Target.DeregistrationInProgress", drain,
        ("✗ server-a ({a}), port 80 draining: Target.DeregistrationInProgress", "cause AWS is deregistering it",
         "fix run elbplan apply again when that is over"),
        ("1 change pending", "targets: server-a", "is not registered"),
    ),
    "no health checks": Row(
        "Target.HealthCheckDisabled", lambda stack: None,
        ("unavailable: Target.HealthCheckDisabled", "AWS does not check the health of this group"),
        ("web: 1 of 1 get requests (no health check)",), FUNCTION,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_each_reason_is_explained_with_its_cause(shell: Shell, name: str) -> None:
    row = ROWS[name]
    stack = Stack(shell, row.spec)
    row.bring(stack)
    explained, status = stack.explain(), stack.status()
    assert row.reason in explained
    assert f"more elbplan explain {row.reason}" in explained
    for text in row.explained:
        assert text.format(**vars(stack)) in explained
    for text in row.status:
        assert text.format(**vars(stack)) in status


def test_every_reason_has_a_row() -> None:
    shape = botocore.session.Session().get_service_model("elbv2").shape_for("TargetHealth")
    assert {row.reason for row in ROWS.values()} == set(shape.members["Reason"].enum)
