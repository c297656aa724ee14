"""A program gets the documents that the command line prints with --json."""

from __future__ import annotations

from typing import Any

import pytest

import elbplan
from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from .kit import Program, without

MEASURED = ("seconds", "took", "run", "id", "share")


@pytest.fixture
def paths(program: Program) -> list[str]:
    return [str(program.spec("blog")), str(program.spec("news"))]


def printed(program: Program, *words: str) -> list[Any]:
    """Returns what a command prints: one document, or a line for each event."""
    result = program.shell.run(*words, "--json")
    return result.lines if words[0] in ("apply", "destroy") else result.document["stacks"]


def test_plan(program: Program, paths: list[str]) -> None:
    plans = elbplan.plan(elbplan.load(paths), session=program.session)
    assert [plan.document for plan in plans] == printed(program, "plan", *paths)
    assert plans[0].document["steps"]
    assert plans[0].document["map"]["nodes"]
    assert plans[0].document["cost"]["after"]["month"] != "0.00"


def test_a_stack_without_a_plan(program: Program, paths: list[str]) -> None:
    text = program.spec("broken").read_text(encoding="utf-8")
    broken = text.replace("region: ap-northeast-2", "account: '999999999999'\nregion: ap-northeast-2")
    file = program.shell.folder / "broken.yaml"
    file.write_text(broken, encoding="utf-8")
    (plan,) = elbplan.plan(elbplan.load(file), session=program.session)
    assert plan.document["error"]["code"] == 5
    assert [plan.document] == printed(program, "plan", str(file))


def test_status_and_verify(program: Program, paths: list[str]) -> None:
    stacks = elbplan.load(paths)
    elbplan.apply(stacks, session=program.session)
    elbplan.apply(elbplan.load(program.spec("blog")), session=program.session)
    program.spec("blog", port=8080)
    stacks = elbplan.load(paths)
    statuses = [condition.document for condition in elbplan.status(stacks, session=program.session)]
    assert statuses == printed(program, "status", *paths)
    assert statuses[0]["in_sync"] is False
    verifications = [each.document for each in elbplan.verify(stacks, session=program.session)]
    assert without(verifications, *MEASURED) == without(printed(program, "verify", *paths), *MEASURED)
    assert {check["name"] for check in verifications[0]["checks"]} >= {"load-balancer", "target-group"} - {
        "target-group"
    }


def test_the_lines_of_apply_and_destroy(program: Program, tmp_path_factory: pytest.TempPathFactory) -> None:
    spec = str(program.spec())
    (applied,) = elbplan.apply(elbplan.load(spec), on_event=program.events.append, session=program.session)
    (destroyed,) = elbplan.destroy(elbplan.load(spec), confirm="blog", session=program.session)
    with Box(slow=0) as box:
        other = Program(Shell(box, tmp_path_factory.mktemp("other")))
        same = str(other.spec())
        for result, words in ((applied, ("apply", same, "--yes")), (destroyed, ("destroy", same, "--confirm", "blog"))):
            lines = printed(other, *words)
            ends = [line for line in lines if line["type"] == "summary"]
            noise = (*MEASURED, "answers", "account", "verify")
            assert without(list(result.documents), *noise) == without(ends, *noise)
            assert result.document["exit"] == 0
    started = [event.document for event in program.events if event.what == "started"]
    assert [line["step"]["id"] for line in started]
    assert {"schema", "type", "at", "stack", "step", "text", "seconds"} == set(started[0])


def test_a_refusal(program: Program, paths: list[str]) -> None:
    blog = program.spec("blog")
    elbplan.apply(elbplan.load(blog), session=program.session)
    program.box.client("elbv2", "ap-northeast-2")
    plans = elbplan.plan(elbplan.load(program.spec("blog", health="/up")), session=program.session)
    assert [plan.document for plan in plans] == printed(program, "plan", str(blog))
    assert plans[0].document["hazards"][0]["name"] == "health-check-changes"
