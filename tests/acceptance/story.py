"""The story of the course, as steps: balancer, servers of others, domain, HTTPS, redirect, a change, the end.

A step does something, checks it, and returns what it saw. It raises StepFailed, or NotAsked with the reason.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from . import servers as own
from .aws import Aws, CallRefused
from .commands import CommandResult, Elbplan, at_wait, is_wait
from .servers import Servers
from .settings import TAG, Settings
from .visitor import Get, RequestLoop

HAZARD = "targets-unreachable"
CLOSED_PORT = 8081
FIRST_ANSWER = 600.0


class StepFailed(Exception):
    """A check of the story does not hold."""


class NotAsked(Exception):
    """A step cannot be asked here, for this reason."""


@dataclass
class Stage:
    """What the steps share. `get` is None if the endpoint is no AWS: then no request can be answered."""

    settings: Settings
    aws: Aws
    elbplan: Elbplan
    get: Get | None
    servers: Servers = field(default_factory=Servers)
    timings: dict[str, float] = field(default_factory=dict)
    port: int = 80

    @property
    def host(self) -> str:
        return f"{self.settings.stack}.{self.settings.domain}"

    def write_spec(self, port: int, *, domain: bool = False) -> None:
        """Writes the spec. The servers are named by their tag, as servers that exist already."""
        zones = ", ".join(zone.removeprefix(self.aws.region) for zone in self.servers.zones)
        lines = [
            f"name: {self.settings.stack}", f"region: {self.aws.region}", f"zones: [{zones}]",
            f'tags: {{{TAG}: "{self.settings.run}"}}', *([f"domain: {self.host}"] if domain else []),
            f'targets: {{tag: "{TAG}={self.settings.run}", port: {port}, drain: 10s,',
            "          health: {path: /health, every: 10s, timeout: 5s, healthy: 2, unhealthy: 2}}",
        ]  # fmt: skip
        self.elbplan.write("\n".join(lines) + "\n")
        self.port = port

    def requester(self) -> Get:
        if self.get is None:
            raise NotAsked("the endpoint is not AWS, so no load balancer answers")
        return self.get

    def dns_name(self) -> str:
        """The DNS name of the stack's load balancer, from `elbplan status`."""
        status = succeeded(self.elbplan.run("status"))
        (stack,) = status.document["stacks"]
        return str(stack["load_balancers"][0]["dns_name"])


def check(holds: bool, otherwise: str) -> None:
    """Raises StepFailed."""
    if not holds:
        raise StepFailed(otherwise)


def succeeded(result: CommandResult) -> CommandResult:
    """Raises StepFailed if the command did not end with 0."""
    check(result.code == 0, f"elbplan {' '.join(result.words)} ended with {result.code}: {result.words_of_failure}")
    return result


def make_servers(stage: Stage) -> str:
    stage.servers = own.make_servers(stage.aws, stage.settings)
    took = own.wait_until_running(stage.aws, stage.servers.instances)
    stage.timings["servers run"] = took
    return f"2 servers in {', '.join(stage.servers.zones)}, running after {took:.0f} s; their group has no rule"


def plan_names_the_hazard(stage: Stage) -> str:
    stage.write_spec(80)
    (stack,) = succeeded(stage.elbplan.run("plan")).document["stacks"]
    names = [hazard["name"] for hazard in stack["hazards"]]
    check(names == [HAZARD], f"the plan has the hazards {names}, not {HAZARD}")
    return f"{stack['summary']['create']} to create; hazard: {stack['hazards'][0]['text']}"


def apply_is_refused(stage: Stage) -> str:
    result = stage.elbplan.run("apply", "--yes")
    check(result.code == 5 and HAZARD in result.err, f"ended with {result.code}: {result.words_of_failure}")
    check(not balancers(stage), "a load balancer exists although the apply was refused")
    return "exit code 5, and no load balancer was created"


def open_port(stage: Stage) -> str:
    own.open_port(stage.aws, stage.settings, stage.servers, 80)
    return "port 80 is open to the VPC"


def apply(stage: Stage) -> str:
    result = succeeded(stage.elbplan.run("apply", "--yes"))
    stage.timings["first apply"] = result.seconds
    return f"{result.events[-1]['done']} steps in {result.seconds:.0f} s"


def second_plan_is_empty(stage: Stage) -> str:
    plan = stage.elbplan.run("plan", "--exit-code")
    check(plan.code == 0, f"changes are pending (exit code {plan.code}): {plan.words_of_failure or plan.out[:600]}")
    return "nothing to do"


def balancer_answers(stage: Stage) -> str:
    get = stage.requester()
    url = f"http://{stage.dns_name()}/"
    took = stage.aws.wait_until(f"{url} answers", lambda: get(url).status == 200, FIRST_ANSWER)
    stage.timings["first answer over HTTP"] = took
    bodies = {get(url).body for _ in range(20)}
    check(len(bodies) == 2, f"not both servers answer: {sorted(bodies)}")
    return f"200 after {took:.0f} s; both servers answer"


def apply_the_domain(stage: Stage) -> str:
    need_domain(stage)
    stage.write_spec(80, domain=True)
    result = succeeded(stage.elbplan.run("apply", "--yes"))
    stage.timings["apply with domain"] = result.seconds
    return f"{stage.host}: {result.events[-1]['done']} steps in {result.seconds:.0f} s. {second_plan_is_empty(stage)}"


def need_domain(stage: Stage) -> None:
    if not stage.settings.domain:
        raise NotAsked("no domain: set ELBPLAN_ACCEPTANCE_DOMAIN to a public hosted zone of the account")


def https_answers(stage: Stage) -> str:
    need_domain(stage)
    get = stage.requester()
    url = f"https://{stage.host}/"
    took = stage.aws.wait_until(f"{url} answers", lambda: get(url).status == 200, FIRST_ANSWER)
    stage.timings["first answer over HTTPS"] = took
    plain = get(f"http://{stage.host}/")
    redirected = plain.status == 301 and plain.location.startswith("https://")
    check(redirected, f"http:// answers {plain.status} {plain.location or plain.body}, not a redirect to https://")
    return f"HTTPS answers after {took:.0f} s with a valid certificate; HTTP redirects to {plain.location}"


def change_the_port(stage: Stage) -> str:
    """The apply is killed with SIGKILL while it waits for the new targets, and runs again."""
    own.open_port(stage.aws, stage.settings, stage.servers, 8080)
    with_domain = bool(stage.settings.domain)
    before = f"https://{stage.host}/" if with_domain else f"http://{stage.dns_name()}/"
    stage.write_spec(8080, domain=with_domain)
    if stage.get is None:
        return f"{killed_and_repeated(stage)}; no requests: the endpoint is not AWS"
    with RequestLoop(stage.get, before) as loop:
        text = killed_and_repeated(stage)
    check(loop.failed == 0, f"{text}; {loop.text}")
    return f"{text}; {loop.text}"


def killed_and_repeated(stage: Stage) -> str:
    killed = stage.elbplan.run("apply", "--yes", watch=at_wait("targets", signal.SIGKILL))
    if killed.code != -signal.SIGKILL:
        succeeded(killed)
    again = succeeded(stage.elbplan.run("apply", "--yes"))
    second_plan_is_empty(stage)
    if killed.code == 0:
        return "the first apply ended before it could be killed"
    return f"killed at the wait for the new targets; the same command went on and ended in {again.seconds:.0f} s"


def roll_back(stage: Stage) -> str:
    """A change whose new targets never get healthy, since nothing listens there; it is interrupted and rolled back."""
    with_domain = bool(stage.settings.domain)
    stage.write_spec(CLOSED_PORT, domain=with_domain)
    watch = at_wait("targets", signal.SIGINT)
    stopped = stage.elbplan.run("apply", "--yes", "--allow", HAZARD, watch=watch)
    if any(event["type"] == "done" and is_wait("targets", event) for event in stopped.events):
        stage.write_spec(8080, domain=with_domain)
        succeeded(stage.elbplan.run("apply", "--yes"))
        raise NotAsked(f"the endpoint says that targets on the closed port {CLOSED_PORT} are healthy")
    check(stopped.code == 130, f"after Ctrl-C the apply ended with {stopped.code}: {stopped.words_of_failure}")
    succeeded(stage.elbplan.run("apply", "--yes", "--rollback"))
    stage.write_spec(8080, domain=with_domain)
    return f"interrupted with 130, rolled back; with the spec before: {second_plan_is_empty(stage)}"


def destroy(stage: Stage) -> str:
    result = succeeded(stage.elbplan.run("destroy", "--confirm", stage.settings.stack))
    stage.timings["destroy"] = result.seconds
    return f"{result.events[-1]['done']} steps in {result.seconds:.0f} s"


def nothing_is_left(stage: Stage) -> str:
    again = succeeded(stage.elbplan.run("destroy", "--confirm", stage.settings.stack))
    check(not [event for event in again.events if event["type"] == "done"], "a second destroy still finds something")
    check(not balancers(stage), "the load balancer still exists")
    filters = [{"Name": "description", "Values": [f"ELB app/{stage.settings.stack}/*"]}]
    left = stage.aws.ask("ec2", "describe_network_interfaces", Filters=filters)["NetworkInterfaces"]
    check(not left, f"{len(left)} network interfaces of the load balancer still exist")
    filters = [{"Name": "tag:elbplan:stack", "Values": [stage.settings.stack]}]
    groups = stage.aws.ask("ec2", "describe_security_groups", Filters=filters)["SecurityGroups"]
    check(not groups, f"security groups of the stack still exist: {[group['GroupId'] for group in groups]}")
    return "a second destroy has nothing to do; balancer, interfaces and security groups are gone"


def balancers(stage: Stage) -> list[str]:
    """The load balancers with the name of the stack."""
    try:
        found = stage.aws.ask("elbv2", "describe_load_balancers", Names=[stage.settings.stack])
    except CallRefused as refused:
        if refused.code == "LoadBalancerNotFound":
            return []
        raise
    return [balancer["LoadBalancerArn"] for balancer in found["LoadBalancers"]]


@dataclass(frozen=True)
class Step:
    """One step: what a person reads, and the function that does and checks it."""

    name: str
    expects: str
    do: Callable[[Stage], str]


STEPS = (
    Step("servers", "two servers of somebody else, behind a closed security group", make_servers),
    Step("plan", f"the plan names the hazard {HAZARD}", plan_names_the_hazard),
    Step("refusal", "apply refuses, with exit code 5, before it creates anything", apply_is_refused),
    Step("open the port", "the owner of the servers lets the VPC in", open_port),
    Step("apply", "no hazard; load balancer, security group, target group with health check, listener", apply),
    Step("second plan", "empty", second_plan_is_empty),
    Step("HTTP", "the load balancer answers, from both servers", balancer_answers),
    Step("domain", "certificate, HTTPS listener, redirect, alias; then an empty plan", apply_the_domain),
    Step("HTTPS", "the domain answers with a valid certificate, and HTTP redirects", https_answers),
    Step("another port", "killed in the middle, run again, and no request fails", change_the_port),
    Step("rollback", "an interrupted change is rolled back", roll_back),
    Step("destroy", "everything of the stack is deleted", destroy),
    Step("nothing is left", "no load balancer, network interface or security group of the stack", nothing_is_left),
)
