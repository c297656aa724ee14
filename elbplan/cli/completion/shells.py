"""The scripts for bash, zsh and fish, and the answers to their questions. click knows what each shell understands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, ShellComplete, ZshComplete

from .completer import complete
from .sources import Sources
from .table import load

PROGRAM = "elbplan"
VARIABLE = "_ELBPLAN_COMPLETE"
SHELLS: Mapping[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


def script(shell: str) -> str:
    """Returns the script that a shell runs once. It asks `elbplan` for each completion."""
    return ShellComplete.source(_complete(shell)) + "\n"


def _complete(shell: str) -> ShellComplete:
    return SHELLS[shell](click.Command(PROGRAM), {}, PROGRAM, VARIABLE)


def answer(instruction: str, environ: Mapping[str, str], folder: Path) -> str:
    """Returns the answer to `bash_source`, `bash_complete` and so on; empty for something else.

    The words of the command line are in COMP_WORDS and COMP_CWORD of the process, where click reads them. An error
    ends as no candidates: a person types, and a message would destroy the line.
    """
    shell, _, question = instruction.partition("_")
    if shell not in SHELLS:
        return ""
    if question == "source":
        return script(shell)
    asking = _complete(shell)
    try:
        words, incomplete = asking.get_completion_args()
        found = complete(load(), Sources(folder, environ), words, incomplete)
    except Exception:
        return ""
    items = [CompletionItem(each.value or incomplete, each.type, each.help or None) for each in found]
    return "\n".join(map(asking.format_completion, items))
