"""Files, folders and standard input: each is read, or is a problem."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from elbplan.errors import SpecProblem
from elbplan.spec import load

GOOD = "name: {}\ntargets: {{instances: [i-0aaa]}}\n"


def messages(*paths: str | Path) -> list[str]:
    with pytest.raises(SpecProblem) as caught:
        load([str(path) for path in paths], stdin=io.StringIO(""), env={})
    return [f"{Path(p.file).name}:{p.line}:{p.column} {p.what}" for p in caught.value.problems]


def test_a_folder_is_its_yaml_files_in_order_without_those_below(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "c.txt", ".hidden.yaml"):
        (tmp_path / name).write_text(GOOD.format(name[0] if name[0] != "." else "hidden"))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "d.yaml").write_text(GOOD.format("d"))
    assert [stack.name for stack in load([str(tmp_path)], env={})] == ["a", "b"]


def test_a_dash_is_standard_input() -> None:
    (stack,) = load(["-"], stdin=io.StringIO(GOOD.format("x")), env={})
    assert (stack.name, stack.file) == ("x", "<stdin>")


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD.format("a"))
    assert len(load([str(tmp_path), str(tmp_path / "a.yaml"), str(tmp_path / "." / "a.yaml")], env={})) == 1


def test_the_problem_of_a_name_in_two_files_has_both_places(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.format("same"))
    (line,) = messages(tmp_path)
    assert line == f'b.yaml:1:7 another stack has the name "same": {tmp_path}/a.yaml:1'


def test_one_error_has_the_problems_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: [\n")
    (tmp_path / "b.yaml").write_text("name: x\nprot: 5\ntargets: {port: 80}\n")
    (tmp_path / "c.yaml").write_text(GOOD.format("c"))
    assert [line.split(":")[0] for line in messages(tmp_path)] == ["a.yaml", "b.yaml"]


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert messages(tmp_path / "no.yaml") == ["no.yaml:1:1 there is no such file or folder"]
    assert messages(tmp_path) == [f"{tmp_path.name}:1:1 this folder has no .yaml file"]
    assert messages("a\0b")[0].endswith("a file name cannot have a NUL character")
    assert messages() == ["elbplan:1:1 no spec is given"]


def test_an_unreadable_file_is_a_problem(tmp_path: Path) -> None:
    os.symlink(tmp_path / "loop.yaml", tmp_path / "loop.yaml")
    assert "cannot be read" in messages(tmp_path / "loop.yaml")[0]


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    for text in ("", "# only a comment\n", "---\n"):
        (tmp_path / "a.yaml").write_text(text)
        assert messages(tmp_path / "a.yaml")


def test_bytes_that_are_not_utf_8_are_a_problem_at_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"name: x\ntags: {a: \xff}\n")
    assert messages(tmp_path / "a.yaml") == ["a.yaml:2:11 is not UTF-8 text"]
    (tmp_path / "b.yaml").write_bytes(bytes(range(256)) * 50)
    assert messages(tmp_path / "b.yaml")


def test_an_endless_file_is_a_problem() -> None:
    assert "the limit for a spec" in messages("/dev/zero")[0]


def test_standard_input_that_is_closed_is_a_problem() -> None:
    closed = io.StringIO("")
    closed.close()
    with pytest.raises(SpecProblem):
        load(["-"], stdin=closed, env={})


def test_standard_input_that_is_not_text_is_a_problem() -> None:
    raw = io.TextIOWrapper(io.BytesIO(b"name: \xff\n"), encoding="utf-8")
    with pytest.raises(SpecProblem):
        load(["-"], stdin=raw, env={})
