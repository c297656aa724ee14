"""Refuses a plan whose records cannot exist beside those of others, before the first write. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..core.address import Address
from ..core.change import Diff
from ..core.foreign import Foreign
from ..core.kind import NamesInUse, Owner
from ..core.resource import Resource
from ..errors import Refused
from ..kinds.aws.alias_tags import RecordPlace
from ..kinds.aws.record_places import CNAME, UsedPlace, excludes, used_places
from ..kinds.aws.routing_policies import SIMPLE, distinct_policy, policy_of, policy_params
from ..kinds.record import Record, excluded, place_of, same_set
from .guards import NOBODY, Owners, created_by, own_ids


def records_held_by_others(comparison: Diff, names_in_use: NamesInUse, owners: Owners = NOBODY) -> Iterator[Refused]:
    """A refusal for each record set of others that AWS does not allow beside a record of the plan."""
    ours = own_ids(comparison)
    for after in _placed(comparison):
        if not after.take_over:
            for used in conflicts(after, names_in_use):
                if used.holder not in ours:
                    yield _name_held(after, used, owners, is_new=not comparison.lives)


def _placed(comparison: Diff) -> Iterator[Record]:
    """The records that the plan creates, and those that become another record set."""
    for change in comparison.changes:
        after = change.after
        if isinstance(after, Record) and change.action in ("create", "replace", "update"):
            before = change.before
            if change.action != "update" or not isinstance(before, Record) or not same_set(before, after):
                yield after


def conflicts(record: Record, names_in_use: NamesInUse) -> list[UsedPlace]:
    """The record sets in AWS that cannot exist beside this record."""
    place, policy = place_of(record), distinct_policy(policy_params(record))
    used = used_places(names_in_use.get(Record.kind, {}))
    return [other for other in used if excludes(place, policy, other.place, other.policy)]


def _name_held(record: Record, used: UsedPlace, owners: Owners, *, is_new: bool) -> Refused:
    owner = owners.get(used.holder)
    if why := _mixed(record, used):
        who = f"of {owner}" if owner else f"which elbplan did not make: {used.holder}"
        replace = "" if owner else "; or write `take_over: true`, so that elbplan replaces it"
        return Refused(f"{record.name}: {why}: a record {who}", hint=MIXED_HINT + replace)
    if owner:
        return _owned_name(record, owner, is_new=is_new)
    return Refused(
        f"{record.name} already has a record that elbplan did not make: {used.holder}",
        hint="write `take_over: true` under domain, so that elbplan replaces that record by an alias",
    )


MIXED_HINT = (
    "all records of a name have one routing policy, each with its own `id`: give this record the same policy, "
    "or change the other one first"
)


def _mixed(record: Record, used: UsedPlace) -> str:
    """Why AWS refuses the record beside one with a policy; "" if both are simple, or of another type."""
    mine, (other, *value) = policy_of(record), used.policy.split(" ", 1)
    if record.type != used.place.type or (mine == SIMPLE and other == SIMPLE):
        return ""
    if mine != other:
        return f"AWS refuses a {mine} record beside a {other} one"
    if place_of(record).identifier == used.place.identifier:
        return f'the id "{used.place.identifier}" is taken'
    return f"AWS allows one {mine} record for {value[0]}" if value else ""


def _owned_name(record: Record, owner: Owner, *, is_new: bool) -> Refused:
    free = f"remove it from the spec of `{owner.stack}` and apply that first, or choose another name here"
    hint = f"{_if_renamed(owner)}; else {free}" if is_new else free
    return Refused(f"the record {record.name} belongs to {owner}", hint=hint)


def _if_renamed(owner: Owner) -> str:
    """What to do if the owner is what a new stack was before: its spec was renamed, or is of another region now."""
    region = owner.address.rpartition(" in ")[2] if " in " in owner.address else ""
    before = f"`region: {region}`" if region else f"`name: {owner.stack}`"
    command = f"elbplan destroy {owner.stack}" + (f" --region {region}" if region else "")
    return f"if this spec was {owner.stack} before, write {before} again, or end the old stack with `{command}`"


def records_of_others(comparison: Diff, names_in_use: NamesInUse, owners: Owners) -> dict[Address, Owner]:
    """The records that the plan takes over from another elbplan stack, because its spec says `take_over`."""
    ours = own_ids(comparison)
    return {
        change.address: owners[used.holder]
        for change, after in created_by(comparison)
        if isinstance(after, Record)
        for used in conflicts(after, names_in_use)
        if used.holder in owners and used.holder not in ours
    }


def replaced_records(comparison: Diff, names_in_use: NamesInUse, foreign: Foreign) -> dict[Address, str]:
    """The existing record sets that each new record replaces, because its spec says `take_over`."""
    ours = own_ids(comparison)
    texts: dict[Address, str] = {}
    for change, after in created_by(comparison):
        if isinstance(after, Record):
            holders = [used.holder for used in conflicts(after, names_in_use) if used.holder not in ours]
            types = [used.place.type for used in conflicts(after, names_in_use)]
            whys = dict.fromkeys(foreign.unkept.get(str(place), "") for place in _kept_places(after, types))
            notes = [f"elbplan cannot keep it: {why}" for why in whys if why and holders]
            texts |= {change.address: "; ".join([*(_replaced(h, foreign.owners) for h in holders), *notes])}
    return {address: text for address, text in texts.items() if text}


def _kept_places(record: Record, types: Iterable[str]) -> list[RecordPlace]:
    """The places whose record sets elbplan keeps: those of the record's type, a CNAME, and the replaced types."""
    zone = str(record.zone)
    return [RecordPlace(zone, record.name, type) for type in dict.fromkeys((record.type, CNAME, *types))]


def _replaced(holder: str, owners: Owners) -> str:
    return f"the record of {owners[holder]}" if holder in owners else holder


def wanted_twice(desired: Mapping[str, Mapping[Address, Resource]]) -> dict[str, list[Refused]]:
    """By stack: a refusal for each record that AWS does not allow beside one that another of these stacks wants."""
    seen: list[tuple[str, Record]] = []
    refusals: dict[str, list[Refused]] = {}
    for stack, resources in desired.items():
        for record in resources.values():
            if isinstance(record, Record):
                for other, earlier in seen:
                    if other != stack and excluded(record, earlier):
                        refused = _wanted_by_both(record, earlier, other, stack)
                        refusals.setdefault(other, []).append(refused)
                        refusals.setdefault(stack, []).append(refused)
                seen.append((stack, record))
    return refusals


def _wanted_by_both(record: Record, other: Record, first: str, second: str) -> Refused:
    used = UsedPlace(place_of(other), distinct_policy(policy_params(other)), "")
    if why := _mixed(record, used):
        return Refused(f"{record.name} is wanted by stack `{first}` and by stack `{second}`: {why}", hint=MIXED_HINT)
    return Refused(
        f"{record.name} is wanted by stack `{first}` and by stack `{second}`; only one can have it",
        hint="remove it from one of the two specs, or write `manage: {dns: false}` there",
    )
