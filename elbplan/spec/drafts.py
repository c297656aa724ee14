"""A resource on its way from the spec to its model: fields as written, and where each was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from .yaml.tree import YamlPath


@dataclass
class ResourceDraft:
    """Fields of one resource of the long form.

    origin  where in the document the resource comes from
    places  where single fields come from, if elsewhere: field path to document path
    """

    address: Address
    fields: dict[str, Any]
    origin: YamlPath
    places: dict[YamlPath, YamlPath] = field(default_factory=dict)

    def place(self, path: Iterable[str | int]) -> YamlPath:
        """The document's path of a field's path."""
        whole = tuple(path)
        for length in range(len(whole), -1, -1):
            if whole[:length] in self.places:
                return (*self.places[whole[:length]], *whole[length:])
        return (*self.origin, *whole)


Drafts = dict[Address, ResourceDraft]


def overlay(below: Any, above: Any) -> Any:
    """`above` laid over `below`: maps key by key, everything else whole."""
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return {**below, **{key: overlay(below.get(key), value) for key, value in above.items()}}
    return above
