"""How the stacks of an account and the specs of this folder fit together: which stack has lost its spec. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..core.stack import Stack
from ..kinds.aws.inventory import spec_in, spec_words
from .stacks import AccountStack

SpecState = Literal["here", "other-region", "renamed", "none"]


@dataclass(frozen=True)
class SpecOf:
    """The spec of a stack.

    state   `here`: a spec wants this stack. `other-region`: the spec with its name is of another region now.
            `renamed`: the file of its last create has a stack of another name now. `none`: no spec here
    file    the file of that spec; empty if there is none
    now     the region or the name that the spec has now
    """

    state: SpecState
    file: str = ""
    now: str = ""

    @property
    def stays(self) -> bool:
        """True if the folder shows that the stack is one that nobody wants any more."""
        return self.state in ("other-region", "renamed")


def spec_of(stack: AccountStack, specs: Sequence[Stack]) -> SpecOf:
    """Which of these specs belongs to the stack. A spec without a region fits in every region."""
    for spec in specs:
        if spec.name == stack.name:
            moved = bool(spec.region) and spec.region != stack.region
            return SpecOf("other-region", spec.file, spec.region or "") if moved else SpecOf("here", spec.file)
    recorded = [spec for spec in specs if stack.spec and same_file(spec.file, stack.spec)]
    if recorded:
        return SpecOf("renamed", recorded[0].file, ", ".join(spec.name for spec in recorded))
    return SpecOf("none")


def same_file(file: str, recorded: str) -> bool:
    """True if a run with this spec would record that path."""
    return bool(recorded) and spec_in(spec_words(file)) == recorded
