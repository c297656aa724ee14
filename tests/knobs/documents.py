"""The knob specs as documents, in which a test exchanges one value."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from elbplan.errors import SpecProblem
from elbplan.spec import load

from .keys import PLACES
from .sent import FOLDER

Place = tuple[str | int, ...]

WORDS = {
    "IPV6": "2001:db8:1:12",
    "TEMPLATE": "lt-0123456789abcdef0",
    "INTERFACE": "eni-0123456789abcdef0",
    "OWN_GROUP": "sg-0123456789abcdef0",
}
"""What `surroundings.prepare` would create."""

MORE = """
name: more
region: ap-northeast-2
domain: {name: a.example.com, id: here, policy: {latency: ap-northeast-2}}
targets: {ips: [172.31.0.5], port: 80}
trust_stores: {clients: {name: clients, bundle: s3://bucket/ca.pem}}
listeners:
  - listen: 443/https
    client_certificates: {trust_store: clients}
    attributes: {routing.http.response.server.enabled: "false"}
    forward: web
    rules: [{name: first, priority: 5, path: /a, respond: 404}]
"""
"""Keys that the knob specs leave to elbplan."""


@dataclass(frozen=True)
class KnobDocument:
    """A knob spec as YAML reads it."""

    name: str
    data: Any

    def with_value(self, place: Place, value: Any) -> str:
        """The text with another value at this place."""
        data = copy.deepcopy(self.data)
        inner = data
        for step in place[:-1]:
            inner = inner[step]
        if isinstance(value, Renamed):
            inner[value.key] = inner.pop(place[-1])
        elif place:
            inner[place[-1]] = value
        return str(yaml.safe_dump(data, allow_unicode=True, width=10**6, sort_keys=False))

    def value(self, place: Place) -> Any:
        """The value at this place."""
        inner = self.data
        for step in place:
            inner = inner[step]
        return inner


@dataclass(frozen=True)
class Renamed:
    """Another key for the value at a place."""

    key: str


@cache
def documents(files: Path) -> Sequence[KnobDocument]:
    """Every knob spec, whose files are in this folder."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))} | {"more": MORE}
    for name, text in texts.items():
        for word, value in (WORDS | {"FILES": str(files)}).items():
            text = text.replace(word, value)
        texts[name] = text
    return [KnobDocument(name, yaml.safe_load(text)) for name, text in texts.items()]


def is_refused(text: str) -> bool:
    """Whether elbplan refuses the spec, with a place and a message."""
    try:
        load(["-"], stdin=io.StringIO(text), env={})
    except SpecProblem as problem:
        return all(found.line >= 1 and found.column >= 1 and found.what for found in problem.problems)
    return False


def places(document: KnobDocument, key: str) -> Iterator[Place]:
    """Where the document has a key like `groups.health.path`. What is said of `groups` holds for `targets` too."""
    path = key.split(".")
    paths = [path, ["targets", *path[1:]]] if path[0] == "groups" else [path]
    for words in paths:
        for outer in PLACES:
            yield from _places(document.data, [*outer, *words], ())


def _places(node: Any, path: Sequence[str], place: Place) -> Iterator[Place]:
    if not path:
        yield place
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _places(item, path, (*place, index))
    elif isinstance(node, dict) and path[0] in node:
        yield from _places(node[path[0]], path[1:], (*place, path[0]))
    elif isinstance(node, dict):
        # Words in capitals are names of a user; in a map by names, the next word stands one level deeper.
        rest = path[1:] if path[0].isupper() else path
        for name, item in node.items() if path[0].isupper() or place else ():
            if rest or isinstance(item, dict | list):
                yield from _places(item, rest, (*place, name))


def first_leaf(document: KnobDocument, place: Place) -> Place:
    """The first value that is no list and no map, at or below a place."""
    value = document.value(place)
    while isinstance(value, dict | list) and value:
        step = next(iter(value)) if isinstance(value, dict) else 0
        place, value = (*place, step), value[step]
    return place
