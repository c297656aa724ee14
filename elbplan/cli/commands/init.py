"""elbplan init: look at the account, ask what cannot be guessed, and write the first spec. Writes nothing to AWS."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import click

from ...errors import UsageProblem, escaped
from ...render.starter import NewSpec, end_rows, found_rows, init_document
from ...spec import BrokenSpec, load_text
from ...spec.yaml.tree import Source
from ...starter.facts import AccountFacts
from ...starter.interview import Answers, interview
from ...starter.names import is_stack_name, stack_name
from ...starter.questions import Question, name_question
from ...starter.read import record_at
from ...starter.write import spec_text
from ..account import Account, account_of
from ..context import App
from ..group import HelpFirstCommand
from ..new_file import exists, write_new
from ..options import DEFAULT_PATHS, shared
from ..plans import stacks_or_problems_of, style_for
from ..questions import asker

SCHEMA_FILE = "elbplan.schema.json"

EXAMPLES = (
    "elbplan init                       look at your account, ask, and write specs/NAME.yaml",
    "elbplan init my-web --defaults     ask nothing",
    "elbplan init --defaults --sandbox  without an AWS account",
)


@click.command(
    cls=HelpFirstCommand,
    name="init",
    examples=EXAMPLES,
    help="Write a first spec: looks at your AWS account, asks what it cannot guess, and explains every line it writes. "
    "It changes nothing in AWS, and works without an account.",
)
@click.argument("name", required=False)
@click.option("--defaults", is_flag=True, help="Ask nothing: use the default of every question.")
@click.option("-o", "--output", metavar="FILE", help="File of the spec (default: specs/NAME.yaml).")
@shared
@click.pass_obj
def command(app: App, name: str | None, defaults: bool, output: str | None) -> int:
    """Writes the spec and prints the next command."""
    _refuse_wrong_name(name)
    ask = asker(app, defaults=defaults)
    if output and os.path.lexists(output):
        raise exists(Path(output))
    account = account_of(app, ask)
    _show_account(app, account)
    name = name or ask(_name_question(app, account.facts, output))
    file = Path(output or _default_file(name))
    if os.path.lexists(file):
        raise exists(file)
    answers = interview(account.facts, name, ask, lambda zone, domain: record_at(account.send, zone, domain))
    write_new(file, _checked(answers, account.facts, file))
    _show_end(app, account, answers, str(file))
    return 0


def _refuse_wrong_name(name: str | None) -> None:
    if name is not None and not is_stack_name(name):
        what = f"{escaped(name)} is no name of a stack: it has small letters a-z, digits and dashes, at most 24"
        raise UsageProblem(what, hint=f"elbplan init {stack_name(name)}")


def _name_question(app: App, facts: AccountFacts, output: str | None) -> Question[str]:
    """The question for the name. Names of other specs and of stacks in AWS are in use."""
    in_use = {*_names_of_specs(app), *(balancer.stack for balancer in facts.balancers if balancer.stack)}

    def taken(name: str) -> str:
        file = output or _default_file(name)
        return "" if output or not os.path.lexists(file) else f"{file} exists already: choose another name"

    files = set() if output else {Path(file).stem for file in _files()}
    default = stack_name(Path.cwd().name, in_use | files)
    return name_question(default, in_use, taken)


def _names_of_specs(app: App) -> list[str]:
    if not _files():
        return []
    entries = stacks_or_problems_of(app, (), must_have_one=False)
    return [entry.label if isinstance(entry, BrokenSpec) else entry.name for entry in entries]


def _files() -> list[str]:
    """The specs in the default folder."""
    return [str(file) for file in sorted(Path(DEFAULT_PATHS[0]).glob("*.y*ml"))]


def _default_file(name: str) -> str:
    return os.path.join(DEFAULT_PATHS[0], f"{name}.yaml")


def _checked(answers: Answers, facts: AccountFacts, file: Path) -> str:
    """Returns the text of the spec. elbplan writes no spec that it cannot load: raises SpecProblem."""
    schema = os.path.relpath(SCHEMA_FILE, file.parent)
    text = spec_text(answers, facts, str(file), schema.replace(os.sep, "/"))
    load_text(Source(str(file), text, str(file.parent)))
    return text


def _show_account(app: App, account: Account) -> None:
    """Says on stderr what was found, or why nothing was."""
    if app.options.quiet:
        return
    if problem := account.problem:
        reason = problem.what.splitlines()[-1]
        app.terminal.err(f"{reason}: elbplan goes on without an account, and marks the lines to check")
        return
    style = style_for(app, app.terminal.stderr)
    place = " (sandbox)" if app.options.sandbox else ""
    app.terminal.show(found_rows(account.facts, style, place), app.terminal.stderr)


def _show_end(app: App, account: Account, answers: Answers, file: str) -> None:
    """Prints the result and the next command. Without an account, that command runs on the local simulator."""
    problem = account.problem
    spec = NewSpec(
        file,
        answers,
        account.facts,
        next=_next_command(app, file, bool(account.facts.account)),
        import_command=_next_command(app, "", True, "import"),
        problem=problem.what if problem else "",
        hint=problem.hint if problem else "",
    )
    if app.options.json:
        app.terminal.out(json.dumps(init_document(spec), indent=2, ensure_ascii=False))
    elif app.options.quiet:
        app.terminal.out(file)
    else:
        app.terminal.show(end_rows(spec, style_for(app, app.terminal.stdout)))


def _next_command(app: App, file: str, known: bool, verb: str = "plan") -> str:
    """The command for the new spec, which has the region."""
    flags = ["--sandbox"] if app.options.sandbox or not known else []
    flags += ["--profile", app.options.profile] if app.options.profile else []
    return shlex.join(["elbplan", verb, *([file] if file else []), *flags])
