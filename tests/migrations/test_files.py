"""Migration files: what is written is read again, and whatever is wrong is told by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.core.address import Address
from elbplan.core.duration import duration_text, parse_duration
from elbplan.errors import SpecProblem
from elbplan.migrations.files.fingerprints import refresh
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.migrations.files.parser import MigrationParser
from elbplan.migrations.files.writer import text_of
from elbplan.migrations.lint.lint import blocking
from elbplan.migrations.migration import Migration, MigrationStep
from elbplan.spec.yaml.tree import Source

FILE = """# why we did this
stack: shop
title: two doors
from: absent
to: s1-00000000
spec: h-00000000
steps:
  - do: create
    what: security_group.lb
    set: {vpc: default, ingress: [{from_port: 80, to_port: 80, cidr: 0.0.0.0/0}]}
    then: s1-00000000
  - hold: 15m
  - do: create
    what: security_group.web
    set: {vpc: default, ingress: [{from_port: 80, to_port: 80, group: lb}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder.of("shop", tmp_path)
    made.path.mkdir()
    return made


def written(folder: Folder, text: str, name: str = "0001_doors.yaml") -> Path:
    file = folder.path / name
    file.write_text(text)
    return file


def problems(folder: Folder) -> list[tuple[int, int, str]]:
    with pytest.raises(SpecProblem) as error:
        load(folder)
    return [(problem.line, problem.column, problem.what) for problem in error.value.problems]


def test_refreshing_makes_an_edited_file_true_and_leaves_the_rest_of_it_alone(folder: Folder) -> None:
    file = written(folder, FILE)
    assert [(line, column) for line, column, _ in problems(folder)] == [(11, 11)]
    assert refresh(folder).changed == [file, folder.path / "HEAD"]
    assert refresh(folder).changed == []
    (migration,) = load(folder)
    assert file.read_text().startswith("# why we did this\nstack: shop\n")
    assert [sorted(map(str, state)) for state in migration.states] == [
        [],
        ["security_group.lb"],
        ["security_group.lb"],
        ["security_group.lb", "security_group.web"],
    ]


def test_what_is_loaded_and_saved_is_loaded_again(folder: Folder) -> None:
    written(folder, FILE)
    refresh(folder)
    first = load(folder)
    (file,) = folder.save(first)
    text = file.read_text()
    assert load(folder) == first
    folder.save(load(folder))
    assert file.read_text() == text


@pytest.mark.parametrize(
    "text", ["on", "22:30", "#x", "${HOME}", "a: b", "two\nlines", "", "null", "12345678", "*.x", "ü 🙂"]
)
def test_any_text_survives(text: str) -> None:
    entry = MigrationStep(
        "create", Address("record", "*.example.com"), {"name": text, "list": [{"deep": text}]}, why=text
    )
    made = Migration("shop", 1, "doors", text, spec="h-00000000", entries=(entry,))
    reader = MigrationParser(Source("0001_doors.yaml", text_of(made)))
    assert reader.migration(1, "doors") == made
    assert reader.problems == []


def held(step: str) -> str:
    """The file with another step where it holds."""
    return FILE.replace("hold: 15m", step)


WRONG = {
    "not yaml": ("stack: [", 1, 9, "missing"),
    "no map": ("- a\n", 1, 1, "one YAML document"),
    "a key too many": (FILE.replace("title:", "titel:"), 3, 1, "no key titel"),
    "no from": (FILE.replace("from: absent\n", ""), 2, 1, "from: is missing"),
    "no fingerprint": (FILE.replace("to: s1-00000000", "to: 12345678"), 5, 5, "is not a fingerprint"),
    "another stack": (FILE.replace("shop", "other"), 2, 8, "is for other"),
    "no such verb": (FILE.replace("do: create", "do: creat", 1), 8, 9, "no step called creat"),
    "no such kind": (FILE.replace("security_group.lb", "securitygroup.lb"), 9, 11, "no kind of resource"),
    "no address": (FILE.replace("what: security_group.lb", "what: lb"), 9, 11, "not an address"),
    "no such field": (FILE.replace("{vpc:", "{vcp:", 1), 10, 16, "did you mean vpc?"),
    "not there": (FILE.replace("group: lb", "group: db"), 14, 5, "refers to security_group.db"),
    "made twice": (FILE.replace("security_group.web", "security_group.lb"), 13, 11, "already exists"),
    "no wait": (held("{do: delete, what: security_group.lb, hold: 15m}"), 11, 43, "delete step cannot have hold:"),
    "no id": (held("{do: adopt, what: security_group.x, set: {vpc: default}}"), 11, 5, "adopt needs the resource"),
    "no else": (held("{hold: 15m, on_failure: return}"), 11, 29, "stop or rollback"),
    "watches nothing": (held("{hold: 15m, while: healthy}"), 11, 5, "both what: and while:"),
    "nothing to shift": (held("{do: shift, what: listener.80, set: {web: 10}}"), 11, 23, "does not exist"),
    "another kind": (
        held("{do: moved, from: security_group.lb, what: target_group.lb}"),
        11,
        48,
        "is not a security_group",
    ),
    "moved from nowhere": (
        held("{do: moved, from: security_group.db, what: security_group.x}"),
        11,
        23,
        "does not exist",
    ),
    "still used": (FILE + "  - {do: release, what: security_group.lb}\n", 15, 25, "still refers to"),
    "no time": (FILE.replace("15m", "soon"), 11, 11, "soon is not a duration"),
    "begins elsewhere": (FILE.replace("from: absent", "from: s1-12345678"), 4, 7, "but the first migration must begin"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_by_its_place(folder: Folder, case: str) -> None:
    text, line, column, what = WRONG[case]
    written(folder, text.replace("    then: s1-00000000\n", ""))
    found = problems(folder)
    assert found, case
    assert (line, column) in [(problem[0], problem[1]) for problem in found], found
    assert any(what in problem[2] for problem in found), found


def test_a_removal_waits_until_nobody_points_there(folder: Folder) -> None:
    written(folder, FILE + "  - {do: delete, what: security_group.lb}\n")
    with pytest.raises(SpecProblem, match=r"security_group\.web still refers to security_group\.lb"):
        refresh(folder)


def test_a_state_that_was_there_before_is_a_finding(folder: Folder) -> None:
    more = "  - {do: create, what: security_group.x, set: {vpc: default}}\n  - {do: delete, what: security_group.x}\n"
    written(folder, FILE.replace("    then: s1-00000000\n", "") + more)
    refresh(folder)
    (migration,) = load(folder)
    finding = blocking(migration, ["public-exposure"])[-1]
    assert (finding.hazard.name, finding.step) == ("repeated-state", 4)
    assert "back to an earlier state" in finding.hazard.text
    assert blocking(migration, ["public-exposure", "repeated-state"]) == []


@pytest.mark.parametrize("text", ["target_group.web", "record.*.example.com", "target_group.web@old"])
def test_addresses(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(("text", "seconds"), [("15m", 900), ("90s", 90), ("2h", 7200), ("0s", 0)])
def test_times(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds
    assert duration_text(seconds) == text
