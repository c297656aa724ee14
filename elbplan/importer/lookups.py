"""Which words of a spec find the network and the hosted zones that the load balancer has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.resource import Resource
from ..kinds.aws.queries import zone_for
from ..kinds.certificate import Certificate
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.security_group import SecurityGroup
from ..live.batch import BatchReader
from ..live.lookups import look_up
from ..live.resolve import NotFound, resolve
from .claims import BALANCER
from .survey import Raw, Survey

Lookups = dict[Lookup, tuple[AwsId, ...]]
EVERY_ZONE = Lookup("subnet", "*")
DEFAULT_VPC = Lookup("vpc", "default")


def lookups_of(reader: BatchReader, region: str, seen: Survey, resources: Mapping[Address, Resource]) -> Lookups:
    """The look-ups that find exactly what AWS has. Only reads."""
    named = dict(_zones(resources.values(), seen.zones)) | _web_acl(seen)
    return named | _network(reader, region, seen, resources)


def _web_acl(seen: Survey) -> Lookups:
    """A web ACL by its name, which is unique in a region."""
    held = seen.associations
    return {Lookup("web_acl", f"name:{held.web_acl}"): (AwsId(held.web_acl_arn),)} if held.web_acl_arn else {}


def _zones(resources: Iterable[Resource], zones: Iterable[Raw]) -> Iterator[tuple[Lookup, tuple[AwsId, ...]]]:
    raws = list(zones)
    for name in sorted({name for resource in resources for name in _names(resource)}):
        try:
            zone = zone_for(name, raws)
        except ValueError:  # several zones fit: the spec names one by id
            continue
        if zone:
            yield Lookup("hosted_zone", name), (AwsId(zone),)


def _names(resource: Resource) -> list[str]:
    if isinstance(resource, Record):
        return [resource.name.removeprefix("*.")]
    return [name.removeprefix("*.") for name in resource.domains] if isinstance(resource, Certificate) else []


def _network(reader: BatchReader, region: str, seen: Survey, resources: Mapping[Address, Resource]) -> Lookups:
    """All zones of the default VPC, or some of them by letter; nothing for another VPC. Addresses need the letters."""
    balancer = resources[BALANCER]
    assert isinstance(balancer, LoadBalancer)
    letters = [
        Lookup("subnet", seen.subnets[str(id)]["AvailabilityZone"][-1])
        for id in balancer.subnets
        if str(id) in seen.subnets
    ]
    zones = sorted(set(letters), key=str)
    for words in [zones] if balancer.pins else [[EVERY_ZONE], zones]:
        found = _found(reader, region, balancer, words) if words else {}
        subnets = {id for word in words for id in found.get(word, ())}
        if found.get(DEFAULT_VPC) == (AwsId(seen.balancer.get("VpcId") or ""),) and subnets == set(balancer.subnets):
            return found
    return {}


def _found(reader: BatchReader, region: str, balancer: LoadBalancer, words: Iterable[Lookup]) -> Lookups:
    """What these subnets' words and `default` find; empty if one of them finds nothing."""
    result: Lookups = {}
    words = list(words)
    unplaced = balancer.model_copy(update={"vpc": None, "security_groups": (), "pins": ()})
    for word in words:
        wanted: dict[Address, Resource] = {
            Address("security_group", "lb"): SecurityGroup(vpc=DEFAULT_VPC),
            BALANCER: unplaced.model_copy(update={"subnets": tuple(words)}),
        }
        (facts,) = reader.run([look_up(region, list(wanted.values()))])
        wanted[BALANCER] = unplaced.model_copy(update={"subnets": (word,)})
        try:
            resolved = resolve(wanted, facts, "import")
        except NotFound:
            return {}
        group, found = resolved[Address("security_group", "lb")], resolved[BALANCER]
        assert isinstance(group, SecurityGroup)
        assert isinstance(found, LoadBalancer)
        result[DEFAULT_VPC], result[word] = _ids([group.vpc]), _ids(found.subnets)
    return result


def _ids(refs: Iterable[Ref]) -> tuple[AwsId, ...]:
    return tuple(ref for ref in refs if isinstance(ref, AwsId))
