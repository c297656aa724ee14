"""Finds domains that several stacks use: a domain can belong to only one stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..core.stack import Stack
from ..errors import Problem
from ..kinds.aws.routing_policies import SIMPLE, policy_of, policy_text
from ..kinds.record import Record, excluded
from .yaml.tree import Tree, YamlPath


def duplicate_domains(stacks: Sequence[Stack], trees: Sequence[Tree]) -> Iterator[tuple[Tree, Problem]]:
    """A problem for each domain that a second stack uses.

    A zone may be written as an id or as a name; this compares only the text.
    """
    seen: dict[tuple[str, str], list[tuple[Stack, Record]]] = {}
    for stack, tree in zip(stacks, trees, strict=True):
        reported: set[str] = set()
        for record in (r for r in stack.resources.values() if isinstance(r, Record)):
            earlier = seen.setdefault((record.name, str(record.zone)), [])
            claims = ((other, why) for other, theirs in earlier if (why := _claim(other, stack, theirs, record)))
            if record.name not in reported and (claim := next(claims, None)):
                reported.add(record.name)
                yield tree, tree.problem(_place(tree.data, record.name), *claim[1])
            earlier.append((stack, record))


def _claim(other: Stack, stack: Stack, theirs: Record, record: Record) -> tuple[str, str] | None:
    """The problem and the hint if AWS allows only one of the two records."""
    place = f'the stack "{other.name}" ({other.file}:{other.line})'
    if other.name == stack.name or not excluded(theirs, record):
        return None
    if theirs.type != record.type or {policy_of(theirs), policy_of(record)} == {SIMPLE}:
        hint = "remove the domain from one of the two specs, or write manage: {dns: false} in one of them"
        return f"{place} already uses the domain {record.name}", hint
    if policy_of(theirs) != policy_of(record):
        what = f"{place} has {record.name} with the policy {policy_of(theirs)}, and this one with {policy_of(record)}"
        return what, "all records of a name have one policy: write the same policy in both specs"
    if theirs.set_identifier == record.set_identifier:
        return f'{place} has {record.name} with the id "{record.set_identifier}" too', "write another id:"
    return f"{place} has {record.name} with the same policy: {policy_text(record)}", "write another value in one spec"


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
