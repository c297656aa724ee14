"""A Route 53 record: a domain name that points at a load balancer."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from typing import ClassVar

from ..core.address import Ref
from ..core.call import Answer, Call, ReadProgram, WriteProgram
from ..core.kind import Found, Kind, Phase, Scope, StepContext
from ..core.resource import differing_fields
from .aws.record_batches import RecordSet, change_batch, delete_set, record_change
from .aws.record_gates import GATES
from .aws.record_switches import Switch, put_back
from .aws.replaced_records import Keeper, Previous, forget, keep_again
from .aws.routing_policies import distinct_policy
from .permissions.record import PERMISSIONS
from .record_model import RecordFields, excluded, place_of, record_mark, same_set, summary, with_live_defaults
from .record_reader import read_records
from .record_writes import dns_name_of, in_zone, own_places, record_set_of, records_at

__all__ = ["KIND", "Record", "excluded", "place_of", "record_mark", "same_set"]


class Record(RecordFields):
    """A record. Records have no tags: a tag of the load balancer shows that the record is ours."""

    kind: ClassVar[str] = "record"


def read(scope: Scope) -> ReadProgram[Found[Record]]:
    """Reads the records of each name that the spec wants, or that tags of a load balancer or security group list."""
    return read_records(scope, Record)


def create(new: Record, context: StepContext) -> WriteProgram:
    """Creates the record. CREATE fails if others have made it meanwhile; UPSERT would overwrite theirs silently.

    Where AWS refuses it beside record sets of ours, or with `take_over` of others, one batch replaces these.
    """
    zone = context.id(new.zone)
    place, record_set = place_of(new, zone), (yield from record_set_of(new, context))
    lives = records_at(new, zone, context)
    if new.take_over or any(excluded(in_zone(live, zone), in_zone(new, zone)) for live in lives):
        others = yield from _other_sets(new, context)
        keeper = Keeper(context.stack, place, bool(new.restore), distinct_policy(record_set))
        switch = Switch(zone, record_set, own_places(lives, zone, context), others=others)
        answer = yield from switch.run(keeper.keep if new.take_over else None)
    else:
        answer = yield change_batch(zone, [record_change("CREATE", record_set)])
    return {"id": str(place), "change": answer["ChangeInfo"]["Id"]}


def _other_sets(new: Record, context: StepContext) -> Generator[Call, Answer, list[RecordSet]]:
    """The other record sets of this name that the run creates or changes."""
    sets = []
    for address, other in context.written.items():
        if (
            address != context.address
            and isinstance(other, Record)
            and (other.name, other.zone) == (new.name, new.zone)
        ):
            sets.append((yield from record_set_of(other, context)))
    return sets


def update(before: Record, after: Record, context: StepContext) -> WriteProgram:
    """UPSERT, so that Route 53 answers at every moment. `restore` is only a word in Parameter Store.

    Another type, policy or identifier is another record set: one batch deletes the old one and creates the new one.
    """
    zone = context.id(after.zone)
    if before.restore != after.restore and context.live:
        yield from keep_again(context.stack, place_of(after, zone), context.live.facts, restore=bool(after.restore))
    if set(differing_fields(before, after)) == {"restore"}:
        return {}
    new = yield from record_set_of(after, context)
    if same_set(before, after):
        answer = yield change_batch(zone, [record_change("UPSERT", new)])
    else:
        own = own_places([before, *records_at(after, zone, context)], zone, context)
        others = yield from _other_sets(after, context)
        answer = yield from Switch(zone, new, own, place_of(before, zone), others).run()
    return {"id": str(place_of(after, zone)), "change": answer["ChangeInfo"]["Id"]}


def delete(old: Record, context: StepContext) -> WriteProgram:
    """Deletes the record if it still points at our load balancer, and puts back what the plan says.

    Route 53 wants an exact copy of the record.
    """
    zone = context.id(old.zone)
    place = place_of(old, zone)
    previous = Previous.of(context.live.facts if context.live else {})
    if previous.put_back:
        own = own_places([old, *records_at(old, zone, context)], zone, context)
        yield from put_back(place.zone, old.name, own, previous.put_back)
    else:
        yield from delete_set(place, dns_name_of(old, context))
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
