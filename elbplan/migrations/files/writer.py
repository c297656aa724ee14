"""Writes a migration as YAML text that a person can read, review and edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from ...core.duration import duration_text
from ...core.hidden import Hidden, MaskedValue, escape
from ...errors import Refused, escaped
from ..migration import APPROVAL, Migration, MigrationStep

WIDTH = 120


def text_of(migration: Migration) -> str:
    """The text of the file; parsing it gives the same migration."""
    lines = [
        f"stack: {flow(migration.stack)}",
        f"title: {flow(migration.title)}",
        f"from: {migration.start}",
        f"to: {migration.end}",
        *([f"spec: {migration.spec}"] if migration.spec else []),
        "steps:" if migration.entries else "steps: []",
    ]
    for entry in migration.entries:
        first, *rest = _lines(entry)
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines) + "\n"


def _lines(entry: MigrationStep) -> Iterator[str]:
    if entry.do == "hold":
        yield f"hold: {APPROVAL if entry.hold is None else duration_text(entry.hold)}"
    else:
        yield f"do: {entry.do}"
    if entry.what is not None:
        yield f"what: {flow(str(entry.what))}"
    if entry.old is not None:
        yield f"from: {flow(str(entry.old))}"
    if entry.id:
        yield f"id: {flow(entry.id)}"
    if entry.set:
        yield from _set(entry.set)
    yield from _condition(entry)
    if entry.why:
        yield f"why: {flow(entry.why)}"
    if entry.allow:
        yield f"allow: {flow(list(entry.allow))}"
    if entry.because:
        yield f"because: {flow(entry.because)}"
    if entry.then:
        yield f"then: {entry.then}"


def _condition(entry: MigrationStep) -> Iterator[str]:
    if entry.until and entry.do == "hold":
        yield f"while: {entry.until}"
    elif entry.until:
        yield f"until: {entry.until}"
        yield f"timeout: {duration_text(entry.timeout)}"
    if entry.on_failure != "stop":
        yield f"on_failure: {entry.on_failure}"


def _set(values: Any) -> Iterator[str]:
    short = f"set: {flow(values)}"
    if len(short) <= WIDTH - 4:
        yield short
        return
    yield "set:"
    for key, value in values.items():
        yield from (f"  {line}" for line in _field(key, value))


def _field(key: str, value: Any) -> Iterator[str]:
    short = f"{flow(key)}: {flow(value)}"
    if len(short) <= WIDTH - 6 or not isinstance(value, list | dict):
        yield short
    elif isinstance(value, list):
        yield f"{flow(key)}:"
        yield from (f"  - {flow(item)}" for item in value)
    else:
        yield f"{flow(key)}:"
        yield from (f"  {flow(k)}: {flow(item)}" for k, item in value.items())


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    text = yaml.dump(_escaped(value), Dumper=Quoting, default_flow_style=True, width=10**6, sort_keys=False,
                     allow_unicode=True)  # fmt: skip
    return escaped(text.removesuffix("\n").removesuffix("\n...").strip())


class Quoting(yaml.SafeDumper):
    """Quotes text with control characters: in quotes, the escapes for a terminal are valid in YAML too."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if escaped(text) != text else None)


def _reference(dumper: yaml.SafeDumper, text: Hidden) -> yaml.ScalarNode:
    """In quotes, so that YAML reads it as text with any values of its variables. Raises Refused."""
    if isinstance(text, MaskedValue):
        what = "AWS has another value than a variable of the spec, and elbplan never writes such a value into a file"
        raise Refused(what, hint="set the variable to the value in AWS, or run elbplan apply first to change AWS")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text.reference, style='"')


Quoting.add_representer(str, _text)
Quoting.add_representer(Hidden, _reference)
Quoting.add_representer(MaskedValue, _reference)


def _escaped(value: Any) -> Any:
    if isinstance(value, Hidden):
        return value
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value
