"""Checks pending migrations against AWS: `elbplan lint --live`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ...core.address import Address, AwsId, Ref
from ...core.call import Call
from ...core.foreign import Foreign
from ...core.kind import LiveResource
from ...core.stack import Stack
from ...errors import AwsProblem
from ...kinds import KINDS
from ...kinds.aws.queries import instances_in
from ...kinds.certificate import Certificate
from ...kinds.load_balancer import LoadBalancer
from ...kinds.targets import Targets
from ...kinds.traffic import target_group_of
from ...live.portable import PortableNames
from ...run.workflow import Cloud
from ..apply.foreign_rules import references_to_deleted
from ..apply.pending import foreign_children_of
from ..apply.server_checks import closed_ports_of
from ..migration import Migration, references_of
from ..observe import observe_with_files
from ..position.locator import Locator
from ..position.position import Drifted, Position
from .lint import OFFLINE, LiveFacts, migration_timeline

DAY = 24 * 3600
KINDS_WITH_GATES = (LoadBalancer.kind, Certificate.kind)


@dataclass(frozen=True)
class LiveChecks:
    """The results of the live checks of one stack.

    pending   the next migration to apply; None if all are applied
    facts     what AWS knows about its start
    remarks   notes for a person; they block nothing
    drifted   set if AWS has drifted in resources that the next migration changes
    lives     the resources in AWS
    """

    pending: Migration | None = None
    facts: LiveFacts = OFFLINE
    remarks: tuple[str, ...] = ()
    drifted: Drifted | None = None
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)

    def facts_for(self, migration: Migration) -> LiveFacts:
        """What AWS knows about the start of a migration; nothing unless it is the next one."""
        return self.facts if self.pending and self.pending.number == migration.number else OFFLINE


def check_live(aws: Cloud, stack: Stack, migrations: Sequence[Migration]) -> LiveChecks:
    """Compare AWS with the migrations. Raises AwsProblem, and NotFound if a lookup of the spec has no result."""
    references = references_of(migrations)
    observed = observe_with_files(aws, stack, references)[stack.name]
    locator = Locator(observed, stack.ignore)
    position = locator.find(migrations)
    if isinstance(position, Position) and position.index == len(position.migration.entries):
        later = [migration for migration in migrations if migration.number == position.migration.number + 1]
        if not later:
            return LiveChecks(remarks=_drift(position), lives=position.lives)
        position = locator.find(later)
    if isinstance(position, Drifted):
        return LiveChecks(drifted=position)
    facts = _facts(aws, position, observed.portable_names)
    facts = replace(facts, children=foreign_children_of(position, observed.foreign))
    foreign = Foreign(references=references_to_deleted(aws, stack.name, position))
    by_address = foreign.references_by_address(position.lives)
    facts = replace(facts, closed_ports=closed_ports_of(position, observed), references=by_address)
    remarks = (*_drift(position), *_unhealthy(position))
    return LiveChecks(position.migration, facts, remarks, lives=position.lives)


def _drift(position: Position) -> tuple[str, ...]:
    """The drift that no pending step touches."""
    return tuple(f"drift that no pending step touches: {difference.text}" for difference in position.drift)


def _facts(aws: Cloud, position: Position, symbols: PortableNames) -> LiveFacts:
    lives = position.lives.items()
    healthy = frozenset(a for a, live in lives if a.kind == Targets.kind and live.facts.get("state") == "healthy")
    unready = frozenset(a for a, live in lives if a.kind in KINDS_WITH_GATES and KINDS[a.kind].pending_gate(live))
    return LiveFacts(healthy, unready, _subnets(aws, position, symbols))


def _subnets(aws: Cloud, position: Position, symbols: PortableNames) -> dict[Ref, Ref]:
    """The subnet of each server that is a target but not a resource of the stack."""
    targets = (live.model for live in position.lives.values() if isinstance(live.model, Targets))
    instances = (member.instance for model in targets for member in model.members)
    ids = sorted({instance.value for instance in instances if isinstance(instance, AwsId)})
    if not ids:
        return {}
    filters = [{"Name": "instance-id", "Values": ids}]
    answer = aws.send(Call("ec2", "DescribeInstances", {"Filters": filters}))
    subnets: dict[Ref, Ref] = {}
    for raw in instances_in(answer):
        subnet = raw.get("SubnetId") or ""
        subnets[AwsId(raw["InstanceId"])] = symbols.lookups.get(subnet, AwsId(subnet))
    return subnets


def _unhealthy(position: Position) -> Iterator[str]:
    """The groups that lint counts as healthy at the start, because they serve then, although they are not healthy."""
    migration = position.migration
    serving = migration_timeline(migration).start.serving if position.index == 0 else frozenset()
    for address, live in position.lives.items():
        is_serving = address.kind == Targets.kind and target_group_of(live.model) in serving
        if is_serving and live.facts.get("state") != "healthy":
            yield f"{address} counts as healthy at the start of {migration.id}, but is not healthy now"
    for address, live in position.lives.items():
        if address.kind == Certificate.kind and KINDS[address.kind].pending_gate(live):
            yield f"{address} is not issued: its state is {live.facts.get('state') or 'unknown'}"


def requests_text(aws: Cloud, checks: LiveChecks, now: datetime) -> str:
    """How many requests the stack's application load balancers answered in the last 24 h, or why nobody knows."""
    counts = []
    for address, live in checks.lives.items():
        name = live.id.partition(":loadbalancer/")[2]
        if address.kind != LoadBalancer.kind or not name.startswith("app/"):
            continue
        try:
            counts.append(f"{address} answered {_request_count(aws, name, now):,.0f}")
        except AwsProblem as problem:
            return f"the requests of the last 24 h are not known: {problem.what}"
    if not counts:
        return "the requests of the last 24 h are not known: there is no application load balancer"
    return f"requests of the last 24 h: {', '.join(counts)}"


def _request_count(aws: Cloud, name: str, now: datetime) -> float:
    params = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "RequestCount",
        "Dimensions": [{"Name": "LoadBalancer", "Value": name}],
        "StartTime": now - timedelta(seconds=DAY),
        "EndTime": now,
        "Period": DAY,
        "Statistics": ["Sum"],
    }
    answer = aws.send(Call("cloudwatch", "GetMetricStatistics", params))
    return float(sum(point.get("Sum", 0.0) for point in answer.get("Datapoints", ())))
