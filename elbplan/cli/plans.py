"""From paths to plans: load, group by region, read each group once, plan."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..core.hidden import hidden_in
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import MIN_SECRET_LENGTH
from ..render.outcome import EndScreen
from ..render.plan import PlanView
from ..render.style import Style
from ..run.workflow import Cloud
from ..spec import load
from .connect import Connections
from .context import App
from .options import DEFAULT_PATHS
from .reading import reading

Planner = Callable[["Cloud", Sequence[Stack]], list[Plan]]


@dataclass(frozen=True)
class Planned:
    """The plan of one stack.

    seconds   how long reading AWS took
    planner   plans again
    notes     further lines of its screen
    idle      why there is nothing to do, if AWS does not simply match the spec
    undone    what a person must do although the plan has no step
    """

    plan: Plan
    cloud: Cloud
    seconds: float
    stack: Stack
    planner: Planner
    notes: Sequence[tuple[str, str]] = ()
    idle: str = ""
    undone: str = ""


def stacks_of(app: App, paths: Sequence[str]) -> list[Stack]:
    """Loads the stacks of specs. Raises SpecProblem."""
    stacks = load(paths or DEFAULT_PATHS, stdin=app.terminal.stdin)
    for stack in stacks:
        app.terminal.secrets |= {
            str(text): text.reference for text in hidden_in(stack.resources) if len(text) >= MIN_SECRET_LENGTH
        }
    return stacks


def planned(app: App, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    """Plans each stack, in their order; the stacks of one region are read together."""
    clouds = Connections(app, stacks)
    groups: dict[str, list[Stack]] = {}
    for stack in stacks:
        groups.setdefault(clouds.region(stack), []).append(stack)
    by_name: dict[str, Planned] = {}
    for region, group in groups.items():
        with reading(app, group, region):
            began = time.monotonic()
            cloud = clouds.reach(region)
            plans = planner(cloud, group)
            seconds = time.monotonic() - began
        for stack, plan in zip(group, plans, strict=True):
            by_name[stack.name] = Planned(plan, cloud, seconds, stack, planner)
    return [by_name[stack.name] for stack in stacks]


@contextlib.contextmanager
def connected(app: App, stack: Stack) -> Iterator[Cloud]:
    """The cloud of one stack's region, while the screen says that AWS is being read."""
    connections = Connections(app, [stack])
    region = connections.region(stack)
    with reading(app, [stack], region):
        yield connections.reach(region)


def retry_command(app: App, verb: str, paths: Sequence[str]) -> str:
    """Returns the same command line with another verb, for the same specs."""
    return shlex.join(["elbplan", verb, *paths, *app.options.as_arguments()])


def style_for(app: App, stream: object) -> Style:
    """Returns the width and the characters of a stream."""
    target = app.terminal.stderr if stream is app.terminal.stderr else app.terminal.stdout
    return Style(app.terminal.width(target), app.terminal.ascii(target))


def view_of(app: App, verb: str, stack_plan: Planned, detail: bool = False) -> PlanView:
    """Returns what the screen of a plan needs besides the plan."""
    place = " (sandbox)" if app.options.sandbox else ""
    wide = detail or app.options.verbose > 0
    notes, idle, undone = stack_plan.notes, stack_plan.idle, stack_plan.undone
    return PlanView(verb, stack_plan.seconds, wide, place=place, notes=notes, idle=idle, undone=undone)


def ending_of(app: App, verb: str, paths: Sequence[str]) -> EndScreen:
    """Returns what the last screen of a run needs besides the outcome."""
    finish = "" if verb == "destroy" else retry_command(app, "destroy", paths)
    return EndScreen(retry_command(app, verb, paths), finish, verb == "destroy", not app.options.sandbox)
