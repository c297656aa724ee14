"""The DNS records that a stack's records replaced (`take_over`). Parameter Store keeps them until they are put back.

One parameter for each name and type, `/elbplan/STACK/replaced/ZONE/NAME/TYPE`, has the record sets as Route 53 returned
them. elbplan writes it before it changes the name, and deletes it after it has put the record sets back or given up
the name. So a run that is killed in between loses nothing: as long as the record is not ours, the next run writes the
parameter again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.call import Answer, Call, WriteProgram
from .alias_tags import RecordPlace
from .parameter_store import LARGEST_VALUE, PASSING, PATIENCE, UNUSABLE
from .record_batches import RecordSet, place_in
from .record_places import excludes
from .routing_policies import SIMPLE, distinct_policy

SCHEMA = 1
CNAME = "CNAME"
REPLACED, PREVIOUS = "replaced", "previous"
"""Facts of a live record: what it replaced, and what a plan puts back when it deletes the record."""
TYPES = ("A", "AAAA")
"""The types of the records that elbplan makes."""


@dataclass(frozen=True)
class Replaced:
    """The record sets that one record replaced; `restore`: they come back when the record goes."""

    records: tuple[RecordSet, ...]
    restore: bool = False

    @property
    def text(self) -> str:
        """The text that Parameter Store keeps."""
        document = {"schema": SCHEMA, "restore": self.restore, "records": list(self.records)}
        return json.dumps(document, separators=(",", ":"))


@dataclass(frozen=True)
class Previous:
    """What the deletion of a record puts back, and the types of the parameters that it deletes."""

    put_back: tuple[RecordSet, ...] = ()
    forget: tuple[str, ...] = ()

    @property
    def facts(self) -> dict[str, str]:
        """The decision as a fact of the live record."""
        return {PREVIOUS: json.dumps([self.put_back, self.forget])}

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> Previous:
        """The decision in the facts of a live record; nothing if they have none."""
        put_back, forget = json.loads(facts.get(PREVIOUS, "[[], []]"))
        return cls(tuple(put_back), tuple(forget))


def replaced_in(facts: Mapping[str, str]) -> tuple[RecordSet, ...]:
    """The record sets that a live record replaced, by its facts."""
    return tuple(json.loads(facts.get(REPLACED, "[]")))


@dataclass(frozen=True)
class KeptRecords:
    """By stack that was asked, what Parameter Store keeps, by name of the parameter; None: it cannot be read."""

    by_stack: Mapping[str, Mapping[str, Replaced] | None] = field(default_factory=dict)

    def replaced_by(self, stack: str, place: RecordPlace) -> Replaced | None:
        """What the record at this place replaced: record sets of its type, or a CNAME; a CNAME replaces every type."""
        kept = self.by_stack.get(stack) or {}
        every = [kept[name] for type in kept_types(place, kept) if (name := parameter(stack, place, type)) in kept]
        found = every if place.type == CNAME else every[:1]
        records = tuple(raw for replaced in found for raw in replaced.records)
        return Replaced(records, any(replaced.restore for replaced in found)) if found else None

    def facts(self, stack: str, place: RecordPlace) -> dict[str, str]:
        """What the record at this place replaced, as facts of the live record."""
        replaced = self.replaced_by(stack, place)
        return {REPLACED: json.dumps(list(replaced.records))} if replaced else {}

    def restore(self, stack: str, place: RecordPlace, in_spec: bool | None, *, ending: bool) -> bool | None:
        """True if what the record replaced comes back with its deletion; None if it replaced nothing.

        In a destroy, the spec decides as long as it has the name (None: it has not).
        """
        replaced = self.replaced_by(stack, place)
        if in_spec is not None and (self.unreadable(stack) or (ending and replaced)):
            return in_spec
        return replaced.restore if replaced else None

    def unreadable(self, stack: str) -> bool:
        """True if Parameter Store was asked and did not answer."""
        return stack in self.by_stack and self.by_stack[stack] is None

    def unkept(
        self, wanted: Iterable[tuple[str, RecordPlace]], found: Sequence[tuple[RecordPlace, RecordSet]]
    ) -> dict[str, str]:
        """By place, why elbplan cannot keep the record sets there, if a stack replaces them."""
        reasons: dict[str, str] = {}
        for stack, place in wanted:
            others = {other.type for other, _ in found if other[:2] == place[:2]} if place.type == CNAME else set()
            for type in sorted({place.type, CNAME, *others}):
                at_place = RecordPlace(place.zone, place.name, type)
                if self.unreadable(stack):
                    reasons[str(at_place)] = "Parameter Store does not answer, see docs/runs.md"
                elif too_large(raw for other, raw in found if other[:3] == at_place[:3]):
                    reasons[str(at_place)] = f"it is larger than the {LARGEST_VALUE} bytes of a parameter"
        return reasons

    def __or__(self, other: KeptRecords) -> KeptRecords:
        return KeptRecords({**self.by_stack, **other.by_stack})


def replaced_path(stack: str) -> str:
    """The path of the parameters with the records that a stack replaced."""
    return f"/elbplan/{stack}/replaced"


def parameter(stack: str, place: RecordPlace, type: str) -> str:
    """The name of a parameter. Names of parameters have only letters, digits and `_.-`, so `*` becomes `X2A`.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html (Name)
    """
    name = re.sub(r"[^a-z0-9_.-]", lambda found: "".join(f"X{byte:02X}" for byte in found[0].encode()), place.name)
    return f"{replaced_path(stack)}/{place.zone}/{name}/{type}"


def kept_types(place: RecordPlace, kept: Iterable[str]) -> list[str]:
    """The types of the record sets that a record at this place may have replaced. `kept` are names of parameters."""
    types = [place.type, *([] if place.type == CNAME else [CNAME])]
    if place.type == CNAME:
        types += sorted({name.rpartition("/")[2] for name in kept} - {CNAME})
    return types


def unread_text(stack: str) -> str:
    """A note that elbplan does not know what the records of a stack replaced."""
    return (
        f"what the records of {stack} replaced: Parameter Store does not answer (ssm:GetParametersByPath). "
        "elbplan cannot put it back when it deletes them"
    )


def read_call(stack: str) -> Call:
    """Reads what a stack replaced. Without an answer, elbplan only knows less."""
    params = {"Path": replaced_path(stack), "Recursive": True}
    return Call("ssm", "GetParametersByPath", params, optional=True)


def kept_records(stacks: Sequence[str], answers: Sequence[Answer]) -> KeptRecords:
    """The answers of these stacks."""
    return KeptRecords({stack: parameters(answer) for stack, answer in zip(stacks, answers, strict=True)})


def parameters(answer: Answer) -> Mapping[str, Replaced] | None:
    """What an answer says that is kept, by name of the parameter; None without an answer."""
    if "Parameters" not in answer:
        return None
    found = {raw["Name"]: _parsed(raw["Value"]) for raw in answer["Parameters"]}
    return {name: replaced for name, replaced in found.items() if replaced}


def _parsed(text: str) -> Replaced | None:
    """None for a text that elbplan cannot read: another version may have written it."""
    try:
        document = json.loads(text)
        records = tuple(raw for raw in document["records"] if raw["Name"] and raw["Type"])
    except (ValueError, TypeError, KeyError):
        return None
    return Replaced(records, document.get("restore") is True) if document.get("schema") == SCHEMA and records else None


def too_large(records: Iterable[RecordSet]) -> bool:
    """True if a standard parameter cannot hold the record sets."""
    return len(Replaced(tuple(records)).text.encode()) > LARGEST_VALUE


def keep(stack: str, place: RecordPlace, replaced: Replaced) -> WriteProgram:
    """Writes a parameter, unless it would be too large. With `restore`, raises AwsProblem if that is not possible."""
    if not too_large(replaced.records):
        name = parameter(stack, place, replaced.records[0]["Type"])
        value = {"Name": name, "Value": replaced.text, "Type": "String", "Tier": "Standard", "Overwrite": True}
        yield _call("PutParameter", value, needed=replaced.restore)
    return {}


def keep_again(stack: str, place: RecordPlace, facts: Mapping[str, str], *, restore: bool) -> WriteProgram:
    """Writes the parameter of a live record again, with another word for `restore`."""
    if records := replaced_in(facts):
        yield from keep(stack, place, Replaced(records, restore))
    return {}


def forget(stack: str, place: RecordPlace, types: Collection[str]) -> WriteProgram:
    """Deletes the parameters of a place with these types. Ignores those that do not exist."""
    names = [parameter(stack, place, type) for type in sorted(types)]
    if names:
        yield _call("DeleteParameters", {"Names": names}, needed=False)
    return {}


def _call(operation: str, params: Mapping[str, Any], *, needed: bool) -> Call:
    done_if = () if needed else UNUSABLE
    return Call("ssm", operation, params, done_if=done_if, retry_on=PASSING, timeout=PATIENCE, no_retry=True)


@dataclass(frozen=True)
class Keeper:
    """Keeps what a new record replaces. `policy` is the routing policy of the record."""

    stack: str
    place: RecordPlace
    restore: bool
    policy: str = SIMPLE

    def keep(self, theirs: Sequence[RecordSet], existing: Sequence[RecordSet]) -> WriteProgram:
        """Keeps the record sets of others that go. Writes nothing that is kept already.

        `existing` are all record sets of the name. If none goes, an earlier run replaced them: what it kept stays, also
        if somebody has deleted our record since. What it kept of another type is no longer true. But a CNAME may be
        what the address of the other type replaced.
        """
        zone = self.place.zone
        old = [raw for raw in theirs if excludes(place_in(zone, raw), distinct_policy(raw), self.place, self.policy)]
        types = dict.fromkeys(raw["Type"] for raw in old)
        goes = {type: tuple(raw for raw in old if raw["Type"] == type) for type in types}
        if not goes:
            return {}
        already = yield from self._kept()
        for type, records in goes.items():
            if already.get(parameter(self.stack, self.place, type)) != Replaced(records, self.restore):
                yield from keep(self.stack, self.place, Replaced(records, self.restore))
        beside = any(raw["Type"] in TYPES and raw["Type"] != self.place.type for raw in existing)
        others = [type for type in kept_types(self.place, already) if type not in goes]
        others = [type for type in others if not (type == CNAME and beside and self.place.type != CNAME)]
        others += [type for type, records in goes.items() if too_large(records)]
        untrue = [type for type in others if parameter(self.stack, self.place, type) in already]
        yield from forget(self.stack, self.place, untrue)
        return {}

    def _kept(self) -> Generator[Call, Answer, Mapping[str, Replaced]]:
        """What is kept for the name, by name of the parameter."""
        path = parameter(self.stack, self.place, "").rstrip("/")
        answer = yield _call("GetParametersByPath", {"Path": path, "Recursive": True}, needed=self.restore)
        return parameters(answer) or {}
