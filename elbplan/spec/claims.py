"""Finds domains that several stacks use: a domain can belong to only one stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..core.stack import Stack
from ..errors import Problem
from ..kinds.record import Record
from .yaml.tree import Tree, YamlPath


def duplicate_domains(stacks: Sequence[Stack], trees: Sequence[Tree]) -> Iterator[tuple[Tree, Problem]]:
    """A problem for each domain that a second stack uses.

    A zone may be written as an id or as a name; this compares only the text.
    """
    first: dict[tuple[str, str], Stack] = {}
    for stack, tree in zip(stacks, trees, strict=True):
        reported: set[str] = set()
        for record in (r for r in stack.resources.values() if isinstance(r, Record)):
            other = first.setdefault((record.name, str(record.zone)), stack)
            if other.name != stack.name and record.name not in reported:
                reported.add(record.name)
                what = f'the stack "{other.name}" ({other.file}:{other.line}) already uses the domain {record.name}'
                hint = "remove the domain from one of the two specs, or write manage: {dns: false} in one of them"
                yield tree, tree.problem(_place(tree.data, record.name), what, hint)


def _place(data: Any, name: str) -> YamlPath:
    """The path of a domain in its spec."""
    domains = data.get("domain")
    if isinstance(domains, list):
        return next((("domain", index) for index, item in enumerate(domains) if _name(item) == name), ("domain",))
    if domains is not None and _name(domains) == name:
        return ("domain",)
    blocks = data.get("record")
    if isinstance(blocks, dict):
        return next((("record", key) for key, record in blocks.items() if _name(record) == name), ("record",))
    return ("name",)


def _name(domain: Any) -> str:
    """The domain name of a text, or of a map with the key `name`."""
    text = domain.get("name", "") if isinstance(domain, dict) else domain
    return str(text).lower().rstrip(".")
