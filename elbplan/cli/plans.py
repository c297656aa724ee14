"""From paths to plans: load, group by region, read each group once, plan."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ..core.call import Answer, Call
from ..core.hidden import Hidden, hidden_in
from ..core.identity import Place
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import MIN_SECRET_LENGTH, ElbplanError, Refused, SpecProblem
from ..live.worker_threads import WorkerThreads
from ..planner.reconcile import permitted
from ..render.expiry import expiry_note
from ..render.outcome import EndScreen
from ..render.plan_view import PlanView
from ..render.style import Style, count
from ..run.workflow import Cloud, StackPlan, Unplanned
from ..spec import BrokenSpec, load, load_each
from .connect import Connections
from .context import App
from .costs import notes_of
from .options import DEFAULT_PATHS, FILTERED
from .reading import reading

Planner = Callable[["Cloud", Sequence[Stack]], Sequence[StackPlan]]


@dataclass(frozen=True)
class Planned:
    """The plan of one stack, or why it has none.

    seconds   how long reading AWS took
    planner   plans again
    notes     further lines of its screen
    idle      why there is nothing to do, if AWS does not simply match the spec
    undone    what a person must do although the plan has no step
    undo      the options of the apply that undoes it; empty: none does
    allow     the hazards that apply needs by name; None: those of the plan
    problem   why there is no plan; `plan` then has only what AWS has of the stack, if that could be read
    """

    plan: Plan
    cloud: Cloud
    seconds: float
    stack: Stack
    planner: Planner
    notes: Sequence[tuple[str, str]] = ()
    idle: str = ""
    undone: str = ""
    undo: tuple[str, ...] = ()
    allow: Sequence[str] | None = None
    problem: ElbplanError | None = None

    @property
    def needed_allow(self) -> Sequence[str]:
        """The names for --allow without which apply does not carry the plan out."""
        return [hazard.name for hazard in self.plan.hazards] if self.allow is None else self.allow

    @property
    def runnable(self) -> bool:
        """True if the plan has steps that may be carried out."""
        return self.problem is None and not self.plan.refusals and not self.plan.empty

    @property
    def code(self) -> int:
        """The exit code of a stack that has a problem or refusals; 0 without."""
        if self.problem:
            return self.problem.exit_code
        return Refused.exit_code if self.plan.refusals else 0


@dataclass
class NoCloud:
    """The cloud of a stack whose region is not known. Every call raises the problem."""

    problem: ElbplanError
    region: str = ""

    def send(self, call: Call) -> Answer:
        raise self.problem


def problem_of(stack_plan: Planned) -> ElbplanError:
    """The problem of a stack that cannot be carried out: it has no plan, or its plan has refusals."""
    if stack_plan.problem:
        return stack_plan.problem
    try:
        permitted(stack_plan.plan)
    except Refused as refused:
        return refused
    raise AssertionError("this plan can be carried out")


def stacks_of(app: App, paths: Sequence[str]) -> list[Stack]:
    """Loads the stacks of specs. Raises SpecProblem."""
    stacks = load(paths or DEFAULT_PATHS, stdin=app.terminal.stdin)
    keep_facts(app, stacks)
    return stacks


def stacks_or_problems_of(app: App, paths: Sequence[str], *, must_have_one: bool = True) -> list[Stack | BrokenSpec]:
    """Loads the stacks of specs. A wrong spec does not hide the others.

    Raises SpecProblem if no spec is right and `must_have_one`.

    Documents for programs list every wrong spec.
    """
    loaded = load_each(paths or DEFAULT_PATHS, stdin=app.terminal.stdin)
    broken = [entry for entry in loaded if isinstance(entry, BrokenSpec)]
    if must_have_one and len(broken) == len(loaded) and not app.options.json:
        raise SpecProblem([problem for entry in broken for problem in entry.problem.problems])
    keep_facts(app, [entry for entry in loaded if isinstance(entry, Stack)])
    return loaded


def keep_facts(app: App, stacks: Sequence[Stack]) -> None:
    """Keeps what the output needs of the specs: the values to hide, and the expected traffic."""
    for stack in stacks:
        app.loaded[stack.name] = stack
        if stack.traffic is not None:
            app.traffic[stack.name] = stack.traffic
        app.terminal.secrets |= {
            str(text): text.reference for text in _hidden_texts(stack) if len(text) >= MIN_SECRET_LENGTH
        }


def _hidden_texts(stack: Stack) -> Iterator[Hidden]:
    yield from hidden_in(stack.resources)
    yield from hidden_in(vars(stack.identity))


def planned(app: App, entries: Sequence[Stack | BrokenSpec], planner: Planner) -> list[Planned]:
    """Plans each stack, in their order. The stacks of one place are read together, and the places side by side."""
    clouds = Connections(app, [entry for entry in entries if isinstance(entry, Stack)])
    results: dict[int, Planned] = {}
    groups: dict[Place, list[int]] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry, BrokenSpec):
            results[index] = not_planned(Stack(entry.label, None, {}), entry.problem, planner)
            continue
        try:
            groups.setdefault(clouds.place(entry), []).append(index)
        except ElbplanError as problem:
            results[index] = not_planned(entry, problem, planner)
    stacks = {index: entry for index, entry in enumerate(entries) if isinstance(entry, Stack)}
    with _reading_places(app, stacks, groups), WorkerThreads(len(groups)) as threads:
        futures = {
            place: threads.submit(_plan_place, clouds, place, [stacks[index] for index in indexes], planner)
            for place, indexes in groups.items()
        }
        for place, future in futures.items():
            results |= dict(zip(groups[place], future.result(), strict=True))
    return [results[index] for index in range(len(entries))]


@contextlib.contextmanager
def _reading_places(app: App, stacks: Mapping[int, Stack], groups: Mapping[Place, Sequence[int]]) -> Iterator[None]:
    read = [stacks[index] for indexes in groups.values() for index in indexes]
    if not read:
        yield
        return
    with reading(app, read, _regions_text({place.region for place in groups})):
        yield


def reading_stacks(app: App, stacks: Sequence[Stack], clouds: Connections) -> AbstractContextManager[None]:
    """Shows that AWS is being read for these stacks."""
    regions = set()
    for stack in stacks:
        with contextlib.suppress(ElbplanError):  # the stack's own read reports it
            regions.add(clouds.region(stack))
    return reading(app, stacks, _regions_text(regions))


def reading_plans(app: App, plans: Sequence[Planned]) -> AbstractContextManager[None]:
    """Shows that more of AWS is read for these plans."""
    return reading(app, [each.stack for each in plans], _regions_text({each.plan.region for each in plans}))


def _regions_text(regions: Collection[str]) -> str:
    return next(iter(regions)) if len(regions) == 1 else count(len(regions), "region")


def _plan_place(clouds: Connections, place: Place, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    """The plans of the stacks of one place, in their order. A problem of its credentials is that of these stacks."""
    try:
        cloud = clouds.reach(place)
    except ElbplanError as problem:
        return [not_planned(stack, problem, planner, NoCloud(problem, place.region)) for stack in stacks]
    results: dict[str, Planned] = {}
    for stack in stacks:
        try:
            clouds.check_account(stack, place, cloud)
        except ElbplanError as problem:
            results[stack.name] = not_planned(stack, problem, planner, NoCloud(problem, place.region))
    left = [stack for stack in stacks if stack.name not in results]
    results |= dict(zip((stack.name for stack in left), _plan_together(cloud, left, planner), strict=True))
    return [results[stack.name] for stack in stacks]


def _plan_together(cloud: Cloud, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    if not stacks:
        return []
    began = time.monotonic()
    plans = planner(cloud, stacks)
    seconds = time.monotonic() - began
    return [
        Planned(plan, cloud, seconds, stack, planner)
        if isinstance(plan, Plan)
        else not_planned(stack, plan.problem, planner, cloud, plan)
        for stack, plan in zip(stacks, plans, strict=True)
    ]


def not_planned(
    stack: Stack, problem: ElbplanError, planner: Planner, cloud: Cloud | None = None, left: Unplanned | None = None
) -> Planned:
    """A stack without a plan. `left` has what AWS has of it."""
    known = cloud or NoCloud(problem)
    account, lives = (left.account, left.lives) if left else ("", {})
    plan = Plan(stack.name, known.region, account, lives=lives)
    return Planned(plan, known, 0, stack, planner, problem=problem)


@contextlib.contextmanager
def connected(app: App, stack: Stack) -> Iterator[Cloud]:
    """The cloud of one stack's region, while the screen says that AWS is being read."""
    connections = Connections(app, [stack])
    cloud = connections.cloud_of(stack)
    with reading(app, [stack], cloud.region):
        yield cloud


def retry_command(app: App, verb: str, paths: Sequence[str], *flags: str) -> str:
    """Returns the same command line with another verb, for the same specs, as a shell reads it."""
    selected = () if "--stack" in flags or verb not in FILTERED else app.options.selection
    return shlex.join(["elbplan", verb, *paths, *app.options.as_arguments(), *selected, *flags])


def allow_flags(names: Iterable[str]) -> tuple[str, ...]:
    """Returns `--allow route-removed,extra-cost`; nothing without hazards."""
    joined = ",".join(dict.fromkeys(names))
    return ("--allow", joined) if joined else ()


def command_with_allow(app: App, verb: str, paths: Sequence[str], pending: Sequence[Planned], *flags: str) -> str:
    """Returns the command that carries these plans out, with every hazard that it needs by name."""
    return retry_command(app, verb, paths, *flags, *allow_flags(name for plan in pending for name in plan.needed_allow))


def style_for(app: App, stream: object) -> Style:
    """Returns the width and the characters of a stream."""
    target = app.terminal.stderr if stream is app.terminal.stderr else app.terminal.stdout
    return Style(app.terminal.width(target), app.terminal.ascii(target))


def view_of(app: App, verb: str, stack_plan: Planned, detail: bool = False, paths: Sequence[str] = ()) -> PlanView:
    """Returns what the screen of a plan needs besides the plan. Without `paths` it has no command that undoes."""
    place = " (sandbox)" if app.options.sandbox else ""
    wide = detail or app.options.verbose > 0
    idle, undone, flags = stack_plan.idle, stack_plan.undone, stack_plan.undo
    expired = retry_command(app, "destroy", (), "--expired")
    ends = expiry_note(stack_plan.plan, app.wall(), f"`{expired}`") if verb != "destroy" else []
    undo = retry_command(app, "apply", paths, *flags) if paths and flags else ""
    return PlanView(
        verb,
        stack_plan.seconds,
        wide,
        place=place,
        notes=[*stack_plan.notes, *ends],
        idle=idle,
        undone=undone,
        undo=undo,
        undo_late=flags[:1] == ("--to",),
        cost=notes_of(app, verb, stack_plan.plan),
    )


def ending_of(app: App, verb: str, paths: Sequence[str], *flags: str) -> EndScreen:
    """Returns what the last screen of a run needs besides the outcome. `flags` belong to the same command again."""
    finish = "" if verb == "destroy" else retry_command(app, "destroy", paths)
    return EndScreen(retry_command(app, verb, paths, *flags), finish, verb == "destroy", not app.options.sandbox)
