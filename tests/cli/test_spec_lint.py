"""`elbplan lint` examines specs without AWS, and the certificates of a stack with --live."""

from __future__ import annotations

import io
import time

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal

from .kit import PipeStream, Shell, TerminalStream

OPEN = """
name: my-web
region: ap-northeast-2
zones: [a, c]
protect: true
domain: api.example.com
servers: {count: 2}
groups: {web: {servers: web, port: 80, health: /health}}
listeners:
  - {listen: 80/http, redirect: 443/https}
  - listen: 443/https
    forward: web
    rules: [{path: /admin/*, forward: web}]
"""


@pytest.fixture
def folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder with specs/web.yaml, without AWS."""
    monkeypatch.chdir(shell.folder)
    (shell.folder / "specs").mkdir()
    shell.spec = shell.write("specs/web.yaml", OPEN)
    shell.connect = no_aws  # type: ignore[method-assign, assignment]
    return shell


def no_aws(region: str) -> None:
    raise AssertionError("lint asked AWS")


@pytest.mark.parametrize("words", [(), ("my-web",), ("specs/web.yaml",), ("specs",)], ids=str)
def test_a_warning_has_its_place_and_what_to_do(folder: Shell, words: tuple[str, ...]) -> None:
    ran = folder.run("lint", *words)
    assert ran.code == 0
    head, source, mark, do, *_ = ran.out.splitlines()
    assert head.startswith("specs/web.yaml:13:20  open-admin-path: rule.443-r1: forwards /admin/* for everybody")
    assert source.endswith("rules: [{path: /admin/*, forward: web}]")
    assert mark.strip() == "^" * len("/admin/*")
    assert do.startswith("  do: add the addresses that may use it")
    assert ran.out.splitlines()[-1] == "1 spec: no finding blocks, 1 warning."
    assert "elbplan explain NAME" in ran.err


def test_standard_input_is_a_spec_too(folder: Shell) -> None:
    assert "<stdin>:13:20  open-admin-path" in folder.run("lint", "-", typed=OPEN).out


def test_strict_blocks(folder: Shell) -> None:
    ran = folder.run("lint", "--strict")
    assert ran.code == 5
    assert ran.out.splitlines()[-1] == "1 spec: 1 finding blocks."
    assert folder.run("lint", "--strict", "--json").document["exit"] == 5


def test_an_ignored_warning_is_a_line_with_its_reason(folder: Shell) -> None:
    folder.write("specs/web.yaml", OPEN + "lint: {ignore: {open-admin-path: the application asks for a login}}\n")
    ran = folder.run("lint", "--strict")
    assert (ran.code, ran.err) == (0, "")
    first, *_, last = ran.out.splitlines()
    assert first.endswith("forwards /admin/* for everybody (ignored: the application asks for a login)")
    assert last == "1 spec: no finding blocks, 1 is ignored by the spec."
    assert folder.run("lint", "-q").out == "1 spec: no finding blocks, 1 is ignored by the spec.\n"


def test_json_has_each_warning_with_its_parts(folder: Shell) -> None:
    document = folder.run("lint", "--json").document
    assert (document["specs"], document["files"], document["exit"]) == (1, 0, 0)
    (warning,) = document["warnings"]
    assert warning == {
        "file": "specs/web.yaml", "line": 13, "column": 20, "stack": "my-web", "name": "open-admin-path",
        "address": "rule.443-r1", "text": "forwards /admin/* for everybody", "remedy": warning["remedy"], "ignored": "",
    }  # fmt: skip


def test_a_wrong_spec_does_not_hide_the_warnings_of_others(folder: Shell) -> None:
    folder.write("specs/bad.yaml", "name: bad\nregoin: eu-west-1\ntargets: {instances: [i-0a], port: 80}\n")
    ran = folder.run("lint")
    assert ran.code == 65
    assert "open-admin-path" in ran.out
    assert "did you mean region?" in ran.err


def test_a_name_without_spec_is_suggested(folder: Shell) -> None:
    ran = folder.run("lint", "my-wbe")
    assert (ran.code, "did you mean my-web?" in ran.err) == (64, True)


def test_a_folder_without_specs_and_migrations_has_nothing_to_check(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shell.folder / "empty").mkdir()
    monkeypatch.chdir(shell.folder / "empty")
    assert (shell.run("lint").out, shell.run("lint").code) == ("0 migrations: no finding blocks.\n", 0)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, ""),
        (380, "certificate.main (api.example.com) ends in 14 days, on "),
        (400, "certificate.main (api.example.com) has expired on "),
    ],
)
def test_live_finds_a_certificate_near_its_end(shell: Shell, days: int, text: str) -> None:
    assert shell.run("apply", shell.spec, "--yes", "--no-verify").code == 0
    out = PipeStream()
    terminal = Terminal(io.StringIO(), out, PipeStream(), shell.environ)
    code = run(["lint", "--live", shell.spec], terminal, shell.connect, wall=lambda: time.time() + days * 86400)
    assert code == 0
    assert ("live  " in out.getvalue(), text in out.getvalue()) == (bool(text), True)


def test_on_a_narrow_terminal_it_wraps_at_words(folder: Shell) -> None:
    out = TerminalStream()
    folder.environ["COLUMNS"] = "70"
    assert run(["lint"], Terminal(io.StringIO(), out, PipeStream(), folder.environ), None) == 0
    assert max(map(len, out.getvalue().splitlines())) <= 70
    assert "203.0.113.0/24" in out.getvalue()
