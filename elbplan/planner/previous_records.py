"""Decides what happens to the DNS records that a plan's records replaced: put back, or given up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..core.address import Address
from ..core.kind import LiveResource
from ..core.plan import Plan
from ..errors import Refused
from ..kinds.aws.parameter_store import PERMISSIONS
from ..kinds.aws.record_batches import RecordSet, record_text
from ..kinds.aws.replaced_records import CNAME, Previous, replaced_in
from ..kinds.elastic_ip import ExternalElasticIp
from ..kinds.instance import Instance
from ..kinds.record import Record, place_of


def with_previous_records(plan: Plan, *, rollback: bool = False) -> Plan:
    """The plan; each deletion of a record puts back what the record replaced, if `restore` says so.

    A rollback always puts it back. A CNAME comes back when no record of its name is left. A record with an address that
    the plan gives up stays away: AWS may give the address to somebody else, who would get the requests.
    """
    released = set(_released_addresses(plan))
    restored: dict[Address, str] = {}
    lost: dict[Address, str] = {}
    lives = dict(plan.lives)
    for address, live in _deleted_records(plan):
        replaced = _replaced(address, live, plan)
        if not replaced:
            continue
        given_up = sorted(released & _values(replaced))
        put_back = replaced if (rollback or live.model.restore) and not given_up else ()
        forget = {live.model.type, *(raw["Type"] for raw in replaced)}
        previous = Previous(put_back, tuple(sorted(forget)))
        lives[address] = replace(live, facts={**live.facts, **previous.facts})
        text = "; ".join(map(record_text, replaced))
        if put_back:
            restored[address] = text
        else:
            reason = f"{given_up[0]} is given up, so" if given_up else "without `restore: true`"
            lost[address] = f"{text}; {reason} it does not come back"
    return replace(plan, lives=lives, restored=restored, not_restored=lost)


def _deleted_records(plan: Plan) -> Iterator[tuple[Address, LiveResource[Record]]]:
    for step in plan.steps:
        live = plan.lives.get(step.address)
        if step.do == "delete" and live and isinstance(live.model, Record):
            yield step.address, live


def _released_addresses(plan: Plan) -> Iterator[str]:
    """The public addresses of the servers that the plan ends, and the Elastic IPs that it releases."""
    for step in plan.steps:
        live = plan.lives.get(step.address)
        if live and step.do in ("delete", "stop"):
            if isinstance(live.model, ExternalElasticIp):
                yield live.address.name
            elif isinstance(live.model, Instance):
                yield live.facts.get("address", "")


def _values(records: Iterable[RecordSet]) -> set[str]:
    return {value["Value"] for raw in records for value in raw.get("ResourceRecords", ())}


def _replaced(address: Address, live: LiveResource[Record], plan: Plan) -> tuple[RecordSet, ...]:
    """The record sets that the record replaced, without those that another record of the name still replaces."""
    place = place_of(live.model)[:2]
    beside = [record.type for other, record in _remaining(plan) if other != address and place_of(record)[:2] == place]
    waits = {CNAME} | {live.model.type for type in beside if type in (live.model.type, CNAME)} if beside else set()
    return tuple(raw for raw in replaced_in(live.facts) if raw["Type"] not in waits)


def _remaining(plan: Plan) -> Iterator[tuple[Address, Record]]:
    """The records that AWS has after the plan: those that it does not delete, and those that it creates."""
    deleted = {address for address, _ in _deleted_records(plan)}
    for address, live in plan.lives.items():
        if address not in deleted and isinstance(live.model, Record):
            yield address, live.model
    for step in plan.steps:
        if step.do in ("create", "update") and isinstance(step.after, Record):
            yield step.address, step.after


def refuse_unread(plan: Plan) -> None:
    """Raises Refused if the spec wants back what a deleted record replaced, and elbplan cannot read what that was."""
    unread = [
        f"{address}: elbplan cannot read what this record replaced, so it cannot put it back"
        for address, live in _deleted_records(plan)
        if live.model.restore and not replaced_in(live.facts)
    ]
    if unread:
        raise Refused("\n".join(unread), hint=f"allow {PERMISSIONS}, or leave out `restore: true`")


def refuse_unkept(plan: Plan) -> None:
    """Raises Refused if the plan replaces a record that must come back later: this run can keep nothing."""
    relying = [
        f"{step.address} replaces {plan.replaced[step.address]}"
        for step in plan.steps
        if step.do == "create" and isinstance(step.after, Record) and step.after.restore
        if step.address in plan.replaced
    ]
    if relying:
        raise Refused(
            "\n".join(f"{text}, and elbplan cannot keep that record for `restore: true`" for text in relying),
            hint=f"allow {PERMISSIONS}, or leave out `restore: true`",
        )
