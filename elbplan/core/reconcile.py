"""From desired and live to a plan, guards included. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import Refused
from .address import Address
from .diff import diff
from .draw import draw
from .guards import Taken, physical_names, protected, strangers
from .hazards import film_of, judge
from .kind import Kinds, Live
from .plan import Plan
from .protections import unmakeable
from .resource import Resource


def reconcile(
    stack: str,
    desired: Mapping[Address, Resource],
    live: Iterable[Live[Any]],
    kinds: Kinds,
    *,
    region: str,
    account: str,
    taken: Taken | None = None,
    ignore: Sequence[str] = (),
    domains: tuple[str, ...] = (),
) -> Plan:
    """The plan that makes live what is desired; with nothing desired, the end of the stack.

    Raises Refused, before anything is written, where a stranger is in the way or something is protected.
    """
    comparison = diff(desired, live, kinds, ignore)
    refusals = [*strangers(comparison, taken or {}), *protected(comparison), *unmakeable(comparison)]
    if refusals:
        raise Refused("\n".join(r.what for r in refusals), hint=refusals[0].hint)
    names = physical_names(stack, comparison, kinds, taken or {})
    steps = draw(comparison, desired, kinds, names)
    plan = Plan(stack, region, account, steps, comparison.pending, comparison.lives, desired, domains)
    return replace(plan, hazards=judge(film_of(plan, kinds)) if steps else ())
