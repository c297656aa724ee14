"""The conditions of a rule: host, path, header, query, with values or regular expressions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from ...core.hidden import Hidden, as_text
from ..errors import SpecValueError
from ..messages import shown_value
from .actions import MAPS, is_text_or_number
from .words import TEXT, Shorthand, ShortModel, Texts, TextsOrNumbers


class Patterns(ShortModel):
    """The texts of which one must match: values with wildcards, regular expressions, or both."""

    values: Annotated[Texts | None, Field(description="values, with the wildcards * and ?")] = None
    regex: Annotated[Texts | None, Field(description="regular expressions, at most 128 characters each")] = None

    @model_validator(mode="after")
    def _some(self) -> Patterns:
        if not (self.values or self.regex):
            raise SpecValueError("this condition has no value", "write values: or regex:")
        return self


def _patterns(value: Any) -> Any:
    return value if isinstance(value, dict) else {"values": value}


PatternsValue = Annotated[Patterns, Shorthand(_patterns, TEXT, {"type": "array", "items": TEXT})]


def _headers(value: Any) -> Any:
    if isinstance(value, list):
        return [header for item in value for header in _headers(item)]
    if not isinstance(value, dict):
        raise SpecValueError(
            f"{shown_value(value)} is not a map of header names to values", "write header: {X-Name: value}"
        )
    if ("values" in value and set(value) <= {"name", "values", "regex"}) or {"name", "regex"} == set(value):
        return [value]
    return [{"name": name, **(_patterns(values))} for name, values in value.items()]


def _queries(value: Any) -> Any:
    if not isinstance(value, dict):
        values = value if isinstance(value, list) else [value]
        return [{"values": values}]
    spread = {key: texts if isinstance(texts, list) else [texts] for key, texts in value.items()}
    for texts in spread.values():
        if not all(map(is_text_or_number, texts)):
            raise SpecValueError(
                "a query value must be text or a number", 'write query: {key: value}; quote a value like "true"'
            )
    return [{"values": [_pair(key, text) for text in texts]} for key, texts in spread.items()]


def _pair(key: str, text: Any) -> str:
    value = as_text(text) if isinstance(text, int) and not isinstance(text, bool) else text
    return value.between(f"{key}=") if isinstance(value, Hidden) else f"{key}={value}"


class Header(ShortModel):
    """A header and its possible values."""

    name: str
    values: TextsOrNumbers | None = None
    regex: Annotated[Texts | None, Field(description="regular expressions, at most 128 characters each")] = None

    @model_validator(mode="after")
    def _some(self) -> Header:
        if not (self.values or self.regex):
            raise SpecValueError("this condition has no value", "write header: {X-Name: value}")
        return self


class Query(ShortModel):
    """The possible `key=value` pairs of a query; `=value` is a value of any key that contains an equals sign."""

    values: TextsOrNumbers


HeadersValue = Annotated[list[Header], Shorthand(_headers, MAPS)]
QueriesValue = Annotated[list[Query], Shorthand(_queries, MAPS, TEXT)]
