"""Checks the places of routing policies: what the models of Route 53 say of regions, subdivisions and CIDR collections.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ....kinds.record import Record
from .subject import Subject

REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", re.ASCII)
LOCAL_ZONE_GROUP = re.compile(r"(?=.{1,64}$)[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}-[a-z0-9-]+", re.ASCII)
SUBDIVISION = re.compile(r"[A-Za-z0-9]{1,3}", re.ASCII)
COLLECTION = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
LOCATION = re.compile(r"[0-9A-Za-z_\-*]{1,16}", re.ASCII)

THIS_REGION = "stack"
"""The word for the region of the stack, which stays if the spec has none."""


class Place(NamedTuple):
    """A value of a record: its field, what it should be, and what to write."""

    path: tuple[str, ...]
    value: str | None
    form: re.Pattern[str]
    what: str
    hint: str


def check(subject: Subject) -> None:
    """Reports each place that Route 53 cannot know."""
    for address, record in subject.of("record"):
        for place in _places(record):
            missing = place.value == THIS_REGION and subject.short.region is None  # reported already
            if place.value is not None and not missing and not place.form.fullmatch(place.value):
                what = f'"{place.value}" is not {place.what}'
                subject.problem(address, place.path, what, place.hint, near=place.value)


def _places(record: Record) -> Iterator[Place]:
    region = "write a region like eu-west-1"
    yield Place(("region",), record.region, REGION, "a region of AWS", region)
    if record.geo_location:
        code = record.geo_location.subdivision_code
        yield Place(("geo_location",), code, SUBDIVISION, "the code of a state", "write a code like NY")
    if record.geo_proximity:
        near, group = record.geo_proximity, "write a group like us-east-1-bos-1"
        yield Place(("geo_proximity",), near.aws_region, REGION, "a region of AWS", region)
        yield Place(("geo_proximity",), near.local_zone_group, LOCAL_ZONE_GROUP, "a group of Local Zones", group)
    if record.cidr_routing:
        cidr, id = record.cidr_routing, "aws route53 list-cidr-collections shows the ids"
        yield Place(("cidr_routing",), cidr.collection_id, COLLECTION, "the id of a CIDR collection", id)
        hint = "write at most 16 letters, digits, dashes and underscores, or *"
        yield Place(("cidr_routing",), cidr.location_name, LOCATION, "a location of a CIDR collection", hint)
