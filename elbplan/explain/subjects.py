"""What the word of `elbplan explain` means in a stack: a resource, a name, an AWS id. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ..core.address import Address
from ..core.kind import LiveResource
from ..core.lives import as_in_aws
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.suggest import closest
from ..kinds import KINDS
from ..kinds.aws.queries import balancer_name
from ..kinds.certificate import Certificate
from ..kinds.instance import Instance
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets

REQUEST = (Record, Certificate, LoadBalancer, Listener, Rule, TargetGroup)
"""The kinds that a request by name meets, in their order."""


@dataclass(frozen=True)
class Subject:
    """A word in one stack: the resources to check, in order. `server` limits the targets to one server.

    In `plan.lives`, a resource that the plan only intends to replace is not an old one.
    """

    word: str
    plan: Plan
    addresses: tuple[Address, ...]
    server: str = ""


def is_address(word: str) -> bool:
    """True for a word such as `targets.web`."""
    return word.partition(".")[0] in KINDS and bool(word.partition(".")[2])


def host_of(word: str) -> str:
    """The name in a URL; every other word as it is, in DNS's canonical form."""
    return balancer_name(urlsplit(word).hostname or word if "://" in word else word)


def subjects(word: str, plans: Iterable[Plan]) -> list[Subject]:
    """The stacks that know the word."""
    found = (_subject(word, replace(plan, lives=as_in_aws(plan.lives))) for plan in plans)
    return [subject for subject in found if subject is not None]


def _subject(word: str, plan: Plan) -> Subject | None:
    resources, lives = _resources(plan), plan.lives
    if is_address(word):
        address = Address.parse(word)
        address = address if address in resources else address._replace(deposed="")
        groups = tuple(_groups_with(word, resources.values())) if address.kind == Instance.kind else ()
        server = lives[address].id if groups and address in lives else ""
        return Subject(word, plan, (address, *groups), server) if address in resources else None
    by_id = next((address for address, live in lives.items() if live.id == word), None)
    if by_id is not None:
        return _subject(str(by_id), plan)
    if groups := tuple(_groups_with(word, resources.values())):
        return Subject(word, plan, groups, word)
    return _named(word, plan, resources)


def _named(word: str, plan: Plan, resources: Mapping[Address, Resource]) -> Subject | None:
    """A DNS name of the stack, or of its load balancer."""
    host = host_of(word)
    if any(balancer_name(name) == host for name in _balancer_names(plan.lives)):
        kinds = [kind for kind in REQUEST if kind not in (Record, Certificate)]
        return Subject(host, plan, tuple(_of_kinds(resources, kinds, "")))
    names = {record.name for record in resources.values() if isinstance(record, Record)} | {*plan.domains}
    if any(_fits(name, host) for name in names):
        return Subject(host, plan, tuple(_of_kinds(resources, REQUEST, host)))
    return None


def _balancer_names(lives: Mapping[Address, LiveResource[Any]]) -> list[str]:
    return [live.facts["dns_name"] for live in lives.values() if live.facts.get("dns_name")]


def _of_kinds(resources: Mapping[Address, Resource], kinds: Iterable[type], host: str) -> Iterator[Address]:
    """The resources of these kinds; of the records and certificates those for the host."""
    for kind in kinds:
        for address, resource in resources.items():
            if isinstance(resource, kind) and (
                not isinstance(resource, Record | Certificate) or _is_for(resource, host)
            ):
                yield address


def _is_for(resource: Resource, host: str) -> bool:
    if isinstance(resource, Certificate):
        return any(_fits(name, host) for name in resource.domains)
    return isinstance(resource, Record) and _fits(resource.name, host)


def _fits(name: str, host: str) -> bool:
    """True if the name is the host, or its wildcard covers it."""
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _groups_with(id: str, resources: Iterable[Resource]) -> Iterator[Address]:
    """The target groups in which a server is registered."""
    for targets in (resource for resource in resources if isinstance(resource, Targets)):
        for member in targets.members:
            if id in (str(member.instance), member.address) and isinstance(targets.group, Address):
                yield targets.group
                break


def _resources(plan: Plan) -> dict[Address, Resource]:
    """The resources of the spec, and those that only AWS has."""
    return {**{address: live.model for address, live in plan.lives.items()}, **plan.desired}


def known_words(plans: Iterable[Plan]) -> list[str]:
    """The addresses and names that can be explained."""
    return [text for plan in plans for text in (*map(str, _resources(plan)), *plan.domains)]


def suggestion(word: str, plans: Iterable[Plan]) -> str:
    """A hint for an address or a name that no stack has."""
    known = known_words(plans)
    same = sorted({text for text in known if text.startswith(f"{word.partition('.')[0]}.")})
    near = closest(word, known)
    if near:
        return f"did you mean {near}?"
    return f"there are: {', '.join(same)}" if same else "elbplan explain lists all words; elbplan plan -v all addresses"
