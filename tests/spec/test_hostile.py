"""Any input gives stacks or problems, and nothing else, in a short time."""

from __future__ import annotations

import copy
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elbplan.core.stack import Stack
from elbplan.errors import SpecProblem
from elbplan.spec import expand_text, load, schema
from elbplan.spec.keys import keys_of
from elbplan.spec.models import MODELS
from elbplan.spec.short.document import Short

from .kit import BAD, GOOD, SPECS, stacks

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


ENV = {"A": "x"}


def met(path: str, text: str = "") -> SpecProblem | list[Stack]:
    """The stacks or the error of a load. Any other exception fails the test."""
    try:
        return load([path], stdin=io.StringIO(text), env=ENV)
    except SpecProblem as problem:
        return problem


def survives(text: str) -> None:
    """Loads the text. Problems must have places and be printable; stacks must be the same in the long form."""
    loaded = met("-", text)
    if isinstance(loaded, SpecProblem):
        assert loaded.problems
        assert all(problem.line >= 1 <= problem.column and problem.what for problem in loaded.problems)
        assert str(loaded).replace("\n", "").isprintable()
    else:
        assert [s.resources for s in stacks(expand_text(loaded), ENV)] == [s.resources for s in loaded]


@QUICK
@given(st.text())
def test_any_text(text: str) -> None:
    survives(text)


@QUICK
@given(data=st.binary())
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(data)
    assert met(str(path))


SIGNS = st.text(alphabet="{}[]:-?*&!|>'\"%@`#,\n\t ab1.$<~/=\\\u2028\x85", max_size=40)


@QUICK
@given(SIGNS)
def test_any_text_of_yaml_special_characters(text: str) -> None:
    survives(text)


def _keys_in(schema: Any) -> Iterator[str]:
    """Every key that a part of the schema names."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _keys_in(inner)


TOP = sorted({*keys_of(Short), *MODELS})
WORDS = sorted({*TOP, *_keys_in(schema())})
TEXTS = [
    "web", "80/http", "443/https", "443/tls", "53/udp", "10.0.0.0/8", "i-0abc", "30s", "${A}", "*",
    "arn:aws:x",
    "forward", "arn:aws:lambda:eu-west-1:123456789012:function:f", "env:A", "ssm:/a", "secretsmanager:arn:aws:x",
    "^/a(b)", "$1",
    "a.com", "s3://b/key", "sg-0abc", "eipalloc-0abc", "tag:a=b", "find", "network", "gateway", "latency", "true",
]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
KEYS = st.sampled_from([*WORDS, "web", "groups", "path", "type", "forward", "members", "<<"]) | st.text(max_size=4)
TREES = st.recursive(
    LEAVES | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@QUICK
@given(st.dictionaries(st.sampled_from(TOP) | st.sampled_from(WORDS), TREES, max_size=6))
def test_any_structure_under_the_keys_of_the_grammar(data: dict[str, Any]) -> None:
    survives(yaml.safe_dump({"name": "x", **data}, allow_unicode=True))


VALUES = [
    "",
    "null",
    "true",
    "no",
    "-1",
    "1.5",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "{a: b}",
    "x",
    "*a",
    "&a b",
    "!x",
    "[null]",
    "'" + "x" * 500 + "'",
    "22:30",
    "${X}",
    "i-0abc",
    "{name: x, values: y}",
    "10.0.0.1/8",
    "|\n  x",
    "? x",
    '"\\ud800"',
    "9" * 30,
    "[1, 2]",
    "{groups: {a: {}}}",
    "{null: null}",
    "Z0123456789A",
]
SEEDS = [path.read_text() for path in (*SPECS, *GOOD, *BAD)]


@QUICK
@given(st.integers(min_value=0, max_value=2**32))
def test_any_spec_with_some_values_replaced(seed: int) -> None:
    dice = random.Random(seed)
    lines = dice.choice(SEEDS).split("\n")
    for _ in range(dice.randint(1, 4)):
        index = dice.randrange(len(lines))
        places = [found.end() for found in re.finditer(":", lines[index])]
        if places:
            at = dice.choice(places)
            end = re.search(r"[,}\]]", lines[index][at:])
            tail = lines[index][at + end.start() :] if end else ""
            lines[index] = f"{lines[index][:at]} {dice.choice(VALUES)}{tail}"
    survives("\n".join(lines))


KNOBS = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parents[1] / "knobs").glob("*.yaml"))
]
WRONG: list[Any] = [
    "", None, True, -1, 1.5, 10**30, float("inf"), [], {}, [[]], [{}], [None], {"a": "b"}, {None: None}, [1, 2], *TEXTS,
    "x" * 500, "22:30", "a b", "\u2713", "#{a}", "arn:::::::", "arn:aws:lambda:::", ":", "env:", "tag:", "10.0.0.1/8",
]  # fmt: skip


BLANK = ["", " "]


def _places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for step, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*place, step)
        yield from _places(inner, (*place, step))


def test_every_value_can_be_blank() -> None:
    done = set[tuple[Any, ...]]()
    for data in KNOBS:
        for *around, last in _places(data):
            keys = (*(step for step in around if isinstance(step, str)), last)
            if keys not in done:
                done.add(keys)
                for value in BLANK:
                    survives(yaml.safe_dump(_replaced(data, (*around, last), value), sort_keys=False))
    assert len(done) > 400


def _replaced(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of the data with another value at this place."""
    changed = copy.deepcopy(data)
    *around, last = place
    inner = changed
    for step in around:
        inner = inner[step]
    inner[last] = copy.deepcopy(value)
    return changed


@QUICK
@given(st.integers(min_value=0, max_value=2**32))
def test_any_spec_of_all_keys_with_some_values_replaced(seed: int) -> None:
    dice = random.Random(seed)
    data = dice.choice(KNOBS)
    for _ in range(dice.randint(1, 3)):
        data = _replaced(data, dice.choice(list(_places(data))), dice.choice(WRONG))
    survives(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
