"""The stack that owns an alias record: the stack whose tags record it. A similar DNS name is no proof.

Classic load balancers, and load balancers of other accounts, have DNS names of the same form, and elbv2 lists neither.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ...core.call import Ask, Call, ReadProgram
from ...core.kind import Owner, Scope
from .alias_tags import RecordPlace, places_of, remembered_records
from .caller_references import ZONE, OwnZones, is_address
from .candidates import VALID_NAME
from .elb_reader import read_elb
from .ownership import ADDRESS, STACK, tag_mapping
from .queries import GONE, balancer_name, stack_filter

StackAndRegion = tuple[str, str]
"""A stack's name, and its region if that is not the region in use."""


class AliasTarget(NamedTuple):
    """The load balancer that an alias points at.

    id      its ARN; its DNS name if it no longer exists
    stack   the elbplan stack that made it; "" if none did
    region  its region, if that is not the region in use; a stack of the same name there is another stack
    """

    id: str
    stack: str
    address: str = ""
    region: str = ""

    @property
    def stack_and_region(self) -> StackAndRegion:
        """The stack's name and region: a stack of the same name in another region is another stack."""
        return self.stack, self.region


@dataclass(frozen=True)
class KnownAliases:
    """Everything that decides which stack owns an alias.

    existing   the load balancers that exist, by DNS name
    deleted    load balancers that a stack's tags remember and that no longer exist, by DNS name
    recorded   by stack, the places in the tags of its load balancers and security groups
    wanted     the places in specs, each with its stack
    recorders  by place, the load balancer whose tags record it
    """

    existing: Mapping[str, AliasTarget] = field(default_factory=dict)
    deleted: Mapping[str, AliasTarget] = field(default_factory=dict)
    recorded: Mapping[StackAndRegion, set[RecordPlace]] = field(default_factory=dict)
    wanted: Collection[tuple[str, RecordPlace]] = ()
    recorders: Mapping[RecordPlace, AliasTarget] = field(default_factory=dict)

    def target(self, raw: Mapping[str, Any]) -> AliasTarget | None:
        """The known load balancer that a record set points at; None for other record sets."""
        name = target_name(raw)
        return (self.existing.get(name) or self.deleted.get(name)) if name else None

    def holder(self, place: RecordPlace, raw: Mapping[str, Any]) -> AliasTarget | None:
        """The target, if the target's stack owns the record: its tags record it, or its spec wants exactly this record.

        An HTTPS record names no load balancer, nor does an address that no load balancer has any more. So only the tags
        tell whose they are.
        """
        target = self.target(raw)
        if raw["Type"] == "HTTPS" or (target is None and raw.get("MultiValueAnswer")):
            return self.recorders.get(place)
        if target is None or not target.stack:
            return None
        recorded = place in self.recorded.get(target.stack_and_region, ())
        wanted = not target.region and (target.stack, place) in self.wanted
        return target if recorded or wanted else None

    def in_own_zones(self, own: OwnZones) -> KnownAliases:
        """The same with the ids of zones that the stacks made: their tags name such a zone by its address.

        A zone that is gone has no records.
        """

        def place(stack: str, recorded: RecordPlace) -> RecordPlace | None:
            if not recorded.zone.startswith(f"{ZONE}."):
                return recorded
            ids = (id for (owner, zone), id in own.items() if owner == stack and is_address(zone, recorded.zone))
            return next((recorded._replace(zone=id) for id in ids), None)

        recorded = {
            owner: {at for each in places if (at := place(owner[0], each))} for owner, places in self.recorded.items()
        }
        recorders = {at: to for each, to in self.recorders.items() if (at := place(to.stack, each))}
        return replace(self, recorded=recorded, recorders=recorders)

    def recorded_by(self, stack: str) -> Collection[RecordPlace]:
        """The places in the tags of a stack of this region."""
        return self.recorded.get((stack, ""), ())


def read_aliases(scope: Scope, wanted: Iterable[tuple[str, RecordPlace]]) -> ReadProgram[KnownAliases]:
    """Reads the tags of load balancers and security groups. Other kinds make the same calls, so they cost nothing.

    If the stacks are to end, a record belongs to a stack only by the tags, not by the spec.
    """
    claimed = () if scope.ending else tuple(wanted)
    (groups,) = yield [Call("ec2", "DescribeSecurityGroups", stack_filter(scope.stacks))]
    state = yield from read_elb(scope)
    existing: dict[str, AliasTarget] = {}
    recorded: dict[StackAndRegion, set[RecordPlace]] = {}
    recorders: dict[RecordPlace, AliasTarget] = {}
    for arn, raw in state.balancers.items():
        if raw.get("DNSName"):
            own = state.tags.get(arn, {})
            target = AliasTarget(arn, own.get(STACK, ""), own.get(ADDRESS, ""))
            existing |= dict.fromkeys((balancer_name(raw["DNSName"]), *addresses_of(raw)), target)
            recorded.setdefault(target.stack_and_region, set()).update(places_of(own))
            recorders |= dict.fromkeys(places_of(own), target) if target.stack else {}
            if arn in state.adopting:
                recorders |= {place: target for stack, place in claimed if stack == target.stack}
    remembered = remembered_records(groups["SecurityGroups"])
    deleted: dict[str, AliasTarget] = {}
    for name, memory in remembered.items():
        stack, places = memory
        recorded.setdefault((stack, ""), set()).update(places)
        if name not in existing:
            deleted[name] = target = AliasTarget(name, stack)
            recorders = dict.fromkeys(places, target) | recorders
    return KnownAliases(existing, deleted, recorded, claimed, recorders)


def addresses_of(balancer: Mapping[str, Any]) -> list[str]:
    """The fixed addresses of a network load balancer, by its description."""
    zones = balancer.get("AvailabilityZones") or ()
    found = [address for zone in zones for address in zone.get("LoadBalancerAddresses") or ()]
    keys = ("IpAddress", "IPv6Address", "PrivateIPv4Address")
    return [str(address[key]) for address in found for key in keys if address.get(key)]


def target_name(raw: Mapping[str, Any]) -> str:
    """The DNS name, in canonical form, to which an alias or a CNAME with one value leads; the address of a multivalue
    answer; "" for other record sets.
    """
    if raw.get("MultiValueAnswer") and raw["Type"] in ("A", "AAAA"):
        return ", ".join(value["Value"] for value in raw.get("ResourceRecords", ()))
    if raw["Type"] in ("A", "AAAA"):
        return balancer_name(raw.get("AliasTarget", {}).get("DNSName", ""))
    values = raw.get("ResourceRecords", []) if raw["Type"] == "CNAME" else []
    return balancer_name(values[0]["Value"]) if len(values) == 1 else ""


NAME = r"[a-z]{2,4}(?:-[a-z]+)+-\d+"
REGION = re.compile(rf"\.(?:elb\.(?P<after>{NAME})|(?P<before>{NAME})\.elb)\.(?!vpce\.)[a-z0-9.-]+$")
"""The region in the DNS name of a load balancer. Each partition of AWS has its own suffix after it."""


def region_of(dns_name: str) -> str:
    """The region of a load balancer, from its DNS name; "" for names of other services."""
    match = REGION.search(dns_name)
    return (match["after"] or match["before"]) if match else ""


def read_other_balancers(
    aliases: KnownAliases, raws: Iterable[Mapping[str, Any]], here: str
) -> ReadProgram[KnownAliases]:
    """The known aliases, with the other load balancers that these record sets point at, of any region.

    If a region does not answer, its load balancers stay unknown, and no stack owns their aliases.
    """
    names = set(map(target_name, raws)) - aliases.existing.keys()
    homes = {name: region_of(name) for name in sorted(names) if ".elb." in name}
    calls = [_named(name, "" if home == here else home) for dns, home in homes.items() for name in _names_in(dns)]
    answers = (yield calls) if calls else []
    found = [
        (call.region, raw["LoadBalancerArn"], balancer_name(raw["DNSName"]))
        for call, answer in zip(calls, answers, strict=True)
        for raw in answer.get("LoadBalancers", [])
        if balancer_name(raw.get("DNSName") or "") in homes
    ]
    tags: list[Ask] = [_tags_of(arn, region) for region, arn, _ in found]
    tag_answers = (yield tags) if tags else []
    existing, recorded, recorders = dict(aliases.existing), dict(aliases.recorded), dict(aliases.recorders)
    for (region, arn, name), answer in zip(found, tag_answers, strict=True):
        own = {
            key: value for d in answer.get("TagDescriptions", []) for key, value in tag_mapping(d.get("Tags")).items()
        }
        existing[name] = target = AliasTarget(arn, own.get(STACK, ""), own.get(ADDRESS, ""), region)
        recorded[target.stack_and_region] = {*recorded.get(target.stack_and_region, ()), *places_of(own)}
        recorders |= dict.fromkeys(places_of(own), target) if target.stack else {}
    return replace(aliases, existing=existing, recorded=recorded, recorders=recorders)


def _names_in(dns_name: str) -> list[str]:
    """The names that a load balancer of this DNS name can have: `internal-NAME-1234567890.eu-west-1.elb...`

    AWS puts digits after the name, other servers that offer the API may not.
    """
    label = dns_name.partition(".")[0].removeprefix("internal-")
    return list(dict.fromkeys(name for name in (label.rpartition("-")[0], label) if VALID_NAME.fullmatch(name)))


def _named(name: str, region: str) -> Call:
    params = {"Names": [name]}
    return Call("elbv2", "DescribeLoadBalancers", params, done_if=GONE, region=region, optional=bool(region))


def _tags_of(arn: str, region: str) -> Call:
    return Call("elbv2", "DescribeTags", {"ResourceArns": [arn]}, done_if=GONE, region=region, optional=bool(region))


def owner_of(target: AliasTarget) -> Owner:
    """The stack that owns a record, and the load balancer by which it does."""
    place = f" in {target.region}" if target.region else ""
    return Owner(target.stack, (target.address or "load_balancer") + place)


def dangling_aliases(
    places: Iterable[tuple[RecordPlace, Mapping[str, Any]]], aliases: KnownAliases
) -> dict[str, list[str]]:
    """By ARN of a load balancer, the aliases that point at it and that its stack does not own.

    They stay when the load balancer is deleted.
    """
    found: dict[str, list[str]] = {}
    for place, raw in places:
        target = aliases.target(raw)
        if target and target.stack and "AliasTarget" in raw and aliases.holder(place, raw) is None:
            why = f"elbplan did not make it; without {target.address} it points at nothing"
            text = f"{place.type} record {place.name}: {why}"
            found.setdefault(target.id, []).append(text)
    return found
