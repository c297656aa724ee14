"""Foreign text cannot move the cursor, hide, or break a line on any screen."""

from __future__ import annotations

import io
import json

import pytest
import yaml

from elbplan.cli.errors import report_problem
from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.core.change import field_difference
from elbplan.errors import Problem, Refused, SpecProblem, escaped
from elbplan.kinds.rule import Rule
from elbplan.render.style import Style
from elbplan.run.lock.messages import run_title, still_alive, taken_over
from elbplan.run.lock.record_parser import read

from .kit import WEB

EVIL = "a\x1b[2Jb\x07c\nd\x9be\u202ef\u200bg\u2066h\u2028i\x7fj\rk"
SHOWN = r"a\x1b[2Jb\x07c\nd\x9be\u202ef\u200bg\u2066h\u2028i\x7fj\rk"


FIELD = [{"field": "path-pattern", "values": ["/x"]}]


def terminal() -> Terminal:
    return Terminal(io.StringIO(), io.StringIO(), io.StringIO(), {})


def harmless(text: str) -> bool:
    return escaped(text, "\n") == text


def test_control_bidi_and_invisible_characters_are_written_out_and_others_stay():
    assert escaped(EVIL) == SHOWN
    assert escaped("héllo 안녕 → 100 %") == "héllo 안녕 → 100 %"


def test_a_line_for_the_person_stays_one_line():
    screen = terminal()
    screen.err(EVIL, "second", head="\x1b[31merror:\x1b[0m ")
    assert screen.stderr.getvalue() == f"\x1b[31merror:\x1b[0m {SHOWN}\nsecond\n"


def test_data_keeps_its_lines_and_nothing_else():
    screen = terminal()
    screen.out(f"one:\ttab\n{EVIL}")
    assert screen.stdout.getvalue().startswith("one:\ttab\na\\x1b[2Jb\\x07c\nd\\x9be")
    assert harmless(screen.stdout.getvalue().replace("\t", ""))


def test_errors_and_hints_are_escaped_and_break_only_the_lines_that_are_ours():
    screen = terminal()
    report_problem(screen, Refused(f"first line\n{escaped(EVIL)}", hint="do this\x1b[2J"))
    assert screen.stderr.getvalue() == f"error: first line\n{SHOWN}\n  hint: do this\\x1b[2J\n"


def test_the_name_of_a_file_in_a_problem_is_escaped():
    screen = terminal()
    report_problem(screen, SpecProblem([Problem(EVIL, 1, 1, "is empty")]))
    assert screen.stderr.getvalue().splitlines()[0] == f"{SHOWN}:1:1  is empty"


@pytest.mark.parametrize("command", ["validate", "plan", "expand", "lint"])
def test_a_spec_with_a_hostile_name_and_hostile_values_prints_nothing_that_acts(tmp_path, command):
    folder = tmp_path / "a\x1b[2J\u202e\nb"
    folder.mkdir()
    (folder / "x\x07.yaml").write_text('name: "a\\e[2J\\u202E\\nb"\ntargets: {a: "\\u200b"}\n')
    screen = terminal()
    assert run([command, str(folder / "x\x07.yaml")], screen) in (64, 65)
    text = screen.stderr.getvalue() + screen.stdout.getvalue()
    assert harmless(text)
    assert r"a\x1b[2J\u202e\nb" in text


def test_whoever_holds_the_lock_is_named_without_acting_on_the_terminal():
    fields = {"schema": 1, "state": "running", "run": "r", "verb": EVIL, "who": EVIL, "note": EVIL, "lease_seconds": 90,
              "started": "2026-01-01T00:00:00Z", "renewed": "2026-01-01T00:00:00Z"}  # fmt: skip
    record = read("held", "/elbplan/held/000007", json.dumps(fields))
    assert record is not None
    assert record.who == SHOWN
    for text in (run_title(record), taken_over(record, record), still_alive(record).what):
        assert escaped(text) == text


def test_what_differs_in_aws_is_told_on_one_line_with_everything_written_out():
    def rule(body):
        action = {"type": "fixed-response", "status": "200", "body": body, "content_type": "text/plain"}
        return Rule.model_validate({"listener": "listener.80", "priority": 1, "action": action, "conditions": FIELD})

    text = field_difference(rule("fine"), rule(EVIL), "action")
    assert escaped(text) == text
    assert r"\x1b[2J" in text


def test_screens_are_escaped_as_well():
    line = Style(200).line(EVIL).plain
    assert line == SHOWN
    assert Style(200).clean("two\n words") == "two words"


def test_expanded_values_with_hidden_characters_read_back_as_they_were(tmp_path):
    spec = tmp_path / "web.yaml"
    spec.write_text(
        WEB
        + 'listeners: [{listen: 80, forward: web, rules: [{path: /y, respond: {status: 410, body: "a\\u202Eb"}}]}]\n'
    )
    screen = terminal()
    assert run(["expand", str(spec)], screen) == 0
    text = screen.stdout.getvalue()
    assert harmless(text)
    assert "a\u202eb" in json.dumps(yaml.safe_load(text), ensure_ascii=False)
