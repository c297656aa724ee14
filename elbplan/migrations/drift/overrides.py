"""Writes drift as the `overrides:` block of a spec, and checks that the spec is valid with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...core.address import Address
from ...core.stack import Stack
from ...errors import SpecProblem
from ...spec import load_text
from ...spec.drafts import overlay
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, Tree
from ..files.notation import value_document
from ..files.writer import flow
from .drift import Drift

KEY = "overrides"


@dataclass(frozen=True)
class FieldsByAddress:
    """The values of long-form fields by the address of their resource."""

    fields: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, drift: Drift, stack: Stack, numbers: Mapping[Address, Address]) -> FieldsByAddress:
        """The changes of the spec's resources; `numbers` has the spec's addresses of rules without a name."""
        changed = {numbers.get(address, address): fields for address, fields in drift.changed.items()}
        return cls({str(a): value_document(fields) for a, fields in changed.items() if a in stack.resources})

    @property
    def text(self) -> str:
        """The block as YAML; empty without fields."""
        lines = [f"  {flow(address)}: {flow(fields)}\n" for address, fields in self.fields.items()]
        return f"{KEY}:\n{''.join(lines)}" if lines else ""


@dataclass(frozen=True)
class SpecFile:
    """The file of a spec, and the stack's document in it; `alone` if it has no other document."""

    source: Source
    tree: Tree
    alone: bool

    @classmethod
    def of(cls, stack: Stack, env: Mapping[str, str] = os.environ) -> SpecFile | None:
        """None if the spec cannot be read again, for example because it came from standard input."""
        file = Path(stack.file)
        if not file.is_file():
            return None
        with file.open(encoding="utf-8", newline="") as stream:  # keeps its line ends
            text = stream.read().removeprefix("\ufeff")
        source = Source(stack.file, text, str(file.parent))
        trees = list(TreeBuilder(source, env).documents())
        tree = next((tree for tree in trees if tree.data.get("name") == stack.name), None)
        return cls(source, tree, len(trees) == 1) if tree else None

    def with_block(self, block: FieldsByAddress) -> Stack | None:
        """The stack with these overrides merged into its own; None if the spec is not valid with them."""
        data = overlay(self.tree.data, {KEY: block.fields} if block.fields else {})
        text = "".join(f"{flow(key)}: {flow(value)}\n" for key, value in data.items())
        return self._stack(replace(self.source, text=text))

    def appended(self, block: FieldsByAddress) -> str | None:
        """The file's text with the block at its end; None if that gives another spec than `with_block`."""
        if KEY in self.tree.data or not self.alone:
            return None
        text = self.source.text if self.source.text.endswith("\n") else self.source.text + "\n"
        text += block.text
        appended, expected = self._stack(replace(self.source, text=text)), self.with_block(block)
        return text if appended and expected and appended.spec_hash == expected.spec_hash else None

    def _stack(self, source: Source) -> Stack | None:
        try:
            (stack,) = load_text(source)
        except (SpecProblem, ValueError):
            return None
        return stack
