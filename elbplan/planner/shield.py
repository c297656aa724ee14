"""Guards the protections of Shield Advanced that others made. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.address import Address, AwsId
from ..core.change import Diff
from ..core.kind import NamesInUse
from ..errors import Refused
from ..kinds.aws.shield_calls import BALANCER, Place
from ..kinds.shield_protection import ShieldProtection, of_others


def protected_by_others(comparison: Diff, names_in_use: NamesInUse) -> Iterator[Refused]:
    """A refusal for each new protection of a resource that others have protected."""
    others = names_in_use.get(ShieldProtection.kind, {})
    for change in comparison.changes:
        new = change.after
        if change.action in ("create", "replace") and isinstance(new, ShieldProtection):
            live = comparison.lives.get(new.load_balancer) if isinstance(new.load_balancer, Address) else None
            word = _word(new, comparison)
            if live and word and Place.of("", live.id, word).arn in others:
                yield of_others(change.address)


def _word(new: ShieldProtection, comparison: Diff) -> str:
    """What it protects; empty if that does not exist yet."""
    if new.elastic_ip is None:
        return BALANCER
    live = comparison.lives.get(new.elastic_ip) if isinstance(new.elastic_ip, Address) else None
    return live.id if live else new.elastic_ip.value if isinstance(new.elastic_ip, AwsId) else ""
