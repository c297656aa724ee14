"""What the screen of a plan shows besides the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Note = tuple[str, str]
"""A labelled line between the resources and the counts: `("Downtime", "none")`."""


@dataclass(frozen=True)
class PlanView:
    """Data for the screen besides the plan.

    seconds   the time to read AWS; None: not shown
    place     a note after the account
    notes     further lines, for example the migration's file or drift
    idle      why there is nothing to do; empty: the usual reason
    undone    what the user must do although the plan has no step; empty: nothing
    cost      what the stack costs before and after
    undo      the command that undoes the change; empty: there is none
    undo_late  the command also undoes a change that has switched traffic
    prepare    the command that creates what the spec names and the simulator lacks; empty: this is AWS
    """

    verb: str = "plan"
    seconds: float | None = None
    detail: bool = False
    place: str = ""
    notes: Sequence[Note] = ()
    idle: str = ""
    undone: str = ""
    cost: Sequence[Note] = ()
    undo: str = ""
    undo_late: bool = False
    prepare: str = ""
