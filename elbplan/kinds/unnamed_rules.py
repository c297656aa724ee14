"""Matches rules without a name in the spec with live rules.

The short form numbers such rules by their position (`80-r1`, `80-r2`...). With these numbers alone, a new rule at the
top would rename all others, and elbplan would rewrite each rule into the next. So a desired rule takes the address of
the live rule with the same conditions; otherwise of the live rule with its number, if no other rule takes that; and a
new rule takes a free number. Pure.
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
"""The listener of the rules, and the half of a split rule: "" or `-except`."""
Rules = list[tuple[Address, Rule]]


def kept_addresses(
    wanted: Mapping[Address, Resource], lives: Sequence[tuple[Address, Resource]]
) -> dict[Address, Address]:
    """For each desired rule without a name, its address in `lives`, if that differs from its address in the spec."""
    families = _families(list(wanted.items()))
    live_families = _families(list(lives))
    kept: dict[Address, Address] = {}
    for family, rules in families.items():
        kept |= _Matching(family, rules, live_families.get(family, [])).names()
    return {address: name for address, name in kept.items() if address != name}


def readdressed(resources: Mapping[Address, Resource], names: Mapping[Address, Address]) -> dict[Address, Resource]:
    """The resources under other addresses. No resource refers to a rule, so no reference changes."""
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
    """Matches the desired rules of one family with its live rules."""

    family: Family
    wanted: Rules
    lives: Rules
    found: dict[Address, Address] = field(default_factory=dict)

    def names(self) -> dict[Address, Address]:
        """The address of each desired rule."""
        left = list(self.lives)
        for address, rule in self.wanted:
            matching = [pair for pair in left if _same_conditions(rule, pair[1])]
            if matching:
                chosen = next((pair for pair in matching if pair[0] == address), matching[0])
                self.found[address] = chosen[0]
                left.remove(chosen)
        unmatched = {address for address, _ in left}
        self.found |= {a: a for a, _ in self.wanted if a not in self.found and a in unmatched}
        free = self._free()
        for address, _ in self.wanted:
            if address not in self.found:
                self.found[address] = address if self._is_free(address) else next(free)
        return self.found

    def _is_free(self, address: Address) -> bool:
        return address not in self.found.values() and address not in {a for a, _ in self.lives}

    def _free(self) -> Iterator[Address]:
        """Addresses with numbers that no rule has or takes."""
        listener, half = self.family
        number = 0
        while True:
            number += 1
            address = Address(Rule.kind, f"{listener}-r{number}{half}")
            if self._is_free(address) and address not in {a for a, _ in self.wanted if a not in self.found}:
                yield address


def _same_conditions(wanted: Rule, live: Rule) -> bool:
    """True for the same conditions, and for a rule that an interrupted run left attach-only."""
    return live.conditions in (wanted.conditions, attach_only_rule(wanted).conditions)
