"""Tags that list the records of a load balancer, since Route 53 records carry no tags.

elbplan writes the load balancer's tag before it makes the record, and removes it after the record, so that a run that
is killed leaves no unknown record. The tag is lost with the load balancer. Therefore each security group that the stack
made for the load balancer has the same list, under the load balancer's DNS name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...core.call import Call, WriteProgram
from .ownership import STACK, TAG_VALUE, pack, tag_list, tag_mapping, unpack
from .queries import balancer_name

RECORDS = "elbplan:records"
BALANCER = "elbplan:balancer/"
"""Begins the tags of a security group that list the records of a load balancer."""
GONE = ("InvalidID", "InvalidGroup.NotFound")
LONGEST_KEY = 128
"""The largest number of characters in a tag's key."""


class RecordPlace(NamedTuple):
    """The zone, name, type and set identifier of a record: a zone has one record with these. A simple one has no id."""

    zone: str
    name: str
    type: str
    identifier: str = ""

    @property
    def mark(self) -> str:
        """The place as a word of a tag. ELB allows no `*` in tags."""
        return str(self._replace(name=self.name.replace("*", "@")))

    @classmethod
    def of(cls, mark: str) -> RecordPlace:
        """The place from a word of a tag."""
        zone, name, *rest = mark.split("/", 3)
        return cls(zone, name.replace("@", "*"), *rest)

    def __str__(self) -> str:
        identifier = f"/{self.identifier}" if self.identifier else ""
        return f"{self.zone}/{self.name}/{self.type}{identifier}"


def is_mark(word: str) -> bool:
    """True if a word of a tag is the place of a record."""
    return word.count("/") in (2, 3)


def with_other_zones(marks: Iterable[str], zones: Mapping[str, str]) -> list[str]:
    """The marks with other words for their hosted zones: names for ids, or ids for names."""
    parts = (mark.partition("/") for mark in marks)
    return [f"{zones.get(zone, zone)}{slash}{rest}" for zone, slash, rest in parts]


def record_tags(records: Sequence[str]) -> dict[str, str]:
    """The tags of a load balancer that list the records that point at it."""
    return pack(RECORDS, records)


def update_record_tags(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """Changes the tags of a load balancer that list its records."""
    new = {key: value for key, value in after.items() if before.get(key) != value}
    if new:
        yield Call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": tag_list(new)})
    if gone := sorted(set(before) - set(after)):
        yield Call("elbv2", "RemoveTags", {"ResourceArns": [arn], "TagKeys": gone})
    return {}


def places_of(tags: Mapping[str, str], name: str = RECORDS) -> set[RecordPlace]:
    """The places in the tags of this name."""
    return {RecordPlace.of(word) for word in unpack(name, tags) if is_mark(word)}


def remember_records(
    groups: Sequence[str], dns_name: str, records: Sequence[str], before: Sequence[str] = ()
) -> WriteProgram:
    """Writes the records of a load balancer to tags of security groups. The calls are optional."""
    new, old = _group_tags(dns_name, records), _group_tags(dns_name, before)
    if groups and new:
        yield Call("ec2", "CreateTags", {"Resources": list(groups), "Tags": tag_list(new)}, optional=True)
    if groups and (gone := sorted(set(old) - set(new))):
        keys = [{"Key": key} for key in gone]
        yield Call("ec2", "DeleteTags", {"Resources": list(groups), "Tags": keys}, done_if=GONE, optional=True)
    return {}


def _group_tags(dns_name: str, records: Sequence[str]) -> dict[str, str]:
    key = BALANCER + balancer_name(dns_name)
    packed = pack(key, (word for word in records if len(word) <= TAG_VALUE), number="/")
    return {key: value for key, value in packed.items() if dns_name and len(key) <= LONGEST_KEY}


def remembered_records(groups: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, set[RecordPlace]]]:
    """By DNS name of a load balancer: its stack and the places of its records, from the tags of these groups."""
    found: dict[str, tuple[str, set[RecordPlace]]] = {}
    for group in groups:
        tags = tag_mapping(group.get("Tags"))
        for key in tags:
            if key.startswith(BALANCER) and STACK in tags:
                dns_name = key.removeprefix(BALANCER).partition("/")[0]
                _, places = found.setdefault(dns_name, (tags[STACK], set()))
                places |= places_of({key: tags[key]}, key)
    return found
