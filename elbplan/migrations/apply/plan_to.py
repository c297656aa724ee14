"""The plan from live to the end of a migration, whatever lies between: rollbacks and new environments."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.address import Address
from ...core.plan import Plan
from ...core.resource import Resource
from ...core.stack import Stack
from ...kinds import KINDS
from ...live.delegation import ZoneDns
from ...live.observe import Observed
from ...run.workflow import Cloud, account_of, plan_of
from ..files.spec_fields import with_files, without_secrets
from ..migration import Migration, references_of
from ..observe import observe_with_files


def plan_to(
    aws: Cloud,
    stack: Stack,
    migration: Migration | None,
    seen: Mapping[str, Observed] | None = None,
    dns: ZoneDns | None = None,
) -> Plan:
    """The plan to the end of a migration; without one, to nothing. It is computed from live, so it starts anywhere.

    `seen` is a read of AWS that was made already. Raises Refused for what may not be deleted, and for secrets of the
    spec that are not the migration's. What the deleted records replaced comes back.
    """
    seen = seen or observe_with_files(aws, stack, references_of([migration] if migration else []))
    observed = seen[stack.name]
    desired = end_state(stack, observed, migration) if migration else {}
    return plan_of(aws, stack, observed, KINDS, account_of(aws, seen), desired, dns, rollback=True)


def end_state(stack: Stack, observed: Observed, migration: Migration) -> dict[Address, Resource]:
    """The state that a migration ends in, with this account's ids. Raises NotFound for an unknown name."""
    found: dict[Address, Resource] = {}
    for address, resource in migration.last.items():
        made = observed.portable_names.to_ids(resource)
        existing = [live.model for live in observed.live if live.address[:2] == address[:2]]
        secret = stack.resources.get(address)
        if not existing:
            made = without_secrets(address, made, secret, migration.file)
        elif len(existing) == 1:
            made = with_files(address, existing[0], made, secret, migration.file)
        found[address] = made
    return found
