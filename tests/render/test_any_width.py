"""No plan breaks on any screen from 60 to 200 columns: long names, Hangul, ASCII, with and without details."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from elbplan.core.plan import Plan, ServerLabel
from elbplan.kinds import KINDS
from elbplan.render.layout import pieces, shortened_inside, wrapped
from elbplan.render.plan import PlanView, counts, plan_screen
from elbplan.render.style import Style

from .plans import SERVERS, plan

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.from_regex(r"x[a-z0-9]{0,22}[a-z]", fullmatch=True)
LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
TAGS = st.text(alphabet="가각힣서버웹abcXYZ -_.", min_size=0, max_size=63)
WIDTHS = st.integers(60, 200)
COMMAND = re.compile(r"^(Next |Undo ( until step \d+:| *until step \d+:)?)? *(until step \d+: )?(elbplan|aws) ")
HEADS = re.compile(r"^(elbplan|Plan:|Next|Order|Undo|Warnings|Cost|Downtime|You|Stays|Hazards|Steps|Refused|read |$| )")
ROW = re.compile(
    r"^  (\+/-|-/\+|\+|~|-) +(security group|load balancer|target group|targets|certificate|listener|rule|record) "
)


@st.composite
def changes(draw: st.DrawFn) -> Plan:
    """Draws the plan of a first apply, of a change of everything, or of a destroy."""
    group, rule, label, path = draw(NAMES), draw(NAMES), draw(LABELS), draw(LABELS)

    def spec(port: int, path: str) -> str:
        return f"""
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: [a.example.com, {label}.{label[:40].rstrip("-")}.example.com]
groups:
  {group}: {{instances: [{", ".join(SERVERS)}], port: {port}, health: /{path * 3}}}
listeners:
  - {{listen: 80/http, redirect: 443/https}}
  - listen: 443/https
    forward: {group}
    rules:
      - {{name: {rule}, path: [/{path * 2}, /v1/*], forward: {group}}}
"""

    before, after = spec(80, path), spec(8080, f"{path}x")
    made = plan(*draw(st.sampled_from([(before, None), (after, before), (None, before)])))
    servers = {id: ServerLabel(draw(TAGS), draw(st.sampled_from(["running", "stopped"]))) for id in SERVERS}
    return replace(made, servers=servers, warnings=(f"{label} is not ready",))


def shown(made: Plan, style: Style, *, detail: bool) -> list[str]:
    """Returns the lines of the whole screen."""
    view = PlanView("plan", 1.8, detail, undo="elbplan apply specs/web.yaml --rollback")
    lines = [*plan_screen(made, KINDS, style, view), *counts([made], style, "elbplan apply specs/web.yaml")]
    return [line.plain for line in lines]


@SLOW
@given(changes(), WIDTHS, st.booleans(), st.booleans())
def test_no_plan_breaks_on_any_screen(made: Plan, width: int, ascii: bool, detail: bool) -> None:
    lines = shown(made, Style(width, ascii), detail=detail)
    assert [line for line in lines if cell_len(line) > width and not COMMAND.match(line)] == []
    assert [line for line in lines if not HEADS.match(line)] == []
    assert [line for line in lines if line != line.rstrip()] == []
    assert all(line.isascii() for line in lines if ascii)


@pytest.mark.parametrize("length", range(1, 25))
def test_the_text_of_a_step_ends_where_a_narrow_screen_ends(length: int) -> None:
    name = "x" * length
    spec = f"""
name: my-web
region: ap-northeast-2
zones: [a, c]
groups:
  {name}: {{instances: [{SERVERS[0]}], port: 80}}
listeners:
  - {{listen: 80/http, forward: {name}}}
"""
    lines = shown(plan(spec, None), Style(60), detail=True)
    assert [line for line in lines if cell_len(line) > 60 and not COMMAND.match(line)] == []


@SLOW
@given(changes(), WIDTHS, st.booleans())
def test_every_resource_has_one_row_and_its_text_wraps_below_one_of_two_columns(
    made: Plan, width: int, ascii: bool
) -> None:
    lines = shown(made, Style(width, ascii), detail=True)
    block = lines[lines.index("") + 1 :]
    block = block[: block.index("")]
    rows = [line for line in block if ROW.match(line)]
    assert len(rows) == len(made.changes)
    indents = {len(line) - len(line.lstrip()) for line in block if not ROW.match(line)}
    assert len(indents) <= 3  # below the text, below the name, and the notes of a row


@given(st.text(alphabet="가나ab/:-. `", max_size=300), st.integers(10, 120))
def test_a_text_wraps_within_its_width_and_loses_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(alphabet="가나ab/:-.", min_size=1, max_size=200), st.integers(10, 120))
def test_the_pieces_of_a_word_are_the_word(word: str, width: int) -> None:
    assert "".join(pieces(word, width)) == word
    assert all(0 < cell_len(piece) <= width for piece in pieces(word, width))


@given(st.text(alphabet="가나ab", min_size=1, max_size=80), st.integers(5, 100))
def test_a_shortened_name_keeps_its_beginning_and_its_end(name: str, width: int) -> None:
    short = shortened_inside(name, width)
    assert cell_len(short) <= width
    assert short == name or (name.startswith(short.partition("…")[0]) and name.endswith(short.partition("…")[2]))


def test_a_command_between_backticks_is_not_cut() -> None:
    assert wrapped("run it again: `elbplan apply --allow protection-removed` now", 48) == [
        "run it again:", "`elbplan apply --allow protection-removed` now"
    ]  # fmt: skip


def test_an_arn_continues_below_its_own_start() -> None:
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup/web/0123456789abcdef"
    assert pieces(arn, 50) == [
        "arn:aws:elasticloadbalancing:ap-northeast-2:", "123456789012:targetgroup/web/0123456789abcdef"
    ]  # fmt: skip
