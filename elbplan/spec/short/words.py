"""The types of the short form's values: durations, ports, names, and shorthands like text in place of a map."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import core_schema

from ...core.address import AWS_ID
from ...core.duration import PATTERN, SPELLINGS, parse_duration
from ...core.hidden import as_text, keep_hidden
from ...core.suggest import did_you_mean
from ..errors import SpecValueError
from ..messages import shown_value
from ..yaml.scalars import WHOLE

NAME = re.compile(r"[a-z]([a-z0-9-]{0,22}[a-z0-9])?", re.ASCII)
RULE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?", re.ASCII)


class ShortModel(BaseModel):
    """A map of the short form. It refuses unknown keys and converts no types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_hidden(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Keeps the marks of texts that come from environment variables."""
        return keep_hidden(handler(data), data, tuple(cls.model_fields))


TYPE_NAMES = {"string": ("text",), "integer": ("a number",), "boolean": ("true", "false")}


class Shorthand:
    """Allows a simpler value in place of a model: `read` turns the value into the model's fields."""

    def __init__(self, read: Callable[[Any], Any], *simpler: dict[str, Any]) -> None:
        self.read, self.simpler = read, simpler
        self.types = [name for schema in simpler for name in TYPE_NAMES.get(schema["type"], ())]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._simpler, handler(source))

    def _simpler(self, value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value
        result = self.read(value)
        if not isinstance(result, dict | list):
            types = f"{', '.join(self.types)} or a map" if self.types else "a map"
            hint = "write true or false" if SWITCH in self.simpler else ""
            raise SpecValueError(f"{shown_value(value)} is not {types}", hint)
        return result

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [*self.simpler, handler(schema)]}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
SWITCH = {"type": "boolean"}


def text_is(key: str) -> Shorthand:
    """Allows text in place of a map that has only this key."""
    return Shorthand(lambda value: {key: value} if isinstance(value, str) else value, TEXT)


class OneOrMore(Shorthand):
    """Allows a single value in place of a list with one item."""

    def __init__(self, *, maps: bool = False) -> None:
        several = (list, tuple) if maps else (list, tuple, dict)
        super().__init__(lambda value: value if isinstance(value, several) else [value])

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        item = several.get("items", {})
        return {"anyOf": [*item.get("anyOf", [item]), several]}


class OneOrNamed(Shorthand):
    """Allows a single definition in place of a map of definitions by name."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several.get("additionalProperties", {}), several]}


class Duration:
    """Marks a number of seconds that a spec may write as `30s`, `5m` or `1h`, from `low` to `high` inclusive."""

    def __init__(self, low: str, high: str) -> None:
        self.low, self.high = low, high

    def read(self, value: Any) -> int:
        """Returns the seconds. Raises SpecValueError."""
        try:
            number = parse_duration(value)
        except ValueError:
            raise SpecValueError(f"{shown_value(value)} is not a duration", f"write {SPELLINGS}") from None
        if not parse_duration(self.low) <= number <= parse_duration(self.high):
            raise SpecValueError(f"{shown_value(value)} is out of range", f"between {self.low} and {self.high}")
        return number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, _: core_schema.CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "pattern": f"^{PATTERN}$"}
        return {"anyOf": [text, NUMBER], "examples": ["30s", "5m", "1h"]}


class UpperCaseWord:
    """Marks one of several words: a spec may write it in any case, the model has it in capitals."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.lowercase = [word.lower() for word in words]

    def read(self, value: Any) -> Any:
        """Returns the word as AWS writes it. Raises SpecValueError."""
        if isinstance(value, str) and value.upper() in self.words:
            return value.upper()
        raise SpecValueError(
            f"{shown_value(value)} is not one of {', '.join(self.lowercase)}", did_you_mean(str(value), self.lowercase)
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, _: core_schema.CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"enum": [*self.lowercase, *self.words]}


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        problem = (
            f"has {len(value)} characters, and at most 24 are allowed" if len(value) > 24 else "is not a valid name"
        )
        raise SpecValueError(
            f"{shown_value(value)} {problem}",
            "use at most 24 lowercase letters, digits and dashes, starting with a letter, like my-web",
        )
    return value


def _own_name(value: str) -> str:
    """A name that does not look like an AWS id, with or without a number after it."""
    if AWS_ID.match(_name(value)) or AWS_ID.match(f"{value}-1"):
        raise SpecValueError(f"{shown_value(value)} looks like the start of an AWS id", "choose another name")
    return value


def _rule_name(value: str) -> str:
    if not RULE_NAME.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not a valid rule name", "use at most 64 letters, digits, dashes and underscores"
        )
    return value


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise SpecValueError(f"{value} is not a port", "ports go from 1 to 65535")
    return value


def network(value: str) -> str:
    """Returns a CIDR as AWS writes it; an address becomes a network of one. Raises SpecValueError."""
    try:
        return str(ipaddress.ip_network(value, strict=True))
    except ValueError as error:
        try:
            wide = str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise SpecValueError(
                f"{shown_value(value)} is not a network",
                "write a network or an address, like 10.0.0.0/8, 203.0.113.7 or ::/0",
            ) from None
        if "host bits" in str(error):
            raise SpecValueError(f"{shown_value(value)} is a host address, not a network", f"write {wide}") from None
        raise


def _as_number(value: Any) -> Any:
    """Accepts a number in quotes: YAML requires quotes around variables inside [ ] and { }."""
    return int(value) if isinstance(value, str) and WHOLE.fullmatch(value) and len(value) < 19 else value


def _as_text(value: Any) -> Any:
    return as_text(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 24})]
OwnName = Annotated[
    str, AfterValidator(_own_name), Field(json_schema_extra={"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 24})
]
WholeNumber = Annotated[int, BeforeValidator(_as_number)]
RuleName = Annotated[str, AfterValidator(_rule_name)]
Port = Annotated[WholeNumber, AfterValidator(_port), Field(json_schema_extra={"minimum": 1, "maximum": 65535})]
Network = Annotated[str, AfterValidator(network)]
ResourceName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""The id or the name of a resource."""
TextOrNumber = Annotated[str, BeforeValidator(_as_text), WithJsonSchema({"anyOf": [TEXT, NUMBER]})]
"""Text that a spec may also write as a number: 200, 403."""
Texts = Annotated[list[str], OneOrMore()]
ResourceNames = Annotated[list[ResourceName], OneOrMore()]
TextsOrNumbers = Annotated[list[TextOrNumber], OneOrMore()]
OwnTags = Annotated[dict[str, str] | None, Field(description="tags of its own, beside those of the stack")]
BalancerType = Literal["application", "network", "gateway"]
