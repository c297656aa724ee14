"""Shows moved, adopted and released resources as updates, not as created or deleted ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...core.address import Address
from ...core.change import Change, Diff
from ...core.plan import Step

HANDOVERS = ("moved", "adopt", "release")


def without_handovers(comparison: Diff, steps: Sequence[Step]) -> Diff:
    """The comparison in which each moved, adopted or released resource is one update that says so."""
    handovers = [step for step in steps if step.do in HANDOVERS]
    addresses = {address[:2] for step in handovers for address in (step.address, step.old) if address is not None}
    others = [change for change in comparison.changes if change.address[:2] not in addresses]
    return replace(comparison, changes=[*others, *(_change(step, comparison) for step in handovers)])


def _change(step: Step, comparison: Diff) -> Change:
    address: Address = step.address
    live = comparison.lives.get(step.old or address)
    if step.do == "moved":
        because = f"renamed from {step.old if step.old else '?'}: only our tag changes"
    elif step.do == "adopt":
        because = f"adopted: elbplan manages {step.name or 'the targets with their group'} from now on, unchanged"
    else:
        because = "released: it stays in AWS, unchanged, and elbplan no longer manages it"
    return Change("update", address, None, step.after or step.before, live, because=because)
