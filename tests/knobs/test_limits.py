"""`elbplan validate` refuses every value outside the limits of botocore's models, or a reason says why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from website.reference.members import MEMBERS

from .documents import KnobDocument, Place, Renamed, documents, first_leaf, is_refused, places
from .limits import Limit, breaking, limits_of
from .surroundings import write_files

BY_NAME = "the spec names it, and elbplan sends the id or ARN that it has looked up"
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("web_acl", "min"): BY_NAME,
    ("domain.zone", "max"): BY_NAME,
    ("domain.zone.vpc", "max"): BY_NAME,
    ("domain.name", "items"): "a quota, which AWS raises to 100: elbplan looks it up (certificate_limits.py)",
    ("tags", "items"): "Route 53 takes 10 tags a call, and elbplan sends several; others are counted by the stack",
}
"""By key and limit, why elbplan accepts more than the model of the member."""

OF_KEYS = ("Key", "RemoveTagKeys")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

Case = tuple[str, Limit, str]
"""A key of the spec, a limit, and the member to which the key belongs."""


def cases() -> Iterator[Case]:
    """Each limit of each member that a spec reaches, once for each key."""
    seen = set()
    for service, operations in MEMBERS.items():
        for name, rows in operations.items():
            for member, row in rows.items():
                for limit in limits_of((service, name), member) if row.key else ():
                    place = (row.key, member.rpartition(".")[2] in OF_KEYS, str(limit))
                    if place not in seen:
                        seen.add(place)
                        yield row.key, limit, member


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_files(folder)
    return folder


def test_the_knob_specs_are_right_without_aws(files: Path) -> None:
    assert [document.name for document in documents(files) if is_refused(document.with_value((), None))] == []


def test_no_value_outside_a_limit_of_aws_is_accepted(files: Path) -> None:
    wrong, tried = [], 0
    for key, limit, member in cases():
        if (key, limit.name) in EXCEPTIONS:
            continue
        found = next(((document, place) for document in documents(files) for place in places(document, key)), None)
        if found is None:
            wrong.append(f"{key}: no knob spec has it")
        elif (text := changed(*found, limit, member)) is not None:
            tried += 1
            if not is_refused(text):
                wrong.append(f"{key} ({member}): beyond {limit.name} {limit.value!r:.80}")
    assert "\n".join(wrong) == ""
    assert tried > 120


def changed(document: KnobDocument, place: Place, limit: Limit, member: str) -> str | None:
    """The text of the document with a value that breaks the limit; None if every value fits."""
    if limit.name == "items":
        return with_more_items(document, place, limit.value)
    leaf = first_leaf(document, place)
    if member.rpartition(".")[2] in OF_KEYS and isinstance(document.value(place), dict):
        broken = breaking(limit, leaf[-1])
        return None if broken is None else document.with_value(leaf, Renamed(broken))
    broken = breaking(limit, seconds(document.value(leaf)))
    return None if broken is None else document.with_value(leaf, broken)


def with_more_items(document: KnobDocument, place: Place, most: int) -> str:
    """The text with one item more than AWS allows in the list at or around this place."""
    while not isinstance(document.value(place), list):
        place = place[:-1]
    return document.with_value(place, document.value(place)[:1] * (most + 1))


def seconds(value: object) -> object:
    """The number of a duration like `30s`; any other value as it is."""
    match = re.fullmatch(r"(\d+)([smhd])", str(value))
    return int(match[1]) * SECONDS[match[2]] if match else value


def test_every_exception_is_needed() -> None:
    known = {(key, limit.name) for key, limit, _ in cases()}
    assert sorted(set(EXCEPTIONS) - known) == []
