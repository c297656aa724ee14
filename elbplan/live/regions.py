"""The regions that botocore knows. AWS may have newer ones, so an unknown region is only a hint after a failure."""

from __future__ import annotations

from functools import cache

import botocore.session

from ..core.suggest import closest


@cache
def known_regions() -> tuple[str, ...]:
    """The regions of all partitions, from the files of botocore."""
    session = botocore.session.Session()
    partitions = session.get_available_partitions()
    return tuple(region for name in partitions for region in session.get_available_regions("ec2", name))


def doubt_about(region: str) -> str:
    """A sentence about a region that botocore does not know; empty if it knows the region."""
    if region in known_regions():
        return ""
    similar = closest(region, known_regions(), cutoff=0.6)
    return f"{region} may not be a region of AWS" + (f": did you mean {similar}?" if similar else "; check region:")
