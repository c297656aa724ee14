"""What every format of a report shows: the stacks, each with its plan, its map, its requests and its timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...core.address import Address
from ...core.plan import Plan
from ...core.security_edge import SecurityEdge
from ...cost import StackCost
from ...kinds.target_states import TargetState
from ...run.outcome import StepTime
from .build import stack_map
from .entries import Entries
from .map import StackMap
from .requests import RouteBalancer
from .samples import Sample, samples_of
from .timeline import Timeline, timeline_of
from .traffic import Side, traffic_of

Note = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """One stack of a report.

    before, after  its load balancers as requests see them, without and with the plan
    notes          further lines, for example the migration's file
    cost           what AWS bills before and after the plan
    samples        a request for each rule
    security       the connections that security groups must let in
    error          why there is no plan
    """

    plan: Plan
    map: StackMap
    before: tuple[RouteBalancer, ...] = ()
    after: tuple[RouteBalancer, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    notes: Sequence[Note] = ()
    error: str = ""
    security: Sequence[SecurityEdge] = ()
    cost: StackCost | None = None
    samples: Sequence[Sample] = ()


@dataclass(frozen=True)
class Report:
    """The stacks of one command.

    verb     `plan`, or `map` for what AWS has now
    when     the time in words
    place    a note about the place, such as the simulator
    version  the version of elbplan
    """

    verb: str
    when: str
    sections: tuple[Section, ...]
    place: str = ""
    version: str = ""


def section_of(
    plan: Plan,
    states: Mapping[Address, Sequence[TargetState]] | None = None,
    *,
    notes: Sequence[Note] = (),
    cost: StackCost | None = None,
    error: str = "",
    times: Mapping[str, StepTime] | None = None,
) -> Section:
    """The section of one stack."""
    map, entries = stack_map(plan, states), Entries(plan)
    before, after = (traffic_of(entries, map, side) for side in ("before", "after"))
    side: Side = "after" if after else "before"
    security = plan.security_path if plan.desired else plan.security_path_now
    samples = samples_of(entries, after or before, side)
    return Section(plan, map, before, after, timeline_of(plan, times), notes, error, security, cost, samples)
