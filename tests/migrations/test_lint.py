"""lint from the command line: chain, allow and because, the spec, new files, and what is told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ..hazards.hazard_cases import CASES, SHOP
from .lint_kit import Yard, allowing, marked

GONE = CASES["route-removed: a rule"]


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Yard:
    monkeypatch.chdir(tmp_path)
    return Yard(tmp_path)


def test_a_finding_is_told_with_its_line_and_the_safe_form(yard: Yard) -> None:
    file = yard.folder.path / yard.write(SHOP, GONE.bad).file
    line, column = marked(GONE.bad)
    ran = yard.lint()
    assert ran.code == 5
    head, source, caret, safe, blank, counts = ran.out.splitlines()
    text = "route-removed: rule.api: served before, and no longer from this step on: api.example.com:443 path /api/*"
    assert head == f"{file}:{line}:{column}  {text}"
    assert source == f"{line:>4} | - {{do: delete, what: rule.api}}  # <-"
    assert caret.strip() == "^"
    assert safe.startswith("  safe form: leave a redirect")
    assert (blank, counts) == ("", "2 migrations: 1 finding blocks.")


def test_an_allow_without_a_because_does_not_lift_and_says_so(yard: Yard) -> None:
    yard.write(SHOP, allowing(GONE.bad, "route-removed", because=""))
    ran = yard.lint()
    assert ran.code == 5
    assert "its allow: needs a reason in because:" in ran.out


def test_a_lifted_finding_is_told_in_a_line_and_does_not_block(yard: Yard) -> None:
    yard.write(SHOP, allowing(GONE.bad, "route-removed"))
    ran = yard.lint()
    assert ran.code == 0
    assert "(allowed)" in ran.out
    assert ran.out.endswith("2 migrations: no finding blocks, 1 is allowed by allow and because.\n")
    assert "(allowed)" not in yard.lint("--quiet").out


def test_an_unknown_hazard_is_a_problem_of_the_file(yard: Yard) -> None:
    yard.write(SHOP, allowing(GONE.bad, "route-remoevd"))
    ran = yard.lint()
    assert ran.code == 65
    assert "there is no hazard route-remoevd" in ran.err
    assert "did you mean route-removed?" in ran.err
    assert "0002_file.yaml:7:" in ran.err


def test_an_unused_allow_is_reported_and_does_not_block(yard: Yard) -> None:
    yard.write(SHOP, allowing(GONE.bad, "route-removed").replace("[route-removed]", "[route-removed, extra-cost]"))
    ran = yard.lint()
    assert ran.code == 0
    assert "unused allow: this step does not have the hazard `extra-cost`" in ran.out
    assert "1 allow is unused" in ran.out


def test_a_chain_that_is_wrong_is_told_first(yard: Yard) -> None:
    yard.write(SHOP, GONE.bad)
    (yard.folder.path / "HEAD").write_text("0001_other s1-00000000 00\n")
    ran = yard.lint()
    assert ran.code == 65
    assert "HEAD does not pin 0002_file" in ran.err
    document = yard.lint("--json").document
    assert [Path(problem["file"]).name for problem in document["problems"]] == ["HEAD"]
    assert document["exit"] == 65


SPEC = "# the shop\nname: shop\nregion: eu-west-1\nlisteners: [{listen: 80/http, respond: {status: 200}}]\n"


def test_a_spec_that_went_on_without_a_file_is_a_finding_at_the_spec(yard: Yard) -> None:
    spec = yard.path / "shop.yaml"
    spec.write_text(SPEC)
    yard.write(SHOP)
    pin(yard, "h-00000000")
    ran = yard.run("lint", str(spec), "--migrations", str(yard.path))
    assert ran.code == 5
    assert f"{spec}:2:1  spec: the spec changed after 0001_file was saved" in ran.out
    assert f"elbplan plan {spec} --save NAME" in ran.out
    pin(yard, ran.out.partition(", now ")[2].split()[0])
    assert yard.run("lint", str(spec), "--migrations", str(yard.path)).code == 0


def pin(yard: Yard, spec: str) -> None:
    """Say which spec the first file was saved from."""
    file = yard.folder.path / "0001_file.yaml"
    lines = [f"spec: {spec}" if line.startswith("spec:") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines) + "\n")
    assert yard.run("rebase", "--refresh", "shop", "--migrations", str(yard.path)).code == 0


def test_without_words_every_folder_is_read(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(yard.path)
    assert yard.run("lint").code == 0
    (yard.path / "migrations").mkdir()
    inner = Yard(yard.path / "migrations")
    inner.write(SHOP, GONE.bad)
    assert yard.run("lint").code == 5
    assert yard.run("lint", "migrations/shop").code == 5
    wrong = yard.run("lint", "shpo")
    assert (wrong.code, "did you mean shop?" in wrong.err) == (64, True)


class Repository(Yard):
    """A yard under git."""

    def git(self, *words: str) -> None:
        who = {f"GIT_{role}_{what}": "x@y.z" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environ = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(["git", *words], cwd=self.path, check=True, capture_output=True, env=environ)


def test_only_files_that_a_commit_does_not_have(tmp_path: Path) -> None:
    yard = Repository(tmp_path)
    yard.git("init", "-q")
    yard.write(SHOP, GONE.bad)
    yard.git("add", ".")
    yard.git("commit", "-qm", "old sins")
    assert yard.lint().code == 5
    assert yard.lint("--base", "HEAD").code == 0
    yard.write(SHOP, GONE.bad, CASES["extra-cost: for good"].bad)
    ran = yard.lint("--base", "HEAD", "--json")
    assert [found["name"] for found in ran.document["findings"]] == ["extra-cost"]
    assert (ran.code, ran.document["files"]) == (5, 1)
    yard.git("add", ".")
    yard.git("commit", "-qm", "new ones")
    assert [found["name"] for found in yard.lint("--base", "HEAD~1", "--json").document["findings"]] == ["extra-cost"]
    assert yard.lint("--base", "HEAD").code == 0


def test_a_commit_that_is_not_there_is_told_kindly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    yard = Repository(tmp_path)
    yard.write(SHOP)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    outside = yard.lint("--base", "origin/main")
    assert (outside.code, "a clone of the repository" in outside.err) == (64, True)
    yard.git("init", "-q")
    missing = yard.lint("--base", "origin/main")
    assert (missing.code, "a shallow clone lacks older commits" in missing.err) == (64, True)
    assert yard.lint("--base", "--output=x").code == 64
    monkeypatch.setenv("PATH", "")
    assert "elbplan cannot run git" in yard.lint("--base", "HEAD").err


MOVED = """
- {do: moved, from: rule.old, what: rule.older}
- {do: moved, from: target_group.web, what: target_group.shop}
- {do: moved, from: load_balancer.main, what: load_balancer.front}
- {do: wait, what: targets.shop, until: healthy}
"""
RELEASED = "- {do: release, what: rule.api}\n- {do: release, what: record.api.example.com}\n"
ADOPTED = """
- {do: adopt, what: load_balancer.two, id: 'name:two', set: {subnets: [a, c]}}
- {do: adopt, what: listener.two, id: 'arn:aws:x', set: {load_balancer: two, port: 80, protocol: HTTP,
    action: {type: fixed-response, status: 200}}}
- {do: adopt, what: security_group.two, id: sg-0a, set: {vpc: default,
    ingress: [{from_port: 22, to_port: 22, cidr: 0.0.0.0/0}]}}
"""


@pytest.mark.parametrize("steps", [MOVED, RELEASED, ADOPTED])
def test_what_changes_nothing_in_aws_is_no_hazard(yard: Yard, steps: str) -> None:
    found = yard.inspected(SHOP, steps)
    assert [finding.text for finding, _ in found.findings] == []


def test_what_was_moved_is_followed_under_its_old_name(yard: Yard) -> None:
    found = yard.inspected(SHOP, MOVED + "- {do: update, what: targets.shop, set: {members: [{instance: i-0d}]}}\n")
    assert [finding.hazard.name for finding, _ in found.findings] == ["targets-unverified"]


def test_the_end_of_a_stack_puts_nothing_at_risk(yard: Yard) -> None:
    whats = [line.split("what: ")[1].split(",")[0] for line in SHOP.splitlines() if "do: create" in line]
    found = yard.inspected(SHOP, "".join(f"- {{do: delete, what: {what}}}\n" for what in reversed(whats)))
    assert found.findings == []
