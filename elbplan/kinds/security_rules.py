"""The inbound rules of the security groups on the way of a request, as far as elbplan knows them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address, AwsId, Ref
from ..core.security_edge import EdgeState
from .aws.ingress_rules import Permission
from .external_servers import NO_SERVERS, ExternalServers, State
from .security_group import SecurityGroup


@dataclass(frozen=True)
class PathFacts:
    """What the path depends on beside the resources of the stack.

    external  the servers outside the stack, with the rules of foreign security groups
    ids       the AWS ids of the stack's resources that exist
    wanted    the spec's resources, which say who the clients are; None: the path's own resources
    """

    external: ExternalServers = NO_SERVERS
    ids: Mapping[Address, str] = field(default_factory=dict)
    region: str = ""
    wanted: State | None = None

    def text(self, ref: Ref) -> str:
        """The AWS id of a reference, or its address if it does not exist yet."""
        return self.ids.get(ref, str(ref)) if isinstance(ref, Address) else str(ref)

    def texts(self, refs: Iterable[Ref]) -> tuple[str, ...]:
        """The same for several references."""
        return tuple(map(self.text, refs))

    def is_own(self, group: str) -> bool:
        """True for the id or the address of a security group of the stack."""
        return group.startswith(f"{SecurityGroup.kind}.") or group in self.ids.values()

    def source(self, rule: Permission) -> str:
        """The source of a rule: its CIDR, its prefix list, or its security group."""
        return rule.cidr or rule.prefix_list or (self.text(rule.group) if rule.group is not None else "")


@dataclass(frozen=True)
class GroupRules:
    """The rules of several security groups together. `complete` is False if the rules of a group are unknown."""

    rules: Sequence[Permission]
    complete: bool

    def state(self, is_open: bool) -> EdgeState:
        """The state of a connection that these rules let in, or not."""
        return "open" if is_open else "missing" if self.complete else "unknown"


def rules_of(groups: Iterable[Ref], state: State, facts: PathFacts) -> GroupRules:
    """The inbound rules of these security groups: the stack's own from `state`, all others from the facts."""
    own = [_known(group, state, facts) for group in groups]
    rules = [rule for known in own if known is not None for rule in known]
    return GroupRules(rules, all(known is not None for known in own))


def _known(group: Ref, state: State, facts: PathFacts) -> Sequence[Permission] | None:
    resource = state.get(group) if isinstance(group, Address) else None
    if isinstance(resource, SecurityGroup):
        return resource.ingress
    return facts.external.rules.get(group.value) if isinstance(group, AwsId) else None
