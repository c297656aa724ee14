"""Keys of the spec, looked up in the JSON Schema that `elbplan schema` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

REF = "$ref"
PLACES: Sequence[tuple[str, ...]] = ((), ("listeners",), ("listeners", "rules"))
"""Where a key may stand: at the top, at a listener, at a rule."""


def has_key(document: Mapping[str, Any], key: str) -> bool:
    """Whether a spec may have a key like `groups.health.path`, or `security_group.NAME.vpc` with any name.

    A step into a list, and into a map by names, needs no word: `groups.port` is the port of each group.
    """
    path = [word for word in key.split(".") if not word.isupper()]
    return any(_leads_on(document, [document], [*place, *path]) for place in PLACES)


def _leads_on(document: Mapping[str, Any], entries: Sequence[Any], path: Sequence[str]) -> bool:
    if not path:
        return bool(entries)
    inside = [part for entry in entries for part in _parts(document, entry)]
    found = [part["properties"][path[0]] for part in inside if path[0] in part.get("properties", {})]
    return bool(found) and _leads_on(document, found, path[1:])


def _parts(document: Mapping[str, Any], entry: Any) -> Iterator[Mapping[str, Any]]:
    """The maps that an entry may be, or may contain by position or by name."""
    if not isinstance(entry, Mapping):
        return
    if REF in entry:
        yield from _parts(document, document["definitions"][entry[REF].rpartition("/")[2]])
        return
    yield entry
    for choice in (*entry.get("anyOf", ()), *entry.get("oneOf", ()), *entry.get("allOf", ())):
        yield from _parts(document, choice)
    if "properties" not in entry:
        for inner in (
            entry.get("items"),
            entry.get("additionalProperties"),
            *entry.get("patternProperties", {}).values(),
        ):
            yield from _parts(document, inner)
