"""The manual page: it has every command and option, and man renders it. ELBPLAN_GOLDEN=write writes man/elbplan.1."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from elbplan.cli.main import ENTRIES, cli
from elbplan.cli.man import manual
from elbplan.cli.options import OPTIONS
from elbplan.render.man import ManCommand, man_page

from .kit import Shell
from .test_docs import options

FILE = Path(__file__).parents[2] / "man" / "elbplan.1"
REQUESTS = {".TH", ".SH", ".SS", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi", ".nh", ".ad", ".B"}


def test_the_page_of_the_package_is_that_of_today() -> None:
    text = manual(cli)
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text, "make golden writes man/elbplan.1"


def test_the_command_prints_the_page(shell: Shell) -> None:
    assert shell.run("man").out == manual(cli)
    assert shell.run("man", "--json").document["page"] == manual(cli)


@pytest.mark.parametrize("name", ENTRIES)
def test_every_command_and_option_is_on_the_page(name: str) -> None:
    page = manual(cli).replace(r"\-", "-")
    assert f".SS elbplan {name}" in page
    assert options(name) <= set(re.findall(r"--[a-z-]+", page))


@pytest.mark.parametrize("names", [names for names, _ in OPTIONS])
def test_every_shared_option_is_there_once(names: tuple[str, ...]) -> None:
    assert len(re.findall(rf"^\\fB.*{names[-1]}\b", manual(cli).replace(r"\-", "-"), re.MULTILINE)) == 1


def test_each_line_is_text_or_a_known_request() -> None:
    lines = manual(cli).splitlines()
    assert {line.split(" ")[0] for line in lines if line.startswith((".", "'"))} <= REQUESTS
    assert all(line.isascii() for line in lines)


def test_text_never_becomes_a_request() -> None:
    command = ManCommand("x", "", r"'quoted' and C:\new and `code`.", (".hidden  a file",), [("-x", ".5 is a number")])
    page = man_page("1.0", "All of it. .Or nothing.", [command], [])
    assert r"\(aqquoted\(aq and C:\enew and \(gacode\(ga." in page
    assert r"\&.hidden" in page
    assert r"\&.5 is a number" in page
    assert "\n.Or" not in page


def test_man_and_groff_render_it_without_warnings_where_they_are_installed() -> None:
    commands = {
        "man": ["man", "--warnings", "-E", "UTF-8", "-l", str(FILE)],
        "groff": ["groff", "-ww", "-man", "-Tutf8", str(FILE)],
    }
    installed = {name for name in commands if shutil.which(name)}
    environment = {**os.environ, "MANWIDTH": "80", "MANPAGER": "cat", "LC_ALL": "C.UTF-8"}
    done = {
        name: subprocess.run(commands[name], env=environment, capture_output=True, text=True, check=False)
        for name in installed
    }
    assert {name: (each.returncode, each.stderr) for name, each in done.items()} == dict.fromkeys(installed, (0, ""))
    assert all("elbplan plan" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", each.stdout) for each in done.values())
