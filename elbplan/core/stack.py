"""A stack: what one spec wants, in the words of the kinds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from .address import Address
from .resource import Resource, plain


@dataclass(frozen=True)
class Stack:
    """What one YAML document wants.

    region      None: whatever the caller's AWS configuration says
    resources   parents before children, in the order of the kinds' registry
    ignore      `address.field` patterns (globs) that another tool owns: taken from live, never compared
    domains     names that are to reach the load balancer
    file, line  where the document starts, for messages
    """

    name: str
    region: str | None
    resources: Mapping[Address, Resource]
    ignore: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    file: str = ""
    line: int = 1

    @property
    def spec_hash(self) -> str:
        """`h-` and 8 hex digits of what the spec means, however it was spelled."""
        body = {str(address): plain(resource) for address, resource in self.resources.items()}
        text = json.dumps([self.name, body, sorted(self.ignore)], sort_keys=True)
        return "h-" + hashlib.sha256(text.encode()).hexdigest()[:8]
