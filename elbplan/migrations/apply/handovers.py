"""Shows moved, adopted and released resources as updates, not as created or deleted ones. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ...core.address import Address
from ...core.change import Change, Diff
from ...core.plan import Step

ADOPTED = "it exists; elbplan manages it from now on"
HANDOVERS = ("moved", "adopt", "release")


def without_handovers(comparison: Diff, steps: Sequence[Step], adopted: Collection[Address] = ()) -> Diff:
    """The comparison in which each moved or released resource is one update that says so.

    What these steps adopt is an adoption, and so is what the file adopts later: `adopted`.
    """
    handovers = [step for step in steps if step.do in HANDOVERS]
    addresses = {address[:2] for step in handovers for address in (step.address, step.old) if address is not None}
    others = [change for change in comparison.changes if change.address[:2] not in addresses]
    others = [_adoption(change) if change.address in adopted else change for change in others]
    return replace(comparison, changes=[*others, *(_change(step, comparison) for step in handovers)])


def _adoption(change: Change) -> Change:
    """What the comparison calls a create, since the resource has no tags yet."""
    return replace(change, action="adopt", because=ADOPTED) if change.action == "create" else change


def _change(step: Step, comparison: Diff) -> Change:
    address: Address = step.address
    live = comparison.lives.get(step.old or address)
    if step.do == "moved":
        because = f"renamed from {step.old if step.old else '?'}: only our tag changes"
    elif step.do == "adopt":
        return Change("adopt", address, step.before or step.after, step.after, live, because=ADOPTED)
    else:
        because = "released: it stays in AWS, unchanged, and elbplan no longer manages it"
    return Change("update", address, None, step.after or step.before, live, because=because)
