"""The manual page `elbplan(1)`, in the language of man (groff_man(7))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..explain import exit_codes

ENVIRONMENT = (
    ("AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and all others that boto3 reads", "Credentials, region, endpoint."),
    ("COLUMNS", "The width of the output."),
    ("NO_COLOR, ELBPLAN_NO_COLOR, FORCE_COLOR", "Colors never, or also where stdout is no terminal."),
    ("XDG_STATE_HOME", "The folder for logs and lock files, ~/.local/state by default."),
    ("XDG_CACHE_HOME", "The folder for refreshed prices."),
    ("ELBPLAN_LOCK_DEAD_AFTER", "Seconds without a heartbeat after which others may take over a run."),
    ("ELBPLAN_SANDBOX_DIR", "The folder in which the simulator keeps its address."),
)
FILES = (
    ("specs/*.yaml", "The specs that a command reads if no path is given."),
    ("migrations/STACK/NNNN_NAME.yaml", "The saved plans of a stack."),
)


@dataclass(frozen=True)
class ManCommand:
    """A command on the page.

    name      `plan`, or `sandbox start`
    usage     what follows the name: `[OPTIONS] [STACK|PATH]...`
    help      what it does
    examples  command lines, each with its purpose after two or more spaces
    options   the names with the placeholder, and the help of each option
    """

    name: str
    usage: str
    help: str
    examples: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()


def man_page(version: str, purpose: str, commands: Sequence[ManCommand], shared: Sequence[tuple[str, str]]) -> str:
    """Returns the page. `shared` are the options of every command."""
    lines = [
        f'.TH ELBPLAN 1 "" "elbplan {_text(version)}" "User Commands"',
        *(".nh", ".ad l"),
        *(".SH NAME", r"elbplan \- plan, apply and destroy AWS load\-balancing stacks"),
        *(".SH SYNOPSIS", ".B elbplan", r"\fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]..."),
        *(".SH DESCRIPTION", *_sentences(purpose)),
        *(".SH COMMANDS", *(line for command in commands for line in _command(command))),
        *(".SH OPTIONS OF EVERY COMMAND", *_terms(shared)),
        *(".SH EXIT STATUS", *_terms([(e.word.removeprefix("exit "), e.means) for e in exit_codes.EXPLANATIONS])),
        *(".SH ENVIRONMENT", *_terms(ENVIRONMENT)),
        *(".SH FILES", *_terms(FILES)),
        *(".SH SEE ALSO", *_sentences("aws(1). `elbplan COMMAND --help` prints the help of a command.")),
    ]
    return "\n".join(lines) + "\n"


def _command(command: ManCommand) -> Iterator[str]:
    yield f".SS elbplan {_text(command.name)} {_text(command.usage)}".rstrip()
    yield from _sentences(command.help)
    yield from _terms(command.options)
    if command.examples:
        yield from (".PP", "Examples:", ".RS", ".nf")
        yield from map(_line, command.examples)
        yield from (".fi", ".RE")


def _terms(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    for term, text in rows:
        yield ".TP"
        yield rf"\fB{_text(term)}\fR"
        yield from _sentences(text)


def _sentences(text: str) -> Iterator[str]:
    """A line for each sentence, as groff wants: it then knows where a sentence ends."""
    for sentence in re.split(r"(?<=[.?!])\s+", " ".join(text.split())):
        yield _line(sentence)


def _line(text: str) -> str:
    r"""A line of text. At its start, a point or an apostrophe would be a command: `\&` stands before it."""
    escaped = _text(text)
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _text(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-").replace("`", r"\(ga").replace("'", r"\(aq")
