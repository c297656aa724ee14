"""AWS out: the steps of a plan, in parallel where they may be, with gates, until done or stopped."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from ..core.call import Answer, Call, GateStatus
from ..core.kind import Gate, Kinds
from ..core.plan import Plan, Step
from ..errors import AwsProblem, ElbplanError, Interrupted
from ..kinds.aws.ownership_steps import change_ownership
from .clock import Clock
from .context import KnownResources, RunStepContext
from .outcome import Event, EventKind, Outcome, Tell
from .program import Send, Stopped, pauses, run_program
from .recover import recover
from .rule_quota import rule_to_delete_first

T = TypeVar("T")


class GateProblem(ElbplanError):
    """What was waited for did not come, or never will."""


@dataclass
class Execution:
    """One execution of one plan: its collaborators, and what it knows so far."""

    plan: Plan
    kinds: Kinds
    send: Send
    tell: Tell
    clock: Clock
    id: str
    stop: threading.Event

    def __post_init__(self) -> None:
        self.known = KnownResources(self.plan)
        self.began = self.clock.now()
        self._telling = threading.Lock()

    def say(self, event: Event) -> None:
        """One event at a time, whichever thread it comes from."""
        with self._telling:
            self.tell(event)

    def seconds(self) -> float:
        return self.clock.now() - self.began


def execute(
    plan: Plan,
    kinds: Kinds,
    send: Send,
    tell: Tell,
    clock: Clock,
    *,
    run: str,
    parallel: int = 8,
    stop: threading.Event | None = None,
) -> Outcome:
    """Do the steps; each starts as soon as all it needs is done.

    A step that fails stops what depends on it, and nothing else. When `stop` is set, running calls finish and no step
    starts. Never raises for what AWS says: the outcome tells.
    """
    running = Execution(plan, kinds, send, tell, clock, run, stop or threading.Event())
    outcome = Outcome()
    waiting = {step.id: step for step in plan.steps}
    done: set[str] = set()
    futures: dict[Future[Event], Step] = {}
    with ThreadPoolExecutor(parallel) as pool:
        while True:
            if not running.stop.is_set():
                for step in [s for s in waiting.values() if set(s.needs) <= done]:
                    del waiting[step.id]
                    futures[pool.submit(_do, running, step)] = step
            if not futures:
                break
            _collect(running, futures, done, outcome)
    _finish(running, waiting, outcome)
    return outcome


def _collect(running: Execution, futures: dict[Future[Event], Step], done: set[str], outcome: Outcome) -> None:
    ended, _ = wait(futures, return_when=FIRST_COMPLETED)
    for future in ended:
        step = futures.pop(future)
        event = future.result()
        if event.what == "done":
            done.add(step.id)
            outcome.done.append(step)
        elif event.what == "failed":
            outcome.failed.append(event)
        else:
            outcome.skipped.append(step)
        running.say(event)


def _finish(running: Execution, waiting: dict[str, Step], outcome: Outcome) -> None:
    broken = {event.step.id for event in outcome.failed}
    for step in waiting.values():
        outcome.skipped.append(step)
        missing = [need for need in step.needs if need in broken or need in waiting]
        text = "interrupted" if running.stop.is_set() else f"needs {', '.join(missing)}"
        running.say(Event("skipped", step, text, seconds=running.seconds()))
    outcome.interrupted = running.stop.is_set() and bool(outcome.skipped)
    outcome.seconds = running.seconds()
    outcome.ids = dict(running.known.ids)
    outcome.facts = dict(running.known.facts)


def _do(running: Execution, step: Step) -> Event:
    """One step, to its end, told as an event."""
    began = running.seconds()
    running.say(Event("started", step, step.why, seconds=began))

    def end(what: EventKind, text: str = "", hint: str = "", *, judged: bool = False, code: str = "") -> Event:
        now = running.seconds()
        return Event(what, step, text, hint, now, now - began, judged, code)

    try:
        text = _watch(running, step) if step.do == "wait" else _act(running, step)
    except Interrupted as interrupted:
        return end("skipped", interrupted.what)
    except AwsProblem as problem:
        return end("failed", problem.what, problem.hint, code=problem.code)
    except ElbplanError as problem:
        return end("failed", problem.what, problem.hint, judged=isinstance(problem, GateProblem))
    except Exception as fault:  # a defect of ours must not leave the other steps without an end
        return end("failed", f"{type(fault).__name__}: {fault}", "this is a defect in elbplan; please report it")
    return end("done", text)


def _too_long(since: float | None, now: float, gate: Gate) -> bool:
    return since is not None and now - since >= gate.failing_grace


def _progress(running: Execution, step: Step) -> Callable[[str], None]:
    return lambda text: running.say(Event("progress", step, text, seconds=running.seconds()))


def _act(running: Execution, step: Step) -> str:
    site = RunStepContext.of(running.plan, step, running.known, running.id)
    kind = running.kinds[step.address.kind]
    if step.do == "create":
        facts = _create(running, step, site)
    elif step.do == "update":
        facts = _drive(running, step, kind.update(step.before, step.after, site))
    elif step.do in ("moved", "adopt", "release"):
        facts = _drive(running, step, change_ownership(step, site))
    elif step.do == "reorder":
        facts = _drive(running, step, running.kinds[next(iter(step.moves)).kind].reorder(step.moves, site))
    else:
        facts = _drive(running, step, kind.delete(step.before, site))
    running.known.learn(step.address, facts)
    return facts.get("id", "")


def _create(running: Execution, step: Step, site: RunStepContext) -> Mapping[str, str]:
    """Make it; where a balancer is full of rules, let a doomed one go first; after a doubt, look again."""
    kind = running.kinds[step.address.kind]
    gone: set[str] = set()
    pause = pauses()
    for tries in itertools.count(1):
        try:
            return _drive(running, step, kind.create(step.after, site))
        except AwsProblem as problem:
            if other := rule_to_delete_first(running.plan, step, problem, gone):
                gone.add(other.id)
                there = RunStepContext.of(running.plan, other, running.known, running.id)
                _drive(running, other, kind.delete(other.before, there))
                continue
            found = recover(running.plan, kind, step, site, lambda program: _drive(running, step, program))
            if found is not None:
                return found
            if problem.code not in FAULTS_OF_AWS or tries >= MOST_TRIES:
                raise
            running.clock.sleep(next(pause))
    raise AssertionError("counting never ends")


FAULTS_OF_AWS = ("ServiceUnavailable", "InternalFailure", "InternalError", "InternalServerError", "Unavailable")
"""AWS had a fault of its own; where we looked and nothing was made, the same call may be sent once more."""

MOST_TRIES = 8


def _drive(running: Execution, step: Step, program: Generator[Call, Answer, T]) -> T:
    return run_program(
        program, running.send, running.clock, stopped=running.stop.is_set, progress=_progress(running, step)
    )


def _watch(running: Execution, step: Step) -> str:
    """Look until ready. Stops early where success has become impossible, and says what was seen last."""
    kind = running.kinds[step.address.kind]
    gate = next(gate for gate in kind.gates if gate.name == step.until)
    progress = _progress(running, step)
    began = running.clock.now()
    failing_since: float | None = None
    for pause in pauses():
        site = RunStepContext.of(running.plan, step, running.known, running.id)
        sight: GateStatus = _drive(running, step, gate.probe(step.after or step.before, site))
        waited = running.clock.now() - began
        if sight.state == "ready" and waited >= gate.min_seconds:
            return sight.saw
        if sight.state != "failing":
            failing_since = None
        elif failing_since is None:
            failing_since = running.clock.now()
        if sight.state == "failed" or _too_long(failing_since, running.clock.now(), gate):
            raise GateProblem(f"{gate.what}: {sight.saw}, and waiting will not help", hint=sight.cause)
        if waited + pause > max(step.timeout, gate.min_seconds + pause):
            raise GateProblem(f"{gate.what}: not after {waited:.0f} s; last seen: {sight.saw}", hint=sight.cause)
        if running.stop.is_set():
            raise Stopped(f"interrupted while waiting until {gate.what}")
        progress(sight.saw)
        running.clock.sleep(min(pause, max(0.1, gate.min_seconds - waited)) if sight.state == "ready" else pause)
    raise AssertionError("pauses never end")
