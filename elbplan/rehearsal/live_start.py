"""Where a rehearsal begins when it is to begin as AWS is now: what is still to be done, and what AWS has besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.resource import differing_fields
from ..core.stack import Stack
from ..live.observe import observe
from ..migrations.apply.pending import drift_refusal
from ..migrations.migration import Migration, references_of
from ..migrations.position.locator import Locator
from ..migrations.position.position import Drifted, Position
from ..run.workflow import Cloud

OWN = ("name", "records")
"""What every balancer and group has for itself."""

More = Mapping[Address, Mapping[str, Any]]


def start_from_live(aws: Cloud, stack: Stack, chain: Sequence[Migration], kinds: Kinds) -> tuple[list[Migration], More]:
    """The files that are not applied yet, and the live values of fields that neither they nor the states speak of.

    Only reads. Raises Refused if AWS is in none of the files' states, as apply does.
    """
    seen = observe(aws.send, aws.region, [stack], kinds, everywhere=True, file_references=references_of(chain))[
        stack.name
    ]
    locator = Locator(seen, stack.ignore)
    found = locator.find(chain)
    if isinstance(found, Drifted):
        raise drift_refusal(stack.name, found)
    done = found.index == len(found.migration.entries)
    pending = [one for one in chain if one.number >= found.migration.number + done]
    return pending, _more(locator, found, _touched(pending))


def _touched(pending: Sequence[Migration]) -> set[tuple[str, str, str]]:
    """Kind, name and field of everything that these files change."""
    entries = [entry for one in pending for entry in one.entries if entry.what]
    return {(e.what.kind, e.what.name, name) for e in entries if e.what and e.do != "create" for name in e.set}


def _more(locator: Locator, found: Position, touched: set[tuple[str, str, str]]) -> dict[Address, dict[str, Any]]:
    """By the names that things have before a file: what it calls old is the one that was there."""
    more: dict[Address, dict[str, Any]] = {}
    state = found.migration.states[found.index]
    begun = next((one.what for one in found.migration.entries[found.index :] if one.writes), None)
    for address, live in sorted(found.lives.items(), key=lambda one: one[0].deposed != ""):
        told = state.get(address)
        if told is None or (found.partial and address == begun):
            continue
        model = locator.observed.symbols.to_portable(live.model)
        left = [name for name in differing_fields(told, model) if (address.kind, address.name, name) not in touched]
        more[address._replace(deposed="")] = {name: getattr(model, name) for name in left if name not in OWN}
    return {address: fields for address, fields in more.items() if fields}
