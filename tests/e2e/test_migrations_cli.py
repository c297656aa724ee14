"""Migrations from the command line: keep, edit, apply, hold, go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import WEB, Ran, Shell

PORT = WEB.replace("port: 80,", "port: 8080,")


class Filed(Shell):
    """A shell in a folder with migrations beside the spec."""

    @property
    def base(self) -> Path:
        return self.folder / "migrations"

    def file(self, name: str) -> Path:
        return self.base / "my-web" / name

    def save(self, name: str) -> Ran:
        return self.run("plan", self.spec, "--save", name, "--migrations", str(self.base))

    def apply(self, *more: str) -> Ran:
        return self.run("apply", self.spec, "--yes", "--migrations", str(self.base), *more)

    def refresh(self) -> Ran:
        return self.run("rebase", "--refresh", "my-web", "--migrations", str(self.base))


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Filed:
    box.reset()
    return Filed(box, tmp_path)


def test_keep_and_apply(shell: Filed) -> None:
    kept = shell.save("first")
    assert (kept.code, kept.out.strip()) == (0, str(shell.file("0001_first.yaml")))
    assert "elbplan apply" in kept.err
    assert shell.file("HEAD").read_text().startswith("0001_first s1-")
    assert shell.apply().code == 0
    shell.box.clear_calls()
    assert shell.apply().code == 0
    assert shell.box.writes() == []


def test_an_empty_plan_or_a_bad_name_is_not_kept(shell: Filed) -> None:
    assert shell.save("Not A Name").code == 64
    assert shell.save("first").code == 0
    assert shell.save("second").code == 5, "the first is not applied yet"
    shell.apply()
    assert shell.save("second").code == 5, "there is nothing to do"
    assert not shell.file("0002_second.yaml").exists()


def test_a_stack_that_is_there_gets_a_baseline(shell: Filed) -> None:
    assert shell.run("apply", shell.spec, "--yes").code == 0
    shell.write("web.yaml", PORT)
    kept = shell.save("app_on_8080")
    assert kept.code == 0, kept.err
    assert [Path(line).name for line in kept.out.split()] == ["0001_baseline.yaml", "0002_app_on_8080.yaml"]
    assert shell.apply().code == 0
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def test_a_spec_that_went_on_without_a_file_is_refused(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", PORT)
    refused = shell.apply()
    assert refused.code == 5
    assert "plan --save" in refused.err


def test_a_change_by_hand_is_refused_by_name(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    elb = shell.box.client("elbv2", "ap-northeast-2")
    (group,) = [g for g in elb.describe_target_groups()["TargetGroups"] if g["TargetGroupName"].startswith("my-web")]
    elb.modify_target_group(TargetGroupArn=group["TargetGroupArn"], HealthCheckPath="/other")
    refused = shell.apply()
    assert refused.code == 5
    assert "target_group.web" in refused.err


SWITCH = """  - do: update
    what: listener.443
    set: {action: {type: forward, groups: [{group: web}, {group: web@old, weight: 0}]}}
"""
SHIFTED = """  - do: update
    what: listener.443
    set: {action: {type: forward, groups: [{group: web, weight: 10}, {group: web@old, weight: 90}]}}
  - hold: person
    why: look at the graphs
  - hold: 1s
"""


def test_a_shift_by_hand_is_held_and_goes_on_and_never_goes_back(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    shell.write("web.yaml", PORT)
    shell.save("app_on_8080")
    file = shell.file("0002_app_on_8080.yaml")
    before, switch, after = file.read_text().partition(SWITCH)
    file.write_text(before + SHIFTED + switch + after)
    stale = shell.apply()
    assert stale.code == 65
    assert "HEAD" in stale.err
    assert shell.refresh().code == 0
    held = shell.apply()
    assert held.code == 0, held.err
    assert "held at step" in held.err
    assert weights(shell) == [10, 90]
    shell.box.clear_calls()
    on = shell.apply()
    assert on.code == 0, on.err
    assert "holding for 1s" in on.err
    assert weights(shell) == [1]
    assert "Nothing to do" in shell.run("plan", shell.spec).out


def weights(shell: Filed) -> list[int]:
    elb = shell.box.client("elbv2", "ap-northeast-2")
    arn = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    (https,) = [one for one in elb.describe_listeners(LoadBalancerArn=arn)["Listeners"] if one["Port"] == 443]
    return sorted(group["Weight"] for group in https["DefaultActions"][0]["ForwardConfig"]["TargetGroups"])


def test_an_edited_file_that_does_something_else_is_named_by_line(shell: Filed) -> None:
    shell.save("first")
    shell.apply()
    file = shell.file("0001_first.yaml")
    text = file.read_text()
    file.write_text(text.replace("path: /health", "path: /other"))
    refused = shell.apply()
    edited = text[: text.index("path: /health")].count("\n")
    line = next(n for n, said in enumerate(text.splitlines(), 1) if n > edited and "then:" in said)
    assert refused.code == 65
    assert f"0001_first.yaml:{line}:11" in refused.err


def test_only_up_to_a_file(shell: Filed) -> None:
    shell.save("first")
    shell.write("web.yaml", PORT)
    assert shell.apply("--to", "0001").code == 0
    assert shell.apply("--to", "0009").code == 64


def test_without_a_folder_nothing_of_this_is_seen(shell: Filed) -> None:
    plain = shell.run("plan", shell.spec).out
    shell.save("first")
    said = shell.run("plan", shell.spec).out
    assert said.splitlines()[1:] == plain.splitlines()[1:]
    assert "migration" not in plain
    assert shell.run("apply", shell.spec, "--yes").code == 0
