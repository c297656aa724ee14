"""The name servers of the zones that a stack makes: a person must enter them at the registrar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..core.address import Address
from ..core.plan import Plan
from ..kinds.hosted_zone import HostedZone

UNTIL_THEN = "enter them at the registrar of the domain, or in its parent zone: until then nobody finds its names"


def new_name_servers(plan: Plan, facts: Mapping[Address, Mapping[str, str]]) -> dict[str, str]:
    """Returns the name servers of each public zone that the run has created, by the name of the zone."""
    created = (step for step in plan.steps if step.do == "create" and isinstance(step.after, HostedZone))
    return dict(_known((step.address, facts.get(step.address, {})) for step in created))


def name_servers(plan: Plan) -> dict[str, str]:
    """Returns the name servers of each public zone of the stack, by the name of the zone."""
    lives = plan.lives.items()
    return dict(_known((address, live.facts) for address, live in lives if isinstance(live.model, HostedZone)))


def _known(zones: Iterator[tuple[Address, Mapping[str, str]]]) -> Iterator[tuple[str, str]]:
    for address, facts in zones:
        if servers := facts.get("name_servers"):
            yield address.name, ", ".join(servers.split())
