"""A Route 53 hosted zone that the spec makes: public, or private for VPCs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, field_validator

from ..core.address import AwsId, Ref
from ..core.call import Answer, Call, GateStatus, ProbeProgram, ReadProgram, WriteProgram
from ..core.kind import Found, Gate, Kind, LiveResource, Scope, StepContext
from ..core.resource import IMMUTABLE, Resource, from_live
from .aws.caller_references import caller_reference, owned_address, tagged_address
from .aws.global_tags import retag_global, tag_global, tags_of
from .aws.hosted_zones import every_hosted_zone
from .aws.ownership import user_tags
from .aws.queries import domain, zone_id
from .aws.route53_hints import may_have_global
from .permissions.hosted_zone import PERMISSIONS
from .references import VpcRef

RESOURCE_TYPE = "hostedzone"
EXISTS = ("HostedZoneAlreadyExists",)
GONE = ("NoSuchHostedZone",)


class HostedZone(Resource):
    """A hosted zone. AWS bills it for each month, also for a month of which it existed only a part."""

    kind: ClassVar[str] = "hosted_zone"
    name: Annotated[str, IMMUTABLE, Field(min_length=1, max_length=255, description="the domain")]
    vpcs: Annotated[tuple[VpcRef, ...], Field(description="the VPCs of a private zone; a public zone has none")] = ()
    comment: Annotated[str, Field(max_length=256, description="a comment for people")] = ""
    delegation_set_id: Annotated[
        str | None,
        IMMUTABLE,
        Field(max_length=32, description="a reusable delegation set, whose name servers the zone gets"),
    ] = None

    @field_validator("name")
    @classmethod
    def _canonical(cls, name: str) -> str:
        """The canonical form, as Route 53 compares names."""
        return domain(name)

    @field_validator("vpcs")
    @classmethod
    def _sorted(cls, vpcs: tuple[Ref, ...]) -> tuple[Ref, ...]:
        """The VPCs are a set."""
        return tuple(sorted(set(vpcs), key=str))

    @property
    def fixed_at_creation(self) -> dict[str, str]:
        """A public zone cannot become private, nor back: API_CreateHostedZone (VPC)."""
        return {"vpcs": "private"} if self.vpcs else {}


def read(scope: Scope) -> ReadProgram[Found[HostedZone]]:
    """The zones whose caller reference is of these stacks. Asks only if the stacks can have any."""
    if not (yield from may_have_global(scope, HostedZone.kind)):
        return Found({})
    zones = yield from every_hosted_zone(wanted.name for _, _, wanted in scope.wanted(HostedZone))
    owned = [(raw, own) for raw in zones if (own := owned_address(raw["CallerReference"], scope, HostedZone.kind))]
    asks = [Call("route53", "GetHostedZone", {"Id": zone_id(raw["Id"])}, done_if=GONE) for raw, _ in owned]
    answers = (yield asks) if asks else []
    tags = yield from tags_of(RESOURCE_TYPE, [zone_id(raw["Id"]) for raw, _ in owned])
    ours: dict[str, list[LiveResource[HostedZone]]] = {}
    for (raw, (stack, address)), answer in zip(owned, answers, strict=True):
        id = zone_id(raw["Id"])
        fields = {
            "name": raw["Name"],
            "vpcs": tuple(AwsId(vpc["VPCId"]) for vpc in answer.get("VPCs", ())),
            "comment": raw.get("Config", {}).get("Comment") or "",
            "delegation_set_id": zone_id(answer.get("DelegationSet", {}).get("Id") or "") or None,
            "tags": user_tags(tags.get(id, {})),
        }
        address = tagged_address(address, tags.get(id, {}))
        ours.setdefault(stack, []).append(LiveResource(address, id, from_live(HostedZone, fields), _facts(answer)))
    return Found(ours)


def _facts(answer: Mapping[str, Any]) -> dict[str, str]:
    """The name servers, which the registrar of the domain must know."""
    return {"name_servers": " ".join(answer.get("DelegationSet", {}).get("NameServers", ()))}


def create(new: HostedZone, context: StepContext) -> WriteProgram:
    """Creates the zone, then its tags and further VPCs. The caller reference shows that the zone is ours.

    AWS refuses a repeated call with the same reference, so elbplan then looks for the zone of the first one.
    """
    reference = caller_reference(context)
    params: dict[str, Any] = {"Name": new.name, "CallerReference": reference}
    if new.comment or new.vpcs:
        params["HostedZoneConfig"] = {"Comment": new.comment, "PrivateZone": bool(new.vpcs)}
    if new.vpcs:
        params["VPC"] = _vpc(new.vpcs[0], context)
    if new.delegation_set_id:
        params["DelegationSetId"] = new.delegation_set_id
    answer: Answer = yield Call("route53", "CreateHostedZone", params, done_if=EXISTS)
    if not answer:
        named = yield Call("route53", "ListHostedZonesByName", {"DNSName": new.name, "MaxItems": "100"})
        ids = [raw["Id"] for raw in named["HostedZones"] if raw["CallerReference"] == reference]
        answer = yield Call("route53", "GetHostedZone", {"Id": zone_id(ids[0])})
    id = zone_id(answer["HostedZone"]["Id"])
    yield tag_global(RESOURCE_TYPE, id, context.tags(new))
    for vpc in new.vpcs[1:]:
        yield _associate(id, vpc, context)
    return {"id": id, **_facts(answer)}


def _vpc(vpc: Ref, context: StepContext) -> dict[str, str]:
    return {"VPCRegion": context.region, "VPCId": context.id(vpc)}


def _associate(id: str, vpc: Ref, context: StepContext) -> Call:
    params = {"HostedZoneId": id, "VPC": _vpc(vpc, context)}
    return Call("route53", "AssociateVPCWithHostedZone", params, retry_on=("PriorRequestNotComplete",), timeout=120)


def update(before: HostedZone, after: HostedZone, context: StepContext) -> WriteProgram:
    """Changes VPCs, comment and tags. A private zone never loses its last VPC: the new ones come first."""
    assert context.live is not None
    id = context.live.id
    for vpc in after.vpcs:
        if vpc not in before.vpcs:
            yield _associate(id, vpc, context)
    for vpc in before.vpcs:
        if vpc not in after.vpcs:
            params = {"HostedZoneId": id, "VPC": _vpc(vpc, context)}
            yield Call("route53", "DisassociateVPCFromHostedZone", params, done_if=("VPCAssociationNotFound",))
    if before.comment != after.comment:
        comment = {"Comment": after.comment} if after.comment else {}
        yield Call("route53", "UpdateHostedZoneComment", {"Id": id, **comment})
    yield from retag_global(RESOURCE_TYPE, id, before.tags, after.tags)
    return {}


def delete(old: HostedZone, context: StepContext) -> WriteProgram:
    """Deletes the zone if it is empty. Records that elbplan did not make stay, and so does the zone."""
    assert context.live is not None
    id = context.live.id
    answer = yield Call("route53", "ListResourceRecordSets", {"HostedZoneId": id}, done_if=GONE)
    others = [raw for raw in answer.get("ResourceRecordSets", ()) if not _is_of_the_zone(raw, old.name)]
    if others:
        names = ", ".join(f"{raw['Type']} {domain(raw['Name'])}" for raw in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        why = f"this stack did not make its records {names}{more}; when they are gone, destroy this stack again"
        return {"kept": f"hosted zone {old.name} ({id}): {why}", "is_left": "yes"}
    yield Call(
        "route53", "DeleteHostedZone", {"Id": id}, done_if=GONE, retry_on=("PriorRequestNotComplete",), timeout=120
    )
    return {}


def _is_of_the_zone(raw: Mapping[str, Any], name: str) -> bool:
    """True for the NS and SOA records that every zone has, and that AWS deletes with it."""
    return raw["Type"] in ("NS", "SOA") and domain(raw["Name"]) == name


def name_servers(zone: HostedZone, context: StepContext) -> ProbeProgram:
    """Always ready: shows the name servers, which a person must enter at the registrar."""
    answer = yield Call("route53", "GetHostedZone", {"Id": context.id(context.address)}, done_if=GONE)
    servers = ", ".join(answer.get("DelegationSet", {}).get("NameServers", ()))
    return GateStatus("ready", f"enter at the registrar of {zone.name}: {servers}" if servers else "only for its VPCs")


GATES = (Gate("name-servers", "its name servers are known", 60, name_servers, after=("create",)),)


def summary(zone: HostedZone) -> str:
    """`example.com, public`"""
    return f"{zone.name}, {f'private for {len(zone.vpcs)} VPCs' if zone.vpcs else 'public'}"


KIND = Kind(
    model=HostedZone,
    read=read,
    create=create,
    update=update,
    delete=delete,
    with_live_defaults=lambda desired, live: desired,
    summary=summary,
    gates=GATES,
    permissions=PERMISSIONS,
)
