"""What botocore's models say of the values of input members, and values that break each of these limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, Shape, StringShape, StructureShape

from .models import Operation, operation_model

INTEGERS = ("integer", "long")
POSIX = {r"\p{L}": "a-zA-Z\u00c0-\u024f\uac00-\ud7a3", r"\p{Z}": " ", r"\p{N}": "0-9", r"\p{ASCII}": r"\x00-\x7f"}
"""Classes of characters in AWS's patterns that Python does not know, as far as these tests need them."""

WRONG = "\u00e9\u2713 _./\x07%"
"""Characters that some patterns do not allow."""


@dataclass(frozen=True)
class Limit:
    """One limit of a member: `max`, `min`, `enum`, `pattern`; of a list, `items` and `no items`."""

    name: str
    value: Any


def limits_of(operation: Operation, member: str) -> list[Limit]:
    """The limits of a member by its full name, and of the list around it."""
    model = operation_model(operation)
    assert model is not None
    assert model.input_shape is not None
    shape: Shape = model.input_shape
    found: list[Limit] = []
    for word in member.split("."):
        while isinstance(shape, ListShape):
            shape = shape.member
        assert isinstance(shape, StructureShape)
        shape = shape.members[word]
    while isinstance(shape, ListShape):
        found += _list_limits(shape.metadata)
        shape = shape.member
    return found + list(_value_limits(shape))


def _list_limits(metadata: Mapping[str, Any]) -> Iterator[Limit]:
    if metadata.get("max"):
        yield Limit("items", metadata["max"])


def _value_limits(shape: Shape) -> Iterator[Limit]:
    for name in ("min", "max"):
        if name in shape.metadata and (shape.type_name in INTEGERS or isinstance(shape, StringShape)):
            yield Limit(name, shape.metadata[name])
    if isinstance(shape, StringShape) and shape.enum:
        yield Limit("enum", shape.enum)
    if pattern := shape.metadata.get("pattern"):
        yield Limit("pattern", pattern)


def breaking(limit: Limit, good: Any) -> Any:
    """A value that breaks the limit and is otherwise like the good one; None if every value fits."""
    if limit.name == "enum":
        return "no-such-word"
    if limit.name == "pattern":
        return _against(limit.value, str(good))
    if isinstance(good, int) and not isinstance(good, bool):
        return limit.value + 1 if limit.name == "max" else limit.value - 1
    text = str(good)
    if limit.name == "min":
        return text[: limit.value - 1] if limit.value else None
    return text + text[-1:] * (limit.value + 1 - len(text))


def _against(pattern: str, good: str) -> str | None:
    for name, characters in POSIX.items():
        pattern = pattern.replace(name, characters)
    try:
        fits = re.compile(pattern)
    except re.error:
        return None
    tries = (*(f"{good}{sign}" for sign in WRONG), "-", "x")
    return next((text for text in tries if not fits.fullmatch(text)), None)
