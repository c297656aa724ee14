"""A change of any field has a hazard where it can lose a protection or a request, or a declared reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from elbplan.core.resource import IDENTITY, IMMUTABLE
from elbplan.kinds import KINDS
from elbplan.kinds.aws import listener_attributes, load_balancer_attributes, target_group_attributes

from ..migrations.lint_kit import Yard
from .field_changes import BALANCER_KEYS, ENDS, FIELDS, GROUP_KEYS, LISTENER_KEYS, Danger, Declared

KEYS = {
    "load_balancer": (
        BALANCER_KEYS,
        {
            key
            for defaults in load_balancer_attributes.DEFAULTS.values()
            for key in (*defaults, load_balancer_attributes.SECONDARY_ADDRESSES)
        },
    ),
    "target_group": (GROUP_KEYS, set(target_group_attributes.KEYS)),
    "listener": (
        LISTENER_KEYS,
        {key for defaults in listener_attributes.DEFAULTS.values() for key in defaults},
    ),
}
"""By kind: the declared attributes, and those of which elbplan knows AWS's default."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_declared(kind: str) -> None:
    """A new field that AWS changes in place fails here until its hazard, or the reason why it has none, is written."""
    fields = KINDS[kind].model.model_fields
    replacing = {name for name, field in fields.items() if IMMUTABLE in field.metadata or IDENTITY in field.metadata}
    in_place = set(fields) - replacing - {"tags"}
    declared = FIELDS.get(kind, {})
    assert in_place - set(declared) == set(), "no hazard and no reason"
    assert set(declared) - set(fields) == set(), "no such field"


@pytest.mark.parametrize("kind", KEYS)
def test_every_attribute_is_declared(kind: str) -> None:
    declared, known = KEYS[kind]
    assert known - set(declared) == set(), "no hazard and no reason"
    assert set(declared) - known == set(), "no such attribute"


def dangers() -> Iterator[tuple[str, Danger]]:
    tables: Mapping[str, Mapping[str, Declared]] = {
        **FIELDS,
        **{f"{kind}.attributes": declared for kind, (declared, _) in KEYS.items()},
    }
    for table, fields in tables.items():
        for field, declared in fields.items():
            found = declared if isinstance(declared, tuple) else (declared,)
            for number, danger in enumerate(found, 1):
                if isinstance(danger, Danger):
                    yield f"{table}.{field} {number}", danger
    for kind, danger in ENDS.items():
        yield f"{kind} ends", danger


DANGERS = dict(dangers())


def test_every_change_that_is_declared_has_its_hazard(tmp_path: Path) -> None:
    yard, missing = Yard(tmp_path), {}
    for name, danger in DANGERS.items():
        found = yard.inspected(danger.before, danger.change)
        names = {finding.hazard.name for finding, _ in found.findings}
        if danger.hazard not in names or found.problems:
            missing[name] = (danger.hazard, names, [str(problem) for problem in found.problems])
    assert missing == {}
