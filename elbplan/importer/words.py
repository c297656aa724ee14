"""Actions, conditions and times in the words of the short form. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core.address import Address
from ..core.duration import duration_text
from ..kinds.aws.actions import Forward, Redirect, Respond
from ..kinds.aws.conditions import Condition
from ..spec.short.actions import TYPES

Words = dict[str, Any]
FIELDS = {"host-header": "host", "path-pattern": "path", "http-request-method": "method", "source-ip": "ip"}


def action_words(action: object) -> Words:
    """`{forward: web}`, `{redirect: 443/https}`, `{respond: 404}`; nothing for an action that only AWS knows."""
    if isinstance(action, Forward):
        return {"forward": _forward(action)}
    if isinstance(action, Redirect):
        return {"redirect": _redirect(action)}
    return {"respond": _respond(action)} if isinstance(action, Respond) else {}


def _forward(action: Forward) -> Any:
    groups = {_name(share.group): share.weight for share in action.groups}
    if action.sticky is not None:
        return {"groups": groups, "sticky": duration_text(action.sticky)}
    return next(iter(groups)) if len(groups) == 1 else groups


def _name(ref: object) -> str:
    return ref.name if isinstance(ref, Address) else str(ref)


def _redirect(action: Redirect) -> Any:
    fixed = action.protocol != "#{protocol}" and action.port != "#{port}"
    words: Words = {"to": f"{action.port}/{action.protocol.lower()}"} if fixed else {}
    if not fixed and action.protocol != "#{protocol}":
        words |= {"protocol": action.protocol.lower(), "port": action.port}
    elif not fixed and action.port != "#{port}":
        words["port"] = action.port
    usual = Redirect()
    words |= {
        key: value
        for key in ("host", "path", "query", "code")
        if (value := getattr(action, key)) != getattr(usual, key)
    }
    return words["to"] if list(words) == ["to"] else words


def _respond(action: Respond) -> Any:
    words: Words = {"status": _number(action.status)}
    words |= {"body": action.body} if action.body else {}
    if action.content_type != "text/plain":
        words["type"] = next(word for word, type in TYPES.items() if type == action.content_type)
    return words["status"] if len(words) == 1 else words


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def has_words(conditions: Iterable[Condition]) -> bool:
    """True if the short form can say these conditions: one of each field."""
    conditions = list(conditions)
    once = [condition.field for condition in conditions if condition.field in FIELDS]
    plain = all((condition.values or condition.regex) and not condition.settings for condition in conditions)
    return plain and len(set(once)) == len(once)


def condition_words(conditions: Iterable[Condition]) -> Words:
    """`{host: api.example.com, path: [/v1/*, /v2/*]}`, for conditions that have words."""
    words: Words = {}
    for condition in conditions:
        values = list(condition.values)
        regex = {"regex": _single(list(condition.regex))} if condition.regex else {}
        if condition.field == "http-header":
            given = {"values": values} if values else {}
            words.setdefault("header", []).append({"name": condition.name, **given, **regex})
        elif condition.field == "query-string":
            words.setdefault("query", []).append({"values": values})
        elif regex:
            words[FIELDS[condition.field]] = {**({"values": _single(values)} if values else {}), **regex}
        else:
            words.setdefault(FIELDS[condition.field], []).extend(values)
    return {key: _plain(key, value) for key, value in words.items()}


def _header(header: Words) -> Any:
    """The values alone; with regular expressions, a map of both."""
    if "regex" not in header:
        return _single(header["values"])
    return {key: _single(value) if key == "values" else value for key, value in header.items() if key != "name"}


def _plain(key: str, value: Any) -> Any:
    """A single value without its list, and headers and queries as a map."""
    if key == "header":
        names = [header["name"] for header in value]
        if len(set(names)) == len(names):
            return {header["name"]: _header(header) for header in value}
        return value
    if key == "query":
        return _queries(value)
    return value if isinstance(value, dict) else _single(value)


def _queries(value: list[Any]) -> Any:
    """`{version: [1, 2]}` if each condition is about one key; else the list of AWS."""
    pairs: dict[str, list[str]] = {}
    for query in value:
        keys = {text.partition("=")[0] for text in query["values"] if "=" in text}
        if len(keys) != 1 or any("=" not in text for text in query["values"]) or keys & set(pairs):
            return [text for query in value for text in query["values"]] if len(value) == 1 else value
        pairs[keys.pop()] = [text.partition("=")[2] for text in query["values"]]
    return {key: _single(texts) for key, texts in pairs.items()}


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
