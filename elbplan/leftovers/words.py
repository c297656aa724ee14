"""The commands that end leftovers, and their names for a person."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from ..kinds.aws.ownership import STACK, tag_mapping


def aws(region: str, service: str, operation: str, *words: str) -> str:
    """The command of the AWS CLI, as a shell reads it."""
    return shlex.join(["aws", service, operation, "--region", region, *words])


def ending(own: Iterable[str], stack: str, region: str) -> tuple[str, ...]:
    """The commands that end a resource; for one of a stack, the command that destroys the stack."""
    return (destroy_command(stack, region),) if stack else tuple(own)


def destroy_command(stack: str, region: str) -> str:
    """The command that destroys a stack, also without its spec."""
    return shlex.join(["elbplan", "destroy", stack, "--region", region])


def tags_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a resource of EC2."""
    return tag_mapping(raw.get("Tags"))


def stack_of(tags: Mapping[str, str]) -> str:
    """The stack of elbplan that owns the resource with these tags; empty if none does."""
    return tags.get(STACK, "")


def named(id: str, tags: Mapping[str, str]) -> str:
    """`NAME (ID)`, or the id of a resource without a name."""
    return f"{tags['Name']} ({id})" if tags.get("Name") else id


def counted(number: int, noun: str) -> str:
    """`1 target`, `3 targets`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
