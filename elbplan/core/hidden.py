"""Texts from environment variables: elbplan works with the value, and shows, writes and hashes only the reference.

The value of an environment variable may be a secret. `Hidden` is the value, so code may compare it and send it to AWS.
What a person, a file or a program gets must contain `reference` instead; `redacted` and `plain` replace it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeVar

from pydantic import BaseModel

FREE = "free"
"""Marks a field of free text, which keeps the reference of a variable. Other fields keep only the value."""

MASK = "(hidden)"
"""Shown instead of AWS's value where the spec wants the value of a variable and the two differ."""

LISTS = (tuple, list)
"""Compared with `type(value)`, since addresses are tuples too, but no lists."""

M = TypeVar("M", bound=BaseModel)


class Hidden(str):
    """The value of a text that contains variables.

    reference   the text as it is written: `Bearer ${TOKEN}`
    known       False if the environment does not have the variable; then the value is the reference
    """

    reference: str
    known: bool

    def __new__(cls, value: str, reference: str, *, known: bool = True) -> Self:
        made = super().__new__(cls, value)
        made.reference, made.known = reference, known
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, bool]]:
        return (str(self), self.reference), {"known": self.known}

    def between(self, before: str, after: str = "") -> Hidden:
        """The value with text around it."""
        reference = f"{escape(before)}{self.reference}{escape(after)}"
        return Hidden(f"{before}{self}{after}", reference, known=self.known)


class MaskedValue(Hidden):
    """AWS's value where another hidden text is wanted. It may be an older secret, so no file may contain it."""


class SecretValue(Hidden):
    """A secret that elbplan has read for one call. Also `repr`, as in an unexpected error, shows the reference."""

    def __repr__(self) -> str:
        return repr(self.reference)


class HiddenNumber(int):
    """A number from an environment variable. For a field of text it becomes a hidden text."""

    reference: str

    def __new__(cls, value: int, reference: str) -> Self:
        made = super().__new__(cls, value)
        made.reference = reference
        return made


def as_text(number: int) -> str:
    """The number as text."""
    return Hidden(str(int(number)), number.reference) if isinstance(number, HiddenNumber) else str(number)


def escape(text: str) -> str:
    """Writes a literal text so that `${` in it does not start a variable."""
    return text.replace("${", "$${")


def hidden_in(value: Any) -> Iterator[Hidden]:
    """Every hidden text in a value, also inside models."""
    if isinstance(value, Hidden):
        yield value
    elif isinstance(value, BaseModel):
        for _, item in value:
            yield from hidden_in(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from hidden_in(item)
    elif type(value) in LISTS:
        for item in value:
            yield from hidden_in(item)


def keep_hidden(model: M, data: Any, fields: tuple[str, ...]) -> M:
    """Puts the hidden texts of the input data back into a model, since pydantic turns them into plain text."""
    if not isinstance(data, Mapping):
        return model
    for name in fields:
        if name in model.model_fields_set:
            given = data[name] if name in data else dict(data)
            if any(hidden_in(given)):
                model.__dict__[name] = _kept(model.__dict__[name], given)
    return model


def _kept(value: Any, given: Any) -> Any:
    """The value with the hidden texts of its input: by key where the keys match, else where the texts are equal."""
    if isinstance(value, Mapping):
        aligned = isinstance(given, Mapping) and value.keys() <= given.keys()
        return {key: _kept(item, given[key] if aligned else given) for key, item in value.items()}
    if type(value) in LISTS:
        return type(value)(_kept(item, given) for item in value)
    if isinstance(value, str):
        return next((text for text in hidden_in(given) if text == value), value)
    return value


def mask_hidden(value: Any, beside: Any) -> Any:
    """AWS's value, hidden where the wanted value `beside` has a hidden text."""
    if isinstance(value, BaseModel):
        return value.model_copy(update=_masked_fields(value, beside)) if any(hidden_in(beside)) else value
    if isinstance(value, Mapping):
        other = beside if isinstance(beside, Mapping) else {}
        return {key: mask_hidden(item, other.get(key)) for key, item in value.items()}
    if type(value) in LISTS:
        return type(value)(_masked_items(value, beside))
    if not isinstance(beside, Hidden) or not isinstance(value, str) or isinstance(value, Hidden) or not value:
        return value
    return beside if value == beside else MaskedValue(value, MASK)


def _masked_fields(value: BaseModel, beside: Any) -> dict[str, Any]:
    wanted = dict(beside) if type(beside) is type(value) else {}
    return {name: mask_hidden(item, wanted.get(name)) for name, item in value}


def _masked_items(items: Any, beside: Any) -> Iterator[Any]:
    """Items that `beside` contains too are taken from there; the others may be masked by its hidden items."""
    others = beside if type(beside) in LISTS else ()
    secret = [other for other in others if any(hidden_in(other))]
    for item in items:
        equal = next((other for other in others if other == item), None)
        similar = next((other for other in secret if comparable(other, item)), None)
        yield equal if equal is not None else mask_hidden(item, similar)


def comparable(left: Any, right: Any) -> bool:
    """True if one value may be another version of the other: two texts, or two models of one type and `field`."""
    if isinstance(left, BaseModel):
        return type(left) is type(right) and dict(left).get("field") == dict(right).get("field")
    return isinstance(right, str)


def redacted(value: Any, beside: Any = None) -> Any:
    """The value for display: references instead of hidden texts, and a mask where `beside` has a hidden text."""
    return _with_references(mask_hidden(value, beside) if any(hidden_in(beside)) else value)


def _with_references(value: Any) -> Any:
    if isinstance(value, Hidden):
        return value.reference
    if isinstance(value, BaseModel):
        fields = {name: _with_references(item) for name, item in value} if any(hidden_in(value)) else {}
        return value.model_copy(update=fields) if fields else value
    if isinstance(value, Mapping):
        return {key: _with_references(item) for key, item in value.items()}
    return type(value)(map(_with_references, value)) if type(value) in LISTS else value
