"""Keeps the inventory of a stack, by which the next read finds what this run made: AWS's tag index learns of it late.

A run that creates or adopts something first writes the names of everything that the stack has, and of what it is about
to make. So a run can be killed at any moment. Without Parameter Store, a read scans the account instead.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ..core.address import Address
from ..core.call import Answer, Call, single_call
from ..core.plan import Plan, Step
from ..core.resource import Resource
from ..errors import ElbplanError
from ..kinds.aws.candidates import COUNTED, TYPES, name_in
from ..kinds.aws.inventory import Inventory, inventory_call, inventory_in, inventory_path, spec_words
from ..kinds.aws.parameter_store import PASSING
from ..kinds.certificate import Certificate, by_first_name
from ..kinds.log_bucket import LogBucket
from .clock import Clock
from .lock.run_store import HURRY
from .program import Send, run_program

ELB_KINDS = tuple(type.kind for type in TYPES)
NAMED = (*ELB_KINDS, LogBucket.kind)
"""The kinds whose names are in the inventory. That of a bucket is without account and region."""


def inventory_of(plan: Plan, without: Collection[Address] = ()) -> Inventory:
    """The names of what the stack has and of what the plan makes, without those of some addresses."""
    return Inventory.of(_names(plan, without))


def _names(plan: Plan, without: Collection[Address]) -> Iterator[tuple[str, str]]:
    for address, live in plan.lives.items():
        if address not in without:
            yield from _name(address, live.model, live.facts.get("name", ""))
    for step in plan.steps:
        if step.after is not None and step.do in ("create", "adopt") and step.address not in without:
            yield from _name(step.address, step.after, name_in(step.name) if step.do == "adopt" else step.name)


def _name(address: Address, model: Resource, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(model, Certificate):
        yield address.kind, by_first_name(model.domains)[0]
    elif address.kind in NAMED and name:
        yield address.kind, name
    elif address.kind in COUNTED:
        yield address.kind, "*"


@dataclass(frozen=True)
class InventoryKeeper:
    """Writes the inventory of one run. A problem of AWS is ignored: the tag index finds the resources later."""

    plan: Plan
    send: Send
    clock: Clock
    stop: threading.Event

    def before(self) -> None:
        """Writes the inventory, if the run creates or adopts a resource that it does not name yet."""
        if any(step.do in ("create", "adopt") for step in self.plan.steps):
            with contextlib.suppress(ElbplanError):
                needed = inventory_of(self.plan)
                known = self._read()
                if not (known.complete and known.covers(needed)) and known.text != needed.text:
                    self._write(needed)

    def after(self, done: Collection[Step]) -> None:
        """After a complete run: removes the names of deleted resources; removes the inventory of a deleted stack."""
        deleted = {step.address for step in done if step.do in ("delete", "release") and step.address.kind in NAMED}
        with contextlib.suppress(ElbplanError):
            if not self.plan.desired:
                if self._ask(inventory_call(self.plan.stack)):
                    self._ask(_call("DeleteParameters", Names=[inventory_path(self.plan.stack)]))
            elif deleted:
                self._write(inventory_of(self.plan, deleted))

    def _read(self) -> Inventory:
        return inventory_in(self._ask(inventory_call(self.plan.stack)))

    def _write(self, inventory: Inventory) -> None:
        name, text = inventory_path(self.plan.stack), inventory.text
        words = spec_words(self.plan.file)
        described = {"Description": words} if words else {}
        standard = {"Type": "String", "Tier": "Standard", "Overwrite": True}
        self._ask(_call("PutParameter", Name=name, Value=text, **standard, **described))

    def _ask(self, call: Call) -> Answer:
        return run_program(single_call(call), self.send, self.clock, stopped=self.stop.is_set)


def _call(operation: str, **params: Any) -> Call:
    return Call("ssm", operation, params, retry_on=PASSING, timeout=HURRY, no_retry=True)
