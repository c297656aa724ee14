"""A Route 53 record: a domain name that points at a load balancer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, ClassVar

from ..core.address import Ref
from ..core.call import ReadProgram, WriteProgram
from ..core.kind import Found, Kind, Phase, Scope, StepContext
from ..core.resource import differing_fields
from .aws.record_batches import (
    change_batch,
    delete_set,
    identifier_of,
    move,
    points_at,
    put_back,
    record_change,
    take_over,
)
from .aws.record_gates import GATES
from .aws.replaced_records import Keeper, Previous, forget, keep_again
from .aws.routing_policies import distinct_policy, policy_params
from .permissions.record import PERMISSIONS
from .record_model import RecordFields, excluded, place_of, record_mark, same_set, summary, with_live_defaults
from .record_reader import read_records

__all__ = ["KIND", "Record", "excluded", "place_of", "record_mark", "same_set"]


class Record(RecordFields):
    """A record. Records have no tags: a tag of the load balancer shows that the record is ours."""

    kind: ClassVar[str] = "record"


def read(scope: Scope) -> ReadProgram[Found[Record]]:
    """Reads the records of each name that the spec wants, or that tags of a load balancer or security group list."""
    return read_records(scope, Record)


def create(new: Record, context: StepContext) -> WriteProgram:
    """Creates the record. CREATE fails if others have made it meanwhile; UPSERT would overwrite theirs silently."""
    zone = context.id(new.zone)
    place, record_set = place_of(new, zone), _record_set(new, context)
    if new.take_over:
        others = [_record_set(record, context) for record in _other_types(new, context)]
        dns_name = context.fact(new.load_balancer, "dns_name")
        keeper = Keeper(context.stack, place, dns_name, bool(new.restore), distinct_policy(record_set))
        answer = yield from take_over(zone, record_set, dns_name, keeper.keep, others)
    else:
        answer = yield change_batch(zone, [record_change("CREATE", record_set)])
    return {"id": str(place), "change": answer["ChangeInfo"]["Id"]}


def _other_types(new: Record, context: StepContext) -> list[Record]:
    """The other records of this name that the run creates."""
    return [
        record
        for record in context.created.values()
        if isinstance(record, Record)
        and record.take_over
        and (record.name, record.zone, record.load_balancer) == (new.name, new.zone, new.load_balancer)
        and record.type != new.type
    ]


def _record_set(new: Record, context: StepContext) -> dict[str, Any]:
    """The record set as Route 53 wants it."""
    dns_name = context.fact(new.load_balancer, "dns_name")
    common = {"Name": new.name, "Type": new.type, **policy_params(new)}
    if new.health_check:
        common["HealthCheckId"] = context.id(new.health_check)
    if not new.is_alias:
        return {**common, "TTL": new.ttl, "ResourceRecords": [{"Value": new.value or dns_name}]}
    return {
        **common,
        "AliasTarget": {
            "HostedZoneId": context.fact(new.load_balancer, "zone_id"),
            "DNSName": dns_name,
            "EvaluateTargetHealth": new.evaluate_target_health,
        },
    }


def update(before: Record, after: Record, context: StepContext) -> WriteProgram:
    """UPSERT, so that Route 53 answers at every moment. `restore` is only a word in Parameter Store.

    Another type, policy or identifier is another record set: one batch deletes the old one and creates the new one.
    """
    zone = context.id(after.zone)
    if before.restore != after.restore and context.live:
        yield from keep_again(context.stack, place_of(after, zone), context.live.facts, restore=bool(after.restore))
    if set(differing_fields(before, after)) == {"restore"}:
        return {}
    new = _record_set(after, context)
    if same_set(before, after):
        answer = yield change_batch(zone, [record_change("UPSERT", new)])
    else:
        answer = yield from move(zone, place_of(before, zone), _dns_name(before, context), new)
    return {"id": str(place_of(after, zone)), "change": answer["ChangeInfo"]["Id"]}


def _dns_name(record: Record, context: StepContext) -> str:
    """The DNS name of the record's load balancer, which may be gone."""
    return context.fact(record.load_balancer, "dns_name") or str(record.load_balancer)


def delete(old: Record, context: StepContext) -> WriteProgram:
    """Deletes the record if it still points at our load balancer, and puts back what the plan says.

    Route 53 wants an exact copy of the record.
    """
    place, dns_name = place_of(old, context.id(old.zone)), _dns_name(old, context)
    previous = Previous.of(context.live.facts if context.live else {})
    if previous.put_back:

        def is_ours(raw: Mapping[str, Any]) -> bool:
            return points_at(raw, dns_name) and identifier_of(raw) == place.identifier

        yield from put_back(place.zone, old.name, is_ours, previous.put_back)
    else:
        yield from delete_set(place, dns_name)
    yield from forget(context.stack, place, previous.forget)
    return {}


def create_path(new: Record, _: AbstractSet[Ref]) -> Sequence[tuple[Phase, Record]]:
    """A new record comes with the switch: from then on clients use it."""
    return [("switch", new)]


def update_path(_: Record, after: Record, *__: AbstractSet[Ref]) -> Sequence[tuple[Phase, Record]]:
    """A record changes with the switch, when everything behind it is ready."""
    return [("switch", after)]


KIND = Kind(
    model=Record,
    read=read,
    create=create,
    update=update,
    delete=delete,
    create_path=create_path,
    update_path=update_path,
    with_live_defaults=with_live_defaults,
    summary=summary,
    taggable=False,
    gates=GATES,
    permissions=PERMISSIONS,
)
