"""The differences between live and a state, resource by resource and field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.address import Address
from ...core.change import field_difference
from ...core.fingerprint import Hashes, fingerprint, live_in_terms_of
from ...core.ignored import ignoring
from ...core.kind import LiveResource
from ...core.resource import Resource, differing_fields, field_values, without_shared_additions
from ...core.simulate import State
from ...kinds import KINDS

WHOLE = 3
"""A resource that is missing, or that no file describes, counts as more than a field."""


@dataclass(frozen=True)
class Difference:
    """One resource in which live differs from a state.

    expected the resource as the state has it, with AWS's part filled in; None if the state does not have it
    live     the resource as AWS has it, in portable names; None if it does not exist
    fields   the fields that differ; none if only a resource that this one refers to is another one
    size     how much differs
    """

    address: Address
    expected: Resource | None
    live: Resource | None
    fields: tuple[str, ...] = ()
    size: int = 0

    @property
    def name(self) -> str:
        """`listener.443`, for both sides of a replacement."""
        return f"{self.address.kind}.{self.address.name}"

    @property
    def indirect(self) -> bool:
        """Only a resource that this one refers to is another one."""
        return self.expected is not None and self.live is not None and not self.fields

    @property
    def text(self) -> str:
        """`listener.443  protocol HTTP → HTTPS`: as the state has it, and as AWS has it."""
        if self.expected is None:
            return f"{self.address}  exists, and no file creates it"
        if self.live is None:
            return f"{self.address}  does not exist"
        return f"{self.address}  " + "; ".join(
            field_difference(self.expected, self.live, field) for field in self.fields
        )

    @property
    def wish(self) -> str:
        """`listener.443  protocol HTTP → HTTPS`: of the last file (live) and the spec (expected)."""
        if self.expected is None:
            return f"{self.address}  is no longer in the spec"
        if self.live is None:
            return f"{self.address}  is created by no file"
        return f"{self.address}  " + "; ".join(
            field_difference(self.live, self.expected, field) for field in self.fields
        )


def differences(
    lives: Mapping[Address, LiveResource[Any]],
    state: State,
    ignore: Sequence[str] = (),
    hashes: Hashes | None = None,
) -> list[Difference]:
    """Every resource in which live, in portable names, differs from the state.

    Whether they differ at all, the fingerprints decide: of two resources with one address, either may be the old one.
    Keep `hashes` between calls: most states share most of their resources.
    """
    wanted = fingerprint(state, KINDS, hashes)
    seen = fingerprint(live_in_terms_of(lives, state, KINDS, ignore), KINDS, hashes)
    if seen.text == wanted.text:
        return []
    names = set(seen.differing(wanted))
    found = [
        _difference(a, state.get(a), lives.get(a), ignore) for a in [*state, *(a for a in lives if a not in state)]
    ]
    direct = {difference.name for difference in found if not difference.indirect}
    return [d for d in found if d.name in names and (not d.indirect or d.name not in direct)]


def weight(found: Sequence[Difference]) -> int:
    """How far live is from a state. A resource that the state does not have weighs more than a changed one."""
    extra = {difference.name for difference in found if difference.expected is None}
    return WHOLE * len(extra) + len({difference.name for difference in found} - extra)


def _difference(
    address: Address, expected: Resource | None, live: LiveResource[Any] | None, ignore: Sequence[str]
) -> Difference:
    if expected is None or live is None:
        model = live.model if live else None
        return Difference(address, expected, model, size=WHOLE + _given_fields(expected or model))
    settled = KINDS[address.kind].with_live_defaults(expected, live.model)
    model = without_shared_additions(ignoring(live.model, settled, address, ignore), settled)
    fields = differing_fields(settled, model)
    before, after = field_values(settled), field_values(model)
    return Difference(address, settled, model, fields, sum(_leaves(before[field], after[field]) for field in fields))


def _given_fields(resource: Resource | None) -> int:
    return len(resource.model_fields_set) if resource else 0


def _leaves(before: Any, after: Any) -> int:
    """How many single values differ."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return sum(before.get(key) != after.get(key) for key in {*before, *after})
    if isinstance(before, tuple) and isinstance(after, tuple):
        return max(1, len(set(map(repr, before)) ^ set(map(repr, after))))
    return 1
