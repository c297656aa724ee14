"""elbplan rehearse: run migrations on a local AWS simulator and prove that they hold. Writes to nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ...core.stack import Stack
from ...errors import ElbplanError, UsageProblem
from ...kinds import KINDS
from ...migrations.files.folder import Folder
from ...migrations.files.loader import load
from ...migrations.migration import Migration
from ...rehearsal.environment import RehearsalEnvironment
from ...rehearsal.live_start import start_from_live
from ...rehearsal.proof import Proof, place_of
from ...rehearsal.rehearsal import rehearse
from ...rehearsal.unhealthy import files_that_create, rehearse_unhealthy
from ...render.rehearsal import PromiseLine, proof_screen, summary_screen
from ...sandbox.admin.daemon import install_hint
from ...sandbox.box import Box
from ..connect import SANDBOX_REGION, Connections, simulator_aws
from ..context import App
from ..group import HelpFirstCommand
from ..locks import selected_stacks, table_style
from ..options import migrations_dir, shared

SLOW = 20.0
"""Seconds in which a simulated load balancer comes up; nobody waits for them."""

BROKEN = 5

EXAMPLES = (
    "elbplan rehearse                          rehearse all migrations of all stacks",
    "elbplan rehearse my-web                   rehearse the migrations of one stack",
    "elbplan rehearse my-web 0004              rehearse one migration",
    "elbplan rehearse my-web --unhealthy web   simulate targets that stay unhealthy",
    "elbplan rehearse my-web --live            start from AWS's current state",
)


@click.command(
    cls=HelpFirstCommand,
    name="rehearse",
    examples=EXAMPLES,
    help="Run migrations on a local AWS simulator, crash them at every step, and check that no request is dropped.",
)
@click.argument("word", required=False, metavar="[STACK|PATH]")
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "--unhealthy", metavar="GROUP", help="Simulate that the targets of this new target group never become healthy."
)
@click.option(
    "--live", is_flag=True, help="Start from AWS's current state with the pending migrations. Only reads AWS."
)
@migrations_dir
@shared
@click.pass_obj
def command(app: App, word: str | None, file: str | None, unhealthy: str | None, live: bool, base: str) -> int:
    """Stack by stack, file by file, proof by proof."""
    stacks = _stacks(app, word, base)
    if file and len(stacks) > 1:
        raise UsageProblem("a file belongs to one stack", hint=f"elbplan rehearse {stacks[0].name} {file}")
    told = []
    with _box() as box:
        for stack in stacks:
            one = Rehearsal(app, box, stack, base, file, unhealthy, live)
            told.append(one.play())
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "holds": all(t["holds"] for t in told), "stacks": told}, indent=2))
    return 0 if all(one["holds"] for one in told) else BROKEN


def _stacks(app: App, word: str | None, base: str) -> list[Stack]:
    """The stacks that are meant and have migrations. Raises UsageProblem."""
    there = sorted(folder.parent.name for folder in Path(base).glob("*/HEAD"))
    if word:
        found = [stack for stack in selected_stacks(app, [word]) if (Path(base) / stack.name).is_dir()]
    else:
        found = selected_stacks(app, there) if there else []
    if not found:
        what = f"{word} has no migrations in {base}" if word else f"no stack has migrations in {base}"
        hint = f"stacks that have: {', '.join(there)}" if there else "elbplan plan --save NAME begins a folder"
        raise UsageProblem(what, hint=hint)
    return found


def _box() -> Box:
    """A local AWS simulator in this process. Raises ElbplanError if it is not installed."""
    try:
        from ...sandbox.box import Box
    except ImportError as error:
        what = install_hint(str(error)).replace("The sandbox", "A rehearsal", 1)
        raise ElbplanError(what, hint="nothing was rehearsed") from error
    return Box(slow=SLOW, virtual=True)


@dataclass
class Rehearsal:
    """One stack's files on a double."""

    app: App
    box: Box
    stack: Stack
    base: str
    file: str | None
    unhealthy: str | None
    live: bool
    clouds: Connections | None = None

    def __post_init__(self) -> None:
        self.clouds = Connections(self.app, [self.stack]) if self.live else None

    def play(self) -> dict[str, Any]:
        """Everything, told on the screen as it comes; as a document at the end."""
        chain = load(Folder.of(self.stack.name, self.base), KINDS)
        scene = RehearsalEnvironment(self.box, simulator_aws(self._region(), self.box.url), self.stack, chain, KINDS)
        began, files = time.monotonic(), []
        every: list[PromiseLine] = []
        for migration in self._chosen(scene):
            self._say_file(migration)
            lines = list(self._lines(scene, migration))
            every += lines
            files.append({"file": migration.file, "proofs": [vars(line) for line in lines]})
        seconds = time.monotonic() - began
        if not self.app.options.json:
            style = table_style(self.app)
            self.app.terminal.show(summary_screen(self.stack.name, len(files), every, seconds, style))
        holds = all(line.holds for line in every)
        return {"stack": self.stack.name, "holds": holds, "seconds": round(seconds, 1), "files": files}

    def _chosen(self, scene: RehearsalEnvironment) -> Sequence[Migration]:
        """The files to play; with --live those that are not applied, begun as AWS is. Raises UsageProblem, Refused."""
        found: Sequence[Migration] = scene.chain
        if self.live:
            found, more = self._pending(scene)
            scene.laid = {one.number: more for one in found[:1]}
        if self.file:
            found = [one for one in scene.chain if self._means(one)]
            if not found:
                there = ", ".join(one.id for one in scene.chain)
                raise UsageProblem(f"{self.stack.name} has no migration {self.file}", hint=f"there are {there}")
        return files_that_create(found, self.unhealthy) if self.unhealthy and found else found

    def _means(self, migration: Migration) -> bool:
        said = Path(str(self.file)).name.removesuffix(".yaml")
        return said == migration.id or (said.isdigit() and int(said) == migration.number)

    def _pending(self, scene: RehearsalEnvironment) -> tuple[Sequence[Migration], Any]:
        assert self.clouds is not None
        cloud = self.clouds.reach(scene.aws.region)
        return start_from_live(cloud, self.stack, scene.chain, scene.kinds)

    def _region(self) -> str:
        if self.clouds:
            return self.clouds.region(self.stack)
        said = self.app.options.region or self.stack.region or self.app.terminal.environ.get("AWS_REGION")
        return said or SANDBOX_REGION

    def _lines(self, scene: RehearsalEnvironment, migration: Migration) -> Iterator[PromiseLine]:
        proofs = rehearse_unhealthy(scene, migration, self.unhealthy) if self.unhealthy else rehearse(scene, migration)
        for proof in proofs:
            line = _line(proof, migration)
            if not self.app.options.json and not (self.app.options.quiet and line.holds):
                self.app.terminal.show(proof_screen(line, table_style(self.app)))
            yield line

    def _say_file(self, migration: Migration) -> None:
        if not self.app.options.json and not self.app.options.quiet:
            self.app.terminal.show([table_style(self.app).line((migration.file, "bold"))])


def _line(proof: Proof, migration: Migration) -> PromiseLine:
    wrong = [": ".join(filter(None, (place_of(migration, one), one.what))) for one in proof.wrong]
    return PromiseLine(proof.holds, proof.text, proof.tried, wrong)
