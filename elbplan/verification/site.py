"""A load balancer as a client reaches it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .http import Client


@dataclass(frozen=True)
class Site:
    """One load balancer as a client reaches it.

    client    connects to its addresses
    retry     the command that applies the spec again
    internal  only clients inside the VPC reach it
    names     by which clients reach it
    web_acl   the web ACL that filters its requests, as the spec names it
    """

    client: Client
    retry: str
    names: Sequence[str]
    internal: bool = False
    web_acl: str = ""


def plan_of(retry: str) -> str:
    """The command that shows the plan."""
    return retry.replace("elbplan apply", "elbplan plan", 1)
