"""The values of the short form: durations, ports, names, and "text or map" decided by looking, not by trying."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import core_schema

from ..guess import did_you_mean, shown
from ..wrong import Wrong

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"([0-9]{1,9})(s|m|h|d|)", re.ASCII)
NAME = re.compile(r"[a-z]([a-z0-9-]{0,22}[a-z0-9])?", re.ASCII)
RULE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?", re.ASCII)


class Word(BaseModel):
    """A map of the short form: unknown keys refused, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Or:
    """Lets a value be something simpler than its model: `read` turns that into the model's own form."""

    def __init__(self, read: Callable[[Any], Any], *simpler: dict[str, Any]) -> None:
        self.read, self.simpler = read, simpler

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._simpler, handler(source))

    def _simpler(self, value: Any) -> Any:
        return value if isinstance(value, BaseModel) else self.read(value)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [*self.simpler, handler(schema)]}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
SWITCH = {"type": "boolean"}


def text_is(key: str) -> Or:
    """Plain text stands for a map with this one key."""
    return Or(lambda value: {key: value} if isinstance(value, str) else value, TEXT)


def one_or_more(*simpler: dict[str, Any]) -> Or:
    """A single value stands for a list of one."""
    return Or(lambda value: value if isinstance(value, list | tuple) else [value], *simpler)


def seconds(value: Any) -> Any:
    """`30s`, `5m`, `1h`, `2d` or bare seconds, as seconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise Wrong(f"{shown(value)} is not a duration", "write 30s, 5m, 1h, or a number of seconds")
    return int(match[1]) * UNITS[match[2]]


DURATION_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "string", "pattern": "^[0-9]{1,9}(s|m|h|d)?$"}, NUMBER], "examples": ["30s", "5m", "1h", 30]}
)


def duration(low: int, high: int) -> Any:
    """A duration between two numbers of seconds."""

    def within(value: int) -> int:
        if not low <= value <= high:
            raise Wrong(f"{value} seconds is out of range", f"between {low} and {high} seconds")
        return value

    return Annotated[int, BeforeValidator(seconds), AfterValidator(within), DURATION_SCHEMA]


def cased(*words: str, upper: bool = True) -> Any:
    """One of these words, written in any case."""

    def read(value: Any) -> Any:
        word = str(value).upper() if upper else str(value).lower()
        if isinstance(value, str) and word in words:
            return word
        raise Wrong(f"{shown(value)} is not one of {', '.join(w.lower() for w in words)}",
                    did_you_mean(str(value), [w.lower() for w in words]))  # fmt: skip

    return Annotated[str, BeforeValidator(read), WithJsonSchema({"enum": [w.lower() for w in words] + list(words)})]


def _name(value: str) -> str:
    if not NAME.fullmatch(value):
        problem = f"is {len(value)} characters long, and 24 is the most" if len(value) > 24 else "is not a name"
        raise Wrong(f"{shown(value)} {problem}",
                    "small letters, digits and dashes, at most 24, starting with a letter: my-web")  # fmt: skip
    return value


def _rule_name(value: str) -> str:
    if not RULE_NAME.fullmatch(value):
        raise Wrong(f"{shown(value)} is not a rule's name", "letters, digits, dashes and underscores, at most 64")
    return value


def _port(value: int) -> int:
    if not 1 <= value <= 65535:
        raise Wrong(f"{value} is not a port", "ports go from 1 to 65535")
    return value


def network(value: str) -> str:
    """A CIDR as AWS spells it; a lone address stands for itself. Raises Wrong."""
    try:
        return str(ipaddress.ip_network(value, strict=True))
    except ValueError as error:
        try:
            wide = str(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise Wrong(f"{shown(value)} is not a network", "write 10.0.0.0/8, 203.0.113.7 or ::/0") from None
        if "host bits" in str(error):
            raise Wrong(f"{shown(value)} names a host, not a network", f"write {wide}") from None
        raise


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": "^[a-z][a-z0-9-]*$", "maxLength": 24})]
RuleName = Annotated[str, AfterValidator(_rule_name)]
Port = Annotated[int, AfterValidator(_port), Field(json_schema_extra={"minimum": 1, "maximum": 65535})]
Network = Annotated[str, AfterValidator(network)]
Loose = Annotated[str, BeforeValidator(_as_text), WithJsonSchema({"anyOf": [TEXT, NUMBER]})]
"""Text that often looks like a number: 200, 403."""
Texts = Annotated[list[str], one_or_more(TEXT)]
LooseTexts = Annotated[list[Loose], one_or_more(TEXT, NUMBER)]
BalancerType = Literal["application", "network", "gateway"]
