"""Text that came from the environment: elbplan works with its value, and shows, writes and hashes its reference.

A value of an environment variable may be a secret. `Hidden` is the value, so comparing it and sending it to AWS needs
no care; whoever tells it to a person, a file or a program takes `reference`, which `revealed` and `veiled` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self, TypeVar

from pydantic import BaseModel

FREE = "free"
"""Marks a field of free text, which carries the reference of a variable. Other fields take only the value."""

MASK = "(hidden)"
"""Stands for what AWS has where the spec wants the value of a variable, and the two differ."""

LISTS = (tuple, list)
"""Addresses and ids are tuples too, and none of these."""

M = TypeVar("M", bound=BaseModel)


class Hidden(str):
    """The value of a text with variables in it; `reference` is the text as it was written: `Bearer ${TOKEN}`.

    known   False where the environment does not have the variable: then the value is the reference
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
        """The same with text around it."""
        reference = f"{escape(before)}{self.reference}{escape(after)}"
        return Hidden(f"{before}{self}{after}", reference, known=self.known)


class MaskedValue(Hidden):
    """What AWS has where a hidden text is wanted: another value, perhaps the one before. No file may hold it."""


class HiddenNumber(int):
    """A number that came from the environment. Where a field wants text, it becomes hidden text."""

    reference: str

    def __new__(cls, value: int, reference: str) -> Self:
        made = super().__new__(cls, value)
        made.reference = reference
        return made


def as_text(number: int) -> str:
    """The number as text."""
    return Hidden(str(int(number)), number.reference) if isinstance(number, HiddenNumber) else str(number)


def escape(text: str) -> str:
    """Literal text as it is written where `${` begins a variable."""
    return text.replace("${", "$${")


def hidden_in(value: Any) -> Iterator[Hidden]:
    """Every hidden text of a value, models looked into."""
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


def keep_hidden(made: M, data: Any, fields: tuple[str, ...]) -> M:
    """The model, whose texts are again those of the data it was made from: pydantic makes plain text of them."""
    if not isinstance(data, Mapping):
        return made
    for name in fields:
        if name in made.model_fields_set:
            given = data[name] if name in data else dict(data)
            if any(hidden_in(given)):
                made.__dict__[name] = _kept(made.__dict__[name], given)
    return made


def _kept(value: Any, given: Any) -> Any:
    """The value with the hidden texts of what it was made from: key by key, else wherever the text is the same."""
    if isinstance(value, Mapping):
        aligned = isinstance(given, Mapping) and value.keys() <= given.keys()
        return {key: _kept(item, given[key] if aligned else given) for key, item in value.items()}
    if type(value) in LISTS:
        return type(value)(_kept(item, given) for item in value)
    if isinstance(value, str):
        return next((text for text in hidden_in(given) if text == value), value)
    return value


def mask_hidden(value: Any, beside: Any) -> Any:
    """The value as AWS has it, hidden wherever `beside`, which is wanted, has a hidden text."""
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
    """Of a list, what `beside` has as well is told as there; the rest stands beside what is hidden there."""
    others = beside if type(beside) in LISTS else ()
    secret = [other for other in others if any(hidden_in(other))]
    for item in items:
        same = next((other for other in others if other == item), None)
        like = next((other for other in secret if comparable(other, item)), None)
        yield same if same is not None else mask_hidden(item, like)


def comparable(one: Any, other: Any) -> bool:
    """Could one have become the other? Texts could; of models, those of one type and field."""
    if isinstance(one, BaseModel):
        return type(one) is type(other) and dict(one).get("field") == dict(other).get("field")
    return isinstance(other, str)


def redacted(value: Any, beside: Any = None) -> Any:
    """The value as it may be shown: references for hidden texts, and a mask for what stands where `beside` has one."""
    return _told(mask_hidden(value, beside) if any(hidden_in(beside)) else value)


def _told(value: Any) -> Any:
    if isinstance(value, Hidden):
        return value.reference
    if isinstance(value, BaseModel):
        return value.model_copy(update={k: _told(item) for k, item in value}) if any(hidden_in(value)) else value
    if isinstance(value, Mapping):
        return {key: _told(item) for key, item in value.items()}
    return type(value)(map(_told, value)) if type(value) in LISTS else value
