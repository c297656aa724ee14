"""`elbplan import` on the command line: the file, the screens, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.e2e.console import Console, course
from tests.e2e.stage import REGION, Stage

from .kit import Shell


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    course(Console(Stage(box)))
    monkeypatch.chdir(tmp_path)
    shell = Shell(box, tmp_path)
    shell.environ["AWS_REGION"] = REGION
    return shell


def test_from_the_name_to_an_empty_plan(shell: Shell) -> None:
    result = shell.run("import", "server")
    assert (result.code, result.out) == (0, "specs/server.yaml\n")
    assert "elbplan plan specs/server.yaml" in result.err
    assert "elbplan apply specs/server.yaml" in result.err
    assert shell.run("validate", "specs/server.yaml").code == 0

    plan = shell.run("plan", "specs/server.yaml")
    assert "= take over as it is: tags only" in plan.out
    assert "Downtime    none: only elbplan's tags change" in plan.out
    assert "as before (ALB" in " ".join(plan.out.split())
    assert "Plan: 8 to adopt, 0 to create" in plan.out

    applied = shell.run("apply", "specs/server.yaml", "--yes", "--no-verify")
    assert applied.code == 0
    assert "8 resources adopted" in applied.out
    assert shell.run("plan", "specs/server.yaml", "--exit-code").code == 0


def test_the_screen_fits_and_is_plain(shell: Shell) -> None:
    for width in ("60", "80", "200"):
        shell.environ["COLUMNS"] = width
        result = shell.run("import", "server", "-o", f"w{width}.yaml", "--ascii")
        lines = [line for line in result.err.splitlines() if "elbplan " not in line]
        assert max(map(len, lines)) <= int(width)
        assert result.err.isascii()


def test_it_overwrites_no_file(shell: Shell) -> None:
    Path("specs").mkdir()
    file = Path("specs/server.yaml")
    file.write_text("mine", encoding="utf-8")
    result = shell.run("import", "server")
    assert result.code == 5
    assert "specs/server.yaml exists already" in result.err
    assert "-o FILE" in result.err
    assert file.read_text(encoding="utf-8") == "mine"


def test_it_can_print(shell: Shell) -> None:
    result = shell.run("import", "server", "-o", "-", "--stack", "web")
    assert result.code == 0
    assert "\nname: web\n" in result.out
    assert not Path("specs").exists()


def test_the_document(shell: Shell) -> None:
    document = shell.run("import", "server", "--json").document
    assert document["file"] == "specs/server.yaml"
    assert document["spec"] == Path("specs/server.yaml").read_text(encoding="utf-8")
    assert document["adopt"]["load_balancer.main"] == document["load_balancer"]
    assert "record.api.example.com" in document["resources"]
    assert document["not_imported"] == []


def test_an_unknown_name_gets_the_names_that_there_are(shell: Shell) -> None:
    result = shell.run("import", "servr")
    assert result.code == 1
    assert "there is no load balancer servr in ap-northeast-2" in result.err
    assert "did you mean server?" in result.err


def test_a_wrong_name_of_a_stack_is_a_usage_error(shell: Shell) -> None:
    assert shell.run("import", "server", "--stack", "My Stack").code == 64


def test_a_stack_of_elbplan_is_refused_by_name(shell: Shell) -> None:
    assert shell.run("import", "server").code == 0
    assert shell.run("apply", "specs/server.yaml", "--yes", "--no-verify").code == 0
    result = shell.run("import", "server", "-o", "again.yaml")
    assert result.code == 5
    assert "belongs to stack `server`" in result.err
    assert not Path("again.yaml").exists()


def test_a_saved_plan_adopts_step_by_step(shell: Shell) -> None:
    shell.run("import", "server")
    assert shell.run("plan", "specs/server.yaml", "--save", "take_over").code == 0
    text = Path("migrations/server/0001_take_over.yaml").read_text(encoding="utf-8")
    assert text.count("do: adopt") == 8
    assert shell.run("lint").code == 0
    assert "Plan: 8 to adopt, 0 to create" in shell.run("plan", "specs/server.yaml").out

    shell.box.clear_calls()
    assert shell.run("apply", "specs/server.yaml", "--yes", "--no-verify").code == 0
    written = {call.action for call in shell.box.writes() if call.service != "ssm"}
    assert written == {"CreateTags", "AddTags", "AddTagsToCertificate"}
    assert shell.run("plan", "specs/server.yaml", "--exit-code").code == 0


def test_a_spec_that_adopts_half_cannot_be_saved(shell: Shell) -> None:
    shell.run("import", "server")
    spec = Path("specs/server.yaml")
    text = spec.read_text(encoding="utf-8")
    group = next(line for line in text.splitlines() if line.strip().startswith("security_group.lb: sg-")).split()[1]
    tags = [{"Key": "elbplan:stack", "Value": "server"}, {"Key": "elbplan:address", "Value": "security_group.lb"}]
    shell.box.client("ec2", REGION).create_tags(Resources=[group], Tags=tags)
    result = shell.run("plan", "specs/server.yaml", "--save", "take_over")
    assert result.code == 5
    assert "a part of it is adopted already: security_group.lb" in result.err
    assert not Path("migrations").exists()
