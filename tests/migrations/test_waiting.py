"""A hold or a wait names something that is there at that step, or the file is refused when it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..hazards.hazard_cases import ATTACH, HEALTHY, LET_GO, NEW, SHIFTED, SHOP, TURN
from .lint_kit import Ran, Yard, file_of


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def lint(yard: Yard, text: str) -> Ran:
    """Lint over a file that cannot be played, so that nobody can compute its fingerprints."""
    migration = yard.write(SHOP, NEW)
    file = yard.folder.path / migration.file
    file.write_text(file_of(text).replace("from: absent", f"from: {migration.start}", 1), encoding="utf-8")
    return yard.lint()


UNKNOWN = {
    "a hold watches a misspelled name": (
        NEW + ATTACH + "- {hold: 12s, what: targets.neww, while: healthy}\n" + HEALTHY + TURN,
        "targets.neww does not exist at this step",
        "did you mean targets.new? at this step there are: targets.api, targets.new, targets.web",
    ),
    "a wait names a misspelled name": (
        NEW + ATTACH + HEALTHY.replace("targets.new", "targets.neww") + TURN,
        "targets.neww does not exist at this step",
        "did you mean targets.new?",
    ),
    "a wait stands before what it waits for": (
        HEALTHY + NEW + ATTACH,
        "targets.new does not exist at this step",
        "at this step there are: targets.api, targets.web",
    ),
    "a hold watches what is already deleted": (
        SHIFTED + LET_GO + "\n- {do: delete, what: target_group.api}\n"
        "- {hold: 12s, what: targets.api, while: healthy}\n",
        "targets.api does not exist at this step",
        "at this step there are: targets.new, targets.web",
    ),
    "a hold watches a kind of which there is none": (
        "- {hold: 12s, what: instance.web, while: running}\n" + NEW,
        "instance.web does not exist at this step",
        "at this step there is no instance",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_not_there_is_neither_waited_for_nor_watched(yard: Yard, case: str) -> None:
    text, what, hint = UNKNOWN[case]
    ran = lint(yard, text)
    assert ran.code == 65, ran.out
    (head, source, _, hint_line) = ran.err.split("\n\n")[0].splitlines()
    line, column = map(int, head.partition("  ")[0].rsplit(":", 2)[1:])
    assert what in head
    assert source.removeprefix(f"{line:>4} | ")[column - 1 :].startswith(what.partition(" ")[0])
    assert hint in hint_line


HELD = {
    "what was deleted a moment ago still finishes requests": (
        SHIFTED + "- {do: wait, what: targets.api, until: drained}\n" + LET_GO + "\n"
    ),
    "a group that others fill is watched by its own name": (
        "- {do: create, what: target_group.free, set: {port: 80, vpc: default, balancer: main}}\n"
        "- {hold: 1m, what: target_group.free, while: healthy}\n"
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_what_is_there_may_be_waited_for_and_watched(yard: Yard, case: str) -> None:
    yard.write(SHOP, HELD[case])
    assert yard.lint().code != 65


def test_a_hold_that_watches_for_an_unknown_state_is_told_at_while(yard: Yard) -> None:
    ran = lint(yard, NEW + ATTACH + "- {hold: 12s, what: targets.new, while: helthy}\n")
    assert ran.code == 65
    assert "targets.new has no state helthy to wait for" in ran.err
    assert "while: helthy" in ran.err
    assert "possible states: healthy, drained" in ran.err
