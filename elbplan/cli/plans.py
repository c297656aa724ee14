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

Planner = Callable[["Cloud", Sequence[Stack]], list[Plan]]


@dataclass(frozen=True)
class Planned:
    """A plan, the cloud it was drawn from, how long reading took, and how to draw it again.

    notes   what else its screen says
    idle    why there is nothing to do, if it is not that AWS is as the spec says
    undone  what a person must do although the plan has no step
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
    """What the specs want. Raises SpecProblem."""
    stacks = load(paths or DEFAULT_PATHS, stdin=app.terminal.stdin)
    for stack in stacks:
        app.terminal.secrets |= {
            str(text): text.reference for text in hidden_in(stack.resources) if len(text) >= MIN_SECRET_LENGTH
        }
    return stacks


def planned(app: App, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    """A plan for each stack, in their order; the stacks of one region are read together."""
    clouds = Connections(app, stacks)
    groups: dict[str, list[Stack]] = {}
    for stack in stacks:
        groups.setdefault(clouds.region(stack), []).append(stack)
    drawn: dict[str, Planned] = {}
    for region, group in groups.items():
        with reading(app, group, region):
            began = time.monotonic()
            cloud = clouds.reach(region)
            plans = planner(cloud, group)
            seconds = time.monotonic() - began
        for stack, plan in zip(group, plans, strict=True):
            drawn[stack.name] = Planned(plan, cloud, seconds, stack, planner)
    return [drawn[stack.name] for stack in stacks]


@contextlib.contextmanager
def reading(app: App, group: Sequence[Stack], region: str) -> Iterator[None]:
    """Something to look at while AWS is asked; only where it can be wiped away again."""
    if not app.terminal.can_redraw or app.options.quiet or app.options.json:
        yield
        return
    names = group[0].name if len(group) == 1 else f"{len(group)} stacks"
    with app.terminal.console(app.terminal.stderr).status(f"reading {names} in {region}"):
        yield


def retry_command(app: App, verb: str, paths: Sequence[str]) -> str:
    """The command a person would type next, about the same specs."""
    return shlex.join(["elbplan", verb, *paths, *app.options.as_arguments()])


def style_for(app: App, stream: object) -> Style:
    """The screen's width and characters."""
    target = app.terminal.stderr if stream is app.terminal.stderr else app.terminal.stdout
    return Style(app.terminal.width(target), app.terminal.ascii(target))


def view_of(app: App, verb: str, one: Planned, detail: bool = False) -> PlanView:
    """What the plan's screen needs to know of the command."""
    place = " (sandbox)" if app.options.sandbox else ""
    wide = detail or app.options.verbose > 0
    return PlanView(verb, one.seconds, wide, place=place, notes=one.notes, idle=one.idle, undone=one.undone)


def ending_of(app: App, verb: str, paths: Sequence[str]) -> EndScreen:
    """What the last screen of a run needs to know of the command."""
    finish = "" if verb == "destroy" else retry_command(app, "destroy", paths)
    return EndScreen(retry_command(app, verb, paths), finish, verb == "destroy", not app.options.sandbox)
