"""A stack that Terraform's AWS provider made: imported, adopted by tags, and left as it was.

The recording has the requests of Terraform itself (tests/importer/terraform/record.py). Here boto3 sends them again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell
from tests.importer.terraform.recording import RECORDING, load, replay

REGION = "eu-central-1"
OWN = "elbplan:"


class NoDefaults(Shell):
    """A shell without resources of its own."""

    def write(self, name: str, text: str) -> str:
        return ""


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An account with Terraform's stack, and an empty folder for specs."""
    monkeypatch.chdir(tmp_path)
    box.reset()
    replay(load(), box, REGION)
    box.create_defaults(REGION, hosted_zones=["example.com"])
    return NoDefaults(box, tmp_path)


def resources(box: Box) -> dict[str, Any]:
    """Everything in the account, without elbplan's tags and run records."""
    state: dict[str, Any] = box.ask("state")
    kept = {id: fields for id, fields in state.items() if ":parameter/elbplan/" not in id}
    return {id: _without_own_tags(fields) for id, fields in kept.items()}


def _without_own_tags(fields: Any) -> Any:
    if not isinstance(fields, dict) or "tags" not in fields:
        return fields
    return {**fields, "tags": {key: value for key, value in fields["tags"].items() if not key.startswith(OWN)}}


def test_the_recording_says_how_it_was_made() -> None:
    recording = json.loads(RECORDING.read_text(encoding="utf-8"))
    assert "record.py" in recording["about"]
    assert {"terraform", "registry.terraform.io/hashicorp/aws"} <= recording["versions"].keys()


def test_a_stack_of_terraform_is_adopted_by_tags_alone(shell: Shell) -> None:
    before = resources(shell.box)
    imported = shell.run("import", "shop")
    assert imported.code == 0, imported.err
    assert imported.out.strip() == "specs/shop.yaml"
    assert "terraform state rm" in imported.err
    shell.box.clear_calls()
    applied = shell.run("apply", "specs/shop.yaml", "--yes", "--no-verify")
    assert applied.code == 0, applied.err
    assert resources(shell.box) == before
    writes = {call.action for call in shell.box.writes() if call.service != "ssm"}
    assert writes <= {"AddTags", "CreateTags", "AddTagsToCertificate", "ChangeTagsForResource"}
    planned = shell.run("plan", "specs/shop.yaml", "--exit-code")
    assert planned.code == 0, planned.out


def test_the_spec_has_what_terraform_wrote_and_no_defaults(shell: Shell) -> None:
    shell.run("import", "shop")
    text = Path("specs/shop.yaml").read_text(encoding="utf-8")
    for words in ("idle_timeout: 2m", "/api/*", "domain: www.shop.example", "sticky: 1h", "drain: 30s"):
        assert words in text
    for default in ("deletion_protection", "round_robin", "interval", "ip_address_type", "internet-facing"):
        assert default not in text


def test_destroy_deletes_what_was_adopted_and_nothing_else(shell: Shell) -> None:
    before = resources(shell.box)
    shell.run("import", "shop")
    assert shell.run("apply", "specs/shop.yaml", "--yes", "--no-verify").code == 0
    destroyed = shell.run("destroy", "specs/shop.yaml", "--confirm", "shop")
    assert destroyed.code == 0, destroyed.err
    after = resources(shell.box)
    gone = sorted(map(kind_of, before.keys() - after.keys()))
    assert gone == ["A", "certificate", *["listener"] * 2, *["listener-rule"] * 3, "loadbalancer", *["targetgroup"] * 2]
    assert after == {id: fields for id, fields in before.items() if id in after}


def kind_of(id: str) -> str:
    """`listener` of an ARN, `sg` of an id of EC2, the type of a record."""
    return id.split(":")[5].split("/")[0] if id.startswith("arn:") else id.rpartition("/")[2].partition("-")[0]
