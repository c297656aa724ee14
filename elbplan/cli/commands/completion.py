"""elbplan completion: print the script that completes command lines in a shell."""

from __future__ import annotations

import json
import os

import click

from ...errors import UsageProblem
from ..completion.shells import SHELLS, script
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared

EXAMPLES = (
    'eval "$(elbplan completion bash)"       bash: add this line to ~/.bashrc',
    'eval "$(elbplan completion zsh)"        zsh: add it to ~/.zshrc, below compinit',
    "elbplan completion fish > ~/.config/fish/completions/elbplan.fish",
)


@click.command(
    cls=HelpFirstCommand,
    name="completion",
    examples=EXAMPLES,
    help="Print the script that completes commands, options, stacks, specs and addresses in a shell.",
)
@click.argument("shell", required=False, metavar="[bash|zsh|fish]")
@shared
@click.pass_obj
def command(app: App, shell: str | None) -> int:
    """Prints the script of the shell; without a name, of the shell that $SHELL names. Raises UsageProblem."""
    name = shell or os.path.basename(app.terminal.environ.get("SHELL", ""))
    if name not in SHELLS:
        what = f"elbplan has no completion for {name}" if name else "which shell?"
        raise UsageProblem(what, hint=f"one of: {', '.join(SHELLS)}")
    text = script(name)
    app.terminal.out(json.dumps({"schema": 1, "shell": name, "script": text}) if app.options.json else text.rstrip())
    return 0
