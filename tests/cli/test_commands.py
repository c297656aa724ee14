"""Output and exit codes of plan, apply, destroy, validate and expand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal

from .kit import WEB, PipeStream, TerminalStream

LOG_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

OTHER = """
name: other
region: eu-central-1
zones: [a, b]
servers: {count: 1}
targets: {port: 80, health: /health}
"""


def test_plan_prints_to_stdout_and_changes_nothing(shell):
    ran = shell.run("plan", shell.spec)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1].startswith("Plan: 11 to create, 0 to change, 0 to replace, 0 to delete.")
    assert f"next: elbplan apply {shell.spec}" in ran.out or f"Next        elbplan apply {shell.spec}" in ran.out
    assert shell.box.tagged("my-web") == {}


@pytest.mark.parametrize("flag", ["--exit-code", "--detailed-exitcode"])
def test_plan_exits_2_for_pending_changes_only_when_asked_to(shell, flag):
    assert shell.run("plan", shell.spec).code == 0
    assert shell.run("plan", flag, shell.spec).code == 2
    shell.run("apply", "--yes", shell.spec)
    assert shell.run("plan", flag, shell.spec).code == 0


def test_plan_json_is_one_document(shell):
    ran = shell.run("plan", "--json", shell.spec)
    (stack,) = ran.document["stacks"]
    assert (stack["stack"], stack["region"], stack["summary"]["create"]) == ("my-web", "ap-northeast-2", 11)
    assert ran.err == ""


def test_quiet_plan_is_the_line_of_counts(shell):
    assert len([line for line in shell.run("plan", "-q", shell.spec).out.splitlines() if "Next" not in line]) == 1


@pytest.mark.parametrize("yes", ["--yes", "-y", "--auto-approve"])
def test_apply_with_yes_does_not_ask(shell, yes):
    ran = shell.run("apply", shell.spec, yes)
    assert ran.code == 0
    assert "reach it at    https://api.example.com" in ran.out
    assert "elbplan destroy" in ran.out
    assert re.search(LOG_TIME + " my-web: target group web: creating$", ran.err, re.M)
    assert re.search(LOG_TIME + " my-web: target group web created( after .*)?$", ran.err, re.M)
    assert shell.box.tagged("my-web")


def test_apply_shows_the_plan_on_stderr_and_asks(shell):
    ran = shell.run("apply", shell.spec, answers=["yes"])
    assert ran.code == 0
    assert "Plan: 11 to create" in ran.err
    assert "Apply this to my-web? Type yes to go on:" in ran.err
    assert "Plan:" not in ran.out


@pytest.mark.parametrize("answer", ["no", "", "y", "yes please"])
def test_anything_but_yes_is_no(shell, answer):
    ran = shell.run("apply", shell.spec, answers=[answer])
    assert ran.code == 5
    assert "not applied" in ran.err
    assert shell.box.tagged("my-web") == {}


def test_apply_without_anybody_to_ask_refuses_and_names_the_flag(shell):
    ran = shell.run("apply", shell.spec)
    assert ran.code == 5
    assert "--yes" in ran.err
    assert shell.box.tagged("my-web") == {}


def test_a_second_apply_has_nothing_to_do_and_asks_nothing(shell):
    shell.run("apply", "--yes", shell.spec)
    shell.box.clear_calls()
    ran = shell.run("apply", shell.spec)
    assert (ran.code, ran.err) == (0, "")
    assert "my-web: nothing to do. AWS matches the spec." in ran.out
    assert shell.box.writes() == []


def test_apply_json_is_a_stream_with_a_summary_at_its_end(shell):
    ran = shell.run("apply", "--json", "--yes", shell.spec)
    *events, summary = ran.lines
    assert ran.err == ""
    assert {event["type"] for event in events} <= {"started", "progress", "done"}
    started = [event["step"]["id"] for event in events if event["type"] == "started"]
    done = [event["step"]["id"] for event in events if event["type"] == "done"]
    assert sorted(started) == sorted(done)
    assert summary["type"] == "summary"
    assert (summary["done"], summary["failed"], summary["skipped"], summary["exit"]) == (len(done), 0, 0, 0)
    assert summary["answers"] == ["https://api.example.com"]


def test_apply_json_of_nothing_is_a_summary(shell):
    shell.run("apply", "--yes", shell.spec)
    (summary,) = shell.run("apply", "--json", shell.spec).lines
    assert (summary["done"], summary["exit"]) == (0, 0)


def test_destroy_wants_the_name_typed(shell):
    shell.run("apply", "--yes", shell.spec)
    wrong = shell.run("destroy", shell.spec, answers=["yes"])
    assert wrong.code == 5
    assert shell.box.tagged("my-web")
    right = shell.run("destroy", shell.spec, answers=["my-web"])
    assert right.code == 0
    assert "my-web is destroyed" in right.out
    assert shell.box.tagged("my-web") == {}


def test_destroy_without_anybody_names_the_flag(shell):
    shell.run("apply", "--yes", shell.spec)
    ran = shell.run("destroy", shell.spec)
    assert ran.code == 5
    assert "--confirm my-web" in ran.err
    assert shell.run("destroy", shell.spec, "--confirm", "my-web").code == 0
    first, *stays = shell.run("destroy", shell.spec, answers=[]).out.splitlines()
    assert first == "my-web: nothing to do. AWS has no resources of this stack."
    assert stays[0].split()[:3] == ["stays", "hosted", "zone"]
    assert "AWS bills $0.50/month;" in stays[0]
    assert stays[-1].split()[:3] == ["aws", "route53", "delete-hosted-zone"]


def test_destroy_does_not_take_a_yes_or_a_name_it_does_not_know(shell):
    yes = shell.run("destroy", "--yes", shell.spec)
    assert yes.code == 64
    assert "--confirm my-web" in yes.err
    unknown = shell.run("destroy", "--confirm", "my-wep", shell.spec)
    assert unknown.code == 64
    assert "the specs have my-web" in unknown.err


def test_several_stacks_in_several_regions(shell):
    shell.write("other.yaml", OTHER)
    folder = str(shell.folder)
    assert [stack["region"] for stack in shell.run("plan", "--json", folder).document["stacks"]] == [
        "eu-central-1",
        "ap-northeast-2",
    ]
    assert shell.run("apply", "--yes", folder).code == 0
    refused = shell.run("destroy", folder, "--confirm", "other")
    assert refused.code == 5
    assert shell.box.tagged("other")
    assert shell.run("destroy", folder, "--confirm", "other", "--confirm", "my-web").code == 0
    assert shell.box.tagged("other") == shell.box.tagged("my-web") == {}


LONG_FOLDER = "stacks-of-the-department-for-web-services-in-the-north-of-the-country"


@pytest.mark.parametrize(
    ("folder", "rows"),
    [
        (".", r"  then    elbplan apply web\.yaml  goes on, \d+ steps left"),
        (LONG_FOLDER, rf"  then    goes on, \d+ steps left:\n {{10}}elbplan apply {LONG_FOLDER}/web\.yaml"),
    ],
)
def test_a_run_that_fails_in_part_says_so_and_goes_on_when_run_again(shell, monkeypatch, folder, rows):
    monkeypatch.chdir(shell.folder)  # the name of the folder has no fixed length, and decides how rows wrap
    (shell.folder / folder).mkdir(exist_ok=True)
    spec = str(Path(shell.write(f"{folder}/web.yaml", WEB)).relative_to(shell.folder))
    fault = shell.box.fault("error", action="CreateListener", code="InvalidConfigurationRequest", status=400)
    assert fault
    ran = shell.run("apply", "--yes", spec)
    assert ran.code == 4
    assert "why     listener 443 not created: AWS refused CreateListener" in ran.out
    assert re.search(f"^{rows}$", ran.out, re.M)
    shell.box.clear_faults()
    assert shell.run("apply", "--yes", spec).code == 0


def test_a_run_that_fails_in_part_is_told_to_programs(shell):
    shell.box.fault("error", action="CreateListener", code="TooManyListeners", status=400)
    *events, summary = shell.run("apply", "--yes", "--json", shell.spec).lines
    failed = [event for event in events if event["type"] == "failed"]
    assert [event["step"]["address"] for event in failed] == ["listener.443"]
    assert failed[0]["hint"]
    assert (summary["failed"], summary["exit"]) == (1, 4)
    assert summary["skipped"] == len([event for event in events if event["type"] == "skipped"])


def test_a_wrong_spec_is_65_for_every_command(shell):
    bad = shell.write("bad.yaml", "name: my-web\nregoin: ap-northeast-2\n")
    for command in ("plan", "apply", "destroy", "validate", "expand"):
        ran = shell.run(command, bad)
        assert (ran.code, ran.out) == (65, "")
        assert "bad.yaml:2:1" in ran.err


def test_validate_names_what_is_fine(shell):
    assert shell.run("validate", shell.spec).out == f"{shell.spec}: my-web is valid (11 resources)\n"
    assert shell.run("validate", shell.spec, "--json").document["valid"] is True


def test_validate_json_lists_problems(shell):
    bad = shell.write("bad.yaml", "name: my-web\nregoin: ap-northeast-2\n")
    ran = shell.run("validate", bad, "--json")
    assert ran.code == 65
    assert ran.document["valid"] is False
    assert ran.document["problems"][0]["line"] == 2


def test_the_long_form_means_the_same(shell):
    long = shell.write("long.yaml", shell.run("expand", shell.spec).out)
    shell.run("apply", "--yes", shell.spec)
    assert shell.run("plan", "--exit-code", long).code == 0


def test_a_spec_may_come_from_standard_input(shell):
    text = (shell.folder / "web.yaml").read_text()
    assert shell.run("plan", "-", typed=text).code == 0


def test_the_schema_is_json(shell):
    assert "properties" in shell.run("schema").document


def test_the_region_is_the_flags_then_the_specs_then_the_environments(shell):
    nowhere = shell.write("nowhere.yaml", OTHER.replace("region: eu-central-1\n", ""))

    def region(*words):
        return shell.run("plan", "--json", *words).document["stacks"][0]["region"]

    assert region(nowhere) == "eu-central-1"
    assert region(shell.spec) == "ap-northeast-2"
    assert region("--region", "us-east-1", nowhere) == "us-east-1"
    del shell.environ["AWS_REGION"]
    ran = shell.run("plan", nowhere)
    assert ran.code == 1
    assert "--region" in ran.err


def test_what_is_no_region_is_said_at_once(shell):
    ran = shell.run("plan", "--region", "no!t", shell.spec)
    assert ran.code == 1
    assert "is not an AWS region" in ran.err


def test_on_a_terminal_the_ended_steps_scroll_by_and_the_cursor_comes_back(shell):
    err = TerminalStream()
    environ = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", **shell.environ}
    code = run(["apply", "--yes", shell.spec], Terminal(PipeStream(), PipeStream(), err, environ), shell.connect)
    text = err.getvalue()
    assert code == 0
    assert "✓\x1b[0m target group web created" in text
    assert " of 19 · " in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
