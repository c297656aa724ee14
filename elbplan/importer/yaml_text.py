"""Writes a spec as a person would: short lists and maps on one line, and the names of ids as comments. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import yaml

from ..core.hidden import escape
from ..errors import escaped

WIDTH = 110
ID = re.compile(r"arn:aws[\w-]*:[^\s,'\"}\]]+|\b(?:i|sg|subnet|vpc|eipalloc)-[0-9a-f]+\b|\bZ[A-Z0-9]{8,}\b")


def yaml_text(document: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The document as YAML. A line with ids that have a label ends with the labels."""
    lines = [line for key, value in document.items() for line in _entry(key, value, 0)]
    return "".join(f"{_labelled(line, labels)}\n" for line in lines)


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    """The lines of one key."""
    head = f"{' ' * indent}{flow(key)}:"
    line = f"{head} {flow(value)}"
    if len(line) <= WIDTH and not _needs_block(value, indent):
        yield line
    elif isinstance(value, Mapping) and value:
        yield head
        for inner, item in value.items():
            yield from _entry(str(inner), item, indent + 2)
    elif isinstance(value, list | tuple) and value:
        yield head
        for item in value:
            yield from _item(item, indent + 2)
    else:
        yield line


def _needs_block(value: Any, indent: int) -> bool:
    """True for lists of maps, for maps with several maps, and for lists of ids, which get a comment each."""
    if isinstance(value, Mapping):
        return (indent == 0 and any(isinstance(item, Mapping | list) for item in value.values())) or any(
            isinstance(item, list) and _needs_block(item, 1) for item in value.values()
        )
    if isinstance(value, list):
        return any(isinstance(item, Mapping) for item in value) or any(ID.match(str(item)) for item in value)
    return False


def _item(item: Any, indent: int) -> Iterator[str]:
    """The lines of one item of a list."""
    line = f"{' ' * indent}- {flow(item)}"
    if not isinstance(item, Mapping) or (
        len(line) <= WIDTH
        and not any(isinstance(v, list) and any(isinstance(x, Mapping) for x in v) for v in item.values())
    ):
        yield line
        return
    first = True
    for key, value in item.items():
        for inner in _entry(str(key), value, indent + 2):
            yield f"{' ' * indent}- {inner[indent + 2 :]}" if first else inner
            first = False


class _Dumper(yaml.SafeDumper):
    """Writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def flow(value: Any) -> str:
    """The value on one line, so that a spec reads it as it is."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return _scalar(value)
    return str(yaml.dump(value, Dumper=_Dumper, default_flow_style=True)).split("\n")[0]


def _scalar(text: str) -> str:
    """The text, in quotes where YAML would read something else."""
    text = escape(text)
    if escaped(text) != text:
        return str(yaml.dump(text, default_style='"', width=10**6)).strip()
    return text if _is_plain(text) else json.dumps(text, ensure_ascii=False)


@cache
def _is_plain(text: str) -> bool:
    """True if YAML reads the text as it is, also inside a list or a map."""
    try:
        return bool(yaml.safe_load(f"[{text}]") == [text] and yaml.safe_load(f"{{a: {text}}}") == {"a": text})
    except (yaml.YAMLError, ValueError):
        return False


def _labelled(line: str, labels: Mapping[str, str]) -> str:
    names = list(dict.fromkeys(labels[id] for id in ID.findall(line) if id in labels))
    return f"{line}  # {escaped(', '.join(names))}" if names else line
