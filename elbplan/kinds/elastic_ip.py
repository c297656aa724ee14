"""An Elastic IP: a fixed public address, and the instance that it is associated with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, ClassVar

from ..core.address import Address, AwsId, Ref
from ..core.call import Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, LiveResource, Phase, Scope, StepContext, fill_unset
from ..core.resource import LOOSE, Resource
from .aws.candidates import may_have
from .aws.ownership import owner, retag, specification, tag_mapping, user_tags
from .aws.queries import FILTER_LAG, stack_filter
from .permissions.elastic_ip import PERMISSIONS
from .references import InstanceRef


class ElasticIp(Resource):
    """An Elastic IP address. AWS bills it until it is released."""

    kind: ClassVar[str] = "elastic_ip"
    instance: InstanceRef | None = None


class ExternalElasticIp(ElasticIp):
    """An address that elbplan did not allocate, and that a destroy releases together with its instance.

    AWS disassociates it when it terminates the instance. So it is released after that, and its reference is loose.
    """

    instance: Annotated[InstanceRef | None, LOOSE] = None


def external_elastic_ip(raw: Mapping[str, Any]) -> LiveResource[ElasticIp]:
    """The address as DescribeAddresses describes it. Its name is the public address."""
    instance = AwsId(raw["InstanceId"]) if raw.get("InstanceId") else None
    address = Address(ElasticIp.kind, raw["PublicIp"])
    return LiveResource(address, raw["AllocationId"], ExternalElasticIp(instance=instance))


def read(scope: Scope) -> ReadProgram[Found[ElasticIp]]:
    """The addresses with the stacks' tags. Asks only if the stacks can have any."""
    if not (yield from may_have(scope, ElasticIp.kind)):
        return Found({})
    (answer,) = yield [Call("ec2", "DescribeAddresses", stack_filter(scope.stacks))]
    ours: dict[str, list[LiveResource[ElasticIp]]] = {}
    for raw in answer["Addresses"]:
        tags = tag_mapping(raw.get("Tags"))
        if owned_by := owner(tags, ElasticIp.kind, scope.stacks):
            ours.setdefault(owned_by[0], []).append(_live(owned_by[1], raw, tags))
    return Found(ours)


def _live(address: Address, raw: Mapping[str, Any], tags: Mapping[str, str]) -> LiveResource[ElasticIp]:
    instance = AwsId(raw["InstanceId"]) if raw.get("InstanceId") else None
    return LiveResource(
        address,
        raw["AllocationId"],
        ElasticIp(tags=user_tags(tags), instance=instance),
        {"address": raw.get("PublicIp", ""), "association": raw.get("AssociationId", "")},
    )


def create(new: ElasticIp, context: StepContext) -> WriteProgram:
    """Allocates and associates an address.

    AllocateAddress has no token, so elbplan never repeats it. After a lost answer it finds the address by its tags.
    """
    tags = {"Name": f"{context.stack}-{context.address.name}", **context.tags(new)}
    params = {"Domain": "vpc", "TagSpecifications": specification("elastic-ip", tags)}
    answer = yield Call("ec2", "AllocateAddress", params, no_retry=True)
    if new.instance:
        yield _associate(answer["AllocationId"], new.instance, context)
    return {"id": answer["AllocationId"], "address": answer.get("PublicIp", "")}


def _associate(allocation: str, instance: Ref, context: StepContext) -> Call:
    return Call(
        "ec2",
        "AssociateAddress",
        {"AllocationId": allocation, "InstanceId": context.id(instance), "AllowReassociation": True},
        retry_on=("InvalidAllocationID.NotFound", "IncorrectInstanceState", "InvalidInstanceID.NotFound"),
        timeout=120,
    )


def update(before: ElasticIp, after: ElasticIp, context: StepContext) -> WriteProgram:
    """One call moves the address to another instance; AWS disassociates the old instance."""
    assert context.live is not None
    if after.instance and before.instance != after.instance:
        yield _associate(context.live.id, after.instance, context)
    if before.instance and not after.instance:
        yield from _disassociate(context)
    yield from retag("ec2", context.live.id, before.tags, after.tags)
    return {}


def _disassociate(context: StepContext, only: Sequence[str] | None = None) -> WriteProgram:
    """Disassociates the address from its present instance; if `only` is given, from no other than these."""
    assert context.live is not None
    params = {"Filters": [{"Name": "allocation-id", "Values": [context.live.id]}]}
    answer = yield Call("ec2", "DescribeAddresses", params)
    for raw in answer["Addresses"]:
        holder = raw.get("InstanceId")
        if only is not None and holder and holder not in only:
            return {"kept": f"Elastic IP {raw['PublicIp']}: it has been associated with {holder} meanwhile"}
        if raw.get("AssociationId"):
            gone = ("InvalidAssociationID.NotFound",)
            yield Call("ec2", "DisassociateAddress", {"AssociationId": raw["AssociationId"]}, done_if=gone)
    return {}


def delete(old: ElasticIp, context: StepContext) -> WriteProgram:
    """Releases the address, which ends the billing. An address of others must not have moved to another instance."""
    assert context.live is not None
    only = [context.id(old.instance)] if old.instance else []
    kept = yield from _disassociate(context, only if isinstance(old, ExternalElasticIp) else None)
    if kept:
        return kept
    yield Call(
        "ec2",
        "ReleaseAddress",
        {"AllocationId": context.live.id},
        done_if=("InvalidAllocationID.NotFound",),
        retry_on=("InvalidIPAddress.InUse", "AuthFailure"),
        timeout=300,
    )
    return {}


def summary(ip: ElasticIp) -> str:
    """`for instance.web-1`"""
    text = f"for {ip.instance}" if ip.instance else "static public address"
    return f"{text}, not created by elbplan" if isinstance(ip, ExternalElasticIp) else text


def update_path(_: ElasticIp, after: ElasticIp, *__: AbstractSet[Ref]) -> Sequence[tuple[Phase, ElasticIp]]:
    """An address moves in the phase in which traffic switches."""
    return [("switch", after)]


KIND = Kind(
    model=ElasticIp,
    read=read,
    create=create,
    update=update,
    delete=delete,
    update_path=update_path,
    with_live_defaults=lambda desired, live: fill_unset(desired, live, keep=("instance",)),
    summary=summary,
    filter_lag=FILTER_LAG,
    permissions=PERMISSIONS,
)
