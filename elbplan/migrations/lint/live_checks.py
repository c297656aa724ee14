"""What only AWS knows about files that are to be applied: one look, for lint --live."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ...core.address import Address, AwsId, Ref
from ...core.call import Call
from ...core.kind import Kinds, LiveResource
from ...core.stack import Stack
from ...errors import AwsProblem
from ...kinds.instance import instances_in
from ...kinds.traffic import target_group_of
from ...live.observe import observe
from ...live.portable import PortableNames
from ...run.workflow import Cloud
from ..apply.pending import foreign_children_of
from ..migration import Migration, references_of
from ..position.locator import Drifted, Locator, Position
from .lint import OFFLINE, LiveFacts, migration_timeline

DAY = 24 * 3600


@dataclass(frozen=True)
class LiveChecks:
    """What was seen of one stack.

    pending   the file that is done next, None if all are
    facts      what is known of its start
    remarks   what a person should read, blocking nothing
    drifted   set if somebody changed by hand what the next file is about
    """

    pending: Migration | None = None
    facts: LiveFacts = OFFLINE
    remarks: tuple[str, ...] = ()
    drifted: Drifted | None = None
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)

    def facts_for(self, migration: Migration) -> LiveFacts:
        """What is known of a file's start: nothing, unless it is the next one."""
        return self.facts if self.pending and self.pending.number == migration.number else OFFLINE


def check_live(aws: Cloud, stack: Stack, migrations: Sequence[Migration], kinds: Kinds) -> LiveChecks:
    """One look at AWS. Raises AwsProblem, and NotFound for what the spec describes in vain."""
    observed = observe(aws.send, aws.region, [stack], kinds, everywhere=True, told=references_of(migrations))[
        stack.name
    ]
    locator = Locator(observed.live, observed.symbols, kinds, stack.ignore)
    found = locator.find(migrations)
    if isinstance(found, Position) and found.index == len(found.migration.entries):
        later = [one for one in migrations if one.number == found.migration.number + 1]
        if not later:
            return LiveChecks(remarks=_drift(found), lives=found.lives)
        found = locator.find(later)
    if isinstance(found, Drifted):
        return LiveChecks(drifted=found)
    children = foreign_children_of(found, observed.foreign)
    seen = replace(_seen(aws, found, observed.symbols, kinds), children=children)
    return LiveChecks(found.migration, seen, (*_drift(found), *_unwell(found, kinds)), lives=found.lives)


def _drift(found: Position) -> tuple[str, ...]:
    """What somebody changed by hand where no file cares."""
    return tuple(f"changed by hand, where no file cares: {gap.text}" for gap in found.drift)


def _seen(aws: Cloud, found: Position, symbols: PortableNames, kinds: Kinds) -> LiveFacts:
    lives = found.lives.items()
    healthy = frozenset(a for a, live in lives if a.kind == "targets" and live.facts.get("state") == "healthy")
    asked = ("load_balancer", "certificate")
    unready = frozenset(a for a, live in lives if a.kind in asked and kinds[a.kind].pending_gate(live))
    return LiveFacts(healthy, unready, _places(aws, found, symbols))


def _places(aws: Cloud, found: Position, symbols: PortableNames) -> dict[Ref, Ref]:
    """The subnets of servers that are none of the stack's, in the words of files."""
    members = [m for live in found.lives.values() for m in getattr(live.model, "members", ())]
    ids = sorted({m.instance.value for m in members if isinstance(m.instance, AwsId)})
    if not ids:
        return {}
    filters = [{"Name": "instance-id", "Values": ids}]
    answer = aws.send(Call("ec2", "DescribeInstances", {"Filters": filters}))
    places: dict[Ref, Ref] = {}
    for raw in instances_in(answer):
        subnet = raw.get("SubnetId") or ""
        places[AwsId(raw["InstanceId"])] = symbols.finds.get(subnet, AwsId(subnet))
    return places


def _unwell(found: Position, kinds: Kinds) -> Iterator[str]:
    """Groups that serve at a file's start, and so count as healthy, and are not."""
    serving = migration_timeline(found.migration, kinds).start.serving if found.index == 0 else frozenset()
    for address, live in found.lives.items():
        if (
            address.kind == "targets"
            and target_group_of(live.model) in serving
            and live.facts.get("state") != "healthy"
        ):
            yield f"{address} counts as healthy at the start of {found.migration.id}, but is not healthy now"
    for address, live in found.lives.items():
        if address.kind == "certificate" and kinds[address.kind].pending_gate(live):
            yield f"{address} is not issued: {live.facts.get('state') or 'its state is not known'}"


def requests_text(aws: Cloud, look: LiveChecks, now: datetime) -> str:
    """How many requests the stack's application balancers answered in the last 24 h, or that nobody knows."""
    told = []
    for address, live in look.lives.items():
        name = live.id.partition(":loadbalancer/")[2]
        if address.kind != "load_balancer" or not name.startswith("app/"):
            continue
        try:
            told.append(f"{address} answered {_count(aws, name, now):,.0f}")
        except AwsProblem as problem:
            return f"the requests of the last 24 h are not known: {problem.what}"
    if not told:
        return "the requests of the last 24 h are not known: there is no application load balancer"
    return f"requests of the last 24 h: {', '.join(told)}"


def _count(aws: Cloud, name: str, now: datetime) -> float:
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
