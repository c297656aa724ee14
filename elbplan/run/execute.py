"""Runs the steps of a plan: in parallel where the plan allows it, with gates, until all are done or it is stopped."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from ..core.call import OUTCOME_UNKNOWN, Answer, Call, GateStatus
from ..core.kind import Kinds
from ..core.plan import Plan, Step
from ..errors import AwsProblem, ElbplanError, Interrupted
from ..kinds.aws.ownership_steps import change_ownership
from ..kinds.instance import stop
from .clock import Clock
from .context import KnownResources, RunStepContext
from .gates import GateProblem, GateWait
from .inventory import InventoryKeeper
from .outcome import Event, EventKind, Outcome, Tell
from .program import NotReady, Send, Stopped, pauses, run_program
from .recover import recover
from .rule_quota import rule_to_delete_first
from .slots import SleepsWithoutSlot, Slots

T = TypeVar("T")

MOST_THREADS = 32
"""The steps of one stack that run or wait at the same time, if other stacks share the slots."""


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
    slots: Slots

    def __post_init__(self) -> None:
        self.clock = SleepsWithoutSlot(self.clock, self.slots)
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
    slots: Slots | None = None,
) -> Outcome:
    """Runs the steps; each starts as soon as all steps that it needs are done, and a slot is free.

    `slots` are shared with other stacks; without them, `parallel` steps run at the same time, those that wait included.
    If a step fails, the steps that depend on it are skipped; all others go on. When `stop` is set, running calls finish
    and no other step starts. An error of AWS is never raised: it is part of the outcome.
    """
    threads = parallel if slots is None else max(1, min(len(plan.steps), MOST_THREADS))
    running = Execution(plan, kinds, send, tell, clock, run, stop or threading.Event(), slots or Slots(parallel))
    outcome = Outcome()
    waiting = {step.id: step for step in plan.steps}
    done: set[str] = set()
    futures: dict[Future[Event], Step] = {}
    inventory = InventoryKeeper(plan, send, running.clock, running.stop)
    with running.slots:
        inventory.before()
    with ThreadPoolExecutor(threads) as pool:
        while True:
            if not running.stop.is_set():
                for step in [s for s in waiting.values() if set(s.needs) <= done]:
                    del waiting[step.id]
                    futures[pool.submit(_do, running, step)] = step
            if not futures:
                break
            _collect(running, futures, done, outcome)
    if not waiting and not outcome.failed and not outcome.skipped:
        with running.slots:
            inventory.after(outcome.done)
    _finish(running, waiting, outcome)
    return outcome


def _collect(running: Execution, futures: dict[Future[Event], Step], done: set[str], outcome: Outcome) -> None:
    """Waits for a step to end. Steps that end meanwhile come in the order of their ends."""
    ended, _ = wait(futures, return_when=FIRST_COMPLETED)
    for future in sorted((future for future in futures if future in ended), key=lambda future: future.result().seconds):
        step, event = futures.pop(future), future.result()
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
    """Runs one step to its end, when a slot is free. Returns the event of its end."""
    with running.slots:
        if running.stop.is_set():
            return Event("skipped", step, "interrupted", seconds=running.seconds())
        return _do_now(running, step)


def _do_now(running: Execution, step: Step) -> Event:
    began = running.seconds()
    running.say(Event("started", step, step.why, seconds=began))

    def end(what: EventKind, text: str = "", hint: str = "") -> Event:
        now = running.seconds()
        return Event(what, step, text, hint, now, now - began)

    try:
        text = _wait(running, step) if step.do == "wait" else _act(running, step)
    except Interrupted as interrupted:
        return end("skipped", interrupted.what)
    except AwsProblem as problem:
        return replace(end("failed", problem.what, problem.hint), code=problem.code, denied=problem.denied)
    except NotReady as problem:
        judged = isinstance(problem, GateProblem)
        return replace(end("failed", problem.what, problem.hint), judged=judged, causes=problem.causes)
    except ElbplanError as problem:
        return end("failed", problem.what, problem.hint)
    except Exception as fault:  # a defect of elbplan must not keep the other steps from ending
        return end("failed", f"{type(fault).__name__}: {fault}", "this is a defect in elbplan; please report it")
    return end("done", text)


def _progress(running: Execution, step: Step) -> Callable[[GateStatus], None]:
    def tell(status: GateStatus) -> None:
        running.say(Event("progress", step, status.saw, seconds=running.seconds(), causes=status.causes))

    return tell


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
            recovered = _recovered(running, step, context, problem)
            if recovered is not None:
                return recovered
            if problem.code not in FAULTS_OF_AWS or attempt >= MOST_ATTEMPTS:
                raise
            running.clock.sleep(next(pause))
    raise AssertionError("counting never ends")


def _recovered(
    running: Execution, step: Step, context: RunStepContext, problem: AwsProblem
) -> Mapping[str, str] | None:
    """The facts of the resource if the create made it. Looks again for some seconds where reads lag behind writes."""
    kind = running.kinds[step.address.kind]
    unknown = problem.code in (OUTCOME_UNKNOWN, *FAULTS_OF_AWS)
    deadline = running.clock.now() + (kind.filter_lag if unknown else 0)
    for pause in pauses():
        left = deadline - running.clock.now()
        facts = recover(running.plan, kind, step, context, partial(_run_program, running, step))
        if facts is not None or left <= 0 or running.stop.is_set():
            return facts
        running.clock.sleep(min(pause, left))
    raise AssertionError("pauses never end")


FAULTS_OF_AWS = ("ServiceUnavailable", "InternalFailure", "InternalError", "InternalServerError", "Unavailable")
"""Faults inside AWS. If the resource does not exist after one of them, elbplan may send the same create again."""

MOST_ATTEMPTS = 8


def _run_program(running: Execution, step: Step, program: Generator[Call, Answer, T]) -> T:
    return run_program(
        program, running.send, running.clock, stopped=running.stop.is_set, progress=_progress(running, step)
    )


def _wait(running: Execution, step: Step) -> str:
    """Probes the gate until it passes and returns what it saw. Raises GateProblem if it cannot pass, or not in time."""
    gate = next(gate for gate in running.kinds[step.address.kind].gates if gate.name == step.until)
    waiting = GateWait(gate, step.timeout, running.clock.now())
    for pause in pauses():
        context = RunStepContext.of(running.plan, step, running.known, running.id)
        status: GateStatus = _run_program(running, step, gate.probe(step.after or step.before, context))
        if waiting.passes(status, running.clock.now(), pause):
            return status.saw
        if running.stop.is_set():
            raise Stopped(f"interrupted while waiting until {gate.what}")
        running.say(_waits(running, step, status, waiting))
        running.clock.sleep(waiting.pause(status, running.clock.now(), pause))
    raise AssertionError("pauses never end")


def _waits(running: Execution, step: Step, status: GateStatus, waiting: GateWait) -> Event:
    usual, gives_up = waiting.usual(status), waiting.gives_up
    now = running.seconds()
    return Event("progress", step, status.saw, seconds=now, causes=status.causes, usual=usual, gives_up=gives_up)
