"""elbplan verify: check that stacks answer. Writes nothing to AWS."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click
from rich.console import Group
from rich.live import Live

from ...api.planning import Planned
from ...api.verification import until_all_answer
from ...core.duration import SPELLINGS, parse_duration
from ...core.stack import Stack
from ...live.worker_threads import WorkerThreads
from ...render.style import count
from ...render.verify import NO_ANSWER, changed_lines, verify_document, verify_screen
from ...verification.check import Verification
from ...verification.client_identity import ClientIdentity
from ...verification.stack import ServedStack
from ..context import App
from ..errors import worst
from ..group import HelpFirstCommand
from ..options import shared, stack_filters
from ..pending_plans import plan_specs
from ..plan_screens import raise_if_all_fail
from ..plans import planned, retry_command, style_for
from ..select import entries_of, unknown_stack
from ..verification import checked, checking

EXAMPLES = (
    "elbplan verify specs/web.yaml           check whether the stack answers, and find why not",
    "elbplan verify --watch                  check all stacks again until they answer",
    "elbplan verify my-web --json            the checks as JSON, for scripts",
)


class Duration(click.ParamType[int]):
    """`15m`, `90s`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return parse_duration(value)
        except ValueError:
            self.fail(f"{value} is not a duration; write {SPELLINGS}", param, ctx)


@click.command(
    cls=HelpFirstCommand,
    name="verify",
    examples=EXAMPLES,
    help="Check that stacks answer, from the load balancer's state to the answer of each rule.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@stack_filters
@click.option("--watch", is_flag=True, help="Check again until every stack answers.")
@click.option(
    "--timeout", type=Duration(), default="15m", metavar="TIME", help="With --watch: give up after this time."
)
@click.option(
    "--client-certificate", metavar="FILE", help="For listeners with mutual TLS: the certificate to show, in PEM."
)
@click.option("--client-key", metavar="FILE", help="Its private key in PEM, if it is in another file.")
@shared
@click.pass_obj
def command(
    app: App, words: tuple[str, ...], watch: bool, timeout: int, client_certificate: str | None, client_key: str | None
) -> int:
    """Checks all stacks at the same time. Ends with 3 if a check of one fails."""
    round = Round(app, words, ClientIdentity.of(client_certificate, client_key))
    verifications = _watched(round, timeout) if watch else round.look()
    if all(verification.problem for verification in verifications):
        raise_if_all_fail(round.plans)
    if app.options.json:
        documents = [verify_document(verification, app.terminal.redacted) for verification in verifications]
        app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
    else:
        for number, verification in enumerate(verifications):
            app.terminal.show(round.screen(number, verification))
    codes = [NO_ANSWER for verification in verifications if not verification.answers]
    return worst([*codes, *(plan.problem.exit_code for plan in round.plans if plan.problem)])


@dataclass
class Round:
    """One round of checks of the stacks that the words name, with this client certificate."""

    app: App
    words: Sequence[str]
    identity: ClientIdentity | None = None
    plans: list[Planned] = field(default_factory=list)

    def look(self) -> list[Verification]:
        """Reads AWS and checks each stack. A broken stack does not stop the others."""
        self.plans = planned(self.app, entries_of(self.app, self.words, without_spec=True), plan_specs)
        what = self.plans[0].stack.name if len(self.plans) == 1 else count(len(self.plans), "stack")
        with checking(self.app, what), WorkerThreads(max(1, len(self.plans))) as threads:
            return threads.map(self._verified, self.plans)

    def _verified(self, plan: Planned) -> Verification:
        stack = ServedStack.of(plan.plan, retry_command(self.app, "apply", _file_of(plan.stack)))
        if plan.problem and not plan.plan.lives:
            return Verification(plan.stack.name, problem=plan.problem.what)
        if not plan.stack.file and not plan.plan.lives:
            raise unknown_stack(self.app, plan.stack.name, f", and {plan.plan.region} has nothing of it")
        return checked(self.app, stack, plan.cloud, self.identity)

    def screen(self, number: int, verification: Verification) -> list[Any]:
        """The screen of one stack. Of several stacks, only failed checks and the results are shown, without -v."""
        app, plan = self.app, self.plans[number]
        style = style_for(app, app.terminal.stdout)
        account = f"account {plan.plan.account}{' (sandbox)' if app.options.sandbox else ''}"
        place = " · ".join(part for part in (plan.plan.region, account if plan.plan.account else "") if part)
        short = app.options.quiet or (len(self.plans) > 1 and not app.options.verbose)
        rows = verify_screen(verification, style, place, app.terminal.redacted, short=short)
        return [style.line(""), *rows] if number and not short else rows


def _file_of(stack: Stack) -> Sequence[str]:
    """The spec of a stack as a command names it."""
    return [STDIN if stack.file.startswith("<") else stack.file] if stack.file else []


STDIN = "-"


def _watched(round: Round, timeout: int) -> Sequence[Verification]:
    """Checks until every stack answers: on a terminal the screen is drawn again, elsewhere each change is a line."""
    app = round.app
    if app.options.json or app.options.quiet or not app.terminal.can_redraw:
        return until_all_answer(app.clock, round.look, timeout, ChangeLog(app).tell)
    with Live(console=app.terminal.console(app.terminal.stderr), auto_refresh=False, transient=True) as live:
        round.app = replace(app, options=replace(app.options, quiet=True))  # one moving part of the screen is enough

        def draw(found: Sequence[Verification]) -> None:
            round.app = app
            rows = [row for number, verification in enumerate(found) for row in round.screen(number, verification)]
            round.app = replace(app, options=replace(app.options, quiet=True))
            live.update(Group(*rows[: max(3, live.console.size.height - 2)]), refresh=True)

        try:
            return until_all_answer(app.clock, round.look, timeout, draw)
        finally:
            round.app = app


@dataclass
class ChangeLog:
    """Writes a line for each check that changed since the last round."""

    app: App
    last: dict[str, Verification] = field(default_factory=dict)

    def tell(self, found: Sequence[Verification]) -> None:
        """Gets a round."""
        for verification in found:
            lines = changed_lines(self.last.get(verification.stack), verification, self.app.terminal.redacted)
            self.last[verification.stack] = verification
            if lines and not self.app.options.quiet:
                self.app.terminal.err(*lines)
