"""Turns pydantic's errors into problems that a user understands: the key, what is wrong, and what to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from ..core.hidden import Hidden, HiddenNumber
from ..core.suggest import closest
from .errors import SpecValueError

PATTERNS = {
    "^/": ("must start with /", "write /{}"),
    r"^(2|4|5)\d\d$": ("is not a status that a load balancer can respond with", "use 200 to 299, or 400 to 599"),
    r"^([1-9]\d{0,4}|#\{port\})$": ("is not a port", "use a number from 1 to 65535"),
    r"^(traffic-port|[1-9]\d{0,4})$": ("is not a port", "use a number from 1 to 65535, or traffic-port"),
    r"^[A-Za-z0-9_.:-]{1,40}$": ("is not a version", "use at most 40 letters, digits, dots, dashes and underscores"),
    r"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$": (
        "is not a name that AWS accepts",
        "use at most 32 letters, digits and dashes",
    ),
    r"^([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$": (
        "is not a name that AWS accepts",
        "use at most 32 letters, digits and single dashes, with a letter or digit at both ends",
    ),
}
"""The patterns of the kinds' models, each with the problem and the hint for a value that does not match."""

EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a map of keys and values",
    "mapping_type": "a map of keys and values",
    "model_type": "a map of keys and values",
    "model_attributes_type": "a map of keys and values",
    "list_type": "a list",
    "tuple_type": "a list",
    "frozen_set_type": "a list",
    "finite_number": "a finite number",
}


def plain_message(error: ErrorDetails | Mapping[str, Any], name: str) -> tuple[str, str]:
    """Returns what is wrong and what to write. `name` is the key of the value."""
    kind, value, ctx = str(error["type"]), error.get("input"), error.get("ctx") or {}
    if kind == "missing":
        missing = str(error["loc"][-1])
        return f"{missing} is missing", f"add {missing}:"
    if kind in EXPECTED:
        return f"{name} must be {EXPECTED[kind]}, not {shown_value(value)}", _how(kind, value, name)
    if kind == "literal_error":
        return _literal(str(ctx.get("expected", "")), value, name)
    if kind == "string_pattern_mismatch":
        what, hint = PATTERNS.get(str(ctx.get("pattern")), ("does not have the right form", ""))
        return f"{name}: {shown_value(value)} {what}", hint.format(value)
    if kind in ("value_error", "assertion_error"):
        return _raised(ctx.get("error"), str(error.get("msg", "")), name)
    return _bounds(kind, ctx, value, name)


def _how(kind: str, value: Any, name: str) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f'quote it: "{shown_value(value)}"'
    if kind.startswith("bool"):
        return "write true or false; words like yes and on are text here"
    if kind == "string_type" and isinstance(value, dict):
        return _only_text(value, name)
    if kind.startswith("int") and isinstance(value, str):
        return _as_number(value, name)
    if kind in ("dict_type", "model_type", "mapping_type", "model_attributes_type"):
        return f"write {name}: and the keys on the next lines, indented"
    if kind in ("list_type", "tuple_type"):
        return f'write {name}: [ ... ], or one "- item" on each line'
    return ""


def _only_text(value: Mapping[str, Any], name: str) -> str:
    """The hint for a map in place of text, as Terraform writes it: `{region: eu-west-1}`."""
    texts = [text for key, text in value.items() if key in ("id", "name", "region") and isinstance(text, str)]
    return f"write {name}: {texts[0]}" if len(value) == len(texts) == 1 else ""


def _as_number(value: str, name: str) -> str:
    number = value.strip()
    if number.isdigit():
        return f"write {int(value) if value.isascii() and len(value) < 19 else 80}, without quotes or leading zeros"
    if number.endswith("%") and number[:-1].isdigit():
        return f"write {number[:-1]}, without %"
    return "write seconds without a unit: 300" if name == "ttl" else ""


def _literal(expected: str, value: Any, name: str) -> tuple[str, str]:
    choices = [choice.strip().strip("'") for choice in expected.replace(" or ", ", ").split(",")]
    near = closest(str(value), choices)
    return f"{name}: {shown_value(value)} is not one of {', '.join(choices)}", f"did you mean {near}?" if near else ""


def _raised(raised: Any, message: str, name: str) -> tuple[str, str]:
    if isinstance(raised, SpecValueError):
        return f"{name}: {raised.what}" if name else raised.what, raised.hint
    text = str(raised) if raised is not None else message.removeprefix("Value error, ")
    text, write, rest = text.partition("; write ")
    hint = f"write {rest}" if write else _known(text)[1]
    return f"{name}: {text}" if name else text, hint


CERTIFICATE = "add domain:, or write certificate: with the name or ARN of a certificate"
HINTS = {
    "a listener with protocol HTTPS needs a certificate": ("protocol", CERTIFICATE),
    "a listener with protocol TLS needs a certificate": ("protocol", CERTIFICATE),
    "health: timeout must be below interval": (
        "health.timeout",
        "make the timeout shorter than the interval (every:)",
    ),
    "leading_actions need protocol HTTPS": ("leading_actions", "listen on 443/https"),
    "needs a port": ("port", "add port: 80"),
    "host bits set": ("cidr", "write the network, like 10.0.0.0/8, or one address, like 10.0.0.1/32"),
}
"""Parts of the kinds' own messages, each with the field that the problem points at and the hint."""


def _known(text: str) -> tuple[str, str]:
    return next((known for part, known in HINTS.items() if part in text), ("", ""))


def field_of(error: Mapping[str, Any]) -> tuple[str, ...]:
    """The field that an error about the whole resource points at; () if the error names no known field."""
    raised = (error.get("ctx") or {}).get("error")
    field, _ = _known(str(raised)) if isinstance(raised, ValueError) else ("", "")
    return tuple(field.split(".")) if field else ()


LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def _bounds(kind: str, ctx: Mapping[str, Any], value: Any, name: str) -> tuple[str, str]:
    if kind in LIMITS:
        key, word = LIMITS[kind]
        return f"{name}: {shown_value(value)} is out of range", f"{word} {ctx.get(key)}"
    if kind.endswith(("too_long", "too_short")):
        long = kind.endswith("long")
        limit = f"at {'most' if long else 'least'} {ctx.get('max_length', ctx.get('min_length'))}"
        if kind == "string_too_short" and not value.strip():
            return f"{name} is empty", "write a value, or remove the line"
        if kind.startswith("string"):
            return f"{name} is too {'long' if long else 'short'}", f"{limit} characters"
        return f"{name}: too {'many' if long else 'few'} items", limit
    if kind.startswith("union_tag"):
        return f"{name} has no valid type", "write type: forward, redirect or fixed-response"
    return f"{name}: {shown_value(value)} is not possible here", ""


def name_of(path: Sequence[str | int]) -> str:
    """The last key of a path, as messages name it."""
    return next((str(step) for step in reversed(path) if isinstance(step, str)), "this")


def article(word: object) -> str:
    """The word with its indefinite article, by sound: an HTTP listener, a UDP listener."""
    text = str(word)
    return f"an {text}" if text.startswith(("a", "e", "i", "o", "HTTP")) else f"a {text}"


def shown_value(value: object) -> str:
    """A value as messages show it: text in quotes, at most 60 characters, and no value of a variable."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Hidden | HiddenNumber):
        return f"the value of {value.reference}"
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    text = "nothing" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
