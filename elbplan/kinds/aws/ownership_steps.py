"""Into our hands, under another address, out of them: only tags are written, the resource stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.address import Address
from ...core.call import WriteProgram, no_calls
from ...core.kind import StepContext
from ...core.plan import Step
from ..record import Record
from ..targets import Targets
from .alias_tags import record_tags, remember_records
from .ownership import ADDRESS, STACK, memory, tag, untag

UNTAGGED = (Targets.kind, Record.kind)
"""Targets are their group's; a record belongs to whose balancer it leads to."""


def change_ownership(step: Step, site: StepContext) -> WriteProgram:
    """The calls of an adopt, a moved or a release."""
    if step.address.kind in UNTAGGED:
        return no_calls()
    if step.do == "adopt":
        return _adopt(step, site)
    return _moved(step, site) if step.do == "moved" else _release(step, site)


def _adopt(step: Step, site: StepContext) -> WriteProgram:
    assert step.after is not None
    tags = site.tags(step.after)
    records: Mapping[str, str] = record_tags(getattr(step.after, "records", ()))
    yield tag(step.name, {**tags, **records})
    return {"id": step.name}


def _moved(step: Step, site: StepContext) -> WriteProgram:
    assert step.old is not None
    id = site.id(step.old)
    yield tag(id, {ADDRESS: _plain(step.address)})
    facts = {name: site.fact(step.old, name) for name in FACTS}
    return {"id": id, **{name: value for name, value in facts.items() if value}}


FACTS = ("dns_name", "zone_id", "state", "name", "vpc", "port")


def _release(step: Step, site: StepContext) -> WriteProgram:
    before: Any = step.before
    ours = [STACK, ADDRESS, *memory(before.tags), *record_tags(getattr(before, "records", ()))]
    yield untag(site.id(step.address), ours)
    groups = [site.id(ref) for ref in getattr(before, "security_groups", None) or () if isinstance(ref, Address)]
    if records := getattr(before, "records", ()):
        yield from remember_records(groups, site.fact(step.address, "dns_name"), (), records)
    return {}


def _plain(address: Address) -> str:
    return f"{address.kind}.{address.name}"
