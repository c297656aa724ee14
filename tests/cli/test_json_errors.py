"""With --json, a command that fails prints one document with its error on stdout, and the text for people on stderr."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.cli.main import ENTRIES
from elbplan.errors import AwsProblem

from .kit import CommandResult, Shell

SANDBOX = [["sandbox", name] for name in ("start", "stop", "status", "reset")]
COMMANDS = [*([name] for name in ENTRIES), *SANDBOX]
READERS = ["plan", "apply", "destroy", "status", "runs", "unlock"]
"""Commands that reach AWS."""
ACCOUNT = [
    ["list"],
    ["leftovers"],
    ["import", "my-alb"],
    ["import", "--all"],
    ["init", "shop", "--defaults"],
    ["doctor"],
]
"""Commands that read the account without a spec."""


def error_of(ran: CommandResult) -> dict[str, Any]:
    """The error of the only document."""
    document = json.loads(ran.out)
    assert document["schema"] == 1
    assert document["type"] == "error"
    assert document["at"].endswith("Z")
    error: dict[str, Any] = document["error"]
    assert error["code"] == ran.code
    return error


def broken(region: str) -> Any:
    raise RuntimeError("a wire is loose")


def pressed(region: str) -> Any:
    raise KeyboardInterrupt


def denied(region: str) -> Any:
    raise AwsProblem("AWS refused it", hint="ask for the permission", code="AccessDenied")


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_usage_error_is_a_document(shell: Shell, words: list[str], place: str) -> None:
    ran = shell.run(*(["--json", *words] if place == "before" else words), "--nope", *(["--json"] * (place == "after")))
    error = error_of(ran)
    assert (error["code"], error["kind"]) == (64, "usage problem")
    assert "has no option --nope" in error["what"]
    assert error["what"] in ran.err


def test_an_unknown_command_is_a_document(shell: Shell) -> None:
    assert error_of(shell.run("plann", "--json"))["hint"] == "did you mean elbplan plan?"


@pytest.mark.parametrize("command", READERS)
def test_a_defect_is_a_document(shell: Shell, command: str) -> None:
    shell.connect = broken  # type: ignore[method-assign]
    error = error_of(shell.run(command, shell.spec, "--json"))
    assert (error["code"], error["kind"]) == (1, "defect")
    assert "RuntimeError: a wire is loose" in error["what"]
    assert "the details in" in error["hint"]


@pytest.mark.parametrize("words", ACCOUNT, ids=" ".join)
def test_a_defect_while_an_account_is_read_is_a_document(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(shell.folder)
    shell.connect = broken  # type: ignore[method-assign]
    ran = shell.run(*words, "--json")
    error = error_of(ran)
    assert (error["code"], error["kind"]) == (1, "defect")


@pytest.mark.parametrize("words", ACCOUNT, ids=" ".join)
def test_ctrl_c_while_an_account_is_read_is_a_document(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(shell.folder)
    shell.connect = pressed  # type: ignore[method-assign]
    assert error_of(shell.run(*words, "--json"))["kind"] == "interrupted"


@pytest.mark.parametrize("words", [["list"], ["leftovers"], ["import", "my-alb"], ["import", "--all"]], ids=" ".join)
def test_a_refusal_of_aws_while_an_account_is_read_has_its_code(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(shell.folder)
    shell.connect = denied  # type: ignore[method-assign]
    error = error_of(shell.run(*words, "--json"))
    assert (error["kind"], error["aws_code"]) == ("aws problem", "AccessDenied")


@pytest.mark.parametrize("words", [["doctor"], ["init", "shop", "--defaults"]], ids=" ".join)
def test_what_goes_on_without_aws_has_the_problem_in_its_document(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(shell.folder)
    shell.connect = denied  # type: ignore[method-assign]
    document = shell.run(*words, "--json").document
    assert "AWS refused it" in json.dumps(document)


def test_refusals_of_the_commands_without_a_stack_are_documents(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell.folder)
    shell.connect("eu-central-1")
    error = error_of(shell.run("import", "my-alb", "--json"))
    assert (error["code"], error["kind"]) == (1, "error")
    assert error_of(shell.run("init", "shop", "--defaults", "-o", "web.yaml", "--json"))["kind"] == "refused"
    assert error_of(shell.run("permissions", shell.spec, "leftovers", "--json"))["code"] == 64


@pytest.mark.parametrize("command", READERS)
def test_ctrl_c_is_a_document(shell: Shell, command: str) -> None:
    shell.connect = pressed  # type: ignore[method-assign]
    ran = shell.run(command, shell.spec, "--json")
    assert error_of(ran) == {"what": "interrupted", "hint": "", "code": 130, "kind": "interrupted"}
    assert ran.err.strip() == "interrupted"


@pytest.mark.parametrize("command", READERS)
def test_a_refusal_of_aws_has_its_code(shell: Shell, command: str) -> None:
    shell.connect = denied  # type: ignore[method-assign]
    ran = shell.run(command, shell.spec, "--json")
    error = ran.document["stacks"][0]["error"] if command in ("plan", "status") else error_of(ran)
    assert (error["kind"], error["aws_code"], error["hint"]) == (
        "aws problem",
        "AccessDenied",
        "ask for the permission",
    )


@pytest.mark.parametrize(
    "command", ["apply", "destroy", "expand", "runs", "unlock", "rehearse", "rebase", "permissions"]
)
def test_a_wrong_spec_lists_its_problems(shell: Shell, command: str) -> None:
    bad = shell.write("bad.yaml", "name: my-web\nregoin: ap-northeast-2\n")
    error = error_of(shell.run(command, bad, "--json"))
    assert (error["code"], error["kind"]) == (65, "spec problem")
    (problem,) = error["problems"]
    assert (problem["file"], problem["line"], problem["column"]) == (bad, 2, 1)
    assert "region" in problem["hint"]


@pytest.mark.parametrize("command", ["plan", "status"])
def test_a_document_with_an_error_inside_is_the_only_one(shell: Shell, command: str) -> None:
    bad = shell.write("bad.yaml", "name: my-web\nregoin: ap-northeast-2\n")
    ran = shell.run(command, bad, "--json")
    assert ran.document["stacks"][0]["error"]["code"] == ran.code == 65


def test_validate_has_the_error_in_its_document(shell: Shell) -> None:
    ran = shell.run("validate", shell.write("bad.yaml", "name: my-web\n"), "--json")
    assert ran.document["valid"] is False
    assert ran.document["error"]["code"] == ran.code == 65


def test_lint_has_the_problems_in_its_document(shell: Shell) -> None:
    ran = shell.run("lint", shell.write("bad.yaml", "name: my-web\nregoin: ap-northeast-2\n"), "--json")
    assert ran.document["exit"] == ran.code == 65
    assert ran.document["problems"][0]["line"] == 2


def test_nobody_to_ask_is_a_document(shell: Shell) -> None:
    for words in (["apply"], ["destroy"]):
        shell.run("apply", shell.spec, "--yes") if words == ["destroy"] else None
        error = error_of(shell.run(*words, shell.spec, "--json"))
        assert (error["code"], error["kind"]) == (5, "declined")


def test_a_run_that_fails_has_the_error_in_its_last_line(shell: Shell) -> None:
    shell.box.fault("error", action="CreateListener", code="TooManyListeners", status=400)
    ran = shell.run("apply", "--yes", "--json", shell.spec)
    *events, summary = ran.lines
    assert {event.get("error") for event in events} == {None}
    error = summary["error"]
    assert (error["code"], error["kind"], error["aws_code"]) == (4, "step failed", "TooManyListeners")
    assert error["what"].startswith("listener 443 not created: AWS refused CreateListener")
    assert error["hint"]


def test_a_run_that_could_not_begin_has_the_error_in_its_last_line(shell: Shell) -> None:
    shell.box.fault("error", action="PutParameter", code="ParameterPatternMismatchException", status=400)
    ran = shell.run("apply", "--yes", "--json", shell.spec)
    (summary,) = ran.lines
    assert summary["error"]["code"] == ran.code
    assert summary["error"]["aws_code"] == "ParameterPatternMismatchException"


def test_without_json_stdout_stays_empty(shell: Shell) -> None:
    shell.connect = denied  # type: ignore[method-assign]
    assert shell.run("apply", shell.spec).out == ""
