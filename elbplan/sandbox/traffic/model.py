"""Whether a request would be answered, from the state of the account alone. In doubt, it would not.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from dataclasses import dataclass, field

from ..account import Account, CallContext
from ..ec2 import facts
from ..elbv2.health import health_of
from ..elbv2.targets import current_targets
from ..params import Params
from ..server.moto_bridge import known_regions
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener, StoredRule
from ..state.route53 import plain
from .matching import matches

ANYWHERE = {"0.0.0.0/0"}


@dataclass
class TrafficAnswer:
    """The answer to a request: its HTTP status (0 without HTTP), its way, and the reason if there is none."""

    ok: bool
    status: int = 0
    via: list[str] = field(default_factory=list)
    why: str = ""


def answer(account: Account, name: str, port: int = 443, host: str = "", path: str = "/") -> TrafficAnswer:
    """Simulates a request to `name` (a domain or a load balancer's DNS name) at a port, for a host and a path."""
    return _resolve(account, plain(name), port, plain(host or name), path, [], 8)


def _resolve(account: Account, name: str, port: int, host: str, path: str, via: list[str], depth: int) -> TrafficAnswer:
    if balancer := account.balancer_at(name):
        return _by_balancer(
            CallContext(account, balancer.arn.split(":")[3]), balancer, port, host, path, [*via, balancer.arn]
        )
    if not depth:
        return TrafficAnswer(False, via=via, why=f"{name} is part of an endless chain of aliases")
    for record in account.dns.lookup(name, "A"):
        if target := record.get("AliasTarget"):
            return _resolve(account, plain(target["DNSName"]), port, host, path, [*via, name], depth - 1)
        return _by_addresses(account, [value["Value"] for value in record["ResourceRecords"]], [*via, name])
    for record in account.dns.lookup(name, "CNAME"):
        value = plain(record["ResourceRecords"][0]["Value"])
        return _resolve(account, value, port, host, path, [*via, name], depth - 1)
    return TrafficAnswer(False, via=via, why=f"{name} does not resolve")


def _by_addresses(account: Account, addresses: list[str], via: list[str]) -> TrafficAnswer:
    """Every address must be a public address of a running instance."""
    for address in addresses:
        running = _running_at(account, address)
        if running is None:
            return TrafficAnswer(False, via=via, why=f"no running instance has the address {address}")
        via = [*via, running]
    return TrafficAnswer(True, 200, via)


def _running_at(account: Account, address: str) -> str | None:
    for region in known_regions(account.id):
        context = CallContext(account, region)
        for instance in facts.instances(context):
            elastic_ips = {elastic.public_ip for elastic in context.ec2.addresses if elastic.instance is instance}
            if instance.state == "running" and address in {instance.public_ip, *elastic_ips}:
                return str(instance.id)
    return None


def _by_balancer(
    context: CallContext, balancer: StoredBalancer, port: int, host: str, path: str, via: list[str]
) -> TrafficAnswer:
    state = balancer.state(context.now)
    if state != "active":
        return TrafficAnswer(False, via=via, why=f"load balancer {balancer.name} is {state}")
    if balancer.security_groups and not _let_in(context, balancer, port):
        return TrafficAnswer(False, via=via, why=f"security groups of {balancer.name} do not let port {port} in")
    listeners = context.elb.listeners_of(balancer.arn)
    listener = next((candidate for candidate in listeners if candidate.port == port), None)
    if listener is None:
        return TrafficAnswer(False, via=via, why=f"load balancer {balancer.name} does not listen on port {port}")
    if listener.protocol in SECURE and not _certified(context, listener, host):
        return TrafficAnswer(False, via=[*via, listener.arn], why=f"no issued certificate on port {port} covers {host}")
    rules = listener.all_rules()
    rule = next(rule for rule in rules if rule.default or matches(rule.conditions, host, path))
    return _by_rule(context, rule, [*via, listener.arn, rule.arn])


def _let_in(context: CallContext, balancer: StoredBalancer, port: int) -> bool:
    protocols = ("tcp", "6", "udp", "17") if balancer.type == "network" else ("tcp", "6")
    return facts.allows_port(context, set(balancer.security_groups), port, set(), ANYWHERE, protocols)


def _certified(context: CallContext, listener: StoredListener, host: str) -> bool:
    if listener.protocol == "TLS" and ".elb." in host:
        return True
    certificates = [context.account.certificates.get(arn) for arn in listener.certificates]
    issued = [certificate for certificate in certificates if certificate and certificate.status == "ISSUED"]
    return any(covers(name, host) for certificate in issued for name in certificate.names)


def covers(name: str, host: str) -> bool:
    """Returns whether the name of a certificate covers a host. A wildcard stands for exactly one label."""
    if name.startswith("*."):
        return host.partition(".")[2] == plain(name[2:]) and bool(host.partition(".")[0])
    return plain(name) == host


def _by_rule(context: CallContext, rule: StoredRule, via: list[str]) -> TrafficAnswer:
    action = rule.actions[-1]
    if action["Type"] == "redirect":
        return TrafficAnswer(True, int(action["RedirectConfig"]["StatusCode"].removeprefix("HTTP_")), via)
    if action["Type"] == "fixed-response":
        return TrafficAnswer(True, int(action["FixedResponseConfig"]["StatusCode"]), via)
    return _forwarded(context, action, via)


def _forwarded(context: CallContext, action: Params, via: list[str]) -> TrafficAnswer:
    """Every target group with weight must have a healthy target."""
    pairs = action["ForwardConfig"]["TargetGroups"]
    weighted = [pair["TargetGroupArn"] for pair in pairs if int(pair.get("Weight", 1)) > 0]
    if not weighted:
        return TrafficAnswer(False, 503, via, "every target group has weight 0")
    for arn in weighted:
        group = context.elb.groups[arn]
        states = [health_of(context, group, target).state for target in current_targets(context, group)]
        if "healthy" not in states:
            text = ", ".join(sorted(set(states))) or "none"
            return TrafficAnswer(False, 503, [*via, arn], f"target group {group.name} has no healthy target ({text})")
    return TrafficAnswer(True, 200, [*via, *weighted])
