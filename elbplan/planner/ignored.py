"""What differs between AWS and the spec, and stays because of `ignore:`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..core.address import Address
from ..core.change import Change, Diff
from ..core.ignored import ignoring
from ..core.kind import Kinds
from ..core.resource import Resource, differing_fields


def ignored_differences(
    comparison: Diff, desired: Mapping[Address, Resource], kinds: Kinds, ignore: Sequence[str]
) -> Iterator[Change]:
    """For each resource with such differences, a change that elbplan does not make: from the spec to what AWS has."""
    for change in comparison.changes if ignore else ():
        if change.before is None or change.action not in ("keep", "update") or change.address not in desired:
            continue
        wanted = kinds[change.address.kind].with_live_defaults(desired[change.address], change.before)
        left = ignoring(wanted, change.before, change.address, ignore)
        if fields := differing_fields(wanted, left):
            yield Change("keep", change.address, wanted, left, change.live, fields, because="ignore:")
