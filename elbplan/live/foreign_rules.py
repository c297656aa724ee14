"""Reads the rules of others that refer to security groups which a plan deletes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from ..core.call import Answer, Call
from ..core.foreign import ForeignReference
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.aws.foreign_rules import foreign_rules
from ..kinds.security_group import SecurityGroup
from .batch import BatchReader


def read_foreign_rules(
    send: Callable[[Call], Answer],
    region: str,
    stack: str,
    lives: Collection[LiveResource[Resource]],
    deleted: Sequence[LiveResource[Resource]],
) -> dict[str, list[ForeignReference]]:
    """The rules of others by the id of the security group to which they refer. Without deleted groups, no call."""
    ids = [live.id for live in deleted if isinstance(live.model, SecurityGroup)]
    if not ids:
        return {}
    own = [live.id for live in lives if isinstance(live.model, SecurityGroup)]
    (found,) = BatchReader(send).run([foreign_rules(region, stack, ids, own)])
    references: dict[str, list[ForeignReference]] = found
    return references
