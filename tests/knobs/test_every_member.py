"""A spec reaches every input member of the operations that elbplan uses, or docs/reference says why it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from elbplan.kinds import KINDS
from elbplan.sandbox.server.call_log import is_write
from elbplan.spec import schema
from website.reference.members import MEMBERS, Row

from .keys import has_key
from .models import ACTIONS, SERVICES, Operation, members, operation_model
from .sent import ENDINGS, OWN


def operations() -> set[Operation]:
    """The operations that create or change something, from the permissions of the kinds."""
    actions = {permission.action for kind in KINDS.values() for permission in kind.permissions}
    pairs = (action.split(":") for action in actions)
    named = ((SERVICES.get(service, service), ACTIONS.get(name, name)) for service, name in pairs)
    changing = {(service, name) for service, name in named if is_write(name) and not ENDINGS.match(name)}
    return {operation for operation in changing if operation[0] not in OWN and operation_model(operation)}


def row_of(rows: Mapping[str, Row], member: str) -> Row | None:
    """The row of a member, or the reason for which a structure around it is not sent at all."""
    around = (rows[parent] for parent in parents(member) if parent in rows)
    return rows.get(member) or next((row for row in around if row.reason), None)


def parents(member: str) -> Iterator[str]:
    """The structures that contain a member: of `A.B.C` these are `A.B` and `A`."""
    while "." in member:
        member = member.rpartition(".")[0]
        yield member


@pytest.mark.parametrize("operation", sorted(operations()), ids=":".join)
def test_every_member_has_a_row(operation: Operation) -> None:
    service, name = operation
    rows = MEMBERS.get(service, {}).get(name, {})
    found = members(operation)
    assert [member for member in found if not row_of(rows, member)] == [], "neither a key of the spec nor a reason"
    known = {*found, *(parent for member in found for parent in parents(member))}
    assert sorted(set(rows) - known) == [], "AWS has no such member"


def test_a_spec_knows_every_key_of_the_rows() -> None:
    document = schema()
    keys = {row.key for rest in MEMBERS.values() for rows in rest.values() for row in rows.values() if row.key}
    assert len(keys) > 100
    assert sorted(key for key in keys if not has_key(document, key)) == [], "a spec has no such key"
