"""Plans the way between two simulated states, which have no AWS ids, without AWS. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.address import Address, AwsId, Ref
from ...core.kind import LiveResource
from ...core.plan import Plan
from ...core.resource import rewrite
from ...core.simulate import State
from ...core.stack import Stack
from ...kinds import KINDS
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets, with_live_defaults
from ...kinds.unnamed_rules import kept_addresses, readdressed
from ...live.observe import Observed
from ...planner.reconcile import permitted, reconcile

HEALTHY_STATES: Mapping[str, str] = {
    "load_balancer": "active",
    "instance": "running",
    "certificate": "ISSUED",
    "targets": "healthy",
}
"""The state that AWS gives for a healthy resource of each kind."""


def offline_plan(stack: Stack, start: State, wanted: State) -> Plan:
    """The plan from one state to another, as if AWS had the first and every resource were healthy.

    Raises Refused if it would delete a protected resource.
    """
    lives = [as_live(stack.name, address, start) for address in start]
    return permitted(reconcile(stack.name, wanted, lives, KINDS, region="", account="", ignore=stack.ignore))


def as_live(stack: str, address: Address, state: State) -> LiveResource[Any]:
    """A simulated resource as AWS would have it, with AWS's defaults; its id is its address."""
    kind = KINDS[address.kind]
    current = address._replace(deposed="")
    model: Any = _with_ports(kind.with_live_defaults(state[address], state[address]), state)
    facts = {"state": HEALTHY_STATES.get(address.kind, "")}
    if name := getattr(model, "name", "") or kind.default_name(stack, current, model):
        facts["name"] = name
        model = model.model_copy(update={"name": name})
    return LiveResource(current, str(address), rewrite(model, _by_id), facts)


def _with_ports(model: Any, state: State) -> Any:
    """Targets with the port of their group, which AWS uses for a target without a port of its own."""
    if not isinstance(model, Targets):
        return model
    group = state.get(model.group) if isinstance(model.group, Address) else None
    port = group.port if isinstance(group, TargetGroup) else None
    return with_live_defaults(model, model.model_copy(update={"group_port": port}))


def _by_id(ref: Ref) -> tuple[Ref, ...]:
    return (AwsId(str(ref)),) if isinstance(ref, Address) else (ref,)


def with_rule_names_of(wanted: State, state: State) -> State:
    """The wanted state; a rule without a name in the spec gets the address that it has in `state`."""
    existing = [(address._replace(deposed=""), resource) for address, resource in state.items()]
    return readdressed(wanted, kept_addresses(wanted, existing))


def in_file_words(observed: Observed) -> State:
    """The resources of the spec as migrations write them: without AWS ids."""
    return {address: observed.portable_names.to_portable(resource) for address, resource in observed.desired.items()}
