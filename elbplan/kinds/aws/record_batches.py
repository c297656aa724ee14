"""Changes of Route 53 records, in batches that Route 53 makes completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from ...errors import ElbplanError
from .queries import MOST_SETS, balancer_name, domain

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


def delete_alias(zone: str, name: str, type: str, dns_name: str) -> WriteProgram:
    """Deletes the record of this name and type if it points at this load balancer."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "StartRecordType": type, "MaxItems": "1"}

    def find() -> RecordSearch:
        answer = yield Call("route53", "ListResourceRecordSets", params, done_if=("NoSuchHostedZone",))
        sets: Sequence[RecordSet] = answer.get("ResourceRecordSets", [])
        same = (raw for raw in sets if domain(raw["Name"]) == domain(name) and raw["Type"] == type)
        return next((raw for raw in same if points_at(raw, dns_name)), None)

    yield from delete_record(zone, find)
    return {}


def take_over(
    zone: str, alias: RecordSet, keep: Callable[[Sequence[RecordSet]], WriteProgram], others: Iterable[RecordSet] = ()
) -> Generator[Call, Answer, Answer]:
    """Creates the alias in one batch with the deletion of the records that it replaces. Returns the last answer.

    `keep` gets the record sets at this name before anything changes. `others` are the aliases of other types at this
    name. The batch that deletes a CNAME creates them too: if the A record came first, resolvers could keep the answer
    "no AAAA record" as long as the SOA record of the zone allows.
    If another step has deleted the CNAME already, sends the batch without that deletion.
    """
    existing = yield from _sets_at(zone, alias["Name"])
    yield from keep(existing)
    old = [raw for raw in existing if _conflicts(raw, alias)]
    if not old:
        action = "UPSERT" if any(raw["Type"] == alias["Type"] for raw in existing) else "CREATE"
        return (yield change_batch(zone, [record_change(action, alias)]))
    aliases = [alias, *others] if any(raw["Type"] == "CNAME" for raw in old) else [alias]
    answer = yield change_batch(zone, _replacement(old, aliases), done_if=INVALID)
    if answer:
        return answer
    existing = yield from _sets_at(zone, alias["Name"])
    if left := [raw for raw in old if raw in existing]:
        return (yield change_batch(zone, _replacement(left, aliases)))
    # CREATE fails if somebody else has made a record meanwhile; UPSERT would overwrite it silently.
    action = "UPSERT" if any(_has_same_target(raw, alias) for raw in existing) else "CREATE"
    return (yield change_batch(zone, [record_change(action, alias)]))


def _replacement(old: Iterable[RecordSet], new: Iterable[RecordSet]) -> list[dict[str, Any]]:
    """Deletes the old record sets and creates the new ones."""
    return [*(record_change("DELETE", raw) for raw in old), *(record_change("CREATE", raw) for raw in new)]


def put_back(zone: str, name: str, is_ours: Callable[[RecordSet], bool], previous: Sequence[RecordSet]) -> WriteProgram:
    """Deletes our record at this name and creates the previous ones, in one batch: the name always has an answer.

    A CNAME allows no other record of its name, so all of our records make room for it. If none is ours any more,
    others have moved the name, or another step has put the previous records back: changes nothing.
    Raises ElbplanError if a record of others leaves no room for a CNAME.
    """
    for done_if in (INVALID, ()):
        existing = yield from _sets_at(zone, name, done_if=("NoSuchHostedZone",))
        cname = any(raw["Type"] == "CNAME" for raw in previous)
        types = {raw["Type"] for raw in previous}
        ours = [raw for raw in existing if is_ours(raw) and (cname or raw["Type"] in types)]
        if not ours:
            return {}
        if cname and (beside := [raw["Type"] for raw in existing if raw not in ours]):
            raise ElbplanError(
                f"{domain(name)} cannot be a CNAME again: somebody made a record of type {', '.join(beside)} there",
                hint="delete that record, or leave out `restore: true`, and run the same command again",
            )
        if (yield change_batch(zone, _replacement(ours, previous), done_if=done_if)):
            return {}
    return {}


def _sets_at(zone: str, name: str, done_if: tuple[str, ...] = ()) -> Generator[Call, Answer, list[RecordSet]]:
    """The record sets at this name."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": MOST_SETS}
    answer = yield Call("route53", "ListResourceRecordSets", params, done_if=done_if)
    return [raw for raw in answer.get("ResourceRecordSets", []) if domain(raw["Name"]) == domain(name)]


def _conflicts(raw: RecordSet, alias: RecordSet) -> bool:
    """True for a CNAME, which allows no other record of its name, and for a record set with a routing policy."""
    return raw["Type"] == "CNAME" or (raw["Type"] == alias["Type"] and "SetIdentifier" in raw)


def _has_same_target(raw: RecordSet, alias: RecordSet) -> bool:
    """True if both record sets have this type and point at the same load balancer."""
    return raw["Type"] == alias["Type"] and points_at(raw, alias["AliasTarget"]["DNSName"])


def points_at(raw: RecordSet, dns_name: str) -> bool:
    """True for an alias to the load balancer with this DNS name. elbplan makes no alias with an identifier."""
    target = balancer_name(raw.get("AliasTarget", {}).get("DNSName", ""))
    return target == balancer_name(dns_name) and raw["Type"] in ("A", "AAAA") and "SetIdentifier" not in raw


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
