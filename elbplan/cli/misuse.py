"""Wrong command lines: what a mistyped word probably means, and the words of other tools."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import click

from ..core.suggest import misspelled
from ..errors import UsageProblem
from .other_tools import COMMANDS, ONE_DASH, OPTIONS, SAME_OPTIONS

TERRAFORM_OPTION = re.compile(r"-([a-z][a-z-]+)(=.*)?", re.DOTALL)


def accepted(args: Sequence[str]) -> list[str]:
    """Returns the command line with harmless words of other tools in the words of elbplan.

    `help plan` is `plan --help`, `version` is `--version`, and `-auto-approve` is `--auto-approve`. Raises UsageProblem
    for an option with one dash that elbplan does not have.
    """
    if args and args[0] == "help":
        return [*args[1:], "--help"]
    if args and args[0] == "version":
        return ["--version"]
    end = args.index("--") if "--" in args else len(args)
    return [*map(_with_two_dashes, args[:end]), *args[end:]]


def _with_two_dashes(word: str) -> str:
    match = TERRAFORM_OPTION.fullmatch(word)
    if match is None:
        return word
    if match[1] in SAME_OPTIONS:
        return f"-{word}"
    if match[1] in ONE_DASH:
        raise UsageProblem(f"elbplan has no option -{match[1]}", hint=OPTIONS[f"--{match[1]}"])
    return word


def unknown_command(path: str, name: str, known: Iterable[str]) -> UsageProblem:
    """Returns the problem of a word that is no command of the group `path` (`elbplan`, `elbplan sandbox`)."""
    others = COMMANDS.get(path, {})
    if name.lower() in others:
        hint = others[name.lower()]
    elif similar := misspelled(name, known):
        hint = f"did you mean {path} {similar}?"
    else:
        hint = others.get(misspelled(name, others) or "", f"{path} --help lists the commands")
    return UsageProblem(f"unknown command {name!r}", hint=hint)


def misuse_problem(problem: click.UsageError) -> UsageProblem:
    """Returns a usage error of click. Its exit code is 64, because 2 means that changes are pending."""
    path = problem.ctx.command_path if problem.ctx else "elbplan"
    if isinstance(problem, click.NoSuchOption):
        hint = OPTIONS.get(problem.option_name) or _similar_option(problem) or f"{path} --help"
        return UsageProblem(f"{path} has no option {problem.option_name}", hint=hint)
    return UsageProblem(problem.format_message(), hint=f"{path} --help")


def _similar_option(problem: click.NoSuchOption) -> str:
    if problem.ctx is None:
        return ""
    known = {name.lstrip("-"): name for name in _options(problem.ctx) if name.startswith("--")}
    similar = misspelled(problem.option_name.lstrip("-"), known)
    return f"did you mean {known[similar]}?" if similar else ""


def _options(context: click.Context) -> Mapping[str, click.Option]:
    parameters = context.command.get_params(context)
    options = [parameter for parameter in parameters if isinstance(parameter, click.Option) and not parameter.hidden]
    return {name: option for option in options for name in (*option.opts, *option.secondary_opts)}
