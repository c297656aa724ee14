"""What a file does to whole resources: what only changes hands is neither made nor deleted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.address import Address
from ..core.change import Change, Diff
from ..core.plan import Step
from .files.notation import address_text

HANDS = ("moved", "adopt", "release")


def without_handovers(comparison: Diff, steps: Sequence[Step]) -> Diff:
    """The comparison with what is moved, adopted or released told as that."""
    handed = [step for step in steps if step.do in HANDS]
    about = {address[:2] for step in handed for address in (step.address, step.old) if address is not None}
    kept = [change for change in comparison.changes if change.address[:2] not in about]
    return replace(comparison, changes=[*kept, *(_change(step, comparison) for step in handed)])


def _change(step: Step, comparison: Diff) -> Change:
    address: Address = step.address
    live = comparison.lives.get(step.old or address)
    if step.do == "moved":
        because = f"called {address_text(step.old) if step.old else '?'} before: only our tag changes"
    elif step.do == "adopt":
        because = f"adopted: {step.name or 'it comes with its group'} is ours from now on, and stays as it is"
    else:
        because = "released: it stays in AWS as it is, and is no longer ours"
    return Change("update", address, None, step.after or step.before, live, because=because)
