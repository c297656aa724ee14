"""Which names lead to a balancer, as tags record it, since Route 53 records carry no tags.

The balancer's own tag is written before the record is, and goes after it, so a killed run leaves no record that
nobody knows. It goes with the balancer, though; so each security group that the stack made for the balancer remembers
the same, under the balancer's DNS name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...core.call import Call, WriteProgram
from .ownership import STACK, TAG_VALUE, pack, pairs, unpack, unpair
from .queries import balancer_name

RECORDS = "elbplan:records"
BALANCER = "elbplan:balancer/"
"""Begins the tags of a security group that name a balancer and its names."""
GONE = ("InvalidID", "InvalidGroup.NotFound")
LONGEST_KEY = 128
"""A tag's key takes no more characters."""


class RecordPlace(NamedTuple):
    """Where a record stands; a zone holds one plain record of a name and type."""

    zone: str
    name: str
    type: str

    @property
    def mark(self) -> str:
        """As a tag has it; ELB tags know no `*`."""
        return f"{self.zone}/{self.name.replace('*', '@')}/{self.type}"

    @classmethod
    def of(cls, mark: str) -> RecordPlace:
        """The place that a mark names."""
        zone, name, type = mark.split("/")
        return cls(zone, name.replace("@", "*"), type)

    def __str__(self) -> str:
        return f"{self.zone}/{self.name}/{self.type}"


def with_other_zones(marks: Iterable[str], zones: Mapping[str, str]) -> list[str]:
    """The marks with other words for their hosted zones."""
    parts = (mark.partition("/") for mark in marks)
    return [f"{zones.get(zone, zone)}{slash}{rest}" for zone, slash, rest in parts]


def record_tags(records: Sequence[str]) -> dict[str, str]:
    """The names that point at a balancer, as its tags."""
    return pack(RECORDS, records)


def update_record_tags(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """The calls that bring a balancer's marks from one state to another."""
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if new:
        yield Call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": pairs(new)})
    if gone := sorted(set(before) - set(after)):
        yield Call("elbv2", "RemoveTags", {"ResourceArns": [arn], "TagKeys": gone})
    return {}


def places_of(tags: Mapping[str, str], name: str = RECORDS) -> set[RecordPlace]:
    """The places that tags record under this name."""
    return {RecordPlace.of(word) for word in unpack(name, tags) if word.count("/") == 2}


def remember_records(
    groups: Sequence[str], dns_name: str, records: Sequence[str], before: Sequence[str] = ()
) -> WriteProgram:
    """Have these security groups remember the names of a balancer. A stack serves as well without that memory."""
    new, old = _memory(dns_name, records), _memory(dns_name, before)
    if groups and new:
        yield Call("ec2", "CreateTags", {"Resources": list(groups), "Tags": pairs(new)}, optional=True)
    if groups and (gone := sorted(set(old) - set(new))):
        keys = [{"Key": key} for key in gone]
        yield Call("ec2", "DeleteTags", {"Resources": list(groups), "Tags": keys}, done_if=GONE, optional=True)
    return {}


def _memory(dns_name: str, records: Sequence[str]) -> dict[str, str]:
    key = BALANCER + balancer_name(dns_name)
    packed = pack(key, (word for word in records if len(word) <= TAG_VALUE), number="/")
    return {key: value for key, value in packed.items() if dns_name and len(key) <= LONGEST_KEY}


def remembered_records(groups: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, set[RecordPlace]]]:
    """By DNS name the stack that made a balancer, and the names that it gave it, as EC2 describes the groups."""
    found: dict[str, tuple[str, set[RecordPlace]]] = {}
    for group in groups:
        tags = unpair(group.get("Tags"))
        for key in tags:
            if key.startswith(BALANCER) and STACK in tags:
                dns_name = key.removeprefix(BALANCER).partition("/")[0]
                _, known = found.setdefault(dns_name, (tags[STACK], set()))
                known |= places_of({key: tags[key]}, key)
    return found
