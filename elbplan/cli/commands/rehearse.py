"""elbplan rehearse: test migrations on a local AWS simulator. Writes nothing to AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ...core.address import Address
from ...core.stack import Stack
from ...errors import ElbplanError, UsageProblem
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
from ..connect import SANDBOX_REGION, Connections, debug_log_of, simulator_aws
from ..context import App
from ..group import HelpFirstCommand
from ..locks import table_style
from ..options import migrations_dir, shared
from ..select import select_migrations

LOAD_BALANCER_SECONDS = 20.0
"""Seconds until a simulated load balancer is active. The clock is virtual, so nobody waits."""

BROKEN_EXIT = 5

EXAMPLES = (
    "elbplan rehearse                         rehearse all migrations of all stacks",
    "elbplan rehearse my-web                  rehearse the migrations of one stack",
    "elbplan rehearse my-web 0004             rehearse one migration",
    "elbplan rehearse my-web --unhealthy web  simulate targets that stay unhealthy",
    "elbplan rehearse my-web --live           start from AWS's current state",
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
    """Rehearses the migrations of each stack and prints the proofs."""
    stacks = [selection.stack for selection in select_migrations(app, [word] if word else [], base)]
    if not stacks:
        raise UsageProblem(f"no stack has migrations in {base}/", hint="elbplan plan --save NAME creates the first one")
    if file and len(stacks) > 1:
        hint = f"name the stack: elbplan rehearse {stacks[0].name} {file}"
        raise UsageProblem(f"FILE {file} needs exactly one stack", hint=hint)
    with _simulator() as box:
        results = [StackRehearsal(app, box, stack, base, file, unhealthy, live).run() for stack in stacks]
    holds = all(result["holds"] for result in results)
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "holds": holds, "stacks": results}, indent=2))
    return 0 if holds else BROKEN_EXIT


def _simulator() -> Box:
    """Returns a local AWS simulator in this process. Raises ElbplanError if its packages are not installed."""
    try:
        from ...sandbox.box import Box  # needs moto, which is optional
    except ImportError as error:
        what = install_hint(str(error)).replace("The sandbox", "A rehearsal", 1)
        raise ElbplanError(what, hint="nothing was rehearsed") from error
    return Box(slow=LOAD_BALANCER_SECONDS, virtual=True)


@dataclass
class StackRehearsal:
    """Rehearses the migrations of one stack.

    file       the only migration to rehearse
    unhealthy  the target group whose targets never become healthy
    live       start from AWS's current state
    """

    app: App
    box: Box
    stack: Stack
    base: str
    file: str | None
    unhealthy: str | None
    live: bool
    connections: Connections | None = None

    def __post_init__(self) -> None:
        self.connections = Connections(self.app, [self.stack]) if self.live else None

    def run(self) -> dict[str, Any]:
        """Prints each proof when it is known. Returns all proofs as a document."""
        chain = load(Folder.of(self.stack.name, self.base))
        aws = simulator_aws(self._region(), self.box.url, log=debug_log_of(self.app), kind=self.box.session_kind)
        environment = RehearsalEnvironment(self.box, aws, self.stack, chain)
        began, files = time.monotonic(), []
        all_lines: list[PromiseLine] = []
        for migration in self._selected(environment):
            self._print_file(migration)
            lines = list(self._lines(environment, migration))
            all_lines += lines
            files.append({"file": migration.file, "proofs": [vars(line) for line in lines]})
        seconds = time.monotonic() - began
        if not self.app.options.json:
            style = table_style(self.app)
            self.app.terminal.show(summary_screen(self.stack.name, len(files), all_lines, seconds, style))
        holds = all(line.holds for line in all_lines)
        return {"stack": self.stack.name, "holds": holds, "seconds": round(seconds, 1), "files": files}

    def _selected(self, environment: RehearsalEnvironment) -> Sequence[Migration]:
        """Returns the migrations to rehearse; with --live only the pending ones. Raises UsageProblem, Refused."""
        migrations: Sequence[Migration] = environment.chain
        if self.live:
            migrations, live_values = self._pending(environment)
            environment.live_values = {migration.number: live_values for migration in migrations[:1]}
        if self.file:
            migrations = [migration for migration in environment.chain if self._is_selected(migration)]
            if not migrations:
                names = ", ".join(migration.id for migration in environment.chain)
                raise UsageProblem(f"{self.stack.name} has no migration {self.file}", hint=f"its migrations: {names}")
        return files_that_create(migrations, self.unhealthy) if self.unhealthy and migrations else migrations

    def _is_selected(self, migration: Migration) -> bool:
        name = Path(str(self.file)).name.removesuffix(".yaml")
        return name == migration.id or (name.isdigit() and int(name) == migration.number)

    def _pending(
        self, environment: RehearsalEnvironment
    ) -> tuple[Sequence[Migration], Mapping[Address, Mapping[str, Any]]]:
        assert self.connections is not None
        cloud = self.connections.cloud_of(self.stack)
        pending, live_values = start_from_live(cloud, self.stack, environment.saved)
        return [environment.chain[migration.number - 1] for migration in pending], live_values

    def _region(self) -> str:
        if self.connections:
            return self.connections.region(self.stack)
        region = self.app.options.region or self.stack.region or self.app.terminal.environ.get("AWS_REGION")
        return region or SANDBOX_REGION

    def _lines(self, environment: RehearsalEnvironment, migration: Migration) -> Iterator[PromiseLine]:
        if self.unhealthy:
            proofs = rehearse_unhealthy(environment, migration, self.unhealthy)
        else:
            proofs = rehearse(environment, migration)
        for proof in proofs:
            line = _line(proof, migration)
            if not self.app.options.json and not (self.app.options.quiet and line.holds):
                self.app.terminal.show(proof_screen(line, table_style(self.app)))
            yield line

    def _print_file(self, migration: Migration) -> None:
        if not self.app.options.json and not self.app.options.quiet:
            self.app.terminal.show([table_style(self.app).line((migration.file, "bold"))])


def _line(proof: Proof, migration: Migration) -> PromiseLine:
    failures = [": ".join(filter(None, (place_of(migration, failure), failure.what))) for failure in proof.wrong]
    return PromiseLine(proof.holds, proof.text, proof.tried, failures)
