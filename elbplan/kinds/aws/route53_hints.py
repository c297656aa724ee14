"""Whether stacks can have resources of a global service: their specs want some, or their inventories name some."""

from __future__ import annotations

from ...core.address import Address
from ...core.call import ReadProgram
from ...core.kind import Scope
from .candidates import hints
from .inventory import inventory_call, inventory_in


def may_have_global(scope: Scope, kind: str) -> ReadProgram[bool]:
    """True if a spec wants resources of this kind, if a migration names one, or if an inventory says so.

    AWS's tag index of a region does not list them, so a stack without an inventory has none that its spec dropped.
    """
    in_files = any(isinstance(ref, Address) and ref.kind == kind for ref in scope.file_references)
    if scope.wants(kind) or in_files:
        return True
    if scope.deep:
        answers = yield [inventory_call(stack) for stack in sorted(scope.stacks)]
        return any(kind in inventory_in(answer).names for answer in answers)
    known = yield from hints(scope)
    return known is not None and kind in known.names
