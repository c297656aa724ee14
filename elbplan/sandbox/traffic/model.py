"""Whether a request would be answered, from the state of the account alone; in doubt, it would not.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
"""

from dataclasses import dataclass, field

from ..account import Account, CallContext
from ..ec2 import facts
from ..elbv2.health import health_of
from ..elbv2.targets import current_targets
from ..params import Params
from ..server.moto_bridge import backend, known_regions
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener, StoredRule
from ..state.route53 import plain
from .matching import matches

ANYWHERE = {"0.0.0.0/0"}


@dataclass
class TrafficAnswer:
    """Whether it is answered, with which status (0: not by HTTP), by way of what, and why not."""

    ok: bool
    status: int = 0
    via: list[str] = field(default_factory=list)
    why: str = ""


def answer(account: Account, name: str, port: int = 443, host: str = "", path: str = "/") -> TrafficAnswer:
    """A request to `name` (a domain, or a load balancer's own DNS name) at a port, for a host and a path."""
    return _resolve(account, plain(name), port, plain(host or name), path, [], 8)


def _resolve(account: Account, name: str, port: int, host: str, path: str, via: list[str], left: int) -> TrafficAnswer:
    if balancer := account.balancer_at(name):
        return _by_balancer(
            CallContext(account, balancer.arn.split(":")[3]), balancer, port, host, path, [*via, balancer.arn]
        )
    if not left:
        return TrafficAnswer(False, via=via, why=f"{name} goes round in circles")
    for record in account.dns.lookup(name, "A"):
        if target := record.get("AliasTarget"):
            return _resolve(account, plain(target["DNSName"]), port, host, path, [*via, name], left - 1)
        return _by_addresses(account, [one["Value"] for one in record["ResourceRecords"]], [*via, name])
    for record in account.dns.lookup(name, "CNAME"):
        value = plain(record["ResourceRecords"][0]["Value"])
        return _resolve(account, value, port, host, path, [*via, name], left - 1)
    return TrafficAnswer(False, via=via, why=f"{name} does not resolve")


def _by_addresses(account: Account, addresses: list[str], via: list[str]) -> TrafficAnswer:
    """All of them must be public addresses of running instances."""
    for address in addresses:
        running = _running_at(account, address)
        if running is None:
            return TrafficAnswer(False, via=via, why=f"no running instance has the address {address}")
        via = [*via, running]
    return TrafficAnswer(True, 200, via)


def _running_at(account: Account, address: str) -> str | None:
    for region in known_regions(account.id):
        for one in facts.instances(CallContext(account, region)):
            held = [each for each in backend("ec2", account.id, region).addresses if each.instance is one]
            if one.state == "running" and address in {one.public_ip, *(each.public_ip for each in held)}:
                return str(one.id)
    return None


def _by_balancer(
    context: CallContext, balancer: StoredBalancer, port: int, host: str, path: str, via: list[str]
) -> TrafficAnswer:
    state = balancer.state(context.now)
    if state != "active":
        return TrafficAnswer(False, via=via, why=f"load balancer {balancer.name} is {state}")
    if balancer.security_groups and not _let_in(context, balancer, port):
        return TrafficAnswer(False, via=via, why=f"security groups of {balancer.name} do not let port {port} in")
    listener = next((one for one in context.elb.listeners_of(balancer.arn) if one.port == port), None)
    if listener is None:
        return TrafficAnswer(False, via=via, why=f"load balancer {balancer.name} does not listen on port {port}")
    if listener.protocol in SECURE and not _certified(context, listener, host):
        return TrafficAnswer(False, via=[*via, listener.arn], why=f"no issued certificate on port {port} covers {host}")
    rule = next(one for one in listener.all_rules() if one.default or matches(one.conditions, host, path))
    return _by_rule(context, rule, [*via, listener.arn, rule.arn])


def _let_in(context: CallContext, balancer: StoredBalancer, port: int) -> bool:
    protocols = ("tcp", "6", "udp", "17") if balancer.type == "network" else ("tcp", "6")
    return facts.allows_port(context, set(balancer.security_groups), port, set(), ANYWHERE, protocols)


def _certified(context: CallContext, listener: StoredListener, host: str) -> bool:
    if listener.protocol == "TLS" and ".elb." in host:
        return True
    certificates = [context.account.certificates.get(arn) for arn in listener.certificates]
    names = [name for one in certificates if one is not None and one.status == "ISSUED" for name in one.names]
    return any(covers(name, host) for name in names)


def covers(name: str, host: str) -> bool:
    """Whether a certificate's name is that of a host; a wildcard stands for exactly one label."""
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
    """Every group that may get the request must have a target that answers it."""
    pairs = action["ForwardConfig"]["TargetGroups"]
    weighted = [pair["TargetGroupArn"] for pair in pairs if int(pair.get("Weight", 1)) > 0]
    if not weighted:
        return TrafficAnswer(False, 503, via, "every target group has weight 0")
    for arn in weighted:
        group = context.elb.groups[arn]
        states = [health_of(context, group, target).state for target in current_targets(context, group)]
        if "healthy" not in states:
            found = ", ".join(sorted(set(states))) or "none"
            return TrafficAnswer(False, 503, [*via, arn], f"target group {group.name} has no healthy target ({found})")
    return TrafficAnswer(True, 200, [*via, *weighted])
