"""elbplan open: print the address of a stack and open it in a browser. Writes nothing to AWS."""

from __future__ import annotations

import json
import os
import webbrowser
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ...api.planning import Planned, problem_of
from ...errors import ElbplanError
from ...render.addresses import answer_rows, answer_text, sample_urls
from ...render.outcome import stack_urls, unchanged_outcome
from ...sandbox.admin import daemon
from ...sandbox.admin.access import NetworkAccess, network_access
from ...sandbox.admin.pages import FetchedPage, fetch
from ...sandbox.errors import SandboxError
from ..context import App
from ..group import HelpFirstCommand
from ..options import DEFAULT_PATHS, shared
from ..pending_plans import plan_specs
from ..plans import planned, retry_command, style_for
from ..select import select_spec

EXAMPLES = (
    "elbplan open                     open the address of the only stack in specs/",
    "elbplan open specs/web.yaml      open the address of this stack",
    "elbplan open --path /health      open this page of it",
    "elbplan open my-web --sandbox    show what the stack answers on the local AWS simulator",
)


@click.command(
    cls=HelpFirstCommand,
    name="open",
    examples=EXAMPLES,
    help="Print the address of a stack and open it in a browser. With --sandbox, print what it answers.",
)
@click.argument("stack", required=False, metavar="[PATH|STACK]")
@click.option("--path", default="/", metavar="PATH", help="Path at the address, with its query (default: /).")
@shared
@click.pass_obj
def command(app: App, stack: str | None, path: str) -> int:
    """Prints URLs on stdout. A browser opens only if stdout is a terminal."""
    selected = select_spec(app, stack or DEFAULT_PATHS[0]).stack
    (stack_plan,) = planned(app, [selected], plan_specs)
    if stack_plan.problem:
        raise problem_of(stack_plan)
    page = f"/{path.removeprefix('/')}"
    urls = [url + page if url.startswith("http") else url for url in _urls(app, stack_plan)]
    if app.options.sandbox and urls[0].startswith("http"):
        _show_answers(app, stack_plan, urls)
    elif app.options.json:
        app.terminal.out(_document(stack_plan, urls))
    else:
        app.terminal.out("\n".join(urls))
        browser = _browser(app.terminal.environ) if app.terminal.stdout.isatty() else None
        browser = browser if urls[0].startswith("http") else None
        if browser is not None:
            browser.open(urls[0])
    return 0


def _urls(app: App, stack_plan: Planned) -> list[str]:
    """The URLs of a stack that exists. Raises ElbplanError."""
    plan = stack_plan.plan
    urls = stack_urls(plan, unchanged_outcome(plan))
    if not urls or not any(address.kind == "load_balancer" for address in plan.lives):
        hint = f"create it with: {retry_command(app, 'apply', [stack_plan.stack.file])}"
        raise ElbplanError(f"{plan.stack} has no load balancer in {plan.region}, so it has no address", hint=hint)
    return urls


def _document(stack_plan: Planned, urls: Sequence[str], **more: Any) -> str:
    return json.dumps({"schema": 1, "stack": stack_plan.plan.stack, "urls": list(urls), **more}, indent=2)


def _browser(environ: Mapping[str, str]) -> webbrowser.BaseBrowser | None:
    """The person's browser: the first of $BROWSER that works, or the default one; None if there is none."""
    for name in [*filter(None, environ.get("BROWSER", "").split(os.pathsep)), None]:
        try:
            return webbrowser.get(name)
        except webbrowser.Error:
            continue
    return None


def _show_answers(app: App, stack_plan: Planned, urls: Sequence[str]) -> None:
    """A browser does not use the DNS of the simulator, so the answers are printed, with a command for curl."""
    access = _access()
    pages = [fetch(access, url) for url in sample_urls(stack_plan.plan, urls)]
    curl = access.curl(urls[0])
    if app.options.json:
        answers = [{"url": page.url, "answer": _text(page)} for page in pages]
        app.terminal.out(_document(stack_plan, urls, answers=answers, curl=curl))
        return
    style = style_for(app, app.terminal.stdout)
    for page in pages:
        app.terminal.show(answer_rows(page.url, _text(page), style))
    app.terminal.out(curl)


def _text(page: FetchedPage) -> str:
    return answer_text(page.status, page.location, page.first_line, page.problem)


def _access() -> NetworkAccess:
    try:
        return network_access(daemon.start())
    except SandboxError as error:
        raise ElbplanError(str(error)) from error
