"""elbplan doctor: as a process with an account of the simulator, without credentials, and without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path

import pytest

from elbplan.permissions.policy import policy
from elbplan.spec import load

from ..patience import SOON

REGION = "ap-northeast-2"
CLOSED = "http://127.0.0.1:9"


class Doctor:
    """Runs the command in an empty folder, as a process with the environment of a new user."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ELBPLAN_"))}
        self.environ = {**kept, "HOME": str(folder / "home"), "AWS_EC2_METADATA_DISABLED": "true", **environ}
        (folder / "home").mkdir(exist_ok=True)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "elbplan", "doctor", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False, timeout=60
        )

    def states(self, *words: str) -> dict[str, tuple[str, str]]:
        """The states and texts by name; of several checks with one name the last."""
        ended = self.run("--json", *words)
        document = json.loads(ended.stdout)
        assert ended.returncode == (0 if document["healthy"] else 1), ended.stderr
        return {check["name"]: (check["state"], check["text"]) for check in document["checks"]}


@pytest.fixture
def doctor(shell, tmp_path):
    """With credentials for an empty account of the simulator."""
    shell.connect(REGION)
    key = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "topsecret"}
    return Doctor(tmp_path, AWS_ENDPOINT_URL=shell.box.url, AWS_REGION=REGION, **key)


def test_a_healthy_account(doctor, shell):
    (doctor.folder / "specs").mkdir()
    (doctor.folder / "specs" / "web.yaml").write_text(Path(shell.spec).read_text())
    shell.box.clear_calls()
    ended = doctor.run()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for text in (
        "this is not AWS: AWS_ENDPOINT_URL is set", "agrees with AWS", "from environment variables",
        "ap-northeast-2 (from the spec)", "0 of 50 load balancers", "0 of 5 Elastic IPs", "Parameter Store answers",
        "1 stack: my-web", "no check failed",
    ):  # fmt: skip
        assert text in " ".join(ended.stdout.split())
    assert "topsecret" not in ended.stdout + ended.stderr
    assert "all " in ended.stdout
    changed = [call.action for call in shell.box.writes() if call.outcome == "ok"]
    assert set(changed) == {"SimulatePrincipalPolicy"}


def test_json_has_each_check(doctor):
    states = doctor.states()
    assert set(states) >= {
        "versions", "terminal", "sandbox", "files", "specs", "endpoint", "clock", "credentials", "region",
        "permissions", "quotas", "lock",
    }  # fmt: skip
    assert states["specs"][0] == "unknown"
    assert states["region"] == ("ok", "ap-northeast-2 (from AWS_REGION)")


@pytest.mark.parametrize(("skew", "state"), [(120, "warning"), (-400, "failed")])
def test_a_wrong_clock(doctor, shell, skew, state):
    shell.box.switch("clock_skew", skew)
    states = doctor.states()
    assert states["clock"][0] == state
    assert states["credentials"][0] == ("failed" if state == "failed" else "ok")


def test_a_full_quota_is_a_warning(doctor, shell):
    for _ in range(5):
        shell.box.client("ec2", REGION).allocate_address(Domain="vpc")
    ended = doctor.run()
    assert ended.returncode == 0, ended.stdout
    assert "5 of 5 Elastic IPs are used: no more can be created" in ended.stdout
    assert "aws service-quotas request-service-quota-increase --service-code ec2" in ended.stdout


ASKING = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "iam:SimulatePrincipalPolicy", "Resource": "*"}
]}  # fmt: skip


def test_the_policy_that_elbplan_prints_is_enough(doctor, shell):
    (stack,) = load([shell.spec])
    (doctor.folder / "specs").mkdir()
    (doctor.folder / "specs" / "web.yaml").write_text(Path(shell.spec).read_text())
    least = policy(stack, account=shell.box.account_id)
    shell.box.policy([least.document, ASKING])
    assert "permissions  apply: all" in doctor.run().stdout
    shell.box.policy([least.without("elasticloadbalancing:CreateListener").document, ASKING])
    ended = doctor.run()
    assert ended.returncode == 1
    text = " ".join(ended.stdout.split())
    assert "apply: 1 of" in text
    assert "actions are not allowed: elasticloadbalancing:CreateListener" in text
    assert "elbplan permissions specs/web.yaml apply" in ended.stdout
    assert "permissions  plan: all" in ended.stdout


def test_without_the_simulation_only_some_actions_are_tried(doctor, shell):
    (stack,) = load([shell.spec])
    (doctor.folder / "specs").mkdir()
    (doctor.folder / "specs" / "web.yaml").write_text(Path(shell.spec).read_text())
    shell.box.policy(policy(stack, account=shell.box.account_id).document)
    states = doctor.states()
    assert states["permissions"][0] == "unknown", states
    assert "actions tried, none is denied; the others are not checked" in states["permissions"][1]
    assert states["lock"][0] == "ok"


def test_denied_reads(doctor, shell):
    for service, action in (("ssm", "GetParametersByPath"), ("acm", "ListCertificates")):
        shell.box.fault("error", service=service, action=action, code="AccessDeniedException", status=400)
    states = doctor.states()
    assert states["lock"][0] == "failed"
    assert states["quotas"] == ("unknown", "AWS does not say: certificates")


def test_without_credentials_the_other_checks_go_on(shell, tmp_path):
    doctor = Doctor(tmp_path, AWS_ENDPOINT_URL=shell.box.url, AWS_REGION=REGION)
    states = doctor.states()
    assert states["credentials"] == ("failed", "there are no AWS credentials")
    assert (states["endpoint"][0], states["clock"][0], states["region"][0]) == ("warning", "ok", "ok")
    assert states["permissions"] == ("unknown", "not checked: without valid credentials")


def test_a_profile_that_does_not_exist(shell, tmp_path):
    doctor = Doctor(tmp_path, AWS_ENDPOINT_URL=shell.box.url)
    ended = doctor.run("--profile", "nope")
    assert ended.returncode == 1
    assert "(nope) could not be found" in ended.stdout
    assert "aws configure list-profiles" in ended.stdout


def test_without_a_region(shell, tmp_path):
    doctor = Doctor(tmp_path, AWS_ENDPOINT_URL=shell.box.url, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    states = doctor.states()
    assert states["region"] == ("failed", "no region is configured")
    assert states["endpoint"] == ("unknown", "not checked: without a region")


def test_without_a_network_it_ends_soon(tmp_path):
    key = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    doctor = Doctor(tmp_path, AWS_ENDPOINT_URL=CLOSED, AWS_REGION=REGION, **key)
    began = time.monotonic()
    states = doctor.states()
    assert time.monotonic() - began < SOON
    assert states["endpoint"][0] == "failed"
    assert states["credentials"] == ("unknown", "not checked: AWS does not answer")


def test_each_region_of_the_specs_is_checked(doctor):
    (doctor.folder / "specs").mkdir()
    for region in ("ap-northeast-2", "eu-west-1"):
        text = f"name: s-{region}\nregion: {region}\ntargets: {{instances: [i-0aaaaaaaa]}}\n"
        (doctor.folder / "specs" / f"{region}.yaml").write_text(text)
    checks = json.loads(doctor.run("--json").stdout)["checks"]
    assert [check["region"] for check in checks if check["name"] == "lock"] == ["ap-northeast-2", "eu-west-1"]
    assert len([check for check in checks if check["name"] == "credentials"]) == 1


def test_a_wrong_spec_and_a_wrong_migration_fail(doctor, shell):
    (doctor.folder / "specs").mkdir()
    (doctor.folder / "specs" / "web.yaml").write_text("name: my-web\nlistner: 80\n")
    (doctor.folder / "migrations" / "my-web").mkdir(parents=True)
    (doctor.folder / "migrations" / "my-web" / "0001_x.yaml").write_text("nothing: here\n")
    states = doctor.states()
    assert states["specs"][0] == "failed"
    assert "specs/web.yaml:2" in states["specs"][1]
    assert states["migrations"][0] == "failed"


def test_only_the_named_stack(doctor, shell):
    (doctor.folder / "specs").mkdir()
    (doctor.folder / "specs" / "web.yaml").write_text("name: web\nregion: eu-west-1\ntargets: {ips: [10.0.0.1]}\n")
    (doctor.folder / "specs" / "bad.yaml").write_text("name: bad\nlistner: 80\n")
    states = doctor.states("web")
    assert states["specs"] == ("ok", "1 stack: web")
    assert states["region"] == ("ok", "eu-west-1 (from the spec)")


def test_quiet_shows_only_what_failed(shell, tmp_path):
    doctor = Doctor(tmp_path, AWS_ENDPOINT_URL=shell.box.url, AWS_REGION=REGION)
    lines = doctor.run("-q").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("  ✗")] == ["credentials"]
    assert not [line for line in lines if line.startswith("  ✓")]


def test_in_this_process_with_the_connection_of_the_shell(shell, tmp_path):
    with chdir(tmp_path):
        ended = shell.run("doctor")
    assert ended.code == 0, ended.out + ended.err
    assert "account" in ended.out
