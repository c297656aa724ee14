"""Straight from live to the end of a file, whatever lies between: going back, and new environments."""

from __future__ import annotations

from ...core.address import Address
from ...core.kind import Kinds
from ...core.plan import Plan
from ...core.resource import Resource
from ...core.stack import Stack
from ...live.observe import Observed, observe
from ...run.workflow import Cloud, account_of, plan_of
from ..files.spec_fields import without_secrets
from ..migration import Migration, references_of


def plan_to(aws: Cloud, stack: Stack, migration: Migration | None, kinds: Kinds) -> Plan:
    """The plan from live to where a file ends; without one, to nothing. Computed from live, so it starts anywhere.

    Raises Refused where something in the way cannot go, or the spec's secrets are not the file's.
    """
    told = references_of([migration] if migration else [])
    seen = observe(aws.send, aws.region, [stack], kinds, everywhere=True, told=told)
    observed = seen[stack.name]
    desired = state_wanted(stack, observed, migration) if migration else {}
    return plan_of(aws, stack, observed, kinds, account_of(aws, seen), desired)


def state_wanted(stack: Stack, observed: Observed, migration: Migration) -> dict[Address, Resource]:
    """What a file ends in, in this account's ids. Raises NotFound for a symbol that means nothing here."""
    found: dict[Address, Resource] = {}
    for address, resource in migration.last.items():
        made = observed.symbols.to_ids(resource)
        there = any(live.address[:2] == address[:2] for live in observed.live)
        found[address] = made if there else without_secrets(address, made, stack.resources.get(address), migration.file)
    return found
