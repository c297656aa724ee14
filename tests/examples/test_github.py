"""The workflows for GitHub Actions: their form, their rights, their commands, and their steps on the simulator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.cli.demo import SPEC
from elbplan.cli.main import ENTRIES

from ..cli.test_docs import options
from ..cli.test_misuse import SHARED
from .workflows import FOLDER, Runner, steps, workflow

WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.yml"))
RIGHTS = {
    "plan.yml": {"contents": "read", "id-token": "write", "pull-requests": "write"},
    "apply.yml": {"contents": "read", "id-token": "write"},
    "drift.yml": {"contents": "read", "id-token": "write", "issues": "write"},
}


def test_there_is_a_workflow_for_each_moment() -> None:
    assert set(WORKFLOWS) == set(RIGHTS)
    assert set(workflow("plan.yml")["on"]) == {"pull_request"}
    assert workflow("apply.yml")["on"]["push"]["branches"] == ["main"]
    assert workflow("drift.yml")["on"]["schedule"] == [{"cron": "17 2 * * *"}]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_rights_are_the_least(name: str) -> None:
    whole = workflow(name)
    assert whole["permissions"] == {"contents": "read"}
    with_rights = [job["permissions"] for job in whole["jobs"].values() if "permissions" in job]
    assert with_rights == [RIGHTS[name]]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_and_keep_no_credentials(name: str) -> None:
    actions = [step for step in steps(name) if "uses" in step]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in actions)
    checkouts = [step for step in actions if step["uses"].startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_stands_in_a_script(name: str) -> None:
    """GitHub would paste the text of a stranger into the script. Scripts take values from their environment."""
    assert [step["run"] for step in steps(name) if "${{" in step.get("run", "")] == []


def commands(text: str) -> Iterator[tuple[str, set[str]]]:
    for name, rest in re.findall(r"(?<![\w`:-])elbplan ([a-z-]+)([^\n|>;&]*)", text):
        yield name, set(re.findall(r"--[a-z-]+", rest))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_command_and_option_exists(name: str) -> None:
    found = [each for step in steps(name) for each in commands(step.get("run", ""))]
    assert found
    for command, given in found:
        if command in ENTRIES:
            assert given <= options(command) | SHARED, command
        else:
            assert command in {"plan ended", "drift"} or "ended" in command


def test_apply_waits_for_approval_and_is_never_cancelled() -> None:
    whole = workflow("apply.yml")
    assert whole["jobs"]["apply"]["environment"] == "production"
    assert whole["concurrency"]["cancel-in-progress"] is False


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "web.yaml").write_text(SPEC, encoding="utf-8")
    ready = Runner(tmp_path)
    yield ready
    ready.run({"run": "elbplan sandbox stop"})


def named(name: str, part: str) -> dict[str, str]:
    """The step of a workflow whose name or script begins with this text."""
    (step,) = (step for step in steps(name) if part in (step.get("name", ""), step.get("run", "").split(" --")[0]))
    return step


def test_a_plan_becomes_a_comment_and_later_changes_it(runner: Runner) -> None:
    comment = named("plan.yml", "Write the plan as a comment, or change the comment")
    assert runner.run(named("plan.yml", "elbplan validate")) == 0
    assert runner.run(named("plan.yml", "Plan")) == 0
    assert runner.outputs["steps.plan.outputs.code"] == "2"
    assert (runner.folder / "plan.md").read_text(encoding="utf-8").startswith("<!-- elbplan:plan:my-web -->")
    assert runner.run(comment) == 0
    assert runner.calls[-1].startswith("api --method POST repos/github.repository/issues/")
    runner.answer("4711\n")
    assert runner.run(comment) == 0
    assert "--method PATCH repos/github.repository/issues/comments/4711 -F body=@plan.md" in runner.calls[-1]
    assert runner.run(named("plan.yml", "Result")) == 0


@pytest.mark.parametrize(("code", "end"), [("0", 0), ("2", 0), ("1", 1), ("5", 5), ("65", 65)])
def test_the_result_of_a_plan_is_the_colour_of_the_job(runner: Runner, code: str, end: int) -> None:
    runner.outputs["steps.plan.outputs.code"] = code
    assert runner.run(named("plan.yml", "Result")) == end


def test_a_wrong_spec_beside_a_right_one_is_in_the_comment(runner: Runner) -> None:
    (runner.folder / "specs" / "bad.yaml").write_text("name: bad\nregoin: x\n", encoding="utf-8")
    assert runner.run(named("plan.yml", "Plan")) == 0
    assert runner.outputs["steps.plan.outputs.code"] == "65"
    assert "did you mean region" in (runner.folder / "plan.md").read_text(encoding="utf-8")


def test_without_any_right_spec_the_job_ends_with_the_reason(runner: Runner) -> None:
    (runner.folder / "specs" / "web.yaml").write_text("name: my-web\nregoin: x\n", encoding="utf-8")
    assert runner.run(named("plan.yml", "Plan")) == 65
    assert "did you mean region" in runner.printed


def test_apply_and_drift(runner: Runner) -> None:
    issue = named("drift.yml", "Open an issue, or add to the open one")
    assert runner.run(named("apply.yml", "Apply")) == 0, runner.printed
    assert "<html" in (runner.folder / "report.html").read_text(encoding="utf-8")
    assert runner.run(named("drift.yml", "Status")) == 0
    assert runner.outputs["steps.status.outputs.code"] == "0"
    spec = runner.folder / "specs" / "web.yaml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("/health", "/ready"), encoding="utf-8")
    assert runner.run(named("drift.yml", "Status")) == 0
    assert runner.outputs["steps.status.outputs.code"] == "2"
    assert runner.run(issue) == 0
    assert runner.calls[-1] == "issue create --title elbplan: drift --body-file issue.md"
    assert "ended with 2" in (runner.folder / "issue.md").read_text(encoding="utf-8")
    runner.answer("7\n")
    assert runner.run(issue) == 0
    assert runner.calls[-1] == "issue comment 7 --body-file issue.md"
