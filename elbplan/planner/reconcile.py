"""Plans how to make AWS match the spec, and checks the guards. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ..core.address import Address
from ..core.change import Diff
from ..core.foreign import NOBODY_ELSE, Foreign
from ..core.kind import Kinds, LiveResource, NamesInUse
from ..core.plan import Plan, Refusal
from ..core.resource import Resource
from ..core.simulate import State
from ..errors import Refused
from ..hazards import Timeline, find_hazards, timeline_of
from ..kinds.delegation import Delegations, not_checked, pending_causes
from ..kinds.external_servers import NO_SERVERS, ExternalServers
from ..kinds.port_commands import server_facts
from ..kinds.protections import uncreatable_protections
from ..kinds.security_path import path_after, path_now
from ..kinds.server_endings import NO_ENDINGS, Endings
from ..kinds.server_ports import closed_ports
from .adoptions import with_adoptions
from .diff import diff
from .guards import chosen_names, held_by_others
from .ignored import ignored_differences
from .lost_volumes import lost_volumes
from .previous_records import with_previous_records
from .protection import deletion_protected
from .protocol_guards import mixed_protocol_changes
from .record_guards import records_held_by_others, records_of_others, replaced_records
from .server_endings import unendable_servers, with_endings
from .server_guards import unusable_servers
from .shield import protected_by_others
from .steps import build_steps
from .warnings import warnings_of
from .web_acls import replaced_web_acls, web_acls_of_others


def reconcile(
    stack: str,
    desired: Mapping[Address, Resource],
    live: Iterable[LiveResource[Resource]],
    kinds: Kinds,
    *,
    region: str,
    account: str,
    names_in_use: NamesInUse | None = None,
    foreign: Foreign = NOBODY_ELSE,
    external: ExternalServers = NO_SERVERS,
    delegations: Delegations = MappingProxyType({}),
    endings: Endings = NO_ENDINGS,
    ignore: Sequence[str] = (),
    domains: tuple[str, ...] = (),
    rollback: bool = False,
) -> Plan:
    """The plan that turns the live resources into the desired ones; if none is desired, it deletes the stack.

    A rollback puts back every DNS record that a deleted record replaced. `endings` has the resources of others that the
    end of the stack ends too. The plan has a refusal if a resource of others is in the way, a resource is protected, or
    AWS would not use an instance.
    """
    taken_names = names_in_use or {}
    comparison = with_endings(diff(desired, [*live, *endings.lives], kinds, ignore))
    comparison, unadoptable = with_adoptions(comparison, foreign.adopting)
    names, unnameable = chosen_names(stack, comparison, kinds, taken_names, foreign.owners)
    refusals = [
        *_refusals(comparison, desired, taken_names, foreign, external),
        *unnameable,
        *unadoptable,
        *unendable_servers(endings),
    ]  # fmt: skip
    steps = build_steps(comparison, desired, kinds, names, names_in_use)
    plan = Plan(
        stack,
        region,
        account,
        steps,
        comparison.pending,
        comparison.lives,
        desired,
        domains,
        stays=tuple(_stays(comparison, foreign)),
        remaining=tuple(endings.remaining),
        unread=tuple(foreign.unread),
        server_facts=server_facts(comparison, desired, external),
        unchecked=not_checked(delegations),
        causes=pending_causes(delegations),
        warnings=(*warnings_of(desired, comparison.lives, region, external), *lost_volumes(comparison)),
        refusals=tuple(Refusal(refusal.what, refusal.hint) for refusal in refusals),
        ignored=tuple(ignored_differences(comparison, desired, kinds, ignore)),
        security_path=path_after(comparison, desired, external, region),
        security_path_now=path_now(comparison.lives, desired, external, region),
    )
    timeline = replace(
        _timeline(plan, comparison, kinds, taken_names, foreign),
        closed_ports=closed_ports(comparison, desired, external),
        delegations=delegations,
        users_of_servers={server.live.address: server.users for server in endings.servers if server.users},
    )
    replaced = replaced_records(comparison, taken_names, foreign) | replaced_web_acls(comparison, taken_names)
    plan = replace(plan, hazards=find_hazards(timeline) if steps else (), replaced=replaced)
    return with_previous_records(plan, rollback=rollback)


def _refusals(
    comparison: Diff, desired: State, names_in_use: NamesInUse, foreign: Foreign, external: ExternalServers
) -> Iterator[Refused]:
    """Why AWS, or the resources of others, do not allow the change."""
    yield from held_by_others(comparison, names_in_use, foreign.owners)
    yield from records_held_by_others(comparison, names_in_use, foreign.owners)
    yield from deletion_protected(comparison)
    yield from protected_by_others(comparison, names_in_use)
    yield from web_acls_of_others(comparison, names_in_use)
    yield from uncreatable_protections(comparison)
    yield from unusable_servers(comparison, desired, external)
    yield from mixed_protocol_changes(comparison, desired)


def _timeline(plan: Plan, comparison: Diff, kinds: Kinds, names_in_use: NamesInUse, foreign: Foreign) -> Timeline:
    """The states of the plan, with what others have at its resources."""
    return replace(
        timeline_of(plan, kinds),
        children=foreign.children_by_address(plan.lives),
        references=foreign.references_by_address(plan.lives),
        taken_over=records_of_others(comparison, names_in_use, foreign.owners),
    )


def permitted(plan: Plan) -> Plan:
    """The plan itself. Raises Refused with all of its refusals, if it has some."""
    if plan.refusals:
        hints = dict.fromkeys(refusal.hint for refusal in plan.refusals if refusal.hint)
        raise Refused("\n".join(refusal.what for refusal in plan.refusals), hint="; ".join(hints))
    return plan


def _stays(comparison: Diff, foreign: Foreign) -> Iterator[str]:
    """Texts about what stays in AWS after the resources are deleted or replaced."""
    for change in comparison.changes:
        if change.action in ("delete", "replace") and change.live is not None:
            yield from foreign.stays.get(change.live.id, ())
