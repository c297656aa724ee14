"""The regions that botocore knows. AWS may have newer ones, so an unknown region is only a hint after a failure."""

from __future__ import annotations

import threading
from functools import cache

from botocore.loaders import Loader

from ..core.suggest import closest
from .denials import ENABLED_BY_DEFAULT

READING = threading.Lock()
"""Many calls fail at the same time; one of them reads botocore's file for all."""


@cache
def _from_botocore() -> tuple[str, ...]:
    partitions = Loader().load_data("endpoints")["partitions"]
    return tuple(region for partition in partitions for region in partition["regions"])


def known_regions() -> tuple[str, ...]:
    """The regions of all partitions."""
    with READING:
        return _from_botocore()


def doubt_about(region: str) -> str:
    """A sentence about a region that botocore does not know; empty if it knows the region."""
    if region in ENABLED_BY_DEFAULT or region in known_regions():
        return ""
    similar = closest(region, known_regions(), cutoff=0.6)
    return f"{region} may not be a region of AWS" + (f": did you mean {similar}?" if similar else "; check region:")
