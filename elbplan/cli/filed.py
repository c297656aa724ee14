"""apply for a stack that is changed by files: each once, in their order, from wherever AWS stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.hazards import allowed
from ..core.stack import Stack
from ..errors import Refused, UsageProblem
from .app import App
from .planning import Planned, ending_of, planned
from .running import run_all
from .screens import show_plans

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..history.migration import Migration
    from ..history.pending import Pending
    from ..history.store import Folder
    from ..run.workflow import Cloud


@dataclass
class Filed:
    """One apply of one stack's files.

    ask      returns after a yes
    passed   the holds that this apply has waited for
    begin    nothing was done yet: a person who applies again ends a hold that waits for one
    """

    app: App
    stack: Stack
    migrations: Sequence[Migration]
    paths: tuple[str, ...]
    allow: tuple[str, ...]
    detail: bool
    ask: Callable[[Sequence[Planned]], None] | None
    whole: bool = True
    passed: set[tuple[str, int]] = field(default_factory=set)
    begin: bool = True

    def run(self) -> int:
        """File by file up to the end, a person's hold, or a failure. Raises Refused."""
        while True:
            pending, one = self._look()
            if pending.done:
                return self._end(one)
            self._agree(pending, one)
            if code := self._run(pending, one):
                return code
            self.begin = self.begin and one.plan.empty
            if pending.hold and self._held(pending):
                return 0

    def _look(self) -> tuple[Pending, Planned]:
        from ..history.pending import look
        from ..kinds import KINDS

        found: list[Pending] = []

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            found.append(look(cloud, group[0], self.migrations, KINDS, set(self.passed), begin=self.begin))
            return [found[-1].plan]

        (one,) = planned(self.app, [self.stack], planner)
        return found[0], one

    def _agree(self, pending: Pending, one: Planned) -> None:
        assert pending.migration is not None
        self._unsaved()
        rest = len(pending.migration.entries) - pending.entry
        self._say(f"{pending.migration.file}: {rest} of {len(pending.migration.entries)} steps to do")
        allowed(one.plan.hazards, (*self.allow, *pending.allowed))
        if one.plan.empty or not self.begin:
            return
        if not self.app.options.json or (self.ask and self.app.terminal.asks):
            show_plans(self.app, "apply", [one], self.app.terminal.stderr, detail=self.detail)
        if self.ask:
            self.ask([one])

    def _run(self, pending: Pending, one: Planned) -> int:
        if not one.plan.empty:
            agreed = [] if self.ask else [one.plan.stack]
            return run_all(self.app, [one], ending_of(self.app, "apply", self.paths), agreed=agreed)
        if pending.hold is None:  # or this would go round for ever
            raise Refused(f"{self.stack.name}: nothing of {pending.place} can be done, and it is not done either")
        return 0

    def _held(self, pending: Pending) -> bool:
        """Wait by the clock, or tell a person; True if this apply ends here."""
        from ..history.words import duration
        from ..run.clock import RealClock

        assert pending.migration is not None
        assert pending.hold is not None
        if pending.seconds is None:
            self._say(f"held at {pending.place} of {pending.migration.id}; elbplan apply goes on")
            return True
        self._say(f"holding for {duration(pending.seconds)} at {pending.place} of {pending.migration.id}")
        RealClock().sleep(pending.seconds)
        self.passed.add(pending.hold)
        return False

    def _end(self, one: Planned) -> int:
        """Everything is applied; what the spec wants beyond that is in no file."""
        from ..kinds import KINDS
        from ..run.workflow import plan

        if self.whole:
            (wanted,) = plan(one.cloud, [self.stack], KINDS)
            if not wanted.empty:
                raise self._no_file()
        if self.begin:
            return run_all(self.app, [one], ending_of(self.app, "apply", self.paths))
        return 0

    def _unsaved(self) -> None:
        if self.whole and self.migrations[-1].spec not in ("", self.stack.spec_hash):
            raise self._no_file()

    def _no_file(self) -> Refused:
        last = self.migrations[-1]
        return Refused(
            f"{self.stack.name}: the spec wants more than its migrations, which end with {last.id}",
            hint=f"elbplan plan --save NAME writes the next file; apply --to {last.number:04d} leaves the spec out",
        )

    def _say(self, text: str) -> None:
        if not self.app.options.quiet:
            self.app.terminal.err(text)


def files_of(folder: Folder, to: str | None) -> list[Migration]:
    """The checked files, up to the one that is meant. Raises SpecProblem, UsageProblem."""
    from ..history.chain import load
    from ..kinds import KINDS

    found = load(folder, KINDS)
    if not found:
        raise UsageProblem(f"{folder.path} holds no migration", hint="elbplan plan --save NAME writes the first")
    if to is None:
        return found
    chosen = [one for one in found if to.isdigit() and one.number <= int(to)]
    if not chosen or f"{chosen[-1].number}" != f"{int(to)}":
        raise UsageProblem(f"there is no migration {to}", hint=f"there are 0001 to {found[-1].number:04d}")
    return chosen
