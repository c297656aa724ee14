"""Which record sets of a name Route 53 can answer with: their policy, and their health.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html
"""

from typing import Any

from ..account import Account, CallContext
from ..rules import rule
from ..state.elbv2 import StoredBalancer
from ..state.route53 import HealthCheck, plain
from ..state.visitors import EVERYBODY, Visitor
from .record_places import best, suitable
from .routing import serving_targets, weights_of

Record = dict[str, Any]
HEALTH = "health of checks"
"""Key of the statuses that a test gives to health checks: True or False, by id."""


@rule(33)
def eligible(account: Account, records: list[Record], visitor: Visitor = EVERYBODY) -> list[Record]:
    """The records of a set that can answer a query: the healthy ones; all, if none is healthy.

    Weighted: those with a weight above 0, if one of them is healthy. Failover: the primary one, else the secondary.
    The other policies look at the place of the visitor: record_places.py.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
    """
    if not any(record.get("SetIdentifier") for record in records):
        return records
    near = suitable(account, records, visitor)
    healthy = [record for record in near if is_healthy(account, record)]
    weighted = [record for record in healthy if record.get("Weight") != 0]
    left = weighted or healthy or [record for record in near if record.get("Weight") != 0] or near
    primary = [record for record in left if record.get("Failover") == "PRIMARY"]
    if not healthy:
        primary = [record for record in near if record.get("Failover") == "PRIMARY"]
    return primary or best(left, visitor)


@rule(33)
def is_healthy(account: Account, record: Record) -> bool:
    """A record with a failing check is unhealthy, and an alias that evaluates a target without healthy targets.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html (EvaluateTargetHealth)
    """
    check = account.dns.health_checks.get(record.get("HealthCheckId") or "")
    if check is not None and not succeeds(account, check):
        return False
    target = record.get("AliasTarget")
    if not target or not target.get("EvaluateTargetHealth"):
        return True
    balancer = account.balancer_at(plain(target["DNSName"]))
    return balancer is None or serves(account, balancer)


def serves(account: Account, balancer: StoredBalancer) -> bool:
    """Whether every target group that has targets, and to which a listener forwards, has a healthy one.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html ("ELB Load Balancers")
    """
    context = CallContext(account, balancer.arn.split(":")[3])
    forwards = [
        found.actions[-1]
        for listener in context.elb.listeners_of(balancer.arn)
        for found in listener.all_rules()
        if found.actions[-1]["Type"] == "forward"
    ]
    groups = [context.elb.groups[arn] for action in forwards for arn in weights_of(action)]
    return all(serving_targets(context, group).healthy for group in groups if group.targets)


@rule(53)
def succeeds(account: Account, check: HealthCheck) -> bool:
    """Whether a health check is healthy: as a test says, else if its load balancer serves. Inverted: the opposite.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (Inverted, Disabled)
    """
    if check.config.get("Disabled"):
        return True
    balancer = account.balancer_at(plain(check.config.get("FullyQualifiedDomainName") or ""))
    given = account.memory(HEALTH).get(check.id)
    healthy = bool(given) if given is not None else balancer is None or serves(account, balancer)
    return healthy != bool(check.config.get("Inverted"))
