"""Two branches in one folder, and drift: without AWS, from canned observations."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.kind import LiveResource
from elbplan.core.simulate import State
from elbplan.core.stack import Stack
from elbplan.errors import Refused, SpecProblem, UsageProblem
from elbplan.kinds import KINDS
from elbplan.kinds.aws.leading_actions import OtherAction
from elbplan.kinds.instance import Instance
from elbplan.live.observe import Observed
from elbplan.live.portable import PortableNames
from elbplan.migrations.drift.accept import AcceptedDrift, DriftAccepter, migration_file_of
from elbplan.migrations.files.fingerprints import refresh
from elbplan.migrations.files.folder import Folder, head_of, write
from elbplan.migrations.files.loader import load
from elbplan.migrations.migration import Migration
from elbplan.migrations.rebase.offline_plan import HEALTHY_STATES, as_live, in_file_words, offline_plan
from elbplan.migrations.rebase.rebase import Rebase
from elbplan.migrations.save import migration_of
from elbplan.spec import load as load_spec

SPEC = """
name: shop
region: eu-west-1
network: {vpc: vpc-0abc, subnets: [subnet-0a, subnet-0c]}
targets: {instances: [i-0aaa], port: 80, health: /health}
"""
PORT = SPEC.replace("port: 80", "port: 8080")
HEALTH = SPEC.replace("/health}", "/well}")
IDLE = SPEC + "overrides: {load_balancer: {attributes: {idle_timeout.timeout_seconds: 120}}}\n"
TAGS = SPEC + "tags: {team: web}\n"
BOTH = PORT + IDLE.removeprefix(SPEC)
PORT_WELL = PORT.replace("/health}", "/well}")

SWITCH = """  - do: update
    what: listener.80
    set: {action: {type: forward, groups: [{group: web}, {group: web@old, weight: 0}]}}
"""
TENTH = """  - do: update
    what: listener.80
    set: {action: {type: forward, groups: [{group: web, weight: 10}, {group: web@old, weight: 90}]}}
    why: a tenth first
  - hold: 15m
    why: look at the graphs
"""
EDITED = (SWITCH, TENTH + SWITCH.rstrip("\n") + "\n    allow: [outage]\n    because: we said so\n")
PERSON = ["hold 900 look at the graphs", "a tenth first", "('outage',) we said so"]


def stack_of(spec: str) -> Stack:
    (stack,) = load_spec(["-"], stdin=io.StringIO(spec))
    return stack


def words(migration: Migration) -> list[str]:
    """What a person wrote: holds, a tenth, allowances."""
    edits = [f"hold {e.hold:g} {e.why}" for e in migration.entries if e.do == "hold" and e.hold is not None]
    edits += [e.why for e in migration.entries if e.why == "a tenth first"]
    return edits + [f"{e.allow} {e.because}" for e in migration.entries if e.because]


class Desk:
    """A folder of migrations, and an AWS that is only pretended to be in a state."""

    def __init__(self, base: Path) -> None:
        self.folder = Folder.of("shop", base)
        self.lives: list[LiveResource[Any]] = []

    def observed(self, stack: Stack) -> Observed:
        return Observed(stack.resources, self.lives, {}, portable_names=PortableNames())

    def live(self, state: State) -> None:
        """AWS is in this state."""
        self.lives = [as_live("shop", address, state) for address in state]

    def changed(self, address: str, **fields: Any) -> None:
        """Somebody changed something by hand."""
        (live,) = [other for other in self.lives if str(other.address) == address]
        made = live.model.model_copy(update=fields)
        self.lives = [replace(other, model=made) if other is live else other for other in self.lives]

    def made(
        self,
        spec: str,
        before: list[Migration],
        name: str,
        edit: tuple[str, str] = ("", ""),
        tail: str = "",
        leaving: str = "",
    ) -> Path:
        """A file as a branch would add it behind others, and edited; `leaving` is a file that the branch has not."""
        stack = stack_of(spec)
        start = before[-1].last if before else {}
        plan = offline_plan(stack, start, in_file_words(self.observed(stack)))
        new = migration_of(plan, before, PortableNames(), name=name, title=f"{name} by hand", spec=stack.spec_hash)
        (file,) = self.folder.save([new])
        assert edit[0] in file.read_text()
        if edit[0]:
            aside = [path for path in self.folder.files() if path.name[:4] == file.name[:4] or path.name == leaving]
            texts = {other: other.read_text() for other in aside if other != file}
            for other in texts:
                other.unlink()
            file.write_text("# kept\n" + file.read_text().replace(*edit, 1) + tail)
            refresh(self.folder)
            for other, text in texts.items():
                other.write_text(text)
        return file

    def first(self) -> list[Migration]:
        """0001, applied."""
        self.made(SPEC, [], "first")
        found = load(self.folder)
        self.live(found[-1].last)
        return found

    def conflict(self) -> None:
        (self.folder.path / "HEAD").write_text("<<<<<<< HEAD\n0002_a s1-0 0\n=======\n0002_b s1-1 1\n>>>>>>> b\n")

    def rebase(self, spec: str, file: str = "", *, put: Callable[[Path, str], None] | None = None) -> tuple[str, ...]:
        stack = stack_of(spec)
        made = Rebase(self.folder, stack, self.observed(stack)).rebased(file)
        self.folder.exchange(made.files, put)
        return made.notes

    def adopt(self, spec: str, name: str = "") -> AcceptedDrift:
        stack = stack_of(spec)
        adopter = DriftAccepter(None, stack, self.observed(stack))  # type: ignore[arg-type]
        files = migration_file_of(self.folder) if self.folder.used else []
        found = adopter.accept_into_files(files, name) if files else adopter.accept_into_spec()
        if found.files:
            self.folder.exchange(found.files)
        return found

    def ids(self) -> list[str]:
        return [migration.id for migration in load(self.folder)]

    def ends_as(self, spec: str) -> bool:
        stack = stack_of(spec)
        return offline_plan(stack, load(self.folder)[-1].last, stack.resources).empty

    def problems(self) -> list[str]:
        with pytest.raises(SpecProblem) as error:
            load(self.folder)
        return [f"{Path(p.file).name}:{p.line}:{p.column} {p.what}" for p in error.value.problems]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_pretended_is_well(kind: str) -> None:
    live: LiveResource[Any] = LiveResource(
        Address(kind, "x"), "x", Instance(image="ami-1", subnet="a"), {"state": HEALTHY_STATES.get(kind, "")}
    )
    assert KINDS[kind].pending_gate(live) == ""


# What the chain says ---------------------------------------------------------------------------------------------


def test_two_files_of_one_number_are_named(desk: Desk) -> None:
    before = desk.first()
    desk.made(PORT, before, "a")
    desk.made(IDLE, before, "b")
    first, a, b = (path.read_text().partition("to: ")[2][:11] for path in desk.folder.files())
    assert desk.problems() == [
        "0002_b.yaml:1:1 two files have the number 0002: 0002_a and 0002_b",
        f"0002_b.yaml:3:7 0002_b begins at {first} (the end of 0001_first), but 0002_a ends at {a}",
    ]
    assert b not in (first, a)


def test_a_conflict_in_head_or_in_a_file_is_told_as_such(desk: Desk) -> None:
    desk.first()
    desk.conflict()
    assert desk.problems() == ["HEAD:1:1 HEAD has both sides of a git conflict: two branches each added a file"]
    file = desk.folder.path / "0001_first.yaml"
    file.write_text(file.read_text().replace("title:", "<<<<<<< HEAD\ntitle:"))
    assert "0001_first.yaml:2:1 this file has both sides of a git conflict: two branches wrote it" in desk.problems()


def test_a_head_that_pins_the_wrong_file_is_told_by_both_names(desk: Desk) -> None:
    before = desk.first()
    pinned = (desk.folder.path / "HEAD").read_text()
    desk.made(PORT, before, "a")
    (desk.folder.path / "HEAD").write_text(pinned)
    assert desk.problems() == ["HEAD:1:1 HEAD does not pin 0002_a, the last file: it pins 0001_first"]


def test_a_file_that_follows_none_is_named(desk: Desk) -> None:
    before = desk.first()
    file = desk.made(PORT, before, "a")
    file.write_text(file.read_text().replace(f"from: {before[-1].end}", "from: s1-00000000"))
    assert desk.problems() == [f"0002_a.yaml:3:7 0002_a begins at s1-00000000, but 0001_first ends at {before[-1].end}"]
    file.rename(file.with_name("0004_a.yaml"))
    assert "the number 0002 is missing: after 0001_first comes 0004_a" in desk.problems()[0]


# Carried, or planned anew ----------------------------------------------------------------------------------------


def test_what_fits_is_carried_with_every_word(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    text = desk.made(PORT, before, "b", EDITED).read_text()
    desk.conflict()
    notes = desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_a", "0003_b"]
    carried = (desk.folder.path / "0003_b.yaml").read_text().splitlines()
    assert [line for line in carried if "s1-" not in line and "h-" not in line] == [
        line for line in text.splitlines() if "s1-" not in line and "h-" not in line
    ]
    last = load(desk.folder)[-1]
    assert (words(last), last.spec) == (PERSON, stack_of(BOTH).spec_hash)
    assert desk.ends_as(BOTH)
    assert "elbplan rebase shop 0002_a moves it instead" in notes[0]


def test_what_does_not_fit_is_planned_anew_with_a_persons_words(desk: Desk) -> None:
    before = desk.first()
    desk.made(HEALTH, before, "a")
    desk.made(PORT, before, "b", EDITED)
    desk.conflict()
    notes = desk.rebase(PORT_WELL)
    assert desk.ids() == ["0001_first", "0002_a", "0003_b"]
    last = load(desk.folder)[-1]
    assert (words(last), last.title) == (PERSON, "b by hand")
    assert desk.ends_as(PORT_WELL)
    assert "0003_b is planned again, from 0002_a to what the spec wants" in notes
    assert not any("not carried" in note for note in notes)
    kept = [entry.do for entry in last.entries]
    assert kept.index("hold") < [e.because for e in last.entries].index("we said so")


def test_what_cannot_be_carried_is_named(desk: Desk) -> None:
    """The branch wanted another health check; the merged spec does not."""
    before = desk.first()
    desk.made(PORT, before, "a")
    line = "    what: target_group.web\n"
    desk.made(
        HEALTH,
        before,
        "b",
        (line, f"{line}    allow: [health-check-changes]\n    because: known\n"),
        "  - hold: approval\n",
    )
    desk.conflict()
    notes = desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_a", "0003_b"]
    assert [note for note in notes if note.startswith("not carried")] == [
        "not carried over from 0002_b: update target_group.web: allow, because",
        "not carried over from 0002_b: hold: approval",
    ]


def test_several_files_of_a_branch_move_together(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    desk.made(PORT_WELL, _alone(desk, "0002_a.yaml"), "c")
    desk.conflict()
    notes = desk.rebase(PORT_WELL + IDLE.removeprefix(SPEC))
    assert desk.ids() == ["0001_first", "0002_a", "0003_b", "0004_c"]
    assert not any("anew" in note for note in notes)
    assert desk.ends_as(PORT_WELL + IDLE.removeprefix(SPEC))


def test_files_that_do_not_fit_are_taken_into_one(desk: Desk) -> None:
    before = desk.first()
    desk.made(PORT.replace("i-0aaa", "i-0bbb"), before, "a")
    desk.made(PORT, before, "b")
    desk.made(PORT_WELL, _alone(desk, "0002_a.yaml"), "c")
    desk.conflict()
    wanted = PORT_WELL.replace("i-0aaa", "i-0bbb")
    notes = desk.rebase(wanted)
    assert desk.ids() == ["0001_first", "0002_a", "0003_c"]
    assert any("0002_b becomes part of c" in note for note in notes)
    assert desk.ends_as(wanted)


def _alone(desk: Desk, without: str) -> list[Migration]:
    """The chain without one file, as the other branch has it."""
    file = desk.folder.path / without
    text = file.read_text()
    file.unlink()
    refresh(desk.folder)
    found = load(desk.folder)
    file.write_text(text)
    return found


def test_the_same_change_on_both_branches_is_made_once(desk: Desk) -> None:
    before = desk.first()
    desk.made(HEALTH, before, "a")
    desk.made(HEALTH, before, "b")
    desk.conflict()
    notes = desk.rebase(HEALTH)
    assert desk.ids() == ["0001_first", "0002_a"]
    assert any("0002_b is deleted" in note for note in notes)


# Which file moves ------------------------------------------------------------------------------------------------


def test_what_is_applied_stays(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    b = _alone(desk, "0002_a.yaml")[-1]
    desk.live(b.last)
    desk.conflict()
    with pytest.raises(Refused, match="0002_b is applied"):
        desk.rebase(BOTH, "0002_b")
    assert sorted(f.name for f in desk.folder.files()) == ["0001_first.yaml", "0002_a.yaml", "0002_b.yaml"]
    notes = desk.rebase(BOTH)
    assert notes[0] == "0002_b stays: it is applied, at least in part"
    assert desk.ids() == ["0001_first", "0002_b", "0003_a"]


def test_what_is_begun_stays(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    desk.live(_alone(desk, "0002_a.yaml")[-1].states[3])
    desk.conflict()
    desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_b", "0003_a"]


def test_what_head_pins_stays(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    assert desk.rebase(BOTH)[0] == "0002_b stays: HEAD pins it"
    assert desk.ids() == ["0001_first", "0002_b", "0003_a"]


def test_what_is_named_moves(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    desk.conflict()
    with pytest.raises(UsageProblem, match="no migration 0009_x"):
        desk.rebase(BOTH, "0009_x")
    desk.rebase(BOTH, "0002_a")
    assert desk.ids() == ["0001_first", "0002_b", "0003_a"]


def test_a_file_somebody_renumbered_by_hand_is_put_right(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b").rename(desk.folder.path / "0003_b.yaml")
    assert "0003_b begins at" in desk.problems()[0]
    desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_a", "0003_b"]
    assert desk.ends_as(BOTH)


def test_a_file_that_was_renumbered_by_hand_and_is_applied_stays(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b")
    desk.live(_alone(desk, "0002_a.yaml")[-1].last)
    (desk.folder.path / "0002_b.yaml").rename(desk.folder.path / "0003_b.yaml")
    assert desk.rebase(BOTH)[0] == "0003_b stays: it is applied, at least in part"
    assert desk.ids() == ["0001_first", "0002_b", "0003_a"]


def test_a_file_that_nothing_leads_to_may_be_applied(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(BOTH, load(desk.folder), "b")
    desk.live(load(desk.folder)[-1].last)
    (desk.folder.path / "0002_a.yaml").unlink()
    with pytest.raises(Refused, match="nobody can tell whether 0003_b is applied"):
        desk.rebase(BOTH)
    desk.live(before[-1].last)
    desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_b"]
    assert desk.ends_as(BOTH)


def test_an_applied_file_of_a_whole_chain_does_not_move(desk: Desk) -> None:
    desk.first()
    with pytest.raises(Refused, match="0001_first is applied"):
        desk.rebase(SPEC, "0001_first")


def test_two_branches_and_a_change_by_hand(desk: Desk) -> None:
    """The files are put in a row all the same: before that, nothing else could be done with them."""
    before = desk.first()
    desk.made(PORT, before, "a")
    desk.made(IDLE, before, "b")
    desk.changed("load_balancer.main", tags={"by": "hand"})
    desk.conflict()
    notes = desk.rebase(BOTH)
    assert desk.ids() == ["0001_first", "0002_a", "0003_b"]
    assert "AWS is nearest to the start of 0002_b, but has drifted in load_balancer.main" in notes[-1]


# A whole chain ---------------------------------------------------------------------------------------------------


def test_nothing_to_do_writes_nothing(desk: Desk) -> None:
    desk.made(PORT, desk.first(), "a")
    texts = {file: file.read_text() for file in desk.folder.path.iterdir()}

    def put(file: Path, text: str) -> None:
        raise AssertionError(file)

    assert desk.rebase(PORT, put=put) == ()
    assert {file: file.read_text() for file in desk.folder.path.iterdir()} == texts


def test_a_pending_file_follows_a_spec_that_went_on(desk: Desk) -> None:
    desk.made(PORT, desk.first(), "a", EDITED)
    desk.rebase(PORT_WELL)
    assert desk.ids() == ["0001_first", "0002_a"]
    assert words(load(desk.folder)[-1]) == PERSON
    assert desk.ends_as(PORT_WELL)


def test_an_applied_file_does_not_follow(desk: Desk) -> None:
    desk.made(PORT, desk.first(), "a")
    desk.live(load(desk.folder)[-1].last)
    (note,) = desk.rebase(PORT_WELL)
    assert "plan --save NAME writes the next file" in note
    assert not desk.ends_as(PORT_WELL)


def test_a_change_by_hand_in_the_way_is_refused(desk: Desk) -> None:
    desk.made(HEALTH, desk.first(), "a")
    desk.changed("target_group.web", tags={"by": "hand"})
    with pytest.raises(Refused, match=r"AWS has drifted in target_group\.web, which 0002_a changes") as error:
        desk.rebase(HEALTH)
    assert "--revert-drift" in error.value.hint
    assert "--accept-drift" in error.value.hint


def test_a_change_by_hand_beside_the_way_is_only_told(desk: Desk) -> None:
    desk.made(IDLE, desk.first(), "a")
    desk.changed("target_group.web", tags={"by": "hand"})
    (note,) = desk.rebase(IDLE)
    assert "AWS is nearest to the start of 0002_a, but has drifted in target_group.web" in note


# Nothing is lost -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("writes", range(4))
def test_a_machine_that_stops_loses_nothing(desk: Desk, writes: int) -> None:
    """Two files of one name move up by one: the place of the second is written over by the first."""
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.made(PORT, before, "b", EDITED)
    line = "    what: target_group.web\n"
    known = (line, f"{line}    allow: [health-check-changes]\n    because: known\n")
    desk.made(PORT_WELL, _alone(desk, "0002_a.yaml"), "b", known, leaving="0002_a.yaml")
    desk.conflict()
    left = writes

    def put(file: Path, text: str) -> None:
        nonlocal left
        if not left:
            raise OSError("the machine stops")
        left -= 1
        write(file, text)

    wanted = PORT_WELL + IDLE.removeprefix(SPEC)
    if writes < 3:
        with pytest.raises(OSError, match="the machine stops"):
            desk.rebase(wanted, put=put)
    else:
        desk.rebase(wanted, put=put)
    for word in ("a tenth first", "because: known"):
        assert any(word in file.read_text() for file in desk.folder.files()), word
    desk.rebase(wanted)
    assert desk.ids()[:2] == ["0001_first", "0002_a"]
    every = [word for migration in load(desk.folder) for word in words(migration)]
    assert sorted(every) == sorted([*PERSON, "('health-check-changes',) known"])
    assert desk.ends_as(wanted)


# Changed by hand -------------------------------------------------------------------------------------------------


def test_a_change_by_hand_becomes_the_next_file_and_overrides(desk: Desk) -> None:
    desk.first()
    health = stack_of(HEALTH).resources
    (address,) = [address for address in health if address.kind == "target_group"]
    model: Any = next(live.model for live in desk.lives if live.address == address)
    desk.changed("target_group.web", health=model.health.model_copy(update={"path": "/other"}))
    found = desk.adopt(SPEC)
    assert desk.ids() == ["0001_first", "0002_accepted_drift"]
    last = load(desk.folder)[-1]
    assert [(e.do, str(e.what), e.set) for e in last.entries] == [
        ("update", "target_group.web", {"health": {"path": "/other"}})
    ]
    assert last.spec == ""
    assert found.block.text == "overrides:\n  target_group.web: {health: {path: /other}}\n"
    with pytest.raises(Refused, match="there is no drift"):
        desk.adopt(SPEC)


def test_a_pending_file_comes_behind_what_was_changed_by_hand(desk: Desk) -> None:
    before = desk.first()
    desk.made(IDLE, before, "a")
    desk.changed("target_group.web", tags={"by": "hand"})
    desk.adopt(IDLE, "tagged")
    assert desk.ids() == ["0001_first", "0002_tagged", "0003_a"]
    assert head_of(desk.folder, load(desk.folder)[-1])


def test_what_cannot_be_taken_in_is_refused(desk: Desk) -> None:
    desk.made(IDLE, desk.first(), "a")
    found = load(desk.folder)
    desk.live(found[-1].last)
    with pytest.raises(Refused, match="there is no drift"):
        desk.adopt(IDLE)
    desk.lives = [live for live in desk.lives if live.address.kind != "listener"]
    with pytest.raises(Refused, match=r"the spec has listener\.80, but AWS does not") as error:
        desk.adopt(IDLE)
    assert "apply --revert-drift" in error.value.hint
    desk.made(BOTH, found, "b")
    desk.live(load(desk.folder)[-1].states[2])
    with pytest.raises(Refused, match="0003_b is only partly applied"):
        desk.adopt(BOTH)


def test_what_no_file_could_say_is_not_taken_in(desk: Desk) -> None:
    found = desk.first()
    desk.live(found[-1].last)
    desk.changed("listener.80", action=OtherAction(type="teleport", settings={"TeleportConfig": {"To": "Mars"}}))
    with pytest.raises(Refused, match=r"listener\.80 has settings in AWS that no migration can express"):
        desk.adopt(SPEC)
    assert desk.ids() == ["0001_first"]


def test_without_migrations_only_the_spec_is_told(desk: Desk) -> None:
    desk.live(stack_of(SPEC).resources)
    desk.changed("target_group.web", tags={"by": "hand"})
    found = desk.adopt(SPEC)
    assert not desk.folder.used
    assert (found.block.text, found.files) == ("overrides:\n  target_group.web: {tags: {by: hand}}\n", ())
