"""A stack: the resources that one spec wants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .address import Address
from .identity import OF_THE_ENVIRONMENT, Identity
from .resource import Resource, plain
from .traffic_estimate import TrafficEstimate


@dataclass(frozen=True)
class Stack:
    """The content of one YAML document.

    region      None for the region of the AWS configuration
    account     the id of the only AWS account in which the stack may be; empty: any
    resources   parents before children, in the order of the registry of kinds
    ignore      `address.field` patterns (globs) of fields that another tool owns: elbplan does not compare them
    identity    whose credentials elbplan uses
    domains     the DNS names of the load balancer
    traffic     the traffic that the stack expects, for its cost; None if nobody has said
    files       other files that the spec names
    adopt       by address, the AWS ids of resources that become the stack's by tags alone
    expires     when `elbplan destroy --expired` deletes the stack: `8h` after its creation, or a moment; empty: never
    file, line  where the document starts, for messages
    """

    name: str
    region: str | None
    resources: Mapping[Address, Resource]
    ignore: tuple[str, ...] = ()
    account: str = ""
    identity: Identity = OF_THE_ENVIRONMENT
    domains: tuple[str, ...] = ()
    traffic: TrafficEstimate | None = None
    files: tuple[str, ...] = ()
    adopt: Mapping[Address, str] = field(default_factory=dict)
    expires: str = ""
    file: str = ""
    line: int = 1

    @property
    def spec_hash(self) -> str:
        """`h-` and 8 hex digits: the same for every spelling of the same stack, and for all credentials."""
        body = {str(address): plain(resource, hashing=True) for address, resource in self.resources.items()}
        text = json.dumps([self.name, body, sorted(self.ignore)], sort_keys=True)
        return "h-" + hashlib.sha256(text.encode()).hexdigest()[:8]
