"""Fields whose values a migration file cannot decide: secrets from the spec, and fields that the spec ignores. Pure."""

from __future__ import annotations

from ...core.address import Address
from ...core.ignored import paths_into
from ...core.resource import WRITE_ONLY, Resource, differing_fields, marked_fields, rebuilt
from ...core.stack import Stack
from ...errors import Refused
from ...kinds.certificate import Certificate
from ..migration import Migration


def without_secrets(address: Address, wanted: Resource, in_spec: Resource | None, file: str) -> Resource:
    """A migration's resource with the write-only fields of the spec, such as user data.

    Raises Refused if the spec has changed since the migration was saved.
    """
    if in_spec is None or type(in_spec) is not type(wanted):
        return wanted
    secrets = {name: getattr(in_spec, name) for name in marked_fields(type(wanted), WRITE_ONLY)}
    resource = rebuilt(wanted, **secrets)
    if fields := differing_fields(wanted, resource):
        raise Refused(
            f"{file}: {address}: the spec's {', '.join(fields)} changed after this file was saved",
            hint="use the spec from the commit of the file, or save the file again",
        )
    return resource


def with_files(address: Address, before: Resource, after: Resource, in_spec: Resource | None, file: str) -> Resource:
    """An update's result with the files of the spec, if it imports a certificate anew.

    Raises Refused if the spec has other files than the migration was saved with.
    """
    if not isinstance(before, Certificate) or not isinstance(after, Certificate):
        return after
    if before.fingerprints == after.fingerprints:
        return after
    return without_secrets(address, after, in_spec, file)


def refuse_ignored_fields(migration: Migration, stack: Stack) -> None:
    """Raises Refused if a step sets a field that the spec ignores: nobody could see whether the step is done."""
    for number, entry in enumerate(migration.entries, 1):
        if entry.what is None or entry.do not in ("update", "shift"):
            continue
        for field in ["action"] if entry.do == "shift" else entry.set:
            path = f"{entry.what.kind}.{entry.what.name}.{field}"
            if any(not below or entry.do == "shift" for below in paths_into(path, stack.ignore)):
                what = f"{migration.file}: step {number} sets {field} of {entry.what}"
                hint = f"delete the step, or remove {path} from `ignore:`"
                raise Refused(f"{what}, which the spec ignores", hint=hint)
