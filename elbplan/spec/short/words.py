"""The values of the short form: durations, ports, names, and "text or map" decided by looking, not by trying."""

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
    """A map of the short form: unknown keys refused, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_hidden(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Every text remembers that it came from the environment, until it becomes a resource's."""
        return keep_hidden(handler(data), data, tuple(cls.model_fields))


KINDS = {"string": "text", "integer": "a number", "boolean": "true or false"}


class Shorthand:
    """Lets a value be something simpler than its model: `read` turns that into the model's own form."""

    def __init__(self, read: Callable[[Any], Any], *simpler: dict[str, Any]) -> None:
        self.read, self.simpler = read, simpler
        self.kinds = [KINDS[one["type"]] for one in simpler if one["type"] in KINDS]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._simpler, handler(source))

    def _simpler(self, value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value
        result = self.read(value)
        if not isinstance(result, dict | list):
            what = f"neither {', '.join(self.kinds)} nor a map" if self.kinds else "not a map"
            raise SpecValueError(
                f"{shown_value(value)} is {what}", "write true or false" if SWITCH in self.simpler else ""
            )
        return result

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [*self.simpler, handler(schema)]}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
SWITCH = {"type": "boolean"}


def text_is(key: str) -> Shorthand:
    """Plain text stands for a map with this one key."""
    return Shorthand(lambda value: {key: value} if isinstance(value, str) else value, TEXT)


class OneOrMore(Shorthand):
    """Lets a single value stand for a list of one."""

    def __init__(self, *, maps: bool = False) -> None:
        several = (list, tuple) if maps else (list, tuple, dict)
        super().__init__(lambda value: value if isinstance(value, several) else [value])

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        one = several.get("items", {})
        return {"anyOf": [*one.get("anyOf", [one]), several]}


class OneOrNamed(Shorthand):
    """Lets a single definition stand for a map of several by name."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several.get("additionalProperties", {}), several]}


class Duration:
    """Marks a number of seconds that a spec may write as `30s`, `5m` or `1h`, within bounds (which count as in)."""

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
    """Marks one of these words, written in any case and kept in capitals."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.small = [word.lower() for word in words]

    def read(self, value: Any) -> Any:
        """The word as AWS writes it; raises SpecValueError."""
        if isinstance(value, str) and value.upper() in self.words:
            return value.upper()
        raise SpecValueError(
            f"{shown_value(value)} is not one of {', '.join(self.small)}", did_you_mean(str(value), self.small)
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, _: core_schema.CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"enum": [*self.small, *self.words]}


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        problem = f"is {len(value)} characters long, and 24 is the most" if len(value) > 24 else "is not a name"
        raise SpecValueError(
            f"{shown_value(value)} {problem}",
            "small letters, digits and dashes, at most 24, starting with a letter: my-web",
        )
    return value


def _own_name(value: str) -> str:
    """A name that no reference can mistake for an id of AWS's, with or without a number behind it."""
    if AWS_ID.match(_name(value)) or AWS_ID.match(f"{value}-1"):
        raise SpecValueError(f"{shown_value(value)} looks like the start of an AWS id", "choose another name")
    return value


def _rule_name(value: str) -> str:
    if not RULE_NAME.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not a rule's name", "letters, digits, dashes and underscores, at most 64"
        )
    return value


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise SpecValueError(f"{value} is not a port", "ports go from 1 to 65535")
    return value


def network(value: str) -> str:
    """A CIDR as AWS spells it; a lone address stands for itself. Raises SpecValueError."""
    try:
        return str(ipaddress.ip_network(value, strict=True))
    except ValueError as error:
        try:
            wide = str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise SpecValueError(
                f"{shown_value(value)} is not a network", "write 10.0.0.0/8, 203.0.113.7 or ::/0"
            ) from None
        if "host bits" in str(error):
            raise SpecValueError(f"{shown_value(value)} names a host, not a network", f"write {wide}") from None
        raise


def _as_number(value: Any) -> Any:
    """A number may come in quotes, since variables inside [ ] and { } must."""
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
TextOrNumber = Annotated[str, BeforeValidator(_as_text), WithJsonSchema({"anyOf": [TEXT, NUMBER]})]
"""Text that often looks like a number: 200, 403."""
Texts = Annotated[list[str], OneOrMore()]
TextsOrNumbers = Annotated[list[TextOrNumber], OneOrMore()]
BalancerType = Literal["application", "network", "gateway"]
