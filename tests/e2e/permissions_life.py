"""The life of a stack under its own least policies, with the changes that each kind of resource can need."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elbplan.core.hazard import HAZARDS
from elbplan.core.stack import Stack
from elbplan.permissions.policy import Command, combined, policy
from elbplan.sandbox.box import Box
from elbplan.sandbox.iam.policies import Need
from elbplan.spec import load
from tests.cli.kit import CommandResult, Shell
from tests.e2e.stage import BoxClock
from tests.e2e.surroundings import prepare

ALLOWED = [word for hazard in HAZARDS for word in ("--allow", hazard)]
ZONES = ["example.com", *(f"zone-{number}.test" for number in range(100))]
"""AWS lists 100 hosted zones at once; of more, elbplan asks for those of a name."""
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
Drift = Callable[["Life"], None]


@dataclass
class Life:
    """A stack on its own simulator. Each command has only the policy that elbplan prints for it."""

    box: Box
    folder: Path
    text: str
    needs: dict[Command, list[Need]] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)
    before: str = ""

    def __post_init__(self) -> None:
        self.shell = Shell(self.box, self.folder)
        self.stack = self.loaded(self.text)
        assert self.stack.region
        self.region: str = self.stack.region
        self.ids = self.box.create_defaults(self.region, hosted_zones=ZONES)
        prepare(self.box, self.region, self.text)
        self.before = self.text

    def loaded(self, text: str) -> Stack:
        (stack,) = load([self.shell.write("web.yaml", text)])
        return stack

    def client(self, service: str) -> Any:
        return self.box.client(service, self.region)

    def run(self, command: Command, *words: str, text: str = "", policies: Any = None) -> CommandResult:
        """Runs a command on a spec, and notes what it needed. A change of a spec has the policies of both specs."""
        wanted = text or self.text
        stacks = [self.loaded(self.before), self.loaded(wanted)]
        self.before = wanted
        self.box.policy(policies or combined(policy(stack, command) for stack in stacks).document)
        self.box.clear_calls()
        done = self.shell.run(words[0], f"{self.folder}/web.yaml", *words[1:], clock=BoxClock(self.box))
        calls = self.box.calls
        self.box.policy(None)
        self.needs.setdefault(command, []).extend(Need(**need) for call in calls for need in call.needs)
        if not policies:
            self.denied += [f"{' '.join(words)}: {call.action}" for call in calls if call.outcome in DENIED]
            self.denied += re.findall(r"missing permission: .*", done.err)
        return done

    def apply(self, text: str = "") -> None:
        done = self.run("apply", "apply", "--yes", *ALLOWED, text=text)
        assert done.code == 0, done.err[-3000:] + done.out[-1000:]

    def drift(self) -> None:
        """Changes everything by hand that elbplan can set right in place."""
        for change in DRIFTS:
            change(self)


def of_kind(life: Life, kind: str) -> list[str]:
    """The ARNs or ids of the stack's resources of a kind, by their tags."""
    found = life.box.tagged(life.stack.name)
    return sorted(arn for arn, tags in found.items() if tags["elbplan:address"].startswith(f"{kind}."))


def last(arn: str) -> str:
    return arn.rpartition("/")[2]


def stopped_server(life: Life) -> None:
    for server in of_kind(life, "instance")[:1]:
        life.client("ec2").stop_instances(InstanceIds=[last(server)])


def other_group_of_server(life: Life) -> None:
    groups = list(map(last, of_kind(life, "security_group")))
    for server in of_kind(life, "instance")[-1:]:
        life.client("ec2").modify_instance_attribute(InstanceId=last(server), Groups=groups)


def other_description(life: Life) -> None:
    for arn in of_kind(life, "security_group"):
        (group,) = life.client("ec2").describe_security_groups(GroupIds=[last(arn)])["SecurityGroups"]
        permission = group["IpPermissions"][0]
        for source in (*permission["IpRanges"], *permission["UserIdGroupPairs"]):
            source["Description"] = "changed by hand"
        wanted = {key: value for key, value in permission.items() if value and key not in ("Ipv6Ranges",)}
        life.client("ec2").update_security_group_rule_descriptions_ingress(GroupId=last(arn), IpPermissions=[wanted])


def more_ports(life: Life) -> None:
    group = last(of_kind(life, "security_group")[0])
    life.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=8443, ToPort=8443, CidrIp="10.0.0.0/8"
    )


ZONAL_SHIFT = {"Key": "zonal_shift.config.enabled", "Value": "true"}
LONG_HSTS = {"Key": "routing.http.response.strict_transport_security.header_value", "Value": "max-age=99"}
SHORT_TIMEOUT = {"Key": "tcp.idle_timeout.seconds", "Value": "99"}


def balancer_changed(life: Life) -> None:
    elb, subnets = life.client("elbv2"), life.ids["subnets"]
    (arn,) = of_kind(life, "load_balancer")
    if ":loadbalancer/app/" in arn:
        zones = sorted(subnets)
        elb.set_subnets(LoadBalancerArn=arn, Subnets=[subnets[zones[1]], subnets[zones[-1]]])
        elb.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[life.ids["security_group"]])
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[ZONAL_SHIFT])


MULTI_VALUE_HEADERS = {"Key": "lambda.multi_value_headers.enabled", "Value": "true"}


def groups_changed(life: Life) -> None:
    elb = life.client("elbv2")
    for arn in of_kind(life, "target_group"):
        (group,) = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        if group["TargetType"] == "lambda":
            elb.modify_target_group(TargetGroupArn=arn, HealthCheckEnabled=True)
            elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[MULTI_VALUE_HEADERS])
            continue
        other = {"HealthCheckPath": "/other"} if group["Protocol"] == "HTTP" else {"HealthCheckIntervalSeconds": 77}
        elb.modify_target_group(TargetGroupArn=arn, **other)
        delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "7"}]
        elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=delay)
        for server in of_kind(life, "instance")[-1:]:
            elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": last(server), "Port": 8099}])


def group_of_others(life: Life) -> str:
    """A target group for TCP that no stack has."""
    made = life.client("elbv2").create_target_group(Name="others", Protocol="TCP", Port=7000, VpcId=life.ids["vpc"])
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def listeners_changed(life: Life) -> None:
    elb = life.client("elbv2")
    for arn in of_kind(life, "listener"):
        if ":listener/app/" not in arn:
            action = {"Type": "forward", "TargetGroupArn": group_of_others(life)}
            elb.modify_listener(ListenerArn=arn, DefaultActions=[action])
            (listener,) = elb.describe_listeners(ListenerArns=[arn])["Listeners"]
            if listener["Protocol"] == "TCP":  # others have no attributes
                elb.modify_listener_attributes(ListenerArn=arn, Attributes=[SHORT_TIMEOUT])
            continue
        action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
        elb.modify_listener(ListenerArn=arn, DefaultActions=[action])
        elb.modify_listener_attributes(ListenerArn=arn, Attributes=[LONG_HSTS])


def health_checks_changed(life: Life) -> None:
    route53 = life.client("route53")
    for check in route53.list_health_checks()["HealthChecks"]:
        route53.update_health_check(HealthCheckId=check["Id"], FailureThreshold=7)


def rules_changed(life: Life) -> None:
    elb, rules = life.client("elbv2"), of_kind(life, "rule")
    if rules:
        priorities = [{"RuleArn": arn, "Priority": 500 - number} for number, arn in enumerate(rules)]
        elb.set_rule_priorities(RulePriorities=priorities)
        elb.modify_rule(RuleArn=rules[0], Conditions=[{"Field": "path-pattern", "Values": ["/else"]}])


DRIFTS: tuple[Drift, ...] = (
    stopped_server, other_group_of_server, other_description, more_ports, balancer_changed, groups_changed,
    listeners_changed, health_checks_changed, rules_changed,
)  # fmt: skip
