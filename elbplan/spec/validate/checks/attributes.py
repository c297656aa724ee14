"""Attributes and tags: what AWS takes as key and value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....core.address import Address
from ....core.suggest import closest
from .subject import Subject

MOST_TAGS = 45
"""AWS takes 50, and elbplan's own need room."""
OURS = "elbplan:"


def unknown_keys(subject: Subject, address: Address, attributes: Mapping[str, str], known: Iterable[str]) -> None:
    """Only what looks like a slip is refused: AWS adds attributes faster than anyone can list them."""
    choices = list(known)
    for key in attributes:
        near = None if key in choices else _slip(key, choices)
        if near:
            subject.say(
                address, ("attributes", key), f'there is no attribute "{key}"', f"did you mean {near}?", near=key
            )


def _slip(key: str, known: list[str]) -> str | None:
    near = closest(key, known)
    return near if near and _distance(key.lower(), near) <= max(2, len(near) // 8) else None


def _distance(one: str, other: str) -> int:
    """How many letters must be changed to get from one to the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one[:200], 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def check(subject: Subject) -> None:
    """Tags that AWS or elbplan keep for themselves, and too many or too long ones."""
    for address, resource in subject.resources.items():
        if len(resource.tags) > MOST_TAGS:
            subject.say(
                address,
                ("tags",),
                f"{len(resource.tags)} tags are too many",
                f"at most {MOST_TAGS}: AWS takes 50, and elbplan needs a few",
            )
        for key, value in resource.tags.items():
            _tag(subject, address, key, value)


def _tag(subject: Subject, address: Address, key: str, value: str) -> None:
    path = ("tags", key)
    if key.lower().startswith(("aws:", OURS)):
        subject.say(
            address,
            path,
            f'tags that start with "{key.partition(":")[0]}:" are not yours to set',
            "choose another key",
            near=key,
        )
    elif not 1 <= len(key) <= 128:
        subject.say(address, path, "a tag's key has 1 to 128 characters", "shorten it", near=key)
    elif len(value) > 256:
        subject.say(address, path, "a tag's value has at most 256 characters", "shorten it")
