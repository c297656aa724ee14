"""Finding what the spec only describes: the default VPC, the subnet of zone a, the hosted zone of a domain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.call import Ask, Call, ReadProgram
from ..core.resource import Resource, references, rewrite
from ..errors import ElbplanError
from ..kinds.aws.queries import HOSTED_ZONES, owned_balancers, zone_for
from ..kinds.certificate import Certificate
from ..kinds.derived_fields import with_dns_validation, with_record_tags
from ..kinds.instance import GONE, instances_in
from ..kinds.load_balancer import LoadBalancer

DEFAULT_SUBNETS = Call("ec2", "DescribeSubnets", {"Filters": [{"Name": "default-for-az", "Values": ["true"]}]})
DEFAULT_VPC = Call("ec2", "DescribeVpcs", {"Filters": [{"Name": "is-default", "Values": ["true"]}]})


class NotFound(ElbplanError):
    """Something the spec describes is not in the account; nothing was changed."""


@dataclass
class LookupFacts:
    """What the account has of what a spec describes."""

    region: str
    subnets: Sequence[Mapping[str, Any]] = ()
    zones: Sequence[Mapping[str, Any]] = ()
    found: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    missing: Sequence[str] = ()


def lookups_in(resources: Iterable[Resource]) -> set[Lookup]:
    """Everything these resources want looked up."""
    return {ref for resource in resources for ref in references(resource) if isinstance(ref, Lookup)}


def look_up(
    region: str, resources: Sequence[Resource], stacks: Sequence[str] = (), told: Collection[Ref] = ()
) -> ReadProgram[LookupFacts]:
    """Ask for all of it, and for what has a name among `told`, which the specs may have dropped since.

    What the balancers of `stacks` show by where they stand is not asked again.
    """
    wanted = lookups_in(resources)
    every = wanted | {ref for ref in told if isinstance(ref, Lookup) and (is_by_name(ref) or ref.what == "hosted_zone")}
    asks = _questions(every, resources)
    placed = any(find.what in ("vpc", "subnet") for find in wanted)
    if placed and not stacks:
        asks["subnets"] = DEFAULT_SUBNETS
    answers = dict(zip(asks, (yield list(asks.values())), strict=True)) if asks else {}
    subnets = (yield from _standing_places(wanted, resources, stacks)) if placed and stacks else ()
    if placed and not subnets:
        subnets = yield from _subnets(wanted, answers, resources)
    facts = LookupFacts(region, subnets, answers.get("zones", {}).get("HostedZones", ()))
    facts.found = {find: _results(find, answers.get(f"{find.what}/{find.query}", {})) for find in every}
    instances = _instances(resources)
    there = {i["InstanceId"] for i in instances_in(answers.get("instances", {})) if i["State"]["Name"] not in GONE}
    facts.missing = [id for id in instances if id not in there]
    return facts


def _instances(resources: Sequence[Resource]) -> list[str]:
    """The servers that the specs name by id."""
    ids = {ref.value for r in resources for ref in references(r) if isinstance(ref, AwsId)}
    return sorted(id for id in ids if id.startswith("i-"))


def _questions(wanted: set[Lookup], resources: Sequence[Resource]) -> dict[str, Ask]:
    """What can be asked at once."""
    asks: dict[str, Ask] = {}
    if any(find.what == "hosted_zone" for find in wanted) or any(isinstance(r, Certificate) for r in resources):
        asks["zones"] = HOSTED_ZONES
    for find in sorted(wanted):
        if call := _question(find):
            asks[f"{find.what}/{find.query}"] = call
    if instances := _instances(resources):
        asks["instances"] = Call("ec2", "DescribeInstances", _filter("instance-id", instances))
    return asks


def _standing_places(
    wanted: set[Lookup], resources: Sequence[Resource], stacks: Sequence[str]
) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """The subnets in which the stacks' balancers stand, if they answer every question: a choice once made stays."""
    zones = {find.query for find in wanted if find.what == "subnet"}
    usual = {find.query for find in wanted if find.what == "vpc"} <= {"default"} and not _foreign_vpcs(resources)
    if not usual or not all(zone.isalpha() or zone[-1:].isalpha() for zone in zones):
        return ()
    owned = yield from owned_balancers(stacks)
    balancers = sum(isinstance(resource, LoadBalancer) for resource in resources)
    places = [
        {"VpcId": raw.get("VpcId"), "AvailabilityZone": zone["ZoneName"], "SubnetId": zone["SubnetId"]}
        for _, _, raw, _ in owned
        for zone in raw.get("AvailabilityZones", [])
    ]
    there = {place["AvailabilityZone"][-len(zone) :] for place in places for zone in zones}
    whole = len(owned) == balancers and len({place["VpcId"] for place in places}) == 1 and zones <= there
    return places if whole else ()


def _subnets(
    wanted: set[Lookup], answers: Mapping[str, Any], resources: Sequence[Resource]
) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """Where the specs may put things: AWS's default subnets, or the public ones of the VPC they name."""
    if "subnets" in answers:
        default = answers["subnets"]["Subnets"]
    else:
        (answer,) = yield [DEFAULT_SUBNETS]
        default = answer["Subnets"]
    vpcs = {find.query for find in wanted if find.what == "vpc"}
    if default and not vpcs - {"default"} and not _foreign_vpcs(resources):
        return list(default)
    return (yield from _subnets_of(vpcs, answers, default, resources))


def is_by_name(find: Lookup) -> bool:
    """Is it found by a name or tag of its own, and not by where it lies?"""
    return find.query.startswith(("name:", "tag:"))


def _filter(name: str, values: Sequence[str]) -> dict[str, Any]:
    return {"Filters": [{"Name": name, "Values": list(values)}]}


def _by_name(text: str) -> dict[str, Any]:
    """`tag:KEY=VALUE` or a Name tag."""
    if text.startswith("tag:"):
        key, _, value = text.removeprefix("tag:").partition("=")
        return _filter(f"tag:{key}", [value])
    return _filter("tag:Name", [text.removeprefix("name:")])


def _question(find: Lookup) -> Call | None:
    if find.what == "instance":
        return Call("ec2", "DescribeInstances", _by_name(find.query))
    if find.what == "security_group":
        return Call("ec2", "DescribeSecurityGroups", _by_name(find.query))
    if find.what == "vpc" and find.query != "default":
        return Call("ec2", "DescribeVpcs", _by_name(find.query))
    if find.what == "subnet" and is_by_name(find):
        return Call("ec2", "DescribeSubnets", _by_name(find.query))
    return None


def _results(find: Lookup, answer: Mapping[str, Any]) -> list[str]:
    if find.what == "instance":
        live = [i for i in instances_in(answer) if i["State"]["Name"] not in GONE]
        return sorted(i["InstanceId"] for i in live)
    if find.what == "security_group":
        return sorted(group["GroupId"] for group in answer.get("SecurityGroups", []))
    if find.what == "vpc":
        return [vpc["VpcId"] for vpc in answer.get("Vpcs", [])]
    return sorted(subnet["SubnetId"] for subnet in answer.get("Subnets", []))


def _foreign_vpcs(resources: Sequence[Resource]) -> set[str]:
    ids = {ref.value for r in resources for ref in references(r) if isinstance(ref, AwsId)}
    return {id for id in ids if id.startswith("vpc-")}


def _subnets_of(
    vpcs: set[str],
    answers: Mapping[str, Any],
    default: Sequence[Mapping[str, Any]],
    resources: Sequence[Resource],
) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """The public subnets of VPCs not laid out as AWS's default one: those routed to an internet gateway."""
    ids = set(_foreign_vpcs(resources))
    for name in vpcs - {"default"}:
        ids |= {vpc["VpcId"] for vpc in answers[f"vpc/{name}"]["Vpcs"]}
    if "default" in vpcs and not default:
        (answer,) = yield [DEFAULT_VPC]
        ids |= {vpc["VpcId"] for vpc in answer["Vpcs"]}
    if not ids:
        return default
    subnets, tables = yield [
        Call("ec2", "DescribeSubnets", _filter("vpc-id", sorted(ids))),
        Call("ec2", "DescribeRouteTables", _filter("vpc-id", sorted(ids))),
    ]
    public = [s for s in subnets["Subnets"] if _public(s, tables["RouteTables"])]
    return [*default, *(public or subnets["Subnets"])]


def _public(subnet: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> bool:
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t.get("Associations", []))]
    main = [
        t for t in tables if t["VpcId"] == subnet["VpcId"] and any(a.get("Main") for a in t.get("Associations", []))
    ]
    routes = [route for table in own or main for route in table.get("Routes", [])]
    return any(str(route.get("GatewayId") or "").startswith("igw-") for route in routes)


def resolve(desired: Mapping[Address, Resource], facts: LookupFacts, where: str) -> dict[Address, Resource]:
    """The desired resources with everything found filled in.

    `where` begins each message, the spec's file say. Raises NotFound, naming all that is missing.
    """
    problems = [f"there is no instance {id} in {facts.region}" for id in facts.missing]
    finder = _finder(facts, vpc_of(desired, facts), problems)
    resolved = {address: rewrite(with_dns_validation(resource), finder) for address, resource in desired.items()}
    if problems:
        lines = "\n".join(f"{where}: {problem}" for problem in dict.fromkeys(problems))
        raise NotFound(lines, hint="check the region, the account and the spelling; nothing was changed")
    return with_record_tags(resolved)


def vpc_of(desired: Mapping[Address, Resource], facts: LookupFacts) -> str | None:
    """The VPC that `default` or a name stands for here."""
    for resource in desired.values():
        for ref in references(resource):
            if isinstance(ref, AwsId) and ref.value.startswith("vpc-"):
                return ref.value
            if isinstance(ref, Lookup) and ref.what == "vpc" and (ids := facts.found.get(ref)):
                return ids[0]
    return facts.subnets[0]["VpcId"] if facts.subnets else None


Finder = Callable[[Ref], tuple[Ref, ...]]


def _finder(facts: LookupFacts, vpc: str | None, problems: list[str]) -> Finder:
    nothing = (AwsId("missing"),)

    def find(ref: Ref) -> tuple[Ref, ...]:
        if not isinstance(ref, Lookup):
            return (ref,)
        ids, problem = _one(ref, facts, vpc)
        if not ids:
            problems.append(problem)
            return nothing
        return tuple(map(AwsId, ids))

    return find


def _one(find: Lookup, facts: LookupFacts, vpc: str | None) -> tuple[Sequence[str], str]:
    """The ids that are meant, and what to say if there are none."""
    if find.what == "vpc":
        if find.query == "default":
            return ([vpc] if vpc else []), f"there is no default VPC in {facts.region}: name one under network: vpc:"
        return facts.found.get(find, []), f"there is no VPC {find.query} in {facts.region}"
    if find.what == "subnet":
        return _subnet(find, facts, vpc)
    if find.what == "hosted_zone":
        return _hosted_zone(find, facts)
    what = find.what.replace("_", " ")
    return facts.found.get(find, []), f"there is no {what} with {find.query} in {facts.region}"


def _subnet(find: Lookup, facts: LookupFacts, vpc: str | None) -> tuple[Sequence[str], str]:
    """`*` is one for each zone, `#0` the first of them, a letter or name that zone's."""
    if is_by_name(find):
        return facts.found.get(find, []), f"there is no subnet {find.query} in {facts.region}"
    by_zone = subnets_by_zone(facts, vpc)
    if find.query == "*":
        return list(by_zone.values()), f"there is no public subnet in the VPC {vpc or 'default'} of {facts.region}"
    if find.query.startswith("#"):
        ids = list(by_zone.values())
        return (
            [ids[int(find.query[1:]) % len(ids)]] if ids else [],
            f"there is no public subnet in the VPC {vpc or 'default'} of {facts.region}",
        )
    zone = find.query if len(find.query) > 1 else f"{facts.region}{find.query}"
    there = ", ".join(sorted(by_zone)) or "none"
    return (
        [by_zone[zone]] if zone in by_zone else [],
        f"there is no public subnet in zone {zone} (zones that have one: {there})",
    )


def subnets_by_zone(facts: LookupFacts, vpc: str | None) -> dict[str, str]:
    """The subnet that each zone of a VPC means."""
    by_zone: dict[str, str] = {}
    for subnet in sorted(facts.subnets, key=lambda s: (s["AvailabilityZone"], s["SubnetId"])):
        if subnet["VpcId"] == vpc and subnet.get("State", "available") == "available":
            by_zone.setdefault(subnet["AvailabilityZone"], subnet["SubnetId"])
    return by_zone


def _hosted_zone(find: Lookup, facts: LookupFacts) -> tuple[Sequence[str], str]:
    try:
        zone = zone_for(find.query, facts.zones)
    except ValueError as error:
        return [], f"{error}; write which one: domain: {{name: {find.query}, zone: Z...}}"
    there = ", ".join(sorted(z["Name"].rstrip(".") for z in facts.zones)) or "none"
    return [zone] if zone else [], f"there is no public hosted zone for {find.query} (zones of this account: {there})"
