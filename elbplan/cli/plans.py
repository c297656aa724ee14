"""From paths to plans: load, group by region, read each group once, plan."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from ..api.documents import hidden_values
from ..api.planning import Planned, Planner, plan_entries
from ..core.stack import Stack
from ..errors import ElbplanError, SpecProblem
from ..render.expiry import expiry_note
from ..render.outcome import EndScreen
from ..render.plan_view import PlanView
from ..render.style import Style, count
from ..run.workflow import Cloud
from ..spec import BrokenSpec, load, load_each
from .connect import Connections
from .context import App
from .costs import notes_of
from .options import DEFAULT_PATHS, FILTERED
from .preparing import prepare_command
from .reading import reading


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
        app.terminal.secrets |= hidden_values(stack)


def planned(app: App, entries: Sequence[Stack | BrokenSpec], planner: Planner) -> list[Planned]:
    """Plans each stack, in their order, while the screen says that AWS is being read."""
    clouds = Connections(app, [entry for entry in entries if isinstance(entry, Stack)])
    return plan_entries(clouds, entries, planner, lambda stacks, regions: reading(app, stacks, _regions_text(regions)))


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
        prepare=prepare_command(app, [stack_plan.stack.file] if stack_plan.stack.file else ()),
    )


def ending_of(app: App, verb: str, paths: Sequence[str], *flags: str) -> EndScreen:
    """Returns what the last screen of a run needs besides the outcome. `flags` belong to the same command again."""
    finish = "" if verb == "destroy" else retry_command(app, "destroy", paths)
    return EndScreen(retry_command(app, verb, paths, *flags), finish, verb == "destroy", not app.options.sandbox)
