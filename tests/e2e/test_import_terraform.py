"""A stack that Terraform's AWS provider made: imported, adopted by tags, and left as it was.

The recording has the requests of Terraform itself (tests/importer/terraform/record.py). Here boto3 sends them again.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell
from tests.fake_time import FakeRunClock
from tests.importer.terraform.recording import STACKS, document_of, load, replay

REGION = "eu-central-1"
OWN = "elbplan:"


class NoDefaults(Shell):
    """A shell without resources of its own."""

    def write(self, name: str, text: str) -> str:
        return ""


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """An account with Terraform's stack of the shop, and an empty folder for specs."""
    monkeypatch.chdir(tmp_path)
    return account(box, tmp_path, "shop")


def account(box: Box, folder: Path, stack: str) -> Shell:
    """An account in which Terraform made a stack."""
    box.reset()
    replay(load(stack), box, REGION)
    box.create_defaults(REGION, hosted_zones=["example.com"])
    return NoDefaults(box, folder)


def resources(box: Box) -> dict[str, Any]:
    """Everything in the account, without elbplan's tags and run records."""
    state: dict[str, Any] = box.ask("state")
    kept = {id: fields for id, fields in state.items() if ":parameter/elbplan/" not in id}
    return {id: _without_own_tags(fields) for id, fields in kept.items()}


def _without_own_tags(fields: Any) -> Any:
    if not isinstance(fields, dict) or "tags" not in fields:
        return fields
    return {**fields, "tags": {key: value for key, value in fields["tags"].items() if not key.startswith(OWN)}}


@pytest.mark.parametrize("stack", STACKS)
def test_the_recording_says_how_it_was_made(stack: str) -> None:
    recording = document_of(stack)
    assert "record.py" in recording["about"]
    assert {"terraform", "registry.terraform.io/hashicorp/aws"} <= recording["versions"].keys()


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_of_terraform_is_adopted_by_tags_alone(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shell, spec = account(box, tmp_path, stack), f"specs/{stack}.yaml"
    before = resources(shell.box)
    imported = shell.run("import", stack)
    assert imported.code == 0, imported.err
    assert imported.out.strip() == spec
    assert "terraform state rm" in imported.err
    shell.box.clear_calls()
    applied = shell.run("apply", spec, "--yes", "--no-verify", run_clock=FakeRunClock)
    assert applied.code == 0, applied.err
    assert "waiting" not in applied.err, "an adoption waits for nothing: an instance of edge is not healthy"
    assert resources(shell.box) == before
    writes = {call.action for call in shell.box.writes() if call.service != "ssm"}
    assert writes <= {"AddTags", "CreateTags", "AddTagsToCertificate", "ChangeTagsForResource"}
    planned = shell.run("plan", spec, "--exit-code")
    assert planned.code == 0, planned.out


def test_the_spec_has_the_newer_resources(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    account(box, tmp_path, "edge").run("import", "edge")
    text = Path("specs/edge.yaml").read_text(encoding="utf-8")
    for words in (
        "web_acl: edge",
        "auto_scaling_group: fleet",
        "lambda: arn:aws:lambda:eu-central-1:123456789012:function:hello",
        "client_certificates: arn:aws:elasticloadbalancing:eu-central-1:",
        "hsts: 365d",
        "server_header: false",
        "request_headers: {client_certificate_subject: X-Client}",
        "attributes: {keep_alive: 10m, drop_invalid_headers: true, preserve_host: true}",
    ):
        assert words in text, text


def test_the_spec_has_what_terraform_wrote_and_no_defaults(shell: Shell) -> None:
    shell.run("import", "shop")
    text = Path("specs/shop.yaml").read_text(encoding="utf-8")
    for words in ("idle_timeout: 2m", "/api/*", "domain: www.shop.example", "sticky: 1h", "drain: 30s"):
        assert words in text
    for default in ("deletion_protection", "round_robin", "interval", "ip_address_type", "internet-facing"):
        assert default not in text


@pytest.mark.parametrize("stack", STACKS)
def test_destroy_deletes_what_was_adopted_and_nothing_else(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    monkeypatch.chdir(tmp_path)
    shell, spec = account(box, tmp_path, stack), f"specs/{stack}.yaml"
    before = resources(box)
    shell.run("import", stack)
    assert shell.run("apply", spec, "--yes", "--no-verify", run_clock=FakeRunClock).code == 0
    destroyed = shell.run("destroy", spec, "--confirm", stack, run_clock=FakeRunClock)
    assert destroyed.code == 0, destroyed.err
    after = resources(box)
    assert Counter(map(kind_of, before.keys() - after.keys())) == GONE[stack]
    assert {id for id in after if before.get(id) != after[id]} == set()


GONE = {
    "shop": {"A": 1, "certificate": 1, "listener": 2, "listener-rule": 3, "loadbalancer": 1, "targetgroup": 2},
    "edge": {"certificate": 1, "listener": 1, "listener-rule": 2, "loadbalancer": 2, "sg": 1, "targetgroup": 2},
}
"""How much of each kind. The association of the web ACL has the ARN of the load balancer, too."""


def kind_of(id: str) -> str:
    """`listener` of an ARN, `sg` of an id of EC2, the type of a record."""
    return id.split(":")[5].split("/")[0] if id.startswith("arn:") else id.rpartition("/")[2].partition("-")[0]
