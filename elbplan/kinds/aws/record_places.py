"""Which record sets cannot exist beside each other: the rules of Route 53 for the records of one name.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-shared.html,
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (SetIdentifier, Weight, Region)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .alias_tags import RecordPlace
from .routing_policies import SIMPLE

CNAME = "CNAME"


class UsedPlace(NamedTuple):
    """A record set that exists: its place, its policy, and the id of the record of ours, or a text about others'."""

    place: RecordPlace
    policy: str
    holder: str


SEPARATOR = "\t"


def used_key(place: RecordPlace, policy: str) -> str:
    """The place and the policy (`distinct_policy`) as the key of a name in use."""
    return str(place) if policy == SIMPLE else f"{place}{SEPARATOR}{policy}"


def used_places(names_in_use: Mapping[str, str]) -> Iterator[UsedPlace]:
    """The record sets in the names that are in use."""
    for key, holder in names_in_use.items():
        text, _, policy = key.partition(SEPARATOR)
        zone, name, type, *identifier = text.split("/", 3)
        yield UsedPlace(RecordPlace(zone, name, type, *identifier), policy or SIMPLE, holder)


def excludes(place: RecordPlace, policy: str, other: RecordPlace, other_policy: str) -> bool:
    """True if AWS refuses these two record sets beside each other. The policies are those of `distinct_policy`.

    A CNAME excludes every other type. Of one type, a name has one simple record, or several with one policy, each with
    its own identifier. Two of them cannot have the same region, the same role, or the same location.
    """
    if place[:2] != other[:2]:
        return False
    if place.type != other.type:
        return CNAME in (place.type, other.type)
    kind, _, value = policy.partition(" ")
    other_kind, _, other_value = other_policy.partition(" ")
    if place.identifier == other.identifier or kind != other_kind:
        return True
    return kind == SIMPLE or bool(value and value == other_value)
