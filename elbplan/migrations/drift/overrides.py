"""What to write into a spec so that it says what was changed by hand: `overrides:`, tried before it is shown."""

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
    """Fields of the long form by address."""

    fields: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, drift: Drift, stack: Stack, numbers: Mapping[Address, Address]) -> FieldsByAddress:
        """The changes of what the spec knows; `numbers` says what the spec calls rules without a name."""
        changed = {numbers.get(address, address): fields for address, fields in drift.changed.items()}
        return cls({str(a): value_document(fields) for a, fields in changed.items() if a in stack.resources})

    @property
    def text(self) -> str:
        """As it stands in a spec; empty if it says nothing."""
        lines = [f"  {flow(address)}: {flow(fields)}\n" for address, fields in self.fields.items()]
        return f"{KEY}:\n{''.join(lines)}" if lines else ""


@dataclass(frozen=True)
class SpecFile:
    """The file in which a stack's spec stands, and its document in it."""

    source: Source
    tree: Tree
    alone: bool

    @classmethod
    def of(cls, stack: Stack, env: Mapping[str, str] = os.environ) -> SpecFile | None:
        """None where it cannot be read again: it came from standard input, say."""
        file = Path(stack.file)
        if not file.is_file():
            return None
        with file.open(encoding="utf-8", newline="") as stream:  # its line ends stay as they are
            text = stream.read().removeprefix("\ufeff")
        source = Source(stack.file, text, str(file.parent))
        trees = list(TreeBuilder(source, env).documents())
        mine = next((tree for tree in trees if tree.data.get("name") == stack.name), None)
        return cls(source, mine, len(trees) == 1) if mine else None

    def with_block(self, block: FieldsByAddress) -> Stack | None:
        """The stack with these overrides laid over those it has; None if they make no spec."""
        data = overlay(self.tree.data, {KEY: block.fields} if block.fields else {})
        text = "".join(f"{flow(key)}: {flow(value)}\n" for key, value in data.items())
        return self._stack(replace(self.source, text=text))

    def appended(self, block: FieldsByAddress) -> str | None:
        """The file's text with the block at its end; None where that is not the same spec."""
        if KEY in self.tree.data or not self.alone:
            return None
        text = self.source.text if self.source.text.endswith("\n") else self.source.text + "\n"
        text += block.text
        there, meant = self._stack(replace(self.source, text=text)), self.with_block(block)
        return text if there and meant and there.spec_hash == meant.spec_hash else None

    def _stack(self, source: Source) -> Stack | None:
        try:
            (stack,) = load_text(source)
        except (SpecProblem, ValueError):
            return None
        return stack
