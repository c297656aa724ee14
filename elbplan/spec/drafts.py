"""Drafts of resources: the fields of the long form, and the place of each field in the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from .yaml.tree import YamlPath


@dataclass
class ResourceDraft:
    """Fields of one resource of the long form.

    origin  the document path of the resource
    places  document paths of single fields that are elsewhere in the document, by field path
    """

    address: Address
    fields: dict[str, Any]
    origin: YamlPath
    places: dict[YamlPath, YamlPath] = field(default_factory=dict)

    def place(self, path: Iterable[str | int]) -> YamlPath:
        """The document path of a field path."""
        field_path = tuple(path)
        for length in range(len(field_path), -1, -1):
            if field_path[:length] in self.places:
                return (*self.places[field_path[:length]], *field_path[length:])
        return (*self.origin, *field_path)


Drafts = dict[Address, ResourceDraft]


def overlay(below: Any, above: Any) -> Any:
    """Merges two values: maps key by key; of other values `above` replaces `below`."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: overlay(below.get(key), value) for key, value in above.items()}}
    return above
