"""Rules without a name: which of those that are there each of them is.

A spec numbers them by their place (`80-r1`, `80-r2`...), so a rule inserted at the top would rename all others, and
each would be rewritten into its neighbour. So a wanted rule takes the address of the rule that is there with the same
conditions; next, of one that has its number and is nobody else's; a new one takes a number that is free. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address
from ..core.resource import Resource
from .rule import Rule, attach_only_rule

UNNAMED = re.compile(r"(?P<listener>.+)-r(?P<number>[1-9]\d*)(?P<half>(?:-except)?)")

Family = tuple[str, str]
"""The listener that the rules hang on, and which half of a split rule they are."""
Rules = list[tuple[Address, Rule]]


def kept_addresses(
    wanted: Mapping[Address, Resource], there: Sequence[tuple[Address, Resource]]
) -> dict[Address, Address]:
    """The address in `there` that each wanted rule without a name has, where it is not the one that the spec gave."""
    families = _families(list(wanted.items()))
    present = _families(list(there))
    kept: dict[Address, Address] = {}
    for family, rules in families.items():
        kept |= _Matching(family, rules, present.get(family, [])).names()
    return {address: name for address, name in kept.items() if address != name}


def readdressed(resources: Mapping[Address, Resource], names: Mapping[Address, Address]) -> dict[Address, Resource]:
    """The same resources under these addresses. Nothing points at a rule."""
    return {names.get(address, address): resource for address, resource in resources.items()}


def _families(resources: Sequence[tuple[Address, Resource]]) -> dict[Family, Rules]:
    found: dict[Family, Rules] = {}
    for address, resource in resources:
        match = UNNAMED.fullmatch(address.name) if isinstance(resource, Rule) else None
        if match and isinstance(resource, Rule):
            found.setdefault((match["listener"], match["half"]), []).append((address, resource))
    return {family: sorted(rules, key=lambda pair: pair[1].priority) for family, rules in found.items()}


@dataclass
class _Matching:
    """The wanted rules of one family and those that are there."""

    family: Family
    wanted: Rules
    there: Rules
    found: dict[Address, Address] = field(default_factory=dict)

    def names(self) -> dict[Address, Address]:
        """The address of each wanted rule."""
        left = list(self.there)
        for address, rule in self.wanted:
            alike = [pair for pair in left if _alike(rule, pair[1])]
            if alike:
                chosen = next((pair for pair in alike if pair[0] == address), alike[0])
                self.found[address] = chosen[0]
                left.remove(chosen)
        same = {address for address, _ in left}
        self.found |= {a: a for a, _ in self.wanted if a not in self.found and a in same}
        free = self._free()
        for address, _ in self.wanted:
            if address not in self.found:
                self.found[address] = address if self._is_free(address) else next(free)
        return self.found

    def _is_free(self, address: Address) -> bool:
        return address not in self.found.values() and address not in {a for a, _ in self.there}

    def _free(self) -> Iterator[Address]:
        """Numbers that nobody has, and that no other wanted rule would take."""
        listener, half = self.family
        number = 0
        while True:
            number += 1
            address = Address(Rule.kind, f"{listener}-r{number}{half}")
            if self._is_free(address) and address not in {a for a, _ in self.wanted if a not in self.found}:
                yield address


def _alike(wanted: Rule, there: Rule) -> bool:
    """The same conditions, or those behind which an interrupted run has hidden the rule so far."""
    return there.conditions in (wanted.conditions, attach_only_rule(wanted).conditions)
