"""The way between two states that are told without ids, as a plan: no AWS is asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.address import Address, AwsId, Ref
from ...core.kind import Kinds, LiveResource
from ...core.plan import Plan
from ...core.resource import rewrite
from ...core.simulate import State
from ...core.stack import Stack
from ...kinds.targets import Targets, with_live_defaults
from ...kinds.unnamed_rules import kept_addresses, readdressed
from ...live.observe import Observed
from ...planner.reconcile import reconcile

HEALTHY_STATES: Mapping[str, str] = {
    "load_balancer": "active",
    "instance": "running",
    "certificate": "ISSUED",
    "targets": "healthy",
}
"""What AWS calls the state of something with which all is well."""


def offline_plan(stack: Stack, start: State, wanted: State, kinds: Kinds) -> Plan:
    """The plan that leads from one state to another, as if AWS had the first and all were well there.

    Raises Refused where something protected would go.
    """
    lives = [as_live(stack.name, address, start, kinds) for address in start]
    return reconcile(stack.name, wanted, lives, kinds, region="", account="", ignore=stack.ignore)


def as_live(stack: str, address: Address, state: State, kinds: Kinds) -> LiveResource[Any]:
    """A told resource as AWS would have it, defaults and all, under an id that is its address."""
    kind = kinds[address.kind]
    bare = address._replace(deposed="")
    model: Any = _with_ports(kind.with_live_defaults(state[address], state[address]), state)
    facts = {"state": HEALTHY_STATES.get(address.kind, "")}
    if name := getattr(model, "name", "") or kind.default_name(stack, bare, model):
        facts["name"] = name
        model = model.model_copy(update={"name": name})
    return LiveResource(bare, str(address), rewrite(model, _by_id), facts)


def _with_ports(model: Any, state: State) -> Any:
    """A target without a port has its group's: which that is, AWS knows."""
    if not isinstance(model, Targets):
        return model
    port = getattr(state.get(model.group), "port", None) if isinstance(model.group, Address) else None
    return with_live_defaults(model, model.model_copy(update={"group_port": port}))


def _by_id(ref: Ref) -> tuple[Ref, ...]:
    return (AwsId(str(ref)),) if isinstance(ref, Address) else (ref,)


def with_rule_names_of(wanted: State, state: State) -> State:
    """What a spec wants, its rules without a name called as they are in a state."""
    there = [(address._replace(deposed=""), resource) for address, resource in state.items()]
    return readdressed(wanted, kept_addresses(wanted, there))


def in_file_words(observed: Observed) -> State:
    """What the spec wants, in the words of files."""
    return {address: observed.symbols.to_portable(resource) for address, resource in observed.desired.items()}
