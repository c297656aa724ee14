"""Whose alias a record is: the stack's that recorded it, never one whose name the DNS name resembles.

Classic load balancers and those of other accounts have DNS names of the same form, and elbv2 lists neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...core.call import Ask, Call, ReadProgram, Tags
from ...core.kind import Owner, Scope
from .alias_tags import RecordPlace, places_of, remembered_records
from .ownership import ADDRESS, STACK, unpair
from .queries import LOAD_BALANCERS, balancer_name, tagged

Home = tuple[str, str]
"""A stack's name, and its region if that is another one."""


class AliasTarget(NamedTuple):
    """A balancer that an alias leads to.

    id      its ARN; its DNS name if it is gone
    stack   the elbplan stack that made it, "" if none did
    region  where it stands, if that is another region; a stack of the same name there is another stack
    """

    id: str
    stack: str
    address: str = ""
    region: str = ""

    @property
    def home(self) -> Home:
        """The stack, told apart from one of the same name in another region."""
        return self.stack, self.region


@dataclass(frozen=True)
class KnownAliases:
    """What tells whose an alias is.

    standing   every balancer of the region, by DNS name
    gone       balancers that a stack remembers and that are no longer there
    recorded   by stack, the places that its balancers or its security groups record
    wanted     the places that specs name, each with its stack
    """

    standing: Mapping[str, AliasTarget] = field(default_factory=dict)
    gone: Mapping[str, AliasTarget] = field(default_factory=dict)
    recorded: Mapping[Home, set[RecordPlace]] = field(default_factory=dict)
    wanted: Collection[tuple[str, RecordPlace]] = ()

    def target(self, raw: Mapping[str, Any]) -> AliasTarget | None:
        """The balancer that a record set leads to, if it is an alias and somebody knows the balancer."""
        name = balancer_name(raw.get("AliasTarget", {}).get("DNSName", ""))
        if not name or raw["Type"] not in ("A", "AAAA"):
            return None
        return self.standing.get(name) or self.gone.get(name)

    def holder(self, place: RecordPlace, raw: Mapping[str, Any]) -> AliasTarget | None:
        """The target, if the stack that made it recorded this record, or if its spec wants just this.

        A set with an identifier (weighted, by region...) is none that elbplan makes.
        """
        target = self.target(raw)
        if target is None or not target.stack or raw.get("SetIdentifier"):
            return None
        recorded = place in self.recorded.get(target.home, ())
        wanted = not target.region and (target.stack, place) in self.wanted
        return target if recorded or wanted else None

    def recorded_by(self, stack: str) -> Collection[RecordPlace]:
        """The places that a stack of this region recorded."""
        return self.recorded.get((stack, ""), ())


def read_aliases(scope: Scope, wanted: Iterable[tuple[str, RecordPlace]]) -> ReadProgram[KnownAliases]:
    """What the tags of balancers and security groups say; nothing is asked that other kinds do not ask as well.

    Where a stack ends, what its spec names is not yet its own.
    """
    claims = () if scope.ending else tuple(wanted)
    (answer,) = yield [LOAD_BALANCERS]
    balancers = [raw for raw in answer["LoadBalancers"] if raw.get("DNSName")]
    (tags,) = (yield [Tags(tuple(raw["LoadBalancerArn"] for raw in balancers))]) if balancers else [{}]
    (groups,) = yield [Call("ec2", "DescribeSecurityGroups", tagged(scope.stacks))]
    standing: dict[str, AliasTarget] = {}
    recorded: dict[Home, set[RecordPlace]] = {}
    for raw in balancers:
        own = tags.get(raw["LoadBalancerArn"], {})
        target = AliasTarget(raw["LoadBalancerArn"], own.get(STACK, ""), own.get(ADDRESS, ""))
        standing[balancer_name(raw["DNSName"])] = target
        recorded.setdefault(target.home, set()).update(places_of(own))
    memory = remembered_records(groups["SecurityGroups"])
    for stack, known in memory.values():
        recorded.setdefault((stack, ""), set()).update(known)
    gone = {name: AliasTarget(name, stack) for name, (stack, _) in memory.items() if name not in standing}
    return KnownAliases(standing, gone, recorded, claims)


HOME = re.compile(r"\.(?:elb\.)?([a-z]{2}(?:-[a-z]+)+-\d+)(?:\.elb)?\.amazonaws\.com(?:\.cn)?$")
"""The region in the DNS name of a load balancer."""


def read_other_regions(
    aliases: KnownAliases, raws: Iterable[Mapping[str, Any]], here: str
) -> ReadProgram[KnownAliases]:
    """The same, with balancers of other regions that these record sets lead to.

    A region that does not answer has no balancer that anybody knows: its alias is a stranger's.
    """
    names = {balancer_name(raw.get("AliasTarget", {}).get("DNSName", "")) for raw in raws}
    homes = {name: home[1] for name in sorted(names) if (home := HOME.search(name)) and home[1] != here}
    regions = sorted(set(homes.values()))
    asked = [Call("elbv2", "DescribeLoadBalancers", region=region, optional=True) for region in regions]
    answers = (yield asked) if asked else []
    found = [
        (region, raw["LoadBalancerArn"], balancer_name(raw["DNSName"]))
        for region, answer in zip(regions, answers, strict=True)
        for raw in answer.get("LoadBalancers", [])
        if balancer_name(raw.get("DNSName") or "") in homes
    ]
    tags: list[Ask] = [
        Call("elbv2", "DescribeTags", {"ResourceArns": [arn]}, region=region, optional=True) for region, arn, _ in found
    ]
    told = (yield tags) if tags else []
    standing, recorded = dict(aliases.standing), dict(aliases.recorded)
    for (region, arn, name), answer in zip(found, told, strict=True):
        own = {key: value for d in answer.get("TagDescriptions", []) for key, value in unpair(d["Tags"]).items()}
        standing[name] = target = AliasTarget(arn, own.get(STACK, ""), own.get(ADDRESS, ""), region)
        recorded[target.home] = {*recorded.get(target.home, ()), *places_of(own)}
    return replace(aliases, standing=standing, recorded=recorded)


def owner_of(target: AliasTarget) -> Owner:
    """The stack that a record belongs to, and by which balancer."""
    place = f" in {target.region}" if target.region else ""
    return Owner(target.stack, (target.address or "load_balancer") + place)


def dangling_aliases(
    places: Iterable[tuple[RecordPlace, Mapping[str, Any]]], aliases: KnownAliases
) -> dict[str, list[str]]:
    """By ARN of a balancer, the aliases that lead to it and that its stack did not make: they stay when it goes."""
    found: dict[str, list[str]] = {}
    for place, raw in places:
        target = aliases.target(raw)
        if target and target.stack and aliases.holder(place, raw) is None:
            why = f"elbplan did not make it; without {target.address} it leads nowhere"
            text = f"{place.type} record {place.name}: {why}"
            found.setdefault(target.id, []).append(text)
    return found
