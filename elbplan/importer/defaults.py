"""Leaves out of a document what has its default value anyway. Pure.

elbplan's own expansion decides. It is slow for a large document, so each group is tried in a document of its own, and
each block of the long form is only compared with its resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from ..core.address import Address
from ..core.resource import Resource
from ..errors import ElbplanError
from ..kinds import KINDS
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..spec.export.text import long_value
from ..spec.validate.long_form import is_block
from .rest import differences, expanded, is_same, with_known_ids
from .source import ImportSource
from .words import Words

Path = tuple[Any, ...]
"""Keys of maps, and indexes of lists."""
SMALL = ("drain", "port", "sticky", "slow_start")
HEALTH = ("path", "every", "timeout", "healthy", "unhealthy", "codes", "protocol")
AROUND = ("name", "region", "type", "access", "ip", "network", "zones", "tags")
"""Keys that say where a group is."""


def minimal(source: ImportSource, document: Words) -> Words:
    """The document without the keys that have their default value."""
    for group in _groups(document):
        document = _shorter_group(source, document, group)
    for kind in [kind for kind in KINDS if kind in document and is_block(kind, document[kind])]:
        blocks = {name: _shorter_block(source, kind, name, fields) for name, fields in document[kind].items()}
        document = {**document, kind: blocks}
    every = set(source.resources)
    for key in ("listeners", "allow"):
        shorter = {other: value for other, value in document.items() if other != key}
        if key in document and is_same(source, shorter) and set(expanded(source, shorter)) == every:
            document = shorter
    return document


def _groups(document: Words) -> Iterator[Path]:
    """The places of the groups of the short form."""
    if "targets" in document and not is_block("targets", document["targets"]):
        yield ("targets",)
    yield from (("groups", name) for name in document.get("groups") or ())


def _shorter_group(source: ImportSource, document: Words, group: Path) -> Words:
    name = group[-1] if len(group) > 1 else "web"
    own = {f"{kind}.{name}" for kind in (TargetGroup.kind, Targets.kind)}
    words = document["groups"][name] if len(group) > 1 else document["targets"]
    alone = {key: document[key] for key in AROUND if key in document} | {"groups": {name: words}}
    alone["overrides"] = {key: fields for key, fields in (document.get("overrides") or {}).items() if key in own}
    tried = _shortest(alone, _paths_of_group(("groups", name)), lambda shorter: _is_same_group(source, shorter, name))
    shorter = deepcopy(document)
    (shorter["groups"] if len(group) > 1 else shorter)[group[-1]] = tried["groups"].get(name, {})
    return shorter


def _is_same_group(source: ImportSource, document: Words, name: str) -> bool:
    has_group = name in document.get("groups", {})
    return has_group and is_same(source, document, (TargetGroup.kind, Targets.kind))


def _paths_of_group(group: Path) -> Iterator[Path]:
    """Keys that may have their default value, the largest first."""
    yield (*group, "health")
    yield from ((*group, "health", key) for key in HEALTH)
    yield from ((*group, key) for key in SMALL)


def _shortest(document: Words, paths: Iterable[Path], is_right: Callable[[Words], bool]) -> Words:
    for path in paths:
        shorter = without(document, path)
        if shorter is not document and is_right(shorter):
            document = shorter
    return document


def _shorter_block(source: ImportSource, kind: str, name: str, fields: Words) -> Words:
    """The fields without those that have the default of their model, and without defaults of a health check.

    A field without a value is AWS's choice, and the comparison accepts every live value of it: so only fields with
    their default may go.
    """
    defaults = {key: field.default for key, field in KINDS[kind].model.model_fields.items()}
    paths: list[Path] = [(key,) for key, value in fields.items() if long_value(defaults.get(key)) == value]
    paths += [("health", key) for key in fields.get("health") or ()]
    live = source.resources.get(Address(kind, name))
    return _shortest(fields, paths, lambda shorter: live is not None and _is_same_block(source, kind, shorter, live))


def _is_same_block(source: ImportSource, kind: str, fields: Mapping[str, Any], live: Resource) -> bool:
    try:
        wanted = with_known_ids(source, KINDS[kind].model.model_validate(fields))
    except (ValueError, ElbplanError):
        return False
    return not differences(wanted, live.model_copy(update={"tags": wanted.tags}))


def without(document: Words, path: Path) -> Words:
    """A copy without this path; the same document if it has no such path. A map that becomes empty goes as well."""
    copy = deepcopy(document)
    inner: Any = copy
    for step in path[:-1]:
        if not isinstance(inner, dict) or step not in inner:
            return document
        inner = inner[step]
    if not isinstance(inner, dict) or path[-1] not in inner:
        return document
    del inner[path[-1]]
    return copy if inner or len(path) == 1 else without(copy, path[:-1])
