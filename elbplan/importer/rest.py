"""Completes a short form until it says exactly what AWS has: what the words cannot say goes into the long form. Pure.

elbplan's own expansion decides: the document is loaded like any spec, and compared with the live resources.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

import yaml

from ..core.address import Address, Lookup, Ref
from ..core.resource import WRITE_ONLY, Part, Resource, differing_fields, field_values, marked_fields, rewrite
from ..core.stack import Stack
from ..errors import ElbplanError, SpecProblem
from ..kinds import KINDS
from ..spec import load_text
from ..spec.export.text import long_fields, long_value
from ..spec.yaml.tree import Source
from .source import ImportSource
from .words import Words

FILLED_IN = ("records", "live_zones", "group_port", "balancer")
"""Fields that elbplan fills in itself."""
HEAD = ("name", "region", "tags")
"""Keys that make no resource."""
KEPT = ("take_over",)
"""Fields that AWS never returns, and that a translation sets on purpose."""


def complete(source: ImportSource, document: Words, covered: Collection[Address]) -> Words:
    """The document with blocks of the long form and `overrides:`, so that it gives exactly the source's resources.

    `covered` are the resources that the document has in the short form. If it would make others too, everything is in
    the long form. Raises SpecProblem if elbplan refuses that as well.
    """
    in_both = _with_blocks(source, document, covered)
    try:
        found = expanded(source, in_both)
    except SpecProblem:
        found = {}
    if set(found) != set(source.resources):
        in_both = _with_blocks(source, {key: document[key] for key in HEAD if key in document}, ())
        found = expanded(source, in_both)
    overrides = {str(a): fields for a, r in source.resources.items() if (fields := differences(found[a], r))}
    return {**in_both, "overrides": overrides} if overrides else in_both


def _with_blocks(source: ImportSource, document: Words, covered: Collection[Address]) -> Words:
    """The document with a block of the long form for each resource that the short form does not cover."""
    document = deepcopy(document)
    for address, resource in source.resources.items():
        if address not in covered:
            own = _without_tags_of_all(_without_filled_in(resource), document.get("tags") or {})
            document.setdefault(address.kind, {})[address.name] = long_fields(own)
    return document


def _without_tags_of_all(resource: Resource, common: Mapping[str, str]) -> Resource:
    own = {key: value for key, value in resource.tags.items() if common.get(key) != value}
    return resource.model_copy(update={"tags": own})


def expanded(source: ImportSource, document: Words) -> dict[Address, Resource]:
    """The resources that the document describes, with AWS ids for the look-ups that the source knows."""
    resources = stack_of(document).resources
    return {address: with_known_ids(source, resource) for address, resource in resources.items()}


def with_known_ids(source: ImportSource, resource: Resource) -> Resource:
    """The resource with AWS ids for the look-ups that the source knows."""

    def find(ref: Ref) -> tuple[Ref, ...]:
        return source.lookups.get(ref, (ref,)) if isinstance(ref, Lookup) else (ref,)

    complete: Resource = KINDS[resource.kind].with_implied_references(resource)
    return rewrite(complete, find)


def stack_of(document: Words) -> Stack:
    """The stack of a document. Raises SpecProblem."""
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    (stack,) = load_text(Source("import", text, "."), {})
    return stack


def is_same(source: ImportSource, document: Words, kinds: Collection[str] = tuple(KINDS)) -> bool:
    """True if the document describes exactly the source's resources, of the resources that it has of these kinds."""
    try:
        found = expanded(source, document)
    except ElbplanError:
        return False
    compared = {address for address in found if address.kind in kinds}
    known = compared <= set(source.resources)
    return known and not any(differences(found[address], source.resources[address]) for address in compared)


# Differences ---------------------------------------------------------------------------------------------------------


def differences(want: Resource, live: Resource) -> Words:
    """The fields of the live resource that the expanded one does not have, in the long form."""
    kind = KINDS[live.kind]
    settled = kind.with_live_defaults(want, live)
    fields = [name for name in differing_fields(settled, live) if name not in FILLED_IN]
    old, new = field_values(settled), field_values(live)
    changed = {name: _changed(old[name], new[name]) for name in fields}
    return {name: value for name, value in changed.items() if value != {}}


def _changed(old: Any, new: Any) -> Any:
    """The new value; of two maps, or two parts of one type, only what differs."""
    if isinstance(old, Part) and type(old) is type(new):
        inner = {name: (field_values(old)[name], field_values(new)[name]) for name in differing_fields(old, new)}
        return {name: _changed(*pair) for name, pair in inner.items()}
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {key: long_value(value) for key, value in new.items() if old.get(key) != value}
    return long_value(new)


def _without_filled_in(resource: Resource) -> Resource:
    """The resource without the fields that elbplan fills in, and without those that have a default value in AWS."""
    kept = {name: field.default for name, field in type(resource).model_fields.items() if name in FILLED_IN[:3]}
    write_only = (name for name in marked_fields(type(resource), WRITE_ONLY) if name not in KEPT)
    hidden = {name: type(resource).model_fields[name].default for name in write_only}
    plain = resource.model_copy(update={**kept, **hidden})
    if "attributes" in type(resource).model_fields:
        plain = plain.model_copy(update={"attributes": _unusual_attributes(plain)})
    return plain.model_copy(update={"name": None}) if _has_generated_name(plain) else plain


def _unusual_attributes(resource: Resource) -> dict[str, str]:
    """The attributes that do not have AWS's default."""
    values: Mapping[str, str] = field_values(resource)["attributes"]
    bare = KINDS[resource.kind].with_live_defaults(resource.model_copy(update={"attributes": {}}), resource)
    usual = field_values(bare)["attributes"]
    return {key: value for key, value in values.items() if usual.get(key) != value}


def _has_generated_name(resource: Resource) -> bool:
    """True for kinds whose name elbplan makes up: without it in the spec, a replacement gets a new one."""
    field = type(resource).model_fields.get("name")
    return field is not None and not field.is_required()
