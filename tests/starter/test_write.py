"""Every spec that init writes loads without a problem, with each of its examples too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elbplan.core.stack import Stack
from elbplan.kinds.targets import Targets
from elbplan.spec import load_text
from elbplan.spec.yaml.tree import Source
from elbplan.starter.facts import AccountFacts
from elbplan.starter.interview import Answers, interview
from elbplan.starter.questions import InvalidAnswer, Question, answer_default
from elbplan.starter.write import spec_text

from .accounts import COURSE, accounts

SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
RECORDS = st.sampled_from(["", "A 192.0.2.9", 'CNAME "x\ny" 한글 #'])
EXAMPLE = re.compile(r"^( *)# (( *)(?:- |[a-z_]+:(?: |$)).*)$")


def written(answers: Answers, facts: AccountFacts) -> str:
    return spec_text(answers, facts, "specs/my web.yaml", "../elbplan.schema.json")


def loaded(text: str) -> Stack:
    (stack,) = load_text(Source("specs/web.yaml", text), env={})
    return stack


def answers_by_default(facts: AccountFacts, record: str = "", name: str = "my-web") -> Answers:
    return interview(facts, name, answer_default, lambda zone, domain: record)


@SLOW
@given(accounts, RECORDS)
def test_every_account_gives_a_spec_that_loads(facts: AccountFacts, record: str) -> None:
    answers = answers_by_default(facts, record)
    stack = loaded(written(answers, facts))
    assert (stack.name, stack.region) == ("my-web", facts.region)
    assert stack.domains == ((answers.domain,) if answers.serves_domain else ())


def test_the_lines_fit_a_narrow_screen() -> None:
    for facts, record in ((COURSE, ""), (COURSE, "A 192.0.2.9"), (AccountFacts("eu-west-1"), "")):
        text = written(answers_by_default(facts, record), facts)
        long = [line for line in text.splitlines() if len(line) > 79]
        assert [line for line in long if not line.startswith(("# domain: {", "    "))] == []


@SLOW
@given(accounts, RECORDS, st.data())
def test_every_answer_that_is_accepted_gives_a_spec_that_loads(
    facts: AccountFacts, record: str, data: st.DataObject
) -> None:
    def ask(question: Question):  # type: ignore[no-untyped-def, type-arg]
        words = [
            "1",
            "2",
            "1,2",
            "all",
            "new",
            "app=web",
            "env=on",
            "서버=한글",
            "8080",
            "/a#b",
            "/'\"{",
            "none",
            "yes",
        ]
        zones = [f"www.{zone.name}" for zone in facts.zones]
        answer = data.draw(st.sampled_from([question.default, *words, *zones]))
        try:
            return question.read(answer)
        except InvalidAnswer:
            return question.read(question.default)

    answers = interview(facts, "my-web", ask, lambda zone, domain: record)
    stack = loaded(written(answers, facts))
    ids = [server.id for server in answers.selection.servers]
    members = [m for r in stack.resources.values() if isinstance(r, Targets) for m in r.members]
    if answers.selection.tag:
        assert [str(member.instance) for member in members] == [f"tag:{answers.selection.tag}"]
    elif ids:
        assert sorted(str(member.instance) for member in members) == sorted(ids)


def examples(text: str) -> Iterator[str]:
    """Yields the spec with each of its examples in use, alone: the example replaces the same key of the spec."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        found = EXAMPLE.match(lines[number])
        number += 1
        if not found or lines[number - 1].startswith("# yaml-"):
            continue
        block = [f"{found[1]}{found[2]}"]
        while number < len(lines) and (inner := re.match(r"^( *)# ( +\S.*)$", lines[number])) and ":" in inner[2]:
            block.append(f"{inner[1]}{inner[2]}")
            number += 1
        key = block[0].strip().partition(":")[0]
        before, after = without(lines[: number - len(block)], key), without(lines[number:], key)
        yield "\n".join([*(without(before, "servers") if key == "instances" else before), *block, *after])


def without(lines: list[str], key: str) -> list[str]:
    """The lines without this key and the lines that belong to it."""
    kept, inside = [], -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if inside >= 0 and line.strip() and indent > inside:
            continue
        inside = indent if line.strip().startswith(f"{key}:") else -1
        if inside < 0:
            kept.append(line)
    return kept


@pytest.mark.parametrize(
    ("facts", "record", "least"),
    [(COURSE, "", 11), (COURSE, "A 192.0.2.9", 11), (AccountFacts("eu-west-1"), "", 11)],
)
def test_every_example_in_a_comment_loads(facts: AccountFacts, record: str, least: int) -> None:
    text = written(answers_by_default(facts, record), facts)
    found = list(examples(text))
    assert len(found) >= least
    for example in found:
        assert loaded(example).name == "my-web", example


def test_the_spec_of_the_course() -> None:
    text = written(answers_by_default(COURSE), COURSE)
    stack = loaded(text)
    assert stack.domains == ("my-web.example.com",)
    assert "zones: [a, c]" in text
    assert 'tag: "app=web"' in text
    assert "server-a (i-0aaaaaaaa), zone a" in text
    assert "\n  port: 80 " in text
    assert "\n  # open: true" in text
    assert 'certificate: "arn:aws:acm:ap-northeast-2:123456789012:certificate/1"' in text
    assert text.startswith("# yaml-language-server: $schema=../elbplan.schema.json\n")
    assert "elbplan plan 'specs/my web.yaml'" in text
    assert "CHECK" not in text


@pytest.mark.parametrize("value", ["${HOME}", '"', "a: b # c", "한글", "yes"])
def test_a_tag_is_written_as_it_is(value: str) -> None:
    servers = tuple(replace(server, tags={"app": value}) for server in COURSE.servers[:2])
    answers = answers_by_default(replace(COURSE, servers=servers))
    (targets,) = [r for r in loaded(written(answers, COURSE)).resources.values() if isinstance(r, Targets)]
    assert [str(member.instance) for member in targets.members] == [f"tag:app={value}"]


def test_without_an_account_the_lines_to_check_are_marked() -> None:
    facts = AccountFacts("eu-central-1")
    text = written(answers_by_default(facts), facts)
    marked = [line.split()[0] for line in text.splitlines() if "CHECK" in line and not line.startswith("#")]
    assert marked == ["region:", "zones:"]
    assert len(loaded(text).resources) == 8


def test_a_name_that_keeps_its_record_stays_out_of_the_spec() -> None:
    facts = COURSE
    answers = Answers("my-web", facts.region, domain="www.example.com", record="A 192.0.2.9")
    text = written(answers, facts)
    assert loaded(text).domains == ()
    assert "# www.example.com has the record: A 192.0.2.9" in text


def test_closed_security_groups_give_open_true() -> None:
    facts = COURSE
    database = facts.servers[2]
    answers = interview(
        AccountFacts(facts.region, facts.account, (database,), facts.networks),
        "my-web", answer_default, lambda zone, domain: "",
    )  # fmt: skip
    assert "\n  open: true\n" in written(answers, facts)
    assert "port: 80 " in written(answers, facts)
