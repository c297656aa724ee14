"""The live security groups that a plan will delete, known before the plan. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from ..core.address import Address
from ..core.kind import Kinds, LiveResource
from ..core.resource import Resource
from ..kinds.security_group import SecurityGroup


def deleted_groups(
    desired: Mapping[Address, Resource], lives: Sequence[LiveResource[Resource]], kinds: Kinds
) -> Iterator[LiveResource[Resource]]:
    """The groups that the spec does not want or wants in another form; of several with one address, all."""
    groups = [live for live in lives if isinstance(live.model, SecurityGroup)]
    counts = Counter(live.address for live in groups)
    for live in groups:
        want = desired.get(live.address)
        if want is None or counts[live.address] > 1 or _is_replaced(want, live, kinds):
            yield live


def _is_replaced(want: Resource, live: LiveResource[Resource], kinds: Kinds) -> bool:
    kind = kinds[live.address.kind]
    return bool(kind.replaced_fields(live.model, kind.with_live_defaults(want, live.model)))
