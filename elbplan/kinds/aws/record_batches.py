"""Changes of Route 53 records, in batches that Route 53 makes completely or not at all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

from ...core.call import Answer, Call, WriteProgram
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


def take_over(zone: str, alias: RecordSet, others: Iterable[RecordSet] = ()) -> Generator[Call, Answer, Answer]:
    """Creates the alias in one batch with the deletion of the records that it replaces. Returns the last answer.

    `others` are the aliases of other types at this name. The batch that deletes a CNAME creates them too: if the A
    record came first, resolvers could keep the answer "no AAAA record" as long as the SOA record of the zone allows.
    If another step has deleted the CNAME already, sends the batch without that deletion.
    """
    existing = yield from _sets_at(zone, alias["Name"])
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


def _replacement(old: Iterable[RecordSet], aliases: Iterable[RecordSet]) -> list[dict[str, Any]]:
    """Deletes the old record sets and creates the aliases."""
    return [*(record_change("DELETE", raw) for raw in old), *(record_change("CREATE", alias) for alias in aliases)]


def _sets_at(zone: str, name: str) -> Generator[Call, Answer, list[RecordSet]]:
    """The record sets at this name."""
    params = {"HostedZoneId": zone, "StartRecordName": name, "MaxItems": MOST_SETS}
    answer = yield Call("route53", "ListResourceRecordSets", params)
    return [raw for raw in answer["ResourceRecordSets"] if domain(raw["Name"]) == domain(name)]


def _conflicts(raw: RecordSet, alias: RecordSet) -> bool:
    """True for a CNAME, which allows no other record of its name, and for a record set with a routing policy."""
    return raw["Type"] == "CNAME" or (raw["Type"] == alias["Type"] and "SetIdentifier" in raw)


def _has_same_target(raw: RecordSet, alias: RecordSet) -> bool:
    """True if both record sets have this type and point at the same load balancer."""
    targets = [balancer_name(entry.get("AliasTarget", {}).get("DNSName", "")) for entry in (raw, alias)]
    return raw["Type"] == alias["Type"] and targets[0] == targets[1]
