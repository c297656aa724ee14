"""Loading text as the command line would load a file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.stack import Stack
from elbplan.errors import Problem, SpecProblem
from elbplan.spec import load

ROOT = Path(__file__).parents[2]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
GOOD = sorted((Path(__file__).parent / "good").glob("*.yaml"))


def stacks(text: str, env: Mapping[str, str] | None = None) -> list[Stack]:
    """The stacks of a text, which has no problems."""
    return load(["-"], stdin=io.StringIO(text), env=env or {})


def stack(text: str, env: Mapping[str, str] | None = None) -> Stack:
    """The only stack of a text."""
    (only,) = stacks(text, env)
    return only


def problems(text: str, env: Mapping[str, str] | None = None) -> Sequence[Problem]:
    """The problems of a text, which has some."""
    with pytest.raises(SpecProblem) as caught:
        stacks(text, env)
    return caught.value.problems


def everything(text: str) -> dict[Address, Any]:
    """All resources of the only stack of a text."""
    return dict(stack(text).resources)


def resource(text: str, address: str) -> Any:
    """One resource of the only stack of a text."""
    return stack(text).resources[Address.parse(address)]


def spec(rest: str = "", targets: str = "{instances: [i-0aaa]}") -> str:
    """A spec of one group, and more keys."""
    return f"name: x\ntargets: {targets}\n{rest}"


def openings(text: str, address: str = "security_group.lb") -> list[tuple[Any, ...]]:
    """Protocol, port and source of each rule of a security group."""
    ingress = resource(text, address).ingress
    return [(o.protocol, o.from_port, str(o.cidr or o.group or o.prefix_list)) for o in ingress]
