"""What a check looks at, and how it says what it found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ....core.address import Address, Ref
from ....core.resource import Resource
from ....kinds.load_balancer import LoadBalancer
from ...drafts import Drafts
from ...report import ProblemReport
from ...short.document import Short

WRITTEN = {
    "load_balancer": ("network", "zones", "load_balancer"),
    "security_group": ("security_group",),
    "target_group": ("targets", "groups", "target_group"),
    "instance": ("servers", "targets", "groups", "instance"),
    "listener": ("listeners", "domain", "listener"),
    "rule": ("listeners", "rule"),
    "certificate": ("domain", "certificate"),
}
"""Under which top-level keys resources of a kind are written."""


@dataclass(frozen=True)
class Subject:
    """A stack's resources, the drafts they were made from, and the report."""

    short: Short
    resources: Mapping[Address, Resource]
    drafts: Drafts
    report: ProblemReport

    def of(self, kind: str) -> Iterator[tuple[Address, Any]]:
        """The resources of a kind."""
        return ((address, resource) for address, resource in self.resources.items() if address.kind == kind)

    def get(self, ref: Ref | None) -> Any:
        """What a reference points at, if it is a resource of this stack."""
        return self.resources.get(ref) if isinstance(ref, Address) else None

    def say(self, address: Address, path: tuple[str | int, ...], what: str, hint: str = "", *, near: str = "") -> None:
        """A problem with a resource's field; `near` is a text to point at, if it stands under the field."""
        place = self.drafts[address].place(path)
        if near:
            self.report.near(place, near, what, hint)
        else:
            self.report.at(place, what, hint)

    def complete(self, *kinds: str) -> bool:
        """Whether nothing of these kinds was left out for a mistake of its own."""
        made = all(address in self.resources for address in self.drafts if address.kind in kinds)
        return made and self.report.whole(*(key for kind in kinds for key in WRITTEN[kind]))

    def type_of(self, balancer: Ref | None) -> str | None:
        """The type of a balancer of this stack; None for one that is only known by its ARN."""
        there = self.get(balancer)
        return there.type if isinstance(there, LoadBalancer) else None
