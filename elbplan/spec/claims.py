"""What several specs claim, and only one stack can have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..core.stack import Stack
from ..errors import Problem
from ..kinds.record import Record
from .yaml.tree import Tree, YamlPath


def claimed_twice(stacks: Sequence[Stack], trees: Sequence[Tree]) -> Iterator[Problem]:
    """A DNS name leads to one load balancer. Zones that are spelled differently are compared once AWS is asked."""
    first: dict[tuple[str, str], Stack] = {}
    for stack, tree in zip(stacks, trees, strict=True):
        told: set[str] = set()
        for record in (r for r in stack.resources.values() if isinstance(r, Record)):
            other = first.setdefault((record.name, str(record.zone)), stack)
            if other.name != stack.name and record.name not in told:
                told.add(record.name)
                what = f'{record.name} belongs to the stack "{other.name}" at {other.file}:{other.line} already'
                hint = "remove it from one of the two specs, or write manage: {dns: false} in one"
                yield tree.problem(_place(tree.data, record.name), what, hint)


def _place(data: Any, name: str) -> YamlPath:
    """Where a spec names a domain."""
    domains = data.get("domain")
    if isinstance(domains, list):
        return next((("domain", index) for index, one in enumerate(domains) if _name(one) == name), ("domain",))
    if domains is not None and _name(domains) == name:
        return ("domain",)
    blocks = data.get("record")
    if isinstance(blocks, dict):
        return next((("record", key) for key, one in blocks.items() if _name(one) == name), ("record",))
    return ("name",)


def _name(word: Any) -> str:
    """The name in `api.example.com`, or in a map that has one."""
    text = word.get("name", "") if isinstance(word, dict) else word
    return str(text).lower().rstrip(".")
