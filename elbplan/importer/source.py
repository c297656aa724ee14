"""What an import found: the resources of a load balancer that exists, as the spec will want them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address, AwsId, Lookup
from ..core.resource import Resource
from .owners import Owner


@dataclass(frozen=True)
class NotImported:
    """Something that the spec does not have, and that elbplan never touches: what it is, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@dataclass(frozen=True)
class ImportSource:
    """The resources around one load balancer.

    name       the load balancer's name in AWS
    title      what it is, for a person: `application load balancer shop`
    arn        the load balancer's ARN; its name for a Classic one, which has no ARN
    resources  the resources that the stack will have, as the spec wants them. They refer to each other by address, and
               to resources that stay strangers by AWS id
    ids        the AWS ids and ARNs for `adopt:`, by address; targets and records have none, since they follow their
               target group and load balancer. Empty if the stack is new (a Classic load balancer)
    tags       all tags in AWS of these resources, by address
    owner      the tool that manages it; None: nobody is known
    lookups    what words of a spec find in this account, where that is known: the VPC `default`, the subnet `a`
    labels     by AWS id, the name of a stranger to which the spec refers, for comments
    not_imported   what AWS has there and the spec cannot say
    notes      further lines for the head of the file
    afterwards  commands that elbplan never runs, for after the apply, and what each does
    """

    name: str
    title: str
    arn: str
    region: str
    account: str
    resources: Mapping[Address, Resource]
    ids: Mapping[Address, str] = field(default_factory=dict)
    tags: Mapping[Address, Mapping[str, str]] = field(default_factory=dict)
    owner: Owner | None = None
    lookups: Mapping[Lookup, tuple[AwsId, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    not_imported: Sequence[NotImported] = ()
    notes: Sequence[str] = ()
    afterwards: Sequence[tuple[str, str]] = ()
