"""elbplan import: write the spec of a load balancer that exists."""

from __future__ import annotations

import json

import click

from ...core.stack import Stack
from ...core.utc import time_text
from ...errors import ElbplanError, Refused, UsageProblem, escaped
from ...importer.claims import slug, stack_name
from ...importer.find import ARN
from ...importer.owners import force_hint
from ...importer.read import read_source
from ...importer.source import ImportSource
from ...importer.write import spec_text
from ...render.imports import import_document, import_screen
from ...run.workflow import Cloud
from ..connect import REGION, SANDBOX_REGION, Connections
from ..context import App
from ..group import HelpFirstCommand
from ..import_all import WHO, import_all
from ..options import DEFAULT_PATHS, shared
from ..plans import retry_command, style_for
from ..reading import reading
from ..spec_files import free_file, write_file

PRINT = "-"
"""The name of a file that means standard output."""

EXAMPLES = (
    "elbplan import my-alb                      write specs/my-alb.yaml",
    "elbplan import www.example.com             the load balancer to which this name leads",
    "elbplan import my-alb -o - > web.yaml      print the spec",
    "elbplan import my-alb --stack web          give the stack another name",
    "elbplan import --all -o specs              all load balancers of the region",
)


@click.command(
    cls=HelpFirstCommand,
    name="import",
    examples=EXAMPLES,
    help="Write the spec of a load balancer that somebody made without elbplan. Only reads AWS; `elbplan apply` then "
    "takes it over by tags alone.",
)
@click.argument("word", metavar="NAME|ARN|DNS", required=False)
@click.option(
    "-o", "--output", "output", metavar="FILE", help="The file to write; - prints (default: specs/STACK.yaml)."
)
@click.option(
    "--stack", "stack", metavar="NAME", help="The name of the stack (default: from the load balancer's name)."
)
@click.option("--all", "every", is_flag=True, help="All load balancers of the region; -o is then a folder.")
@click.option("--force", is_flag=True, help="Also if CloudFormation or a Kubernetes controller manages it.")
@shared
@click.pass_obj
def command(app: App, word: str | None, output: str | None, stack: str | None, every: bool, force: bool) -> int:
    """Reads AWS and writes one file; with --all one for each load balancer."""
    if every:
        _refuse_with_all(word, stack, output)
        return import_all(app, _cloud(app, ""), output, force)
    if not word:
        raise UsageProblem("import needs a load balancer", hint="elbplan import my-alb, or elbplan import --all")
    if stack is not None and slug(stack) != stack:
        raise UsageProblem(
            f"{stack!r} cannot be the name of a stack", hint="use small letters, digits and dashes, at most 24"
        )
    cloud = _cloud(app, word)
    with reading(app, [Stack(escaped(word), cloud.region, {})], cloud.region):
        account = str(cloud.send(WHO)["Account"])
        source, name = _read(cloud, account, word, stack)
    _refuse_owned(source, force)
    file = output or f"{DEFAULT_PATHS[0]}/{name}.yaml"
    if file != PRINT:
        free_file(file)
    text = spec_text(source, name, f"{name}.yaml" if file == PRINT else file, time_text(app.wall())[:10])
    if file != PRINT:
        write_file(file, text)
    _report(app, source, name, file, text)
    return 0


def _refuse_with_all(word: str | None, stack: str | None, output: str | None) -> None:
    """Raises UsageProblem for what names one load balancer or one file."""
    for what, given in ((word, word), ("--stack", stack), ("-o -", output == PRINT)):
        if given:
            raise UsageProblem(f"--all and {escaped(str(what))} exclude each other", hint="elbplan import --help")


def _cloud(app: App, word: str) -> Cloud:
    """The cloud of the region in the ARN, of --region, the environment or the profile. Raises ElbplanError."""
    connections, arn = Connections(app, []), ARN.fullmatch(word)
    usual = SANDBOX_REGION if app.options.sandbox else connections.default_region()
    region = app.options.region or (arn["region"] if arn else usual)
    hint = "pass --region ap-northeast-2, or set AWS_REGION"
    if not region:
        raise ElbplanError("no region is given", hint=hint)
    if not REGION.match(region):
        raise ElbplanError(f"{region!r} is not an AWS region", hint=hint)
    return connections.reach(connections.place_in(region))


def _read(cloud: Cloud, account: str, word: str, stack: str | None) -> tuple[ImportSource, str]:
    """What AWS has, and the name of the stack: the load balancer's, if a stack can have it."""
    source = read_source(cloud.send, cloud.region, account, word, stack)
    return source, stack or stack_name(source.name)


def _refuse_owned(source: ImportSource, force: bool) -> None:
    """Raises Refused if another tool manages the load balancer, which would undo what elbplan changes."""
    if source.owner and not force:
        raise Refused(f"{source.title} belongs to {source.owner.name}", hint=force_hint(source.owner))


def _report(app: App, source: ImportSource, stack: str, file: str, text: str) -> None:
    """Prints the file's name on stdout, or the spec itself; everything else on stderr."""
    written = "" if file == PRINT else file
    if app.options.json:
        app.terminal.out(json.dumps(import_document(source, stack, written, text), indent=2))
        return
    app.terminal.out(written or text.rstrip("\n"))
    if not app.options.quiet:
        commands = _next(app, source, written) if written else ()
        lines = import_screen(source, commands, style_for(app, app.terminal.stderr))
        app.terminal.show(lines, app.terminal.stderr)


def _next(app: App, source: ImportSource, file: str) -> list[tuple[str, str]]:
    """The next commands, and what they do."""
    plan, apply = retry_command(app, "plan", [file]), retry_command(app, "apply", [file])
    if not source.ids:
        first = [
            (plan, "shows the new load balancer, and which records move to it"),
            (apply, "creates it, and moves the records"),
        ]
        return [*first, (retry_command(app, "verify", [file]), "shows whether it answers"), *source.afterwards]
    return [(plan, "shows that only tags change"), (apply, "takes it over")]
