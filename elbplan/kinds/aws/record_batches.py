"""Changes of Route 53 records, in batches that Route 53 makes completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from ...errors import ElbplanError
from .alias_ownership import target_name
from .alias_tags import RecordPlace
from .queries import MOST_SETS, balancer_name, domain
from .record_places import CNAME, excludes
from .routing_policies import distinct_policy, policy_in

RecordSet = Mapping[str, Any]
RecordSearch = Generator[Call, Answer, RecordSet | None]
INVALID = ("InvalidChangeBatch",)


def change_batch(zone: str, changes: Sequence[Mapping[str, Any]], done_if: tuple[str, ...] = ()) -> Call:
    """Changes one zone. Route 53 makes all of the changes or none of them."""
    params = {"HostedZoneId": zone, "ChangeBatch": {"Changes": list(changes)}}
    retry_on = ("PriorRequestNotComplete",)
    return Call("route53", "ChangeResourceRecordSets", params, done_if=done_if, retry_on=retry_on, timeout=120)


def record_change(action: str, record_set: RecordSet) -> dict[str, Any]:
    """A change of one record set."""
    return {"Action": action, "ResourceRecordSet": record_set}


def delete_record(zone: str, find: Callable[[], RecordSearch]) -> WriteProgram:
    """Deletes the record set that `find` returns, if it returns one.

    InvalidChangeBatch means "it was not found", but also "the values do not match" and every other objection to the
    batch. Therefore reads the record again: only a record that is really gone counts as deleted.
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html (InvalidChangeBatch)
    """
    raw = yield from find()
    if raw is None or (yield change_batch(zone, [record_change("DELETE", raw)], done_if=INVALID)):
        return {}
    raw = yield from find()
    if raw is not None:
        yield change_batch(zone, [record_change("DELETE", raw)])
    return {}


def delete_set(place: RecordPlace, dns_name: str) -> WriteProgram:
    """Deletes the record set at this place if it points at this load balancer. An HTTPS record names none."""
    params = {"HostedZoneId": place.zone, "StartRecordName": place.name, "StartRecordType": place.type, "MaxItems": "1"}
    if place.identifier:
        params["StartRecordIdentifier"] = place.identifier

    def find() -> RecordSearch:
        answer = yield Call("route53", "ListResourceRecordSets", params, done_if=("NoSuchHostedZone",))
        sets: Sequence[RecordSet] = answer.get("ResourceRecordSets", [])
        return next((raw for raw in sets if place_in(place.zone, raw) == place and _leads_to(raw, dns_name)), None)

    yield from delete_record(place.zone, find)
    return {}


def move(zone: str, before: RecordPlace, dns_name: str, new: RecordSet) -> Generator[Call, Answer, Answer]:
    """Replaces our record set at `before` by the new one in one batch. Returns the answer.

    The batch also deletes our other record sets that AWS refuses beside the new one. If an earlier batch was applied
    although its answer was lost, changes only the new one.
    """
    place, policy = place_in(zone, new), distinct_policy(new)
    answer: Answer = {}
    for done_if in (INVALID, ()):
        existing = yield from _sets_at(zone, before.name)
        ours = [(place_in(zone, raw), raw) for raw in existing if _leads_to(raw, dns_name)]
        old = [raw for at, raw in ours if at == before or (at.identifier == before.identifier and _excluded(raw, new))]
        is_there = any(at == place and distinct_policy(raw) == policy for at, raw in ours)
        action = "UPSERT" if is_there else "CREATE"
        gone = [raw for raw in old if not (is_there and place_in(zone, raw) == place)]
        changes = [*(record_change("DELETE", raw) for raw in gone), record_change(action, new)]
        if answer := (yield change_batch(zone, changes, done_if=done_if)):
            return answer
    return answer


def take_over(
    zone: str,
    new: RecordSet,
    dns_name: str,
    keep: Callable[[Sequence[RecordSet]], WriteProgram],
    others: Iterable[RecordSet] = (),
) -> Generator[Call, Answer, Answer]:
    """Creates the record set in one batch with the deletion of those that it replaces. Returns the last answer.

    `keep` gets the record sets at this name before anything changes. `others` are the records of other types at this
    name. The batch that deletes a CNAME creates them too: if the A record came first, resolvers could keep the answer
    "no AAAA record" as long as the SOA record of the zone allows.
    If another step has deleted the CNAME already, sends the batch without that deletion.
    """
    existing = yield from _sets_at(zone, new["Name"])
    yield from keep(existing)
    old = [raw for raw in existing if _conflicts(raw, new)]
    if not old:
        action = "UPSERT" if any(place_in(zone, raw) == place_in(zone, new) for raw in existing) else "CREATE"
        return (yield change_batch(zone, [record_change(action, new)]))
    created = [new, *others] if any(raw["Type"] == CNAME for raw in old) else [new]
    answer = yield change_batch(zone, _replacement(old, created), done_if=INVALID)
    if answer:
        return answer
    existing = yield from _sets_at(zone, new["Name"])
    if left := [raw for raw in old if raw in existing]:
        return (yield change_batch(zone, _replacement(left, created)))
    # CREATE fails if somebody else has made a record meanwhile; UPSERT would overwrite it silently.
    same = (raw for raw in existing if place_in(zone, raw) == place_in(zone, new))
    action = "UPSERT" if any(_leads_to(raw, dns_name) for raw in same) else "CREATE"
    return (yield change_batch(zone, [record_change(action, new)]))


def _replacement(old: Iterable[RecordSet], new: Iterable[RecordSet]) -> list[dict[str, Any]]:
    """Deletes the old record sets and creates the new ones."""
    return [*(record_change("DELETE", raw) for raw in old), *(record_change("CREATE", raw) for raw in new)]


def put_back(zone: str, name: str, is_ours: Callable[[RecordSet], bool], previous: Sequence[RecordSet]) -> WriteProgram:
    """Deletes our record at this name and creates the previous ones, in one batch: the name always has an answer.

    A CNAME allows no other record of its name, so all of our records make room for it. If none is ours any more,
    others have moved the name, or another step has put the previous records back: changes nothing.
    Raises ElbplanError if a record of others leaves no room for the previous ones.
    """
    for done_if in (INVALID, ()):
        existing = yield from _sets_at(zone, name, done_if=("NoSuchHostedZone",))
        cname = any(raw["Type"] == CNAME for raw in previous)
        types = {raw["Type"] for raw in previous}
        ours = [raw for raw in existing if is_ours(raw) and (cname or raw["Type"] in types)]
        if not ours:
            return {}
        left = [raw for raw in existing if raw not in ours]
        if beside := [raw for raw in left if any(_excluded(raw, old) for old in previous)]:
            raise ElbplanError(_no_room(name, cname, beside), hint=NO_ROOM)
        if (yield change_batch(zone, _replacement(ours, previous), done_if=done_if)):
            return {}
    return {}


NO_ROOM = "delete that record, or leave out `restore: true`, and run the same command again"


def _no_room(name: str, cname: bool, beside: Sequence[RecordSet]) -> str:
    if cname:
        types = ", ".join(raw["Type"] for raw in beside)
        return f"{domain(name)} cannot be a CNAME again: somebody made a record of type {types} there"
    return f"{domain(name)} cannot have its old record again beside {', '.join(map(record_text, beside))}"


def _sets_at(zone: str, name: str, done_if: tuple[str, ...] = ()) -> Generator[Call, Answer, list[RecordSet]]:
    """The record sets at this name."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": MOST_SETS}
    answer = yield Call("route53", "ListResourceRecordSets", params, done_if=done_if)
    return [raw for raw in answer.get("ResourceRecordSets", []) if domain(raw["Name"]) == domain(name)]


def place_in(zone: str, raw: RecordSet) -> RecordPlace:
    """The place of a record set of this zone."""
    return RecordPlace(zone, domain(raw["Name"]), raw["Type"], identifier_of(raw))


def identifier_of(raw: RecordSet) -> str:
    """The set identifier of a record set; "" for a simple one."""
    return str(raw.get("SetIdentifier") or "")


def _excluded(raw: RecordSet, other: RecordSet) -> bool:
    """True if AWS refuses the two record sets beside each other, or if one replaces the other."""
    return excludes(place_in("", raw), distinct_policy(raw), place_in("", other), distinct_policy(other))


def _conflicts(raw: RecordSet, new: RecordSet) -> bool:
    """True for a record set that must be deleted before the new one is created. UPSERT replaces one of its own kind."""
    same = place_in("", raw) == place_in("", new) and policy_in(raw) == policy_in(new)
    return _excluded(raw, new) and not same


def points_at(raw: RecordSet, dns_name: str) -> bool:
    """True for an alias or a CNAME to the load balancer with this DNS name."""
    return target_name(raw) == balancer_name(dns_name)


def _leads_to(raw: RecordSet, dns_name: str) -> bool:
    """True if the record set points at the load balancer, or is of a type that names no load balancer."""
    return raw["Type"] == "HTTPS" or points_at(raw, dns_name)


def record_text(raw: RecordSet) -> str:
    """A record set in a few words: `A 203.0.113.7 (TTL 60)`"""
    notes = [f"TTL {raw['TTL']}"] if "TTL" in raw else []
    notes += [f"identifier {raw['SetIdentifier']}"] if "SetIdentifier" in raw else []
    notes += [f"weight {raw['Weight']}"] if "Weight" in raw else []
    if alias := raw.get("AliasTarget"):
        text = f"{raw['Type']} alias to {alias['DNSName'].rstrip('.')}"
    else:
        text = f"{raw['Type']} {', '.join(value['Value'] for value in raw.get('ResourceRecords', []))}"
    return f"{text} ({', '.join(notes)})" if notes else text
