"""Replaces record sets of a name by others in one batch, so that the name has an answer at every moment.

AWS refuses a CNAME beside other types, and a simple record beside those of a policy.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from ...errors import ElbplanError
from .alias_tags import RecordPlace
from .queries import domain
from .record_batches import (
    INVALID,
    RecordSet,
    change_batch,
    conflicts,
    is_excluded,
    leads_like,
    leads_to,
    place_in,
    record_change,
    record_text,
    sets_at,
)
from .record_places import CNAME

Keep = Callable[[Sequence[RecordSet], Sequence[RecordSet]], WriteProgram]


@dataclass(frozen=True)
class Switch:
    """A new record set, and what it replaces.

    own     the places of our record sets at this name, each with the DNS name of its load balancer
    before  the place of the record set of ours that becomes the new one
    others  the new record sets of this name beside it. Those that need the same room come in the same batch: resolvers
            keep the answer "no AAAA record" as long as the SOA record of the zone allows
    """

    zone: str
    new: RecordSet
    own: Mapping[RecordPlace, str]
    before: RecordPlace | None = None
    others: Sequence[RecordSet] = ()

    def is_ours(self, raw: RecordSet) -> bool:
        """True for our record sets, and for those that this run has made."""
        return is_own(self.zone, raw, self.own) or any(leads_like(raw, new) for new in (self.new, *self.others))

    def run(self, keep: Keep | None = None) -> Generator[Call, Answer, Answer]:
        """Creates the new record set in one batch with the deletion of those that it replaces. Returns the answer.

        `keep` gets the record sets of others at this name, and all of them, before anything changes. Those that AWS
        refuses beside the new one are replaced too. If an earlier
        batch was applied although its answer was lost, or that of another step, only the new record set changes.
        """
        theirs: list[RecordSet] | None = None if keep else []
        for done_if in (INVALID, ()):
            existing = yield from sets_at(self.zone, self.new["Name"])
            if keep and theirs is None:
                theirs = [raw for raw in existing if not self.is_ours(raw)]
                yield from keep(theirs, existing)
            changes = self._changes(existing, [raw for raw in theirs or () if raw in existing])
            if answer := (yield change_batch(self.zone, changes, done_if=done_if)):
                return answer
        return {}

    def _changes(self, existing: Sequence[RecordSet], theirs: Sequence[RecordSet]) -> list[dict[str, Any]]:
        mine = [raw for raw in existing if self.is_ours(raw)]
        moves = self.before not in (None, place_in(self.zone, self.new))
        gone = [raw for raw in mine if moves and place_in(self.zone, raw) == self.before]
        gone += [raw for raw in (*mine, *theirs) if raw not in gone and conflicts(raw, self.new)]
        beside = [new for new in self.others if any(conflicts(raw, new) for raw in gone)]
        gone += [raw for raw in mine if raw not in gone and any(conflicts(raw, new) for new in beside)]
        stays = [raw for raw in existing if raw not in gone]
        beside = [new for new in beside if not any(leads_like(raw, new) for raw in stays)]
        replaced = [*mine, *theirs]
        return [
            *(record_change("DELETE", raw) for raw in gone),
            *(record_change(self._action(new, stays, replaced), new) for new in (self.new, *beside)),
        ]

    def _action(self, new: RecordSet, stays: Sequence[RecordSet], replaced: Sequence[RecordSet]) -> str:
        """CREATE fails if somebody else has made a record meanwhile; UPSERT would overwrite it silently."""
        same = (raw for raw in stays if place_in(self.zone, raw) == place_in(self.zone, new))
        return "UPSERT" if any(raw in replaced for raw in same) else "CREATE"


def is_own(zone: str, raw: RecordSet, own: Mapping[RecordPlace, str]) -> bool:
    """True for one of our record sets, unless others have moved it meanwhile."""
    place = place_in(zone, raw)
    return place in own and leads_to(raw, own[place])


def put_back(zone: str, name: str, own: Mapping[RecordPlace, str], previous: Sequence[RecordSet]) -> WriteProgram:
    """Deletes our records at this name and creates the previous ones, in one batch: the name always has an answer.

    A CNAME allows no other record of its name, so all of our records make room for it. If none is ours any more,
    others have moved the name, or another step has put the previous records back: changes nothing.
    Raises ElbplanError if a record of others leaves no room for the previous ones.
    """
    for done_if in (INVALID, ()):
        existing = yield from sets_at(zone, name, done_if=("NoSuchHostedZone",))
        ours = [raw for raw in existing if is_own(zone, raw, own) and any(is_excluded(raw, old) for old in previous)]
        if not ours:
            return {}
        left = [raw for raw in existing if raw not in ours]
        if beside := [raw for raw in left if any(is_excluded(raw, old) for old in previous)]:
            raise ElbplanError(
                _no_room(name, beside, cname=any(raw["Type"] == CNAME for raw in previous)), hint=NO_ROOM
            )
        changes = [*(record_change("DELETE", raw) for raw in ours), *(record_change("CREATE", raw) for raw in previous)]
        if (yield change_batch(zone, changes, done_if=done_if)):
            return {}
    return {}


NO_ROOM = "delete that record, or leave out `restore: true`, and run the same command again"


def _no_room(name: str, beside: Sequence[RecordSet], *, cname: bool) -> str:
    if cname:
        types = ", ".join(raw["Type"] for raw in beside)
        return f"{domain(name)} cannot be a CNAME again: somebody made a record of type {types} there"
    return f"{domain(name)} cannot have its old record again beside {', '.join(map(record_text, beside))}"
