"""--debug FILE: a line for each request to AWS, and no secret in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from elbplan.cli.debug import debug_file
from elbplan.core.call import Call
from elbplan.core.hidden import Hidden
from elbplan.errors import AwsProblem, UsageProblem
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.live.debug_log import DebugLog
from elbplan.sandbox.box import Box

from .kit import Shell

REGION = "ap-northeast-2"
SECRET, SHORT, SCRIPT, COOKIE = "hunter2-S3CRET", "pw4", "script-pa55word", "literal-c00kie"
KEY, SECRET_KEY, SESSION = "AKIDEXAMPLE123", "the-secret-access-key", "the-session-token"
SPEC = f"""
name: my-web
region: {REGION}
zones: [a, c]
domain: api.example.com
servers: {{count: 1, user_data: "echo {SCRIPT} ${{ORIGIN}}"}}
targets: {{port: 80, health: /health}}
tags: {{team: "${{ORIGIN}}"}}
listeners:
  - listen: 443/https
    rules:
      - {{name: origin, header: {{X-Origin: "${{ORIGIN}}"}}, respond: {{status: 200, body: "hello ${{ORIGIN}}"}}}}
      - {{name: short, query: {{key: "${{SHORT}}"}}, respond: 404}}
      - {{name: cookie, header: {{Cookie: "{COOKIE}"}}, respond: 404}}
"""


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def elbplan(box: Box, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environ |= {"AWS_ENDPOINT_URL": box.url, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    environ |= {"AWS_SESSION_TOKEN": SESSION, "ORIGIN": SECRET, "SHORT": SHORT}
    command = [sys.executable, "-m", "elbplan", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)


def test_a_whole_apply_is_in_the_file_and_no_secret(box: Box, tmp_path: Path) -> None:
    box.reset()
    box.create_defaults(REGION, hosted_zones=["example.com"])
    spec, file = tmp_path / "web.yaml", tmp_path / "debug.jsonl"
    spec.write_text(SPEC)
    ran = elbplan(box, "apply", "--yes", str(spec), "--debug", str(file))
    assert ran.returncode == 0, ran.stderr
    text = file.read_text()
    for secret in (SECRET, SHORT, SCRIPT, COOKIE, KEY, SECRET_KEY, SESSION, "Credential=", "Signature"):
        assert secret not in text
    start, *calls = lines_of(file)
    assert start["type"] == "start"
    assert sorted(call["operation"] for call in calls) == sorted(
        operation for operation, number in box.counts().items() for _ in range(number)
    )
    assert {call["try"] for call in calls} == {1}
    (rule,) = [call for call in calls if call["operation"] == "CreateRule" and "hello" in json.dumps(call)]
    assert (rule["service"], rule["region"], rule["status"], rule["code"]) == ("elbv2", REGION, 200, "")
    assert rule["parameters"]["Actions"][0]["FixedResponseConfig"]["MessageBody"] == "hello ${ORIGIN}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", rule["at"])
    assert 0 <= rule["seconds"] < 60
    assert rule["request_id"]
    (launch,) = [call for call in calls if call["operation"] == "RunInstances"]
    assert launch["parameters"]["UserData"] == "(hidden)"


@pytest.fixture
def watched(box: Box, tmp_path: Path) -> Iterator[tuple[Aws, Path]]:
    """A cloud whose requests are written to a file."""
    box.reset()
    file, session = tmp_path / "debug.jsonl", boto3_session("test", "test")
    log = DebugLog(debug_file(str(file)), lambda text: text, pytest.fail)
    log.watch(session)
    yield Aws(REGION, endpoint=box.url, session=session), file
    box.clear_faults()


def test_a_call_that_is_sent_again_is_there_with_each_try(box: Box, watched: tuple[Aws, Path]) -> None:
    aws, file = watched
    box.fault("throttle", action="DescribeVpcs", limit=1)
    aws.send(Call("ec2", "DescribeVpcs"))
    box.fault("5xx", action="CreateSecurityGroup", limit=1)
    aws.send(Call("ec2", "CreateSecurityGroup", {"GroupName": "a", "Description": "b"}))
    tries = [(line["operation"], line["try"], line["status"]) for line in lines_of(file)]
    assert [(operation, number) for operation, number, _ in tries] == [
        ("DescribeVpcs", 1), ("DescribeVpcs", 2), ("CreateSecurityGroup", 1), ("CreateSecurityGroup", 2),
    ]  # fmt: skip
    assert [status == 200 for _, _, status in tries] == [False, True, False, True]
    assert lines_of(file)[0]["code"] in ("Throttling", "RequestLimitExceeded", "ThrottlingException")


def test_a_refusal_has_awss_code(watched: tuple[Aws, Path]) -> None:
    aws, file = watched
    with pytest.raises(AwsProblem):
        aws.send(Call("elbv2", "DescribeLoadBalancers", {"Names": [Hidden("nope", "${NAME}")]}))
    (line,) = lines_of(file)
    assert (line["status"], line["code"]) == (400, "LoadBalancerNotFound")
    assert line["parameters"] == {"Names": ["${NAME}"]}


def test_a_request_without_an_answer_has_the_exception(tmp_path: Path) -> None:
    file, session = tmp_path / "debug.jsonl", boto3_session("test", "test")
    DebugLog(debug_file(str(file)), str, pytest.fail).watch(session)
    with pytest.raises(AwsProblem):
        Aws(REGION, endpoint="http://127.0.0.1:9", session=session).send(Call("ec2", "DescribeVpcs", no_retry=True))
    assert lines_of(file)[0]["exception"] == "EndpointConnectionError"
    assert lines_of(file)[0]["status"] is None


@pytest.mark.parametrize("name", ["ClientSecret", "UserData", "SecretAccessKey", "session_token", "PrivateKey"])
def test_a_field_that_is_secret_by_its_name_is_never_written(tmp_path: Path, name: str) -> None:
    log = DebugLog(debug_file(str(tmp_path / "x")), str, pytest.fail)
    assert log.safe({"Config": [{name: "hunter2", "Host": "a"}]}) == {"Config": [{name: "(hidden)", "Host": "a"}]}


def test_long_values_are_shortened_and_bytes_are_not_written(tmp_path: Path) -> None:
    log = DebugLog(debug_file(str(tmp_path / "x")), str, pytest.fail)
    assert log.safe({"Value": "x" * 9000, "Blob": b"secret", "Tiers": (1, True, None)}) == {
        "Value": "x" * 300 + "... (9000 characters)", "Blob": "(hidden)", "Tiers": [1, True, None],
    }  # fmt: skip


def test_the_file_is_for_this_user_alone_and_is_appended(shell: Shell) -> None:
    file = shell.folder / "debug.jsonl"
    file_mask = os.umask(0)
    try:
        for _ in range(2):
            os.write(debug_file(str(file)), b"{}\n")
    finally:
        os.umask(file_mask)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == "{}\n{}\n"


def test_a_file_that_cannot_be_written_is_an_error_before_aws_is_asked(shell: Shell) -> None:
    shell.box.clear_calls()
    missing = str(shell.folder / "no" / "debug.jsonl")
    ran = shell.run("plan", shell.spec, "--debug", missing)
    assert (ran.code, ran.out) == (64, "")
    assert f"--debug {missing}: cannot write this file: No such file or directory" in ran.err
    assert shell.box.counts() == {}
    with pytest.raises(UsageProblem):
        debug_file(str(shell.folder))


def test_a_disk_that_is_full_does_not_stop_the_command(box: Box) -> None:
    reasons: list[str] = []
    session = boto3_session("test", "test")
    DebugLog(os.open("/dev/full", os.O_WRONLY), str, reasons.append).watch(session)
    aws = Aws(REGION, endpoint=box.url, session=session)
    for _ in range(2):
        assert aws.send(Call("ec2", "DescribeVpcs"))
    assert reasons == ["the debug log ends here: No space left on device"]
