"""Why something in AWS is not ready, and what a person can do about it. Data for screens and for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A reason in a few words, and its remedy.

    text     the reason: `HTTP 404 on /health`
    fix      what to do; empty if the reason passes by itself
    command  a command of the AWS CLI that does it, in one line
    code     AWS's code of the reason
    targets  the ids of the targets with this reason; empty if it is no reason of targets
    names    the name of each target; empty for one without a name
    since    the moment from which on the reason holds, if AWS tells it: `2026-11-30T04:14:22Z`
    """

    text: str
    fix: str = ""
    command: str = ""
    code: str = ""
    targets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    since: str = ""

    def __str__(self) -> str:
        """`server-a (i-0abc): HTTP 404 on /health: create that page`"""
        return ": ".join(part for part in (", ".join(self.labels), self.text, self.fix, self.command) if part)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each target with its name and its id: `server-a (i-0abc)`."""
        named = zip(self.targets, self.names, strict=True)
        return tuple(f"{name} ({id})" if name else id for id, name in named)

    @property
    def short_labels(self) -> tuple[str, ...]:
        """The name of each target, or its id."""
        return tuple(name or id for id, name in zip(self.targets, self.names, strict=True))


def lines_of(causes: Iterable[Cause]) -> str:
    """The causes as text, one in each line."""
    return "\n".join(map(str, causes))


@dataclass(frozen=True)
class ServerFacts:
    """What a plan knows of a server that is a target.

    name    its Name tag, or its name in the stack; empty if it has none
    zone    its availability zone; empty if it is unknown
    closed  the cause if its security groups are closed to the load balancer
    since   the moment when it stopped, if it is stopped and AWS tells it
    """

    name: str = ""
    zone: str = ""
    closed: Cause | None = None
    since: str = ""


UNKNOWN_SERVER = ServerFacts()


def because(text: str) -> tuple[Cause, ...]:
    """The only cause, in AWS's own words; none if AWS gives no reason."""
    return (Cause(text),) if text else ()
