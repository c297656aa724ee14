"""Asks AWS for what a spec only describes: the default VPC, the subnet of zone a, the hosted zone of a domain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import AwsId, Lookup, Ref
from ..core.call import Ask, Call, ReadProgram
from ..core.kind import LiveResource, Scope
from ..core.permission import reads
from ..core.resource import Resource, references
from ..kinds import KINDS
from ..kinds.aws.hosted_zones import FIRST_ZONES, hosted_zones
from ..kinds.aws.queries import existing_instances, instances_in, private_zone_named
from ..kinds.aws.subnets_in_use import subnets_in_use
from ..kinds.aws.web_acls import WebAcls
from ..kinds.certificate import Certificate
from ..kinds.hosted_zone import HostedZone
from .address_checks import ADDRESSES, SUBNETS, address_asks, addresses_in
from .certificate_search import PERMISSIONS as SEARCH_PERMISSIONS
from .certificate_search import CertificateSearch, is_certificate, search_certificates
from .filters import batches, filter_by
from .named_lookups import is_by_name, lookup_call, results_of
from .private_zones import PERMISSIONS as PRIVATE_ZONES
from .private_zones import ZoneVpcs, read_zone_vpcs
from .scaling_groups import absent_ids, named_groups
from .zones import Offered, has_internal, offerings, offers_in_any_zone, read_offers_in_named_zones


def _names_subnets(resource: Resource) -> Iterable[str]:
    """A value for a resource with a subnet or VPC that AWS must look up, or with subnets that elbplan must check."""
    asked = any(name.startswith(SUBNETS) for name in address_asks([resource]))
    return ["*"] if asked or any(lookup.what in ("vpc", "subnet") for lookup in lookups_in([resource])) else []


def _names_vpcs(resource: Resource) -> Iterable[str]:
    """A value for a resource with a VPC that the spec names by its tag."""
    return ["*"] if any(lookup.what == "vpc" and is_by_name(lookup) for lookup in lookups_in([resource])) else []


def names_addresses(resource: Resource) -> Iterable[str]:
    """A value for a load balancer with Elastic IPs of others, which elbplan looks for before it writes."""
    return ["*"] if any(name.startswith(ADDRESSES) for name in address_asks([resource])) else []


def _needs_routes(resource: Resource) -> Iterable[str]:
    """A value for a resource for which elbplan must tell public subnets from private ones."""
    return ["*"] if has_internal([resource]) or _names_vpcs(resource) or _vpc_ids([resource]) else []


PERMISSIONS = (
    *PRIVATE_ZONES,
    *reads("ec2:DescribeSubnets", verbs=("compare",), each=_names_subnets),
    *reads("ec2:DescribeVpcs", verbs=("compare",), each=_names_vpcs),
    *reads("ec2:DescribeRouteTables", verbs=("compare",), each=_needs_routes),
    *reads("ec2:DescribeAddresses", verbs=("compare",), each=names_addresses),
    *SEARCH_PERMISSIONS,
)

DEFAULT_SUBNETS = Call("ec2", "DescribeSubnets", {"Filters": [{"Name": "default-for-az", "Values": ["true"]}]})
DEFAULT_VPC = Call("ec2", "DescribeVpcs", {"Filters": [{"Name": "is-default", "Values": ["true"]}]})


@dataclass
class LookupFacts:
    """The AWS resources of the account that a spec describes.

    found     the ids of each lookup by a name or tag
    missing   ids of instances and of Auto Scaling groups that the spec names and AWS does not have
    terminated  those of them that AWS still lists
    offered   the zones that offer the instance types of servers in any zone
    private   the subnets without a route to an internet gateway; read only for internal load balancers
    described, addresses   the subnets and the Elastic IPs that AWS described, by id
    zone_vpcs   the VPCs of private hosted zones that specs look up, by id
    ambiguous   the message for the case that elbplan cannot choose between the subnets of a stack
    web_acls    the web ACLs of the region, if a spec names one
    certificates   the certificates that cover the domains of `certificate: find`
    """

    region: str
    subnets: Sequence[Mapping[str, Any]] = ()
    zones: Sequence[Mapping[str, Any]] = ()
    found: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    missing: Sequence[str] = ()
    terminated: frozenset[str] = frozenset()
    offered: Offered = field(default_factory=dict)
    private: Sequence[Mapping[str, Any]] = ()
    described: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    ambiguous: str = ""
    addresses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    zone_vpcs: ZoneVpcs = field(default_factory=dict)
    web_acls: WebAcls = field(default_factory=dict)
    certificates: CertificateSearch = field(default_factory=CertificateSearch)


def with_implied_references(resource: Resource) -> Resource:
    """The resource with the references that its own fields imply."""
    complete: Resource = KINDS[resource.kind].with_implied_references(resource)
    return complete


def lookups_in(resources: Iterable[Resource]) -> set[Lookup]:
    """All lookups of these resources."""
    complete = map(with_implied_references, resources)
    return {ref for resource in complete for ref in references(resource) if isinstance(ref, Lookup)}


INSTANCES = "instances by id "
"""The names of the questions for instances that the specs name by id begin with this text."""


def look_up(
    region: str, resources: Sequence[Resource], in_use: Scope | None = None, file_references: Collection[Ref] = ()
) -> ReadProgram[LookupFacts]:
    """Asks for all lookups of the resources, and for the lookups by name in `file_references`, of migrations.

    The subnets of load balancers that the stacks of `in_use` already have are not asked for again.
    """
    wanted = lookups_in(resources)
    lookups = wanted | _lookups_of_files(file_references)
    asks = _questions(lookups, resources)
    needs_subnets = any(lookup.what in ("vpc", "subnet") for lookup in wanted)
    if needs_subnets and in_use is None:
        asks["subnets"] = DEFAULT_SUBNETS
    answers = dict(zip(asks, (yield list(asks.values())), strict=True)) if asks else {}
    subnets = (yield from _subnets_in_use(wanted, resources, in_use)) if needs_subnets and in_use else ()
    private: Sequence[Mapping[str, Any]] = ()
    if needs_subnets and not subnets:
        subnets, private = yield from _subnets(wanted, answers, resources)
    zones = (yield from hosted_zones(_domains(lookups, resources))) if "zones" in asks else None
    facts = LookupFacts(region, subnets, zones or (), private=private)
    facts.zone_vpcs = yield from read_zone_vpcs(lookups, facts.zones)
    facts.certificates = yield from search_certificates(region, filter(is_certificate, lookups))
    facts.found = {lookup: results_of(lookup, answers.get(f"{lookup.what}/{lookup.query}", {})) for lookup in lookups}
    instances = [answer for name, answer in answers.items() if name.startswith(INSTANCES)]
    existing = {instance["InstanceId"] for answer in instances for instance in existing_instances(answer)}
    known = {instance["InstanceId"] for answer in instances for instance in instances_in(answer)}
    facts.terminated = frozenset(known - existing)
    named = [subnet for answer in answers.values() for subnet in answer.get("Subnets", ())]
    facts.described = {str(subnet["SubnetId"]): subnet for subnet in (*named, *subnets, *private)}
    facts.addresses = addresses_in(answers)
    named_zones = yield from read_offers_in_named_zones(in_use)
    facts.offered = {**named_zones, **offers_in_any_zone(answers.get("offerings", {}), resources)}
    absent = absent_ids(all_references(resources), answers)
    facts.missing = [*(id for id in _instances(resources) if id not in existing), *absent]
    return facts


def _domains(lookups: Iterable[Lookup], resources: Iterable[Resource]) -> Iterator[str]:
    """The names for which the stacks need a hosted zone."""
    zones = (lookup.query for lookup in lookups if lookup.what == "hosted_zone")
    yield from (private_zone_named(query) or query for query in zones)
    for resource in resources:
        if isinstance(resource, Certificate):
            yield from resource.domains


def _lookups_of_files(file_references: Collection[Ref]) -> set[Lookup]:
    refs = (ref for ref in file_references if isinstance(ref, Lookup))
    return {ref for ref in refs if is_by_name(ref) or ref.what == "hosted_zone"}


def instance_calls(resources: Sequence[Resource], file_references: Collection[Ref] = ()) -> list[Ask]:
    """The calls of `look_up` that describe instances."""
    lookups = {ref for ref in lookups_in(resources) | _lookups_of_files(file_references) if ref.what == "instance"}
    asks = _questions(lookups, resources)
    return list(asks.values())


def all_references(resources: Iterable[Resource]) -> list[Ref]:
    """Every reference of these resources."""
    return [ref for resource in resources for ref in references(resource)]


def _instances(resources: Sequence[Resource]) -> list[str]:
    """The instances that the specs name by id."""
    ids = {ref.value for ref in all_references(resources) if isinstance(ref, AwsId)}
    return sorted(id for id in ids if id.startswith("i-"))


def _questions(lookups: set[Lookup], resources: Sequence[Resource]) -> dict[str, Ask]:
    """The calls of the first round."""
    asks: dict[str, Ask] = {}
    if any(lookup.what == "hosted_zone" for lookup in lookups) or any(isinstance(r, Certificate) for r in resources):
        asks["zones"] = FIRST_ZONES
    for lookup in sorted(lookups):
        if call := lookup_call(lookup):
            asks[f"{lookup.what}/{lookup.query}"] = call
    for number, ids in enumerate(batches(_instances(resources))):
        asks[f"{INSTANCES}{number}"] = Call("ec2", "DescribeInstances", filter_by("instance-id", ids))
    if call := offerings(resources):
        asks["offerings"] = call
    return asks | named_groups(all_references(resources)) | address_asks(resources)


def _subnets_in_use(
    wanted: set[Lookup], resources: Sequence[Resource], in_use: Scope
) -> ReadProgram[Sequence[Mapping[str, Any]]]:
    """The subnets of the stacks' load balancers, if they answer every lookup."""
    zones = {lookup.query for lookup in wanted if lookup.what == "subnet"}
    vpcs = {lookup.query for lookup in wanted if lookup.what == "vpc"}
    if not vpcs <= {"default"} or _vpc_ids(resources):
        return ()
    if not all(zone.isalpha() or zone[-1:].isalpha() for zone in zones):
        return ()
    subnets = yield from subnets_in_use(in_use, resources)
    answered = {subnet["AvailabilityZone"][-len(zone) :] for subnet in subnets for zone in zones}
    return subnets if zones <= answered else ()


def _subnets(
    wanted: set[Lookup], answers: Mapping[str, Any], resources: Sequence[Resource]
) -> ReadProgram[tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]]:
    """The subnets that the specs can use: AWS's default subnets, or the public subnets of the VPCs that they name.

    The second part has the private subnets, if all load balancers of a spec are internal.
    """
    if "subnets" in answers:
        default = answers["subnets"]["Subnets"]
    else:
        (answer,) = yield [DEFAULT_SUBNETS]
        default = answer["Subnets"]
    vpcs = {lookup.query for lookup in wanted if lookup.what == "vpc"}
    if default and not vpcs - {"default"} and not _vpc_ids(resources) and not has_internal(resources):
        return list(default), ()
    return (yield from _subnets_of(vpcs, answers, default, resources))


def with_certificates_of_stack(facts: LookupFacts, lives: Sequence[LiveResource[Any]]) -> LookupFacts:
    """The facts with the certificate that this stack uses for each domain of `certificate: find`."""
    found = {lookup: facts.certificates.for_stack(lookup, lives) for lookup in facts.certificates.fitting}
    return replace(facts, found={**facts.found, **found}) if found else facts


def _vpc_ids(resources: Sequence[Resource]) -> set[str]:
    """The VPCs of load balancers, groups and servers that the specs name by id. Private zones can have others."""
    placed = (resource for resource in resources if not isinstance(resource, HostedZone))
    ids = {ref.value for resource in placed for ref in references(resource) if isinstance(ref, AwsId)}
    return {id for id in ids if id.startswith("vpc-")}


def _subnets_of(
    vpcs: set[str],
    answers: Mapping[str, Any],
    default: Sequence[Mapping[str, Any]],
    resources: Sequence[Resource],
) -> ReadProgram[tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]]:
    """The default subnets, and those of these VPCs that have a route to an internet gateway; all if none has one.

    The second part has the subnets without such a route, also those of the default VPC.
    """
    ids = set(_vpc_ids(resources))
    for name in vpcs - {"default"}:
        ids |= {vpc["VpcId"] for vpc in answers[f"vpc/{name}"]["Vpcs"]}
    if "default" in vpcs and not default:
        (answer,) = yield [DEFAULT_VPC]
        ids |= {vpc["VpcId"] for vpc in answer["Vpcs"]}
    read = ids | ({subnet["VpcId"] for subnet in default} if has_internal(resources) else set())
    if not read:
        return default, ()
    subnets, tables = yield [
        Call("ec2", "DescribeSubnets", filter_by("vpc-id", sorted(read))),
        Call("ec2", "DescribeRouteTables", filter_by("vpc-id", sorted(read))),
    ]
    private = [subnet for subnet in subnets["Subnets"] if not is_public(subnet, tables["RouteTables"])]
    named = [subnet for subnet in subnets["Subnets"] if subnet["VpcId"] in ids]
    return [*default, *([subnet for subnet in named if subnet not in private] or named)], private


def is_public(subnet: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> bool:
    """True if its route table has a route to an internet gateway. The VPC's main table counts for a subnet without."""
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t.get("Associations", []))]
    of_vpc = [t for t in tables if t["VpcId"] == subnet["VpcId"]]
    main = [t for t in of_vpc if any(a.get("Main") for a in t.get("Associations", []))]
    routes = [route for table in own or main for route in table.get("Routes", [])]
    return any(str(route.get("GatewayId") or "").startswith("igw-") for route in routes)
