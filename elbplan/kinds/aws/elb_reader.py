"""Reads the load balancers, target groups, listeners and rules that can belong to the stacks, and their tags.

Every kind of ELB runs this program. They yield the same calls, so each call is sent once. The tags are read last, since
then one call has the tags of twenty resources of any type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...core.address import Address
from ...core.call import ReadProgram, Tags
from ...core.kind import Scope
from .adoption import ids_to_adopt, with_adopted
from .candidates import BALANCER, GROUP, TYPES, ElbType, Hints, hint_calls, hints_in
from .elb_search import Raw, Search
from .ownership import owner
from .queries import LOAD_BALANCERS, TARGET_GROUPS

TagsByArn = Mapping[str, Mapping[str, str]]
OwnedResource = tuple[str, Address, Raw, Mapping[str, str]]
"""Stack, address, AWS's description, tags."""


@dataclass(frozen=True)
class ElbState:
    """What elbplan read. Load balancers and target groups by ARN; also some of others, as the tags show.

    rules  each with its listener, without the default rules
    adopting  the ARNs of those that a spec adopts; `tags` has the tags that the adoption will write
    """

    balancers: Mapping[str, Raw]
    groups: Mapping[str, Raw]
    listeners: Sequence[Raw]
    rules: Sequence[tuple[Raw, Raw]]
    tags: TagsByArn
    adopting: frozenset[str] = frozenset()

    def own(self, type: ElbType, stacks: Sequence[str]) -> list[OwnedResource]:
        """The load balancers or target groups of these stacks."""
        return list(_own(self.balancers if type is BALANCER else self.groups, self.tags, type, stacks))


def owned_balancers(scope: Scope) -> ReadProgram[list[OwnedResource]]:
    """The load balancers of the stacks."""
    state = yield from read_elb(scope)
    return state.own(BALANCER, scope.stacks)


def tagged_balancers(scope: Scope) -> ReadProgram[list[OwnedResource]]:
    """The load balancers of the stacks, without those that a spec adopts: elbplan made nothing for these yet."""
    state = yield from read_elb(scope)
    own = state.own(BALANCER, scope.stacks)
    return [owned for owned in own if owned[2]["LoadBalancerArn"] not in state.adopting]


def owned_groups(scope: Scope) -> ReadProgram[list[OwnedResource]]:
    """The target groups of the stacks."""
    state = yield from read_elb(scope)
    return state.own(GROUP, scope.stacks)


def read_elb(scope: Scope) -> ReadProgram[ElbState]:
    """Reads in four rounds. A new name beside old ones, or a deleted resource in the tag index, needs one more."""
    adopted = frozenset(ids_to_adopt(scope, ":elasticloadbalancing:"))
    search = Search(scope, Hints(adopted))
    calls = [] if scope.deep or scope.alone else hint_calls(scope)
    first = [] if scope.deep else search.missing()
    answers = (yield [*calls, *first]) if calls or first else []
    hints = None if scope.deep else hints_in(calls, answers[: len(calls)])
    if hints is None:
        search = yield from _scanned(scope)
    else:
        search.hints = replace(hints, arns=hints.arns | adopted)
        search.learn(first, answers[len(calls) :])
    while calls := search.missing():
        search.learn(calls, (yield calls))
    arns = (*search.found[BALANCER], *search.found[GROUP], *search.listeners, *search.rules)
    (tags,) = (yield [Tags(arns)]) if arns else [{}]
    rules = [(search.listeners[listener], raw) for listener, raw in search.rules.values()]
    tags, adopting = with_adopted(scope, tags)
    listeners = list(search.listeners.values())
    return ElbState(search.found[BALANCER], search.found[GROUP], listeners, rules, tags, adopting)


def _scanned(scope: Scope) -> ReadProgram[Search]:
    """A search that begins with everything in the account."""
    search = Search(scope)
    balancers, groups = yield [LOAD_BALANCERS, TARGET_GROUPS]
    search.found[BALANCER] = {raw[BALANCER.arn]: raw for raw in balancers[BALANCER.results]}
    search.found[GROUP] = {raw[GROUP.arn]: raw for raw in groups[GROUP.results]}
    arns = (*search.found[BALANCER], *search.found[GROUP])
    (tags,) = (yield [Tags(arns)]) if arns else [{}]
    tags = with_adopted(scope, tags).tags
    own = [raw[type.arn] for type in TYPES for _, _, raw, _ in _own(search.found[type], tags, type, scope.stacks)]
    search.scanned = frozenset(own)
    return search


def _own(found: Mapping[str, Raw], tags: TagsByArn, type: ElbType, stacks: Sequence[str]) -> Iterator[OwnedResource]:
    for arn, raw in found.items():
        if owned_by := owner(tags.get(arn, {}), type.kind, stacks):
            yield (*owned_by, raw, tags[arn])
