"""The subject of a check: a stack's resources, and the report for problems."""

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
    "targets": ("targets", "groups", "target_group"),
    "instance": ("servers", "targets", "groups", "instance"),
    "listener": ("listeners", "domain", "listener"),
    "rule": ("listeners", "rule"),
    "certificate": ("domain", "certificate"),
    "trust_store": ("trust_stores", "trust_store"),
}
"""The top-level keys that define resources of a kind."""


@dataclass(frozen=True)
class Subject:
    """A stack's resources, their drafts, and the report."""

    short: Short
    resources: Mapping[Address, Resource]
    drafts: Drafts
    report: ProblemReport

    def of(self, kind: str) -> Iterator[tuple[Address, Any]]:
        """The resources of a kind."""
        return ((address, resource) for address, resource in self.resources.items() if address.kind == kind)

    def get(self, ref: Ref | None) -> Any:
        """The resource of a reference; None if it is not a resource of this stack."""
        return self.resources.get(ref) if isinstance(ref, Address) else None

    def problem(
        self, address: Address, path: tuple[str | int, ...], what: str, hint: str = "", *, near: str = ""
    ) -> None:
        """Reports a problem of a resource's field. It points at the text `near`, if that is below the field."""
        place = self.drafts[address].place(path)
        if near:
            self.report.near(place, near, what, hint)
        else:
            self.report.at(place, what, hint)

    def complete(self, *kinds: str) -> bool:
        """True if no resource of these kinds is missing because of another problem."""
        built = all(address in self.resources for address in self.drafts if address.kind in kinds)
        return built and self.report.complete(*(key for kind in kinds for key in WRITTEN[kind]))

    def type_of(self, balancer: Ref | None) -> str | None:
        """The type of a load balancer of this stack; None for a load balancer outside it."""
        resource = self.get(balancer)
        return resource.type if isinstance(resource, LoadBalancer) else None
