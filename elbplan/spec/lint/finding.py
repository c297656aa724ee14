"""What a rule finds in a spec, and what the rules share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...core.address import Address, Ref
from ...kinds.load_balancer import LoadBalancer
from ...kinds.security_group import SecurityGroup
from ..validate.checks.subject import Subject
from ..yaml.tree import YamlPath

WORLD = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Finding:
    """A finding of a rule.

    place   the path in the document
    what    the sentence, without the address
    remedy  what to do
    secret  True if the line of the document must not be shown
    near    the text below the place at which the finding points, if there is one
    """

    address: Address | None
    place: YamlPath
    what: str
    remedy: str
    secret: bool = False
    near: str = ""


SpecRule = Callable[[Subject], Iterator[Finding]]


def at(subject: Subject, address: Address, field: YamlPath, what: str, remedy: str, near: str = "") -> Finding:
    """A finding at a field of a resource."""
    return Finding(address, subject.drafts[address].place(field), what, remedy, near=near)


def faces_internet(subject: Subject, balancer: Ref | None) -> bool:
    """True unless the load balancer is internal, or its security groups in the spec let only some sources in."""
    resource = subject.get(balancer)
    if not isinstance(resource, LoadBalancer):
        return True
    groups = [subject.get(group) for group in resource.security_groups or ()]
    known = [group for group in groups if isinstance(group, SecurityGroup)]
    closed = len(known) == len(groups) > 0 and not any(is_open(group) for group in known)
    return resource.scheme == "internet-facing" and not closed


def is_open(group: SecurityGroup) -> bool:
    """True if a rule lets every address in."""
    return any(rule.cidr in WORLD for rule in group.ingress)
