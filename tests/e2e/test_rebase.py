"""Two branches add a migration: git reports a conflict, rebase orders them, apply runs both."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from elbplan.errors import SpecProblem
from elbplan.kinds import KINDS
from elbplan.live.observe import observe
from elbplan.live.portable import PortableNames
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.migrations.files.writer import text_of
from elbplan.migrations.migration import Migration
from elbplan.migrations.rebase.offline_plan import in_file_words, offline_plan
from elbplan.migrations.save import migration_of, save_plan
from elbplan.sandbox.box import Box
from tests.cli.kit import CommandResult, Shell

from .stage import Stage
from .test_traffic import CHANGES

SPEC = """\
name: my-web
region: ap-northeast-2
zones: [a, c]

servers: {count: 1}

# where requests go
targets: {port: 80, health: /health}
# the end

tags: {team: web}
"""
PORT = SPEC.replace("port: 80,", "port: 8080,")
OTHER = "overrides:\n  target_group.web: {health: {path: /other}}\n"
HEALTH = SPEC + "overrides:\n  target_group.web: {health: {path: /well}}\n"

SWITCH = """  - do: update
    what: listener.80
    set: {action: {type: forward, groups: [{group: web}, {group: web@old, weight: 0}]}}
"""
TENTH = """  - do: update
    what: listener.80
    set: {action: {type: forward, groups: [{group: web, weight: 10}, {group: web@old, weight: 90}]}}
    why: a tenth first
  - hold: 1s
    why: look at the graphs
"""


class GitShell(Shell):
    """A shell in a git repository with two branches."""

    def __init__(self, box: Box, folder: Path) -> None:
        super().__init__(box, folder)
        self.base = folder / "migrations"
        self.dir = self.base / "my-web"
        self.write("web.yaml", SPEC)
        self.write(".gitignore", "state\n")
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, fails: bool = False) -> str:
        who = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ("git", *who, *words), cwd=self.folder, capture_output=True, text=True, check=False, timeout=20
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "work")

    def begin(self) -> None:
        """Saves and applies the first migration."""
        assert self.save("first").code == 0
        assert self.apply().code == 0
        self.commit()

    def branch(self, name: str, spec: str, edit: tuple[str, str] = ("", "")) -> None:
        """Creates a branch of main that adds a second, edited migration."""
        self.git("checkout", "-qb", name, "main")
        self.write("web.yaml", spec)
        saved = self.run("plan", self.spec, "--save", name, "--title", f"{name} by hand", *self.where)
        assert saved.code == 0, saved.err
        file = self.dir / f"0002_{name}.yaml"
        assert edit[0] in file.read_text()
        file.write_text("# kept\n" + file.read_text().replace(*edit, 1))
        assert self.run("rebase", "--refresh", "my-web", *self.where).code == 0
        self.commit()

    def merge(self, branch: str, other: str) -> None:
        """Merges one branch into the other. git stops only at HEAD."""
        self.git("checkout", "-q", other)
        self.git("merge", "-q", branch, fails=True)
        assert self.git("diff", "--name-only", "--diff-filter=U").split() == ["migrations/my-web/HEAD"]

    @property
    def where(self) -> tuple[str, str]:
        return "--migrations", str(self.base)

    def save(self, name: str) -> CommandResult:
        return self.run("plan", self.spec, "--save", name, *self.where)

    def apply(self, *more: str) -> CommandResult:
        return self.run("apply", self.spec, "--yes", "--allow", "health-check-changes", *self.where, *more)

    def rebase(self, *more: str) -> CommandResult:
        return self.run("rebase", self.spec, *more, *self.where)

    def adopt(self, *more: str) -> CommandResult:
        return self.run("accept-drift", self.spec, *more, *self.where)

    def chain(self) -> list[Migration]:
        return load(Folder.of("my-web", self.base))

    def problems(self) -> list[str]:
        with pytest.raises(SpecProblem) as raised:
            self.chain()
        return [f"{Path(p.file).name}:{p.line}:{p.column} {p.what}" for p in raised.value.problems]

    def settled(self) -> None:
        """Asserts that apply runs everything, once."""
        ran = self.apply()
        assert ran.code == 0, ran.err
        self.box.clear_calls()
        assert self.apply().code == 0
        assert self.box.writes() == []

    def group(self) -> tuple[str, str]:
        """Returns the ARN of the only target group and the path of its health check."""
        groups = self.box.client("elbv2", "ap-northeast-2").describe_target_groups()["TargetGroups"]
        (group,) = [candidate for candidate in groups if candidate["TargetGroupName"].startswith("my-web")]
        return group["TargetGroupArn"], group["HealthCheckPath"]

    def by_hand(self, path: str) -> None:
        arn, _ = self.group()
        elb = self.box.client("elbv2", "ap-northeast-2")
        elb.modify_target_group(TargetGroupArn=arn, HealthCheckPath=path)


@pytest.fixture
def team(box: Box, tmp_path: Path) -> GitShell:
    box.reset()
    return GitShell(box, tmp_path)


def words(migration: Migration) -> list[str]:
    """Returns the edits of a person: holds, weight shifts, allowed hazards."""
    texts = [f"hold {e.hold:g} {e.why}" for e in migration.entries if e.do == "hold" and e.hold is not None]
    texts += [e.why for e in migration.entries if e.why == "a tenth first"]
    return texts + [f"{e.allow} {e.because}" for e in migration.entries if e.because]


ALLOWED = (SWITCH, TENTH + SWITCH.replace("    set:", "    allow: [outage]\n    because: we said so\n    set:"))
PERSON = ["hold 1 look at the graphs", "a tenth first", "('outage',) we said so"]


def test_two_branches_that_both_add_a_file(team: GitShell) -> None:
    """git stops at HEAD. After a manual merge elbplan reports the problem, rebase fixes it, and apply runs both."""
    team.begin()
    team.branch("port", PORT, ALLOWED)
    team.branch("well", HEALTH)
    team.merge("well", "port")
    assert any("HEAD:1:1 HEAD has both sides of a git conflict" in one for one in team.problems())
    head = team.dir / "HEAD"
    head.write_text(next(line for line in head.read_text().splitlines(True) if line.startswith("0002_well")))
    two, apart = team.problems()
    assert two == "0002_well.yaml:1:1 two files have the number 0002: 0002_port and 0002_well"
    assert re.search(r"0002_well begins at s1-\w+ \(the end of 0001_first\), but 0002_port ends at s1-\w+$", apart)
    assert team.apply().code == 65
    done = team.rebase()
    assert done.code == 0, done.err
    assert "0002_well stays: HEAD pins it" in done.err
    assert "0003_port is planned again, from 0002_well to what the spec wants" in done.err
    assert done.out.splitlines()[-1].endswith("0002_port.yaml -> 0003_port.yaml")
    assert [migration.id for migration in team.chain()] == ["0001_first", "0002_well", "0003_port"]
    assert (team.chain()[-1].title, words(team.chain()[-1])) == ("port by hand", PERSON)
    team.settled()
    assert team.group()[1] == "/well"
    assert "nothing to do" in team.rebase().err


def test_what_was_changed_by_hand_is_kept_here_and_made_elsewhere(team: GitShell) -> None:
    team.begin()
    team.by_hand("/other")
    assert "AWS has drifted" in team.apply().err
    tried = team.adopt("--dry-run", "--json")
    assert tried.document["overrides"] == {"target_group.web": {"health": {"path": "/other"}}}
    assert [migration.id for migration in team.chain()] == ["0001_first"]
    done = team.adopt("--write")
    assert done.code == 0, done.err
    assert Path(team.spec).read_text() == SPEC + OTHER
    last = team.chain()[-1]
    assert (last.id, last.spec != "") == ("0002_accepted_drift", True)
    team.box.clear_calls()
    assert team.apply().code == 0
    assert team.box.writes() == [], "it is done here"
    again = team.adopt()
    assert (again.code, "there is no drift" in again.err) == (5, True)
    team.box.reset()
    team.settled()
    assert team.group()[1] == "/other", "another environment gets the same"


def test_what_was_changed_in_the_way_of_a_pending_file(team: GitShell) -> None:
    """A migration changes the target group. In the meantime somebody changed its drain time."""
    team.begin()
    team.branch("well", HEALTH)
    arn, _ = team.group()
    elb = team.box.client("elbv2", "ap-northeast-2")
    drain = {"Key": "deregistration_delay.timeout_seconds", "Value": "17"}
    elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[drain])
    refused = team.rebase()
    assert refused.code == 5
    assert "target_group.web" in refused.err
    assert "--revert-drift" in refused.err
    done = team.rebase("--accept-drift")
    assert done.code == 0, done.err
    assert [one.id for one in team.chain()] == ["0001_first", "0002_accepted_drift", "0003_well"]
    assert "  target_group.web: {attributes: {deregistration_delay.timeout_seconds: '17'}}" in done.err
    file = Path(team.spec)
    overrides = "{path: /well}, attributes: {deregistration_delay.timeout_seconds: '17'}"
    file.write_text(file.read_text().replace("{path: /well}", overrides))
    assert team.apply().code == 0
    assert team.group()[1] == "/well"
    assert team.rebase().err.startswith("nothing to do")


def test_without_migrations_the_spec_is_told(team: GitShell) -> None:
    assert team.run("apply", team.spec, "--yes").code == 0
    team.by_hand("/other")
    result = team.adopt()
    assert (result.code, result.out) == (0, OTHER)
    Path(team.spec).write_text(SPEC + result.out)
    assert "Nothing to do" in team.run("plan", team.spec).out
    assert not team.base.exists()


def test_what_is_planned_without_aws_is_what_is_planned_with_it(stage: Stage, tmp_path: Path) -> None:
    before, after, _ = CHANGES["http to https"]
    (first,), (second,) = stage.stacks(before), stage.stacks(after)
    folder = Folder.of("my-web", tmp_path)
    save_plan(stage.aws, first, folder, name="first")
    assert stage.run(stage.plan(before)).complete
    (file,) = save_plan(stage.aws, second, folder, name="second")
    start = load(folder)[:1]
    wanted = in_file_words(observe(stage.aws.send, stage.aws.region, [second], KINDS, everywhere=True)["my-web"])
    plan = offline_plan(second, start[0].last, wanted)
    made = migration_of(plan, start, PortableNames(), name="second", spec=second.spec_hash)
    assert text_of(made) == file.read_text()
