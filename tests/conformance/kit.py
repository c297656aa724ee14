"""A case: one stack in the sandbox, the writes that each change sends, and the invariants after each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from elbplan.core.plan import Plan
from elbplan.sandbox.box import Box
from elbplan.sandbox.server.call_log import LoggedCall

from ..e2e.fork_server import ForkServer
from ..e2e.killed_runs import NOTHING, kill_again_and_again, lose_every_answer, nothing_else
from ..e2e.stage import Stage

OWN_SERVICES = ("ssm",)
"""The services in which elbplan keeps its lock and run records."""


class Writes(list[LoggedCall]):
    """The writes of one change, in order."""

    @property
    def actions(self) -> list[str]:
        """`["CreateLoadBalancer", "CreateListener"]`"""
        return [call.action for call in self]

    def of(self, *actions: str) -> list[dict[str, Any]]:
        """The parameters of the calls of these actions, in order."""
        return [call.params for call in self if call.action in actions]

    def only(self, action: str) -> dict[str, Any]:
        """The parameters of the single call of an action."""
        (params,) = self.of(action)
        return params

    def position(self, action: str) -> int:
        """The position of the first call of an action."""
        return self.actions.index(action)


class Case:
    """A stage with one stack. `apply` and `destroy` assert the invariants of every case."""

    def __init__(self, box: Box, nursery: ForkServer) -> None:
        self.box, self._nursery = box, nursery
        self.stage = Stage(box)

    def client(self, service: str) -> Any:
        return self.stage.client(service)

    def plan(self, spec: str) -> Plan:
        return self.stage.plan(spec)

    def apply(self, spec: str, *, watch: Iterable[tuple[str, int, str, str]] = ()) -> Writes:
        """Applies a spec. A second plan is empty, strangers are unchanged, no watched route drops a request."""
        self.box.watch(watch)
        plan = self.stage.plan(spec)
        self.box.clear_calls()
        outcome = self.stage.run(plan)
        sent = self._writes()
        assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
        assert not watch or self.box.unanswered() == []
        self.stage.assert_settled(spec)
        return sent

    def destroy(self, spec: str) -> Writes:
        """Destroys the stack. Nothing of it is left, strangers are unchanged."""
        self.box.clear_calls()
        self.stage.destroy(spec)
        return self._writes()

    def crash_sweep(
        self,
        before: str,
        after: str,
        *,
        allow: Sequence[str] = (),
        prepare: Callable[[Stage], object] = nothing_else,
    ) -> None:
        """The change, killed after each of its writes, and with every answer lost; then the destroy of its stack.

        `before` or `after` is `NOTHING` for a create or a destroy. `prepare` creates what the specs need of others.
        The stage is a new one afterwards.
        """
        kill_again_and_again(self.box, self._nursery, before, after, allow, prepare)
        lose_every_answer(self.box, before, after, prepare)
        self.stage = Stage(self.box)

    def _writes(self) -> Writes:
        return Writes(call for call in self.box.writes() if call.service not in OWN_SERVICES)


__all__ = ["NOTHING", "Case", "Writes"]
