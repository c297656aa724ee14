"""Mistyped commands and options, and the words of other tools, get the way of elbplan."""

from __future__ import annotations

import re

import click
import pytest

from elbplan.cli.group import context_of
from elbplan.cli.main import ENTRIES, cli
from elbplan.cli.other_tools import COMMANDS, GROUP, ONE_DASH, OPTIONS, SANDBOX
from elbplan.core.suggest import misspelled

from .test_docs import options

SHARED = {"--json", "--profile", "--region", "--sandbox", "--no-color", "--debug", "--parallel", "--version", "--help"}


def hint_of(shell, *words: str) -> str:
    """The hint of a wrong command line, which is one line on stderr."""
    ran = shell.run(*words)
    assert (ran.code, ran.out) == (64, "")
    what, hint = ran.err.strip().split("\n")
    assert what.startswith("error: ")
    return hint.removeprefix("  hint: ")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("destory", "destroy"), ("plann", "plan"), ("palns", "plan"), ("aply", "apply"), ("validte", "validate"),
     ("statsu", "status"), ("opne", "open"), ("mpa", "map"), ("rehaerse", "rehearse"), ("accept", "accept-drift"),
     ("dest", "destroy"), ("val", "validate"), ("PLAN", "plan")],
)  # fmt: skip
def test_a_mistyped_command_is_suggested(shell, word, meant):
    assert hint_of(shell, word) == f"did you mean elbplan {meant}?"


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("refresh", "elbplan status shows drift"), ("refesh", "elbplan status shows drift"),
        ("fmt", "elbplan expand"), ("show", "elbplan status STACK"), ("state", "no state file"),
        ("taint", "change the spec"), ("output", "elbplan status STACK"), ("console", "elbplan expand"),
        ("get", "elbplan status STACK"), ("describe", "elbplan status STACK"), ("up", "elbplan apply"),
        ("deploy", "elbplan apply"), ("diff", "elbplan plan"), ("preview", "elbplan plan"),
        ("rollback", "elbplan apply --rollback"), ("delete", "elbplan destroy"), ("rm", "elbplan destroy"),
        ("ls", "elbplan list"), ("logs", "elbplan runs"), ("login", "aws sso login"),
        ("migrate", "elbplan apply"), ("workspace", "one spec is one stack"), ("force-unlock", "elbplan unlock"),
    ],
)  # fmt: skip
def test_a_command_of_another_tool_gets_the_way_of_elbplan(shell, word, part):
    assert part in hint_of(shell, word)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("plan", "--target", "web"), "whole stacks"), (("plan", "-target=web"), "whole stacks"),
        (("apply", "--dry-run"), "elbplan plan shows what would change"), (("plan", "-destroy"), "elbplan destroy"),
        (("plan", "-var", "a=b"), "${NAME}"), (("plan", "-var-file=x"), "${NAME}"), (("plan", "-out=x"), "--save"),
        (("plan", "--out", "x"), "--save"), (("destroy", "--force"), "--allow"), (("plan", "--refresh-only"), "drift"),
        (("-chdir=x", "plan"), "change the folder"), (("plan", "-lock=false"), "elbplan unlock"),
        (("plan", "--auto-approve"), "elbplan apply --yes"), (("status", "--output", "json"), "--json prints JSON"),
        (("status", "-o", "json"), "--json prints JSON"), (("plan", "-f", "x"), "--allow HAZARD"),
        (("plan", "--stack-name", "x"), "elbplan plan STACK"), (("apply", "-parallelism=3"), "--parallel N"),
        (("plan", "--endpoint-url", "x"), "AWS_ENDPOINT_URL"), (("sandbox", "up"), "elbplan sandbox start"),
        (("sandbox", "help"), "elbplan sandbox --help"),
    ],
)  # fmt: skip
def test_an_option_of_another_tool_gets_the_way_of_elbplan(shell, words, part):
    assert part in hint_of(shell, *words)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("plan", "--detial"), "--detail"), (("plan", "--det"), "--detail"), (("apply", "--alow", "x"), "--allow"),
        (("apply", "--auto-aprove"), "--auto-approve"), (("plan", "--jsn"), "--json"),
        (("plan", "--verbsoe"), "--verbose"), (("runs", "--quite"), "--quiet"),
    ],
)  # fmt: skip
def test_a_mistyped_option_is_suggested(shell, words, meant):
    assert hint_of(shell, *words) == f"did you mean {meant}?"


@pytest.mark.parametrize(
    ("words", "never"),
    [(("init",), "lint"), (("open",), "elbplan plan?"), (("doctor",), "adopt"), (("plan", "--out", "x"), "--quiet"),
     (("plan", "--exit"), "--detail?"), (("shop",), "elbplan")],
)  # fmt: skip
def test_a_word_that_is_not_close_is_not_suggested(shell, words, never):
    assert f"did you mean {never}" not in shell.run(*words).err


def test_two_wrong_letters_of_a_short_word_are_another_word():
    assert misspelled("init", ["lint", "plan"]) is None
    assert misspelled("lnit", ["lint", "plan"]) == "lint"
    assert misspelled("strat", ["start", "status"]) == "start"
    assert misspelled("sta", ["start", "status"]) is None


@pytest.mark.parametrize("words", [("help", "plan"), ("plan", "-help"), ("plan", "--help")])
def test_help_is_a_word_and_an_option(shell, capsys, words):
    assert shell.run(*words).code == 0
    assert capsys.readouterr().out == help_of("plan")


def help_of(name: str) -> str:
    command = cli.get_command(context_of(cli), name)
    return str(command.get_help(click.Context(command, context_of(cli), info_name=name))) + "\n"


def test_help_alone_lists_the_commands(shell, capsys):
    assert shell.run("help").code == 0
    assert "Draw a stack" in capsys.readouterr().out


def test_version_is_a_word_and_an_option(shell, capsys):
    assert [shell.run(word).code for word in ("version", "-version", "--version")] == [0, 0, 0]
    assert len(set(capsys.readouterr().out.splitlines())) == 1


def test_apply_takes_the_yes_of_terraform(shell):
    assert shell.run("apply", shell.spec, "-auto-approve").code == 0
    assert shell.box.tagged("my-web")


def test_json_with_one_dash_is_json(shell):
    assert shell.run("plan", shell.spec, "-json").document["stacks"][0]["stack"] == "my-web"


def test_words_after_two_dashes_stay_as_they_are(shell):
    ran = shell.run("validate", "--", "-target")
    assert ran.code != 64
    assert "has no option" not in ran.err


def test_no_command_of_elbplan_is_in_the_table_of_other_tools():
    from elbplan.cli.commands.sandbox import ENTRIES as SANDBOX_ENTRIES

    assert not set(COMMANDS[GROUP]) & {*ENTRIES, "help", "version"}
    assert not set(COMMANDS[SANDBOX]) & set(SANDBOX_ENTRIES)
    assert {f"--{name}" for name in ONE_DASH} <= set(OPTIONS)


HINTS = sorted({*COMMANDS[GROUP].values(), *COMMANDS[SANDBOX].values(), *OPTIONS.values()})


@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_names_commands_and_options_that_exist(hint):
    assert "\n" not in hint
    for name, rest in re.findall(r"elbplan ([a-z][a-z-]*)((?:(?! and elbplan)[^;,])*)", hint):
        if name in ENTRIES:
            assert set(re.findall(r"--[a-z-]+", rest)) <= options(name) | SHARED, hint
        else:
            assert name in {"has", "asks", "handles", "reads", "uses", "writes", "always", "creates"}, hint
