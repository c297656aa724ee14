"""elbplan status: how a stack is at this moment. Writes nothing to AWS."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import click

from .app import App
from .lazy import Spoken
from .locking import keeper_of
from .options import paths, shared
from .planning import Planned, planned, stacks_of, style_for, view_of

if TYPE_CHECKING:
    from ..run.standing import Standing

EXAMPLES = (
    "elbplan status                  all specs in specs/",
    "elbplan status specs/web.yaml   is it in sync, healthy, locked?",
)


@click.command(
    cls=Spoken, name="status", examples=EXAMPLES, help="Show how stacks are: in sync, last run, lock, targets."
)
@paths
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...]) -> int:
    """Read everything, say it in a few lines a stack."""
    stacks = stacks_of(app, paths)
    from ..kinds import KINDS
    from ..run.standing import standing
    from ..run.workflow import plan
    from ..show.status import status_document, status_screen

    them = planned(app, stacks, lambda cloud, group: plan(cloud, group, KINDS))

    def look(one: Planned) -> Standing:
        return standing(one.plan, one.stack.spec_hash, one.cloud.send, keeper_of(app, one.cloud))

    with ThreadPoolExecutor(app.options.parallel) as pool:
        told = list(pool.map(look, them))
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "stacks": [status_document(one) for one in told]}, indent=2))
        return 0
    style = style_for(app, app.terminal.stdout)
    for number, (one, where) in enumerate(zip(told, them, strict=True)):
        between = [style.line("")] if number else []
        app.terminal.show([*between, *status_screen(one, style, view_of(app, "status", where))])
    return 0
