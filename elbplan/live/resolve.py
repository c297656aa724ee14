"""Fills in what the lookups found: each desired resource refers to AWS ids, or to resources of its own stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.kind import LiveResource
from ..core.plan import Refusal
from ..core.resource import Resource, references, rewrite
from ..errors import ElbplanError
from ..kinds import KINDS
from ..kinds.aws.acm_validation import in_public_zone
from ..kinds.aws.auto_scaling import is_scaling_group, name_in
from ..kinds.aws.queries import private_zone_named, zone_for
from ..kinds.certificate import Certificate
from ..kinds.hosted_zone import HostedZone
from ..kinds.instance import Instance
from ..kinds.record import Record
from .address_checks import address_problems
from .certificate_search import is_certificate
from .edge import missing_web_acl
from .lookups import LookupFacts, with_implied_references
from .named_lookups import is_by_name
from .private_zones import apex_problems, private_zone
from .subnet_checks import subnet_problems
from .vpcs import in_vpc, vpc_problems, vpcs_of
from .zones import has_any_zone, not_offered, serves_load_balancers, subnet_of_server

Finder = Callable[[Ref], tuple[Ref, ...]]


class NotFound(ElbplanError):
    """The account does not have something that the spec describes. Nothing was changed."""

    absent = True


def resolve(
    desired: Mapping[Address, Resource],
    facts: LookupFacts,
    where: str,
    lives: Sequence[LiveResource[Resource]] = (),
    hint: str = "",
) -> dict[Address, Resource]:
    """The desired resources with an AWS id for each lookup, and with the fields that follow from other resources.

    where   begins each message: the spec's file
    lives   the stack's live resources: its servers stay in their zones
    hint    what helps if something is missing, in place of the usual hint

    Raises NotFound, which names everything that is missing.
    """
    problems: list[str] = []
    vpc = vpc_of(desired, facts)
    finder = _finder(facts, vpc, problems)
    vpcs = vpcs_of(facts.described)
    resolved = {}
    for address, resource in desired.items():
        placed = rewrite(with_implied_references(_placed(address, resource, facts, vpc, lives, problems)), finder)
        if isinstance(placed, Certificate):
            placed = _in_public_zones(placed, facts, problems)
        if isinstance(placed, Record):
            problems += apex_problems(placed, facts.zones)
        resolved[address] = in_vpc(placed, vpcs)
    problems += not_offered(resolved, facts.described, facts.offered, lives)
    problems += subnet_problems(resolved, facts.described, lives)
    problems += address_problems(resolved, facts.described, facts.addresses, lives)
    problems += vpc_problems(resolved, facts.described)
    if problems:
        lines = "\n".join(f"{where}: {problem}" for problem in dict.fromkeys(problems))
        usual = "check the region, the account and the spelling"
        raise NotFound(lines, hint=f"{hint or usual}; nothing was changed")
    return {
        address: KINDS[address.kind].with_derived_fields(address, resource, resolved)
        for address, resource in resolved.items()
    }


def missing_instances(desired: Mapping[Address, Resource], facts: LookupFacts) -> list[Refusal]:
    """A refusal for each instance and Auto Scaling group that the spec names and AWS does not have.

    The rest can be compared.
    """
    return [
        _missing_instance(address, ref.value, facts)
        for address, resource in desired.items()
        for ref in dict.fromkeys(references(resource))
        if isinstance(ref, AwsId) and ref.value in facts.missing
    ]


def _missing_instance(address: Address, id: str, facts: LookupFacts) -> Refusal:
    if is_scaling_group(id):
        hint = "check the region, the account and the spelling, or create it first"
        return Refusal(f"{address}: there is no Auto Scaling group {name_in(id)} in {facts.region}", hint, absent=True)
    if id in facts.terminated:
        hint = "write another instance, or remove it from the spec: a terminated instance cannot start again"
        return Refusal(f"{address}: {id} does not exist any more (terminated)", hint)
    hint = "check the region, the account and the spelling; write another instance, or remove it from the spec"
    return Refusal(f"{address}: there is no instance {id} in {facts.region}", hint, absent=True)


def _placed(
    address: Address,
    resource: Resource,
    facts: LookupFacts,
    vpc: str | None,
    lives: Sequence[LiveResource[Resource]],
    problems: list[str],
) -> Resource:
    """A server with its subnet, if elbplan chooses the zone; every other resource unchanged."""
    subnets = default_subnets_by_zone(facts, vpc)
    if not isinstance(resource, Instance) or not has_any_zone(resource) or facts.ambiguous or not subnets:
        return resource
    number = int(str(resource.subnet).removeprefix("#"))
    subnet = subnet_of_server(address, resource, number, subnets, facts.offered, lives)
    if subnet is None:
        zones = ", ".join(sorted(facts.offered[resource.type])) or "none"
        problems.append(
            f"no zone of {facts.region} that the load balancer has offers {resource.type} (zones that offer it: "
            f"{zones}): write another type"
        )
    return resource.model_copy(update={"subnet": AwsId(subnet or "missing")})


def _in_public_zones(certificate: Certificate, facts: LookupFacts, problems: list[str]) -> Certificate:
    """The certificate with a public zone for each name whose zone is private. Adds a message where none fits."""
    proofs = []
    for proof in certificate.proofs:
        public = in_public_zone(proof, facts.zones)
        proofs.append(public or proof)
        if public is None:
            problems.append(
                f"the hosted zone {proof.zone} of {proof.domain} is private, and ACM validates a name only in public "
                "DNS, but not exactly one public hosted zone of this account fits; name a certificate that exists: "
                f"domain: {{name: {proof.domain}, zone: {proof.zone}, certificate: arn:...}}"
            )
    return certificate.model_copy(update={"proofs": tuple(proofs)})


def vpc_of(desired: Mapping[Address, Resource], facts: LookupFacts) -> str | None:
    """The VPC of the stack: the one that the spec names, or the default VPC. A private zone may have other VPCs too."""
    for resource in desired.values():
        if isinstance(resource, HostedZone):
            continue
        for ref in references(resource):
            if isinstance(ref, AwsId) and ref.value.startswith("vpc-"):
                return ref.value
            if isinstance(ref, Lookup) and ref.what == "vpc" and (ids := facts.found.get(ref)):
                return ids[0]
    return facts.subnets[0]["VpcId"] if facts.subnets else None


def _finder(facts: LookupFacts, vpc: str | None, problems: list[str]) -> Finder:
    """A function from a reference to AWS ids; it adds a message to `problems` where nothing fits."""
    nothing = (AwsId("missing"),)

    def find(ref: Ref) -> tuple[Ref, ...]:
        if not isinstance(ref, Lookup):
            return (ref,)
        ids, problem = _ids_of(ref, facts, vpc)
        if not ids:
            problems.append(problem)
            return nothing
        return tuple(map(AwsId, ids))

    return find


def _ids_of(lookup: Lookup, facts: LookupFacts, vpc: str | None) -> tuple[Sequence[str], str]:
    """The ids that fit, and the message for the case that there are none."""
    if lookup.what == "vpc":
        if lookup.query == "default":
            return ([vpc] if vpc else []), f"there is no default VPC in {facts.region}: name one under network: vpc:"
        return facts.found.get(lookup, []), f"there is no VPC {lookup.query} in {facts.region}"
    if lookup.what == "subnet":
        return _subnets_for(lookup, facts, vpc)
    if lookup.what == "hosted_zone":
        return zone_ids(lookup, facts, vpc)
    if lookup.what == "web_acl":
        return facts.found.get(lookup, []), missing_web_acl(lookup, facts)
    if is_certificate(lookup):
        return facts.found.get(lookup, []), facts.certificates.problem(lookup, facts.region)
    if lookup.what == "load_balancer":
        name = lookup.query.removeprefix("name:")
        what = (
            f"there is no load balancer {name} in {facts.region}; if another stack creates it, apply that stack first"
        )
        return facts.found.get(lookup, []), what
    what = lookup.what.replace("_", " ")
    return facts.found.get(lookup, []), f"there is no {what} with {lookup.query} in {facts.region}"


def _subnets_for(lookup: Lookup, facts: LookupFacts, vpc: str | None) -> tuple[Sequence[str], str]:
    """`*` is one subnet for each zone, `#0` the first of them; a letter or a name is the subnet of that zone."""
    if is_by_name(lookup):
        return facts.found.get(lookup, []), f"there is no subnet {lookup.query} in {facts.region}"
    if facts.ambiguous:
        return [], facts.ambiguous
    by_zone = subnets_by_zone(facts, vpc)
    ids = list(default_subnets_by_zone(facts, vpc).values())
    none_at_all = f"there is no public subnet in the VPC {vpc or 'default'} of {facts.region}"
    if lookup.query == "*":
        return ids, none_at_all
    if lookup.query.startswith("#"):
        return ([ids[int(lookup.query[1:]) % len(ids)]] if ids else []), none_at_all
    zone = lookup.query if len(lookup.query) > 1 else f"{facts.region}{lookup.query}"
    zones = ", ".join(sorted(by_zone)) or "none"
    problem = f"there is no public subnet in zone {zone} (zones that have one: {zones})"
    return ([by_zone[zone]] if zone in by_zone else []), problem


def subnets_by_zone(facts: LookupFacts, vpc: str | None) -> dict[str, str]:
    """The subnet that elbplan uses in each availability zone of a VPC."""
    return _first_by_zone(facts.subnets, vpc)


def default_subnets_by_zone(facts: LookupFacts, vpc: str | None) -> dict[str, str]:
    """The subnets for a spec without zones: those in which a load balancer can stand."""
    return _first_by_zone([subnet for subnet in facts.subnets if serves_load_balancers(subnet, facts.region)], vpc)


def _first_by_zone(subnets: Sequence[Mapping[str, Any]], vpc: str | None) -> dict[str, str]:
    by_zone: dict[str, str] = {}
    for subnet in sorted(subnets, key=lambda s: (s["AvailabilityZone"], s["SubnetId"])):
        if subnet["VpcId"] == vpc and subnet.get("State", "available") == "available":
            by_zone.setdefault(subnet["AvailabilityZone"], subnet["SubnetId"])
    return by_zone


def zone_ids(lookup: Lookup, facts: LookupFacts, vpc: str | None) -> tuple[Sequence[str], str]:
    """The hosted zone of a lookup, and the message for the case that there is none."""
    if name := private_zone_named(lookup.query):
        return private_zone(name, facts.zones, facts.zone_vpcs, vpc)
    try:
        zone = zone_for(lookup.query, facts.zones)
    except ValueError as error:
        return [], f"{error}; write which one: domain: {{name: {lookup.query}, zone: Z...}}"
    zones = ", ".join(sorted(z["Name"].rstrip(".") for z in facts.zones)) or "none"
    problem = f"there is no public hosted zone for {lookup.query} (zones of this account: {zones})"
    return ([zone] if zone else []), problem
