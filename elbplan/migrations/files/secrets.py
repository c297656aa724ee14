"""What a file may not hold, user data above all, taken from the spec. Pure."""

from __future__ import annotations

from ...core.address import Address
from ...core.resource import WRITE_ONLY, Resource, differing_fields, marked_fields, rebuilt
from ...errors import Refused
from .notation import address_text


def without_secrets(address: Address, wanted: Resource, said: Resource | None, file: str) -> Resource:
    """A resource of a file with what only the spec says. Raises Refused where the spec has gone on since."""
    if said is None or type(said) is not type(wanted):
        return wanted
    extra = {name: getattr(said, name) for name in marked_fields(type(wanted), WRITE_ONLY)}
    made = rebuilt(wanted, **extra)
    if differing_fields(wanted, made):
        fields = ", ".join(differing_fields(wanted, made))
        raise Refused(
            f"{file}: {address_text(address)}: the spec's {fields} is not what the file was saved with",
            hint="take the spec from the commit of the file, or save the file anew",
        )
    return made
