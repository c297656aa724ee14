"""The least IAM policy for a stack and a command, and the statement that a denied call needs. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..core.call import Call
from ..core.kind import Kinds
from ..core.permission import ANYTHING, Permission, Verb, reads
from ..core.resource import Resource
from ..core.stack import Stack
from ..kinds import KINDS, certificate_limits, preflight, quotas, tls_policy_names
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.ingress_rules import IngressRules
from ..kinds.targets import Targets
from ..leftovers import old_stacks
from ..leftovers.finders import addresses, nat_gateways, volumes
from ..live import consumed_capacity, delegation, edge, lookups, zones
from ..run.lock import run_store
from .adoption import adoption
from .fill import Place, filled
from .statements import Statement, grouped

Command = Literal["plan", "apply", "destroy"]
COMMANDS: tuple[Command, ...] = ("plan", "apply", "destroy")

VERBS: dict[Command, frozenset[Verb]] = {
    "plan": frozenset({"read", "compare"}),
    "apply": frozenset({"read", "compare", "create", "update", "delete"}),
    "destroy": frozenset({"read", "delete", "end"}),
}
"""A change of a spec can delete and replace resources, so `apply` deletes too."""

EVERY_VERB: frozenset[Verb] = frozenset().union(*VERBS.values())

NOT_LISTED = "does not list all that AWS still bills in the region"
LISTED_AFTER_DESTROY = ("ec2:DescribeNatGateways", "ec2:DescribeVolumes", "ec2:DescribeNetworkInterfaces")
"""What a destroy lists at its end, besides what it reads anyway."""

BESIDE_THE_KINDS: tuple[Permission, ...] = (
    *quotas.PERMISSIONS,
    *tls_policy_names.PERMISSIONS,
    *certificate_limits.PERMISSIONS,
    *preflight.PERMISSIONS,
    *lookups.PERMISSIONS,
    *edge.PERMISSIONS,
    *zones.PERMISSIONS,
    *delegation.PERMISSIONS,
    *consumed_capacity.PERMISSIONS,
    *run_store.PERMISSIONS,
    *reads(*old_stacks.PERMISSIONS, verbs=("compare",), always=True, without_it="does not notice a renamed spec"),
    *(
        read
        for finder in (nat_gateways, addresses, volumes)
        for read in reads(*finder.PERMISSIONS, verbs=("end",), always=True, without_it=NOT_LISTED)
        if read.action in LISTED_AFTER_DESTROY
    ),
)
"""The permissions of calls that no kind makes."""


LARGEST_POLICY = 6144
"""Characters of a managed policy. An inline policy of a role can have 10,240.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


@dataclass(frozen=True)
class Policy:
    """The statements of a policy, in a stable order."""

    statements: tuple[Statement, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action, sorted."""
        return tuple(sorted({action for statement in self.statements for action in statement.actions}))

    @property
    def document(self) -> dict[str, object]:
        """The policy as IAM reads it."""
        return {"Version": "2012-10-17", "Statement": [statement.document for statement in self.statements]}

    @property
    def characters(self) -> int:
        """The length as AWS counts it: without white space."""
        return len(json.dumps(self.document, separators=(",", ":")))

    @property
    def parts(self) -> tuple[Policy, ...]:
        """The policy as several that AWS accepts as managed policies; a single one if it is short enough."""
        parts: list[Policy] = []
        for statement in self.statements:
            longer = Policy((*parts[-1].statements, statement)) if parts else Policy((statement,))
            if parts and longer.characters <= LARGEST_POLICY:
                parts[-1] = longer
            else:
                parts.append(Policy((statement,)))
        return tuple(parts)

    def without(self, action: str) -> Policy:
        """The same policy without one action."""
        kept = (statement.without(action) for statement in self.statements)
        return Policy(tuple(statement for statement in kept if statement.actions))


def policy(
    stack: Stack | None,
    command: Command | None = None,
    kinds: Kinds = KINDS,
    *,
    account: str = "",
    region: str = "",
) -> Policy:
    """The least policy for a command on a stack; without a stack for any stack, without a command for all of them.

    `account` and `region` count if the spec names none; without both, the ARNs have `*`.
    """
    verbs = VERBS[command] if command else EVERY_VERB
    place = Place.of(stack, account, region)
    needed = [*needed_permissions(stack, verbs, kinds)]
    found = [statement for permission, values in needed for statement in filled(permission, values, place)]
    adopted = stack.adopt.values() if stack and "create" in verbs else ()
    return Policy(grouped([*found, *adoption(adopted, place)]))


def reading_policy(actions: Iterable[str]) -> Policy:
    """The policy of a command that only reads, for every account and region."""
    return Policy(grouped(Statement((action,), (ANYTHING,)) for action in sorted(set(actions))))


def combined(policies: Iterable[Policy]) -> Policy:
    """One policy that allows what each of these allows."""
    return Policy(grouped(statement for each in policies for statement in each.statements))


def unlimited(stack: Stack | None, command: Command | None = None) -> dict[str, tuple[str, ...]]:
    """The actions that are not limited to resources of the stack, by the reason."""
    reasons: dict[str, set[str]] = {}
    for permission, _ in needed_permissions(stack, VERBS[command] if command else EVERY_VERB):
        if permission.why:
            reasons.setdefault(permission.why, set()).add(permission.action)
    return {why: tuple(sorted(actions)) for why, actions in sorted(reasons.items())}


Needed = tuple[Permission, tuple[str, ...]]
"""A permission, with the values of the spec that fill its `{}`."""


def needed_permissions(stack: Stack | None, verbs: Iterable[Verb], kinds: Kinds = KINDS) -> Iterator[Needed]:
    """The permissions that the resources of a stack need for these verbs."""
    wanted = frozenset(verbs)
    resources = complete(stack, kinds) if stack else None
    for kind in kinds.values():
        own = None if resources is None else [r for r in resources if r.kind == kind.name]
        yield from _needed(kind.permissions, own, wanted)
    yield from _needed(BESIDE_THE_KINDS, resources, wanted)


def complete(stack: Stack, kinds: Kinds) -> list[Resource]:
    """The resources of a stack, with everything that follows from other resources."""
    derived = {
        address: kinds[resource.kind].with_derived_fields(address, resource, stack.resources)
        for address, resource in stack.resources.items()
    }
    return [kinds[resource.kind].with_implied_references(resource) for resource in (*derived.values(), *_opened(stack))]


def _opened(stack: Stack) -> list[Resource]:
    """The rules in security groups of others that `open: true` adds when it knows the servers."""
    opening = (r for r in stack.resources.values() if isinstance(r, Targets | AutoScalingAttachment) and r.open)
    return [IngressRules()] if any(opening) else []


def _needed(
    permissions: Iterable[Permission], resources: Sequence[Resource] | None, verbs: frozenset[Verb]
) -> Iterator[Needed]:
    for permission in permissions:
        if not verbs & set(permission.verbs):
            continue
        if resources is None or (permission.each is None and (resources or permission.always)):
            yield permission, ("*",)
        elif permission.each and (values := _values(permission, resources)):
            yield permission, values


def _values(permission: Permission, resources: Iterable[Resource]) -> tuple[str, ...]:
    assert permission.each is not None
    return tuple(sorted({value for resource in resources for value in permission.each(resource)}))


def declared(action: str) -> list[Permission]:
    """The permissions for an action, of all kinds and beside them."""
    every = [*BESIDE_THE_KINDS, *(p for kind in KINDS.values() for p in kind.permissions)]
    return [permission for permission in every if permission.action == action]


def missing_statement(call: Call | str, stack: Stack | str = "", *, resource: str = "", region: str = "") -> Statement:
    """The statement that allows a denied call, or the IAM action with this name, with the limits that elbplan declares.

    `resource` is the ARN that AWS names. An action that elbplan does not declare gets a statement for every resource.
    """
    found = missing_statements(call, stack, resource=resource, region=region)
    return next((statement for statement in found if statement.covers(resource)), found[0])


def missing_statements(
    call: Call | str, stack: Stack | str = "", *, resource: str = "", region: str = ""
) -> tuple[Statement, ...]:
    """All statements with the action that the stack needs, since AWS names only the first resource that it denies.

    Without the spec of the stack: those for the resource, with conditions if any has some.
    """
    action = call if isinstance(call, str) else call.permission
    _, _, _, place_of_resource, account, _ = (resource.split(":", 5) + [""] * 6)[:6]
    where = call.region if isinstance(call, Call) and call.region else region or place_of_resource
    if isinstance(stack, Stack):
        place = Place.of(stack, account, where)
        several = [s for p, values in needed_permissions(stack, EVERY_VERB) for s in filled(p, values, place)]
        several += adoption(stack.adopt.values(), place)
    else:
        place, several = Place(stack or ANYTHING, where or ANYTHING, account or ANYTHING), []
    anybody = [s for p, values in needed_permissions(None, EVERY_VERB) for s in filled(p, values, place)]
    own = [s for s in several if action in s.actions]
    own = own if any(s.covers(resource) for s in own) else []
    others = [s for s in anybody if action in s.actions and s.covers(resource)]
    narrow = [s for s in others if s.resources != (ANYTHING,)]
    narrow = [s for s in narrow if s.conditions] or narrow
    if fitting := own or narrow or others:
        return tuple(replace(s, sid="") for s in grouped(fitting))
    return (Statement((action,), (ANYTHING,)),)
