"""elbplan list: stacks by tags and run records, with and without their specs; and destroy without a spec."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from .kit import Shell

REGION = "ap-northeast-2"
SPEC = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\ntargets: {port: 80, health: /}\n"


@pytest.fixture(autouse=True)
def in_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default specs are those of the folder of the test."""
    monkeypatch.chdir(shell.folder)
    (shell.folder / "specs").mkdir()
    shell.environ["AWS_REGION"] = REGION
    shell.connect(REGION)


def applied(shell: Shell, text: str = SPEC, file: str = "web.yaml") -> None:
    shell.write(f"specs/{file}", text)
    result = shell.run("apply", "--yes", "--no-verify", f"specs/{file}")
    assert result.code == 0, result.err


def states(shell: Shell, *words: str) -> dict[str, str]:
    """The state of the spec of each stack."""
    document = shell.run("list", "--json", *words).document
    return {f"{row['stack']}/{row['region']}": row["spec"]["state"] for row in document["stacks"]}


def test_a_stack_with_its_spec(shell: Shell) -> None:
    applied(shell)
    result = shell.run("list")
    assert "1 stack" in result.out
    assert "application load balancer · 1 group · 1 server" in result.out
    assert "run 1 apply done by" in result.out
    assert "specs/web.yaml" in result.out
    assert "destroy" not in result.out
    (row,) = shell.run("list", "--json").document["stacks"]
    assert (row["stack"], row["region"], row["spec"]["state"]) == ("my-web", REGION, "here")
    assert row["last_run"]["verb"] == "apply"
    assert "load_balancer.main" in row["resources"]


def test_no_stack(shell: Shell) -> None:
    assert "no stack of elbplan" in shell.run("list").out
    assert shell.run("list", "--json").document["stacks"] == []


def test_stacks_whose_spec_is_gone_renamed_or_of_another_region(shell: Shell) -> None:
    applied(shell)
    applied(shell, SPEC.replace("my-web", "gone"), "gone.yaml")
    applied(shell, SPEC.replace("my-web", "renamed"), "renamed.yaml")
    (shell.folder / "specs/gone.yaml").unlink()
    shell.write("specs/web.yaml", SPEC.replace(REGION, "eu-west-1"))
    shell.write("specs/renamed.yaml", SPEC.replace("my-web", "new-name"))
    assert states(shell) == {
        f"gone/{REGION}": "none",
        f"my-web/{REGION}": "other-region",
        f"renamed/{REGION}": "renamed",
    }
    screen = shell.run("list").out
    assert "stays: its spec specs/web.yaml is of eu-west-1 now" in screen
    assert "no spec here; renamed? its file specs/renamed.yaml has new-name now" in screen
    assert f"elbplan destroy gone --region {REGION}" in screen


def test_all_regions(shell: Shell) -> None:
    applied(shell, SPEC.replace(REGION, "eu-west-1").replace("[a, c]", "[a, b]"))
    (shell.folder / "specs/web.yaml").unlink()
    assert states(shell) == {}
    assert states(shell, "--all-regions") == {"my-web/eu-west-1": "none"}


def test_without_the_tag_index_elbplan_reads_the_tags_themselves_and_says_so(shell: Shell) -> None:
    applied(shell)
    shell.box.fault("error", service="resourcegroupstaggingapi", action="GetResources", code="AccessDeniedException")
    shell.box.fault("error", service="ssm", action="DescribeParameters", code="AccessDeniedException")
    result = shell.run("list")
    assert "my-web" in result.out
    words = " ".join(result.out.split())
    assert "the tag index: needs tag:GetResources; elbplan read the tags of all load balancers instead" in words
    assert "run records: needs ssm:DescribeParameters" in words


def test_deleted_resources_in_the_tag_index_are_no_stack(shell: Shell) -> None:
    shell.box.switch("index_lag", 600)
    applied(shell)
    shell.box.advance(700)
    assert states(shell) == {f"my-web/{REGION}": "here"}
    assert shell.run("destroy", "specs/web.yaml", "--confirm", "my-web").code == 0
    tags: Any = shell.box.client("resourcegroupstaggingapi", REGION)
    assert tags.get_resources(TagFilters=[{"Key": "elbplan:stack"}])["ResourceTagMappingList"]
    assert states(shell) == {}


def test_destroy_works_for_a_stack_whose_spec_is_gone(shell: Shell) -> None:
    applied(shell)
    shutil.rmtree(shell.folder / "specs")
    shell.environ["AWS_REGION"] = "eu-central-1"
    unknown = shell.run("destroy", "my-web", "--confirm", "my-web")
    assert unknown.code == 64
    assert "AWS has none in eu-central-1" in unknown.err
    assert "elbplan list --all-regions" in unknown.err
    result = shell.run("destroy", "my-web", "--region", REGION, "--confirm", "my-web")
    assert result.code == 0
    assert "my-web is destroyed" in result.out
    assert shell.box.tagged("my-web") == {}


def test_a_new_stack_of_a_renamed_file_says_which_old_stack_stays(shell: Shell) -> None:
    applied(shell)
    shell.write("specs/web.yaml", SPEC.replace("my-web", "my-shop"))
    screen = " ".join(shell.run("plan").out.split())
    assert f"Stays the stack my-web in {REGION}, and AWS bills" in screen
    assert f"if this spec was renamed, `elbplan destroy my-web --region {REGION}` ends it" in screen
    (stack,) = shell.run("plan", "--json").document["stacks"]
    assert [note["about"] for note in stack["notes"]] == ["Stays"]
    assert "my-web" in shell.run("apply", answers=["no"]).err


def test_a_plan_of_a_stack_that_exists_asks_for_no_other_stack(shell: Shell) -> None:
    applied(shell)
    applied(shell, SPEC.replace("my-web", "other"), "other.yaml")
    shell.box.clear_calls()
    assert shell.run("plan", "specs/web.yaml").code == 0
    assert "DescribeParameters" not in [call.action for call in shell.box.calls]
    assert "Stays" not in shell.run("plan").out
