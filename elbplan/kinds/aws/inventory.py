"""The inventory of a stack: a parameter with the names of the resources that a run found or was about to make.

AWS's tag index learns of a resource late, so a run writes the inventory before it creates or adopts anything. It only
says where to look: a resource belongs to the stack if its tags say so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...core.call import Answer, Call

LONGEST = 4096
"""Bytes that a parameter of the standard tier can keep."""

SPEC = "spec: "
"""What the description of the parameter begins with."""

Names = Mapping[str, frozenset[str]]
"""By kind: the AWS names of load balancers and target groups, one domain of each certificate, and `*` if the stack has
any resource of another kind."""


@dataclass(frozen=True)
class Inventory:
    """The names by kind. `complete` is False if they do not fit into a parameter, or cannot be read."""

    names: Names = field(default_factory=dict)
    complete: bool = True

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> Inventory:
        """The inventory of these pairs of kind and name."""
        by_kind: dict[str, set[str]] = {}
        for kind, name in names:
            by_kind.setdefault(kind, set()).add(name)
        return cls({kind: frozenset(values) for kind, values in by_kind.items()})

    @classmethod
    def parse(cls, text: str) -> Inventory:
        """The inventory in the text of a parameter; an incomplete one for any other text."""
        try:
            data = json.loads(text)
            names = {str(kind): frozenset(map(str, values)) for kind, values in data["names"].items()}
            return cls(names, bool(data.get("complete", True)))
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls(complete=False)

    @property
    def text(self) -> str:
        """The text of the parameter."""
        if self.complete:
            text = json.dumps({"names": {kind: sorted(names) for kind, names in sorted(self.names.items())}})
            if len(text) <= LONGEST:
                return text
        return json.dumps({"names": {}, "complete": False})

    def covers(self, other: Inventory) -> bool:
        """True if a read finds everything of the other inventory by this one, or scans the account."""
        return not self.complete or all(names <= self.names.get(kind, set()) for kind, names in other.names.items())


def spec_words(file: str) -> str:
    """The description of the parameter: which spec the stack has. A path outside the current folder is cut to its name.

    By it, a later plan notices that the spec has another name now, and that the old stack stays.
    """
    path = os.path.normpath(file) if file and not file.startswith("<") and file != "-" else ""
    return f"{SPEC}{os.path.basename(path) if os.path.isabs(path) else path}"[:1024] if path else ""


def spec_in(description: str) -> str:
    """The path of the spec in a description; empty for any other text."""
    return description.removeprefix(SPEC) if description.startswith(SPEC) else ""


def inventory_path(stack: str) -> str:
    """The name of the stack's parameter."""
    return f"/elbplan/{stack}/inventory"


def inventory_call(stack: str) -> Call:
    """Reads the inventory of a stack. The answer is empty if there is none."""
    params = {"Name": inventory_path(stack)}
    return Call("ssm", "GetParameter", params, done_if=("ParameterNotFound",), has_fallback=True)


def inventory_in(answer: Answer) -> Inventory:
    """The inventory in the answer to `inventory_call`; an incomplete one if the call failed."""
    if not answer:
        return Inventory()
    return Inventory.parse((answer.get("Parameter") or {}).get("Value", ""))
