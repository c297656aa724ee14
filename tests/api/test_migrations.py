"""Stacks with a folder of migrations: a program applies them with the executor of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import elbplan

from .kit import REGION, Program, without
from .test_documents import MEASURED, printed

HOLD = "  - do: hold\n    hold: approval\n    why: look at it\n"


@pytest.fixture
def files(program: Program) -> Path:
    """A stack `blog` with one migration, and its spec."""
    spec = program.spec("blog")
    program.save("blog", "first")
    return spec


def folder(program: Program) -> Path:
    return program.shell.folder / "migrations" / "blog"


def test_the_files_are_applied_with_other_stacks(program: Program, files: Path) -> None:
    stacks = elbplan.load([files, program.spec("news")])
    plans = elbplan.plan(stacks, session=program.session)
    assert [plan.by_files for plan in plans] == [True, False]
    assert plans[0].document["notes"][0]["about"] == "File"
    results = elbplan.apply(stacks, on_event=program.events.append, session=program.session)
    assert [(result.stack, result.state) for result in results] == [("blog", "applied"), ("news", "applied")]
    assert program.balancers() == {"blog", "news"}
    messages = [event.text for event in program.events if event.what == "message" and event.stack == "blog"]
    assert any(text.startswith("0001_first.yaml: ") for text in messages)
    (condition, _) = elbplan.status(stacks, session=program.session)
    assert condition.document["files"]["files"][0]["state"] == "done"
    assert [result.state for result in elbplan.apply(stacks, session=program.session)] == ["unchanged", "unchanged"]


def test_the_plan_document_is_that_of_the_command(program: Program, files: Path) -> None:
    (plan,) = elbplan.plan(elbplan.load(files), session=program.session)
    (shown,) = printed(program, "plan", str(files), "--migrations", program.session.migrations)
    assert plan.document == shown


def test_plans_of_files_are_applied_as_they_were_shown(program: Program, files: Path) -> None:
    stacks = elbplan.load(files)
    plans = elbplan.plan(stacks, session=program.session)
    (result,) = elbplan.apply(plans, session=program.session)
    assert result.state == "applied"
    elb = program.box.client("elbv2", REGION)
    balancer = elb.describe_load_balancers(Names=["blog"])["LoadBalancers"][0]["LoadBalancerArn"]
    program.spec("blog", port=8080)
    program.save("blog", "port")
    plans = elbplan.plan(elbplan.load(files), session=program.session)
    assert not plans[0].plan.empty
    for listener in elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
        elb.delete_listener(ListenerArn=listener["ListenerArn"])
    program.box.clear_calls()
    (late,) = elbplan.apply(plans, allow=plans[0].needed_allow, session=program.session)
    assert late.state == "refused"
    assert program.box.writes() == []


def test_a_hold_for_approval(program: Program, files: Path) -> None:
    (file,) = folder(program).glob("0001_*.yaml")
    before, last, after = file.read_text(encoding="utf-8").rpartition("  - do: create")
    file.write_text(before + HOLD + last + after, encoding="utf-8")
    refreshed = program.shell.run("rebase", "--refresh", "blog", "--migrations", program.session.migrations)
    assert refreshed.code == 0, refreshed.err
    stacks = elbplan.load(files)
    (held,) = elbplan.apply(stacks, session=program.session)
    assert (held.state, held.code) == ("held", 0), held.problem
    held.check()
    assert held.documents[-1]["type"] in ("held", "verify")
    document = next(line for line in held.documents if line["type"] == "held")
    assert document["go_on"].endswith("--approve")
    lines = printed(program, "apply", str(files), "--yes", "--migrations", program.session.migrations)
    (shown,) = [line for line in lines if line["type"] == "held"]
    assert without(document, *MEASURED) == without(shown, *MEASURED)
    (done,) = elbplan.apply(stacks, approve=True, session=program.session)
    assert done.code == 0
    assert done.state == "applied"


def test_options_of_migrations_need_migrations(program: Program) -> None:
    with pytest.raises(elbplan.UsageProblem, match="for stacks with migrations"):
        elbplan.apply(program.stacks("news"), approve=True, session=program.session)


def test_a_stack_whose_folder_is_missing_is_refused(program: Program, files: Path) -> None:
    elbplan.apply(elbplan.load(files), session=program.session)
    elsewhere = program.new_session()
    elsewhere.migrations = str(program.shell.folder / "elsewhere")
    changed = elbplan.load(program.spec("blog", port=8080))
    (plan,) = elbplan.plan(changed, session=elsewhere)
    assert "applied the migration 0001_first" in plan.plan.refusals[0].what
    (result,) = elbplan.apply(changed, allow=plan.needed_allow, session=elsewhere)
    assert result.state == "refused"
