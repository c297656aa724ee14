"""Checks the keys and values of attributes and tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ....core.address import Address
from ....core.hidden import Hidden
from ....core.suggest import closest
from .subject import Subject

MAX_TAGS = {"instance": 44}
OTHER_MAX_TAGS = 45
"""AWS allows 50. elbplan needs 2 for stack and address, 1 for the keys of the tags, up to 3 for an instance's name,
image and user data, and some for the records of a load balancer.
"""
FORBIDDEN = re.compile(r"[^\w\s.:/=+@-]|[\t\n\r\f\v]")
"""The characters that tags of ELB and ACM cannot have: https://docs.aws.amazon.com/acm/latest/APIReference/API_Tag.html
and https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html. EC2 accepts all characters.
"""
ANY_CHARACTER = ("instance", "security_group", "elastic_ip")
OWN_PREFIX = "elbplan:"
KEY = re.compile(r"[a-zA-Z0-9._]{1,256}", re.ASCII)
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html (Key)"""


def unknown_keys(subject: Subject, address: Address, attributes: Mapping[str, str], known: Iterable[str]) -> None:
    """Reports keys that look like a typing error. Other unknown keys are allowed: AWS adds attributes often."""
    choices = list(known)
    for key in attributes:
        if not KEY.fullmatch(key):
            hint = "an attribute has at most 256 letters, digits, dots and underscores"
            subject.problem(address, ("attributes",), f'"{key}" cannot be an attribute', hint, near=key)
            continue
        near = None if key in choices else _known_key(key, choices)
        if near:
            subject.problem(
                address, ("attributes", key), f'there is no attribute "{key}"', f"did you mean {near}?", near=key
            )


def _known_key(key: str, known: list[str]) -> str | None:
    near = closest(key, known)
    return near if near and _distance(key.lower(), near) <= max(2, len(near) // 8) else None


def _distance(word: str, other: str) -> int:
    """The number of letters to change from one word to the other (Levenshtein distance)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(word[:200], 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def check(subject: Subject) -> None:
    """Reports tags that AWS or elbplan reserve, too many tags, and tags that are too long."""
    for address, resource in subject.resources.items():
        limit = MAX_TAGS.get(address.kind, OTHER_MAX_TAGS)
        if len(resource.tags) > limit:
            subject.problem(
                address,
                ("tags",),
                f"{len(resource.tags)} tags are too many",
                f"use at most {limit}: AWS allows 50, and elbplan needs some of them",
            )
        for key, value in resource.tags.items():
            _tag(subject, address, key, value)


def _tag(subject: Subject, address: Address, key: str, value: str) -> None:
    path = ("tags", key)
    if key.lower().startswith(("aws:", OWN_PREFIX)):
        subject.problem(
            address,
            path,
            f'tag keys that start with "{key.partition(":")[0]}:" are reserved',
            "choose another key",
            near=key,
        )
    elif not 1 <= len(key) <= 128:
        subject.problem(address, path, "the key of a tag must have 1 to 128 characters", "shorten it", near=key)
    elif len(value) > 256:
        subject.problem(address, path, "the value of a tag can have at most 256 characters", "shorten it")
    elif address.kind not in ANY_CHARACTER and (forbidden := FORBIDDEN.search(key) or FORBIDDEN.search(value)):
        in_key = FORBIDDEN.search(key) is not None
        character = "some of its characters" if isinstance(value, Hidden) else f'the character "{forbidden.group()}"'
        what = f"the {'key' if in_key else 'value'} of a tag cannot have {character}"
        hint = "AWS allows letters, digits, spaces and . : / = + - _ @ in tags of load balancers and certificates"
        subject.problem(address, path, what, hint, near=key if in_key else "")
