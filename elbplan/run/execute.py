"""Runs the steps of a plan: in parallel where the plan allows it, with gates, until all are done or it is stopped."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ..core.call import Answer, Call, GateStatus
from ..core.kind import Gate, Kinds
from ..core.plan import Plan, Step
from ..errors import AwsProblem, ElbplanError, Interrupted
from ..kinds.aws.ownership_steps import change_ownership
from ..kinds.instance import stop
from .clock import Clock
from .context import KnownResources, RunStepContext
from .outcome import Event, EventKind, Outcome, Tell
from .program import Send, Stopped, pauses, run_program
from .recover import recover
from .rule_quota import rule_to_delete_first

T = TypeVar("T")


class GateProblem(ElbplanError):
    """A gate did not pass in time, or can no longer pass."""


@dataclass
class Execution:
    """One execution of one plan: its collaborators, and the resources that it knows so far."""

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
        """Reports an event. Events from several threads are reported one at a time."""
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
    """Runs the steps; each starts as soon as all steps that it needs are done.

    If a step fails, the steps that depend on it are skipped; all others go on. When `stop` is set, running calls finish
    and no other step starts. An error of AWS is never raised: it is part of the outcome.
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
    failed = {event.step.id for event in outcome.failed}
    for step in waiting.values():
        outcome.skipped.append(step)
        missing = [need for need in step.needs if need in failed or need in waiting]
        text = "interrupted" if running.stop.is_set() else f"needs {', '.join(missing)}"
        running.say(Event("skipped", step, text, seconds=running.seconds()))
    outcome.interrupted = running.stop.is_set() and bool(outcome.skipped)
    outcome.seconds = running.seconds()
    outcome.ids = dict(running.known.ids)
    outcome.facts = dict(running.known.facts)


def _do(running: Execution, step: Step) -> Event:
    """Runs one step to its end. Returns the event of its end."""
    began = running.seconds()
    running.say(Event("started", step, step.why, seconds=began))

    def end(what: EventKind, text: str = "", hint: str = "", *, judged: bool = False, code: str = "") -> Event:
        now = running.seconds()
        return Event(what, step, text, hint, now, now - began, judged, code)

    try:
        text = _wait(running, step) if step.do == "wait" else _act(running, step)
    except Interrupted as interrupted:
        return end("skipped", interrupted.what)
    except AwsProblem as problem:
        return end("failed", problem.what, problem.hint, code=problem.code)
    except ElbplanError as problem:
        return end("failed", problem.what, problem.hint, judged=isinstance(problem, GateProblem))
    except Exception as fault:  # a defect of elbplan must not keep the other steps from ending
        return end("failed", f"{type(fault).__name__}: {fault}", "this is a defect in elbplan; please report it")
    return end("done", text)


def _too_long(since: float | None, now: float, gate: Gate) -> bool:
    return since is not None and now - since >= gate.failing_grace


def _progress(running: Execution, step: Step) -> Callable[[str], None]:
    return lambda text: running.say(Event("progress", step, text, seconds=running.seconds()))


def _act(running: Execution, step: Step) -> str:
    context = RunStepContext.of(running.plan, step, running.known, running.id)
    kind = running.kinds[step.address.kind]
    if step.do == "create":
        facts = _create(running, step, context)
    elif step.do == "update":
        facts = _run_program(running, step, kind.update(step.before, step.after, context))
    elif step.do == "stop":
        facts = _run_program(running, step, stop(context))
    elif step.do in ("moved", "adopt", "release"):
        facts = _run_program(running, step, change_ownership(step, context))
    elif step.do == "reorder":
        facts = _run_program(running, step, running.kinds[next(iter(step.moves)).kind].reorder(step.moves, context))
    else:
        facts = _run_program(running, step, kind.delete(step.before, context))
    running.known.learn(step.address, facts)
    return facts.get("id", "")


def _create(running: Execution, step: Step, context: RunStepContext) -> Mapping[str, str]:
    """Creates the resource and returns its facts.

    At the rule limit of a load balancer, first deletes a rule that the plan deletes anyway. After an unknown outcome,
    looks for the resource before it repeats the create.
    """
    kind = running.kinds[step.address.kind]
    deleted: set[str] = set()
    pause = pauses()
    for attempt in itertools.count(1):
        try:
            return _run_program(running, step, kind.create(step.after, context))
        except AwsProblem as problem:
            if other := rule_to_delete_first(running.plan, step, problem, deleted):
                deleted.add(other.id)
                other_context = RunStepContext.of(running.plan, other, running.known, running.id)
                _run_program(running, other, kind.delete(other.before, other_context))
                continue
            recovered = recover(running.plan, kind, step, context, partial(_run_program, running, step))
            if recovered is not None:
                return recovered
            if problem.code not in FAULTS_OF_AWS or attempt >= MOST_ATTEMPTS:
                raise
            running.clock.sleep(next(pause))
    raise AssertionError("counting never ends")


FAULTS_OF_AWS = ("ServiceUnavailable", "InternalFailure", "InternalError", "InternalServerError", "Unavailable")
"""Faults inside AWS. If the resource does not exist after one of them, elbplan may send the same create again."""

MOST_ATTEMPTS = 8


def _run_program(running: Execution, step: Step, program: Generator[Call, Answer, T]) -> T:
    return run_program(
        program, running.send, running.clock, stopped=running.stop.is_set, progress=_progress(running, step)
    )


def _wait(running: Execution, step: Step) -> str:
    """Probes the gate until it passes and returns what it saw. Raises GateProblem if it cannot pass, or not in time."""
    kind = running.kinds[step.address.kind]
    gate = next(gate for gate in kind.gates if gate.name == step.until)
    progress = _progress(running, step)
    began = running.clock.now()
    failing_since: float | None = None
    for pause in pauses():
        context = RunStepContext.of(running.plan, step, running.known, running.id)
        status: GateStatus = _run_program(running, step, gate.probe(step.after or step.before, context))
        waited = running.clock.now() - began
        if status.state == "ready" and waited >= gate.min_seconds:
            return status.saw
        if status.state != "failing":
            failing_since = None
        elif failing_since is None:
            failing_since = running.clock.now()
        if status.state == "failed" or _too_long(failing_since, running.clock.now(), gate):
            raise GateProblem(f"{gate.what}: {status.saw}, and waiting will not help", hint=status.cause)
        if waited + pause > max(step.timeout, gate.min_seconds + pause):
            raise GateProblem(f"{gate.what}: not after {waited:.0f} s; last status: {status.saw}", hint=status.cause)
        if running.stop.is_set():
            raise Stopped(f"interrupted while waiting until {gate.what}")
        progress(status.saw)
        running.clock.sleep(min(pause, max(0.1, gate.min_seconds - waited)) if status.state == "ready" else pause)
    raise AssertionError("pauses never end")
