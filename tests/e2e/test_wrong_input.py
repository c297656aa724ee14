"""Wrong input: a short message with place and next step, the right exit code, and no write."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.sandbox.box import Box

from ..cli.kit import CommandResult, PipeStream
from ..patience import SOON
from . import specs

WRONG_SPEC, WRONG = 65, 1
LONGEST_ANSWER = 16
"""The most lines and seconds of an answer."""


@dataclass
class Shell:
    """Runs commands in this process. Only environment variables name the AWS endpoint."""

    folder: Path
    patch: pytest.MonkeyPatch
    environ: dict[str, str] = field(default_factory=dict)

    def set(self, **variables: str | None) -> None:
        for name, value in variables.items():
            if value is None:
                self.patch.delenv(name, raising=False)
            else:
                self.patch.setenv(name, value)

    def write(self, text: str | bytes, name: str = "web.yaml") -> str:
        file = self.folder / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(file)

    def run(self, *words: str) -> CommandResult:
        out, err = PipeStream(), PipeStream()
        environ = {**os.environ, "XDG_STATE_HOME": str(self.folder / "state")}
        code = run(words, Terminal(PipeStream(), out, err, environ), None)
        return CommandResult(code, out.getvalue(), err.getvalue())


@pytest.fixture
def shell(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell on the sandbox. At the end of the test it must have written nothing."""
    box.reset()
    box.create_defaults("ap-northeast-2", hosted_zones=["example.com"])
    box.clear_calls()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    shell = Shell(tmp_path, monkeypatch)
    shell.set(
        AWS_ENDPOINT_URL=box.url,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_CONFIG_FILE=str(tmp_path / "none"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"),
        AWS_EC2_METADATA_DISABLED="true",
    )
    yield shell
    assert box.writes() == []


def assert_answer(ran: CommandResult, code: int, *words: str) -> None:
    """Asserts a short message with these words and a hint, without a traceback."""
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert "defect" not in ran.err
    assert any(advice in ran.err for advice in ("hint:", "must be", "cannot be read")), ran.err
    assert len(ran.err.strip().splitlines()) <= LONGEST_ANSWER, ran.err
    for word in words:
        assert word in ran.err, ran.err


def test_the_shell_itself_is_in_order(shell: Shell) -> None:
    ran = shell.run("plan", shell.write(specs.COURSE))
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    assert "my-web" in ran.out


# Specs ------------------------------------------------------------------------------------------------------------

SPECS: dict[str, tuple[str | bytes, list[str]]] = {
    "not yaml": ("name: my-web\ntargets: {port: 80\n", ["web.yaml:"]),
    "a tab": ("name: my-web\ntargets:\n\tport: 80\n", ["web.yaml:3:", "tab"]),
    "an unknown key": (specs.HTTP + "zonse: [a]\n", ["web.yaml:6:1", "zonse", "zones"]),
    "an unknown key inside": (specs.HTTP.replace("health", "healht"), ["web.yaml:5:21", "healht", "health"]),
    "a wrong type": (specs.HTTP.replace("{count: 2}", "{count: many}"), ["web.yaml:4:18", "many", "count"]),
    "a list for a name": (specs.HTTP.replace("my-web", "[my-web]"), ["web.yaml:1:1", "name must be text"]),
    "port 70000": (specs.HTTP.replace("port: 80", "port: 70000"), ["web.yaml:5:17", "70000", "65535"]),
    "one zone": (specs.HTTP.replace("[a, c]", "[a]"), ["web.yaml:3:", "zone"]),
    "a name too long": (specs.HTTP.replace("my-web", "w" * 40), ["web.yaml:1:7", "24"]),
    "no name": (specs.HTTP.replace("name: my-web\n", ""), ["web.yaml:", "name"]),
    "a key twice": (specs.HTTP + "zones: [a, b]\n", ["web.yaml:6:1", "zones"]),
    "nothing": ("", ["web.yaml:1:1", "no spec"]),
    "no text": (b"\xff\xfe\x00name", ["web.yaml"]),
    "a group nobody made": (
        specs.HTTP.replace("targets: {", "groups: {web: {servers: web, ").replace("/health}", "/health}}")
        + "listeners: [{listen: 80/http, forward: wbe}]\n",
        ["web.yaml:6:40", "wbe", "web"],
    ),
}


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("what", SPECS)
def test_a_wrong_spec_says_where_and_what_to_write(shell: Shell, what: str, command: str) -> None:
    text, words = SPECS[what]
    flags = ["--yes"] if command == "apply" else []
    assert_answer(shell.run(command, *flags, shell.write(text)), WRONG_SPEC, *words)


def test_all_problems_are_told_at_once(shell: Shell, box: Box) -> None:
    spec = specs.HTTP.replace("[a, c]", "[a]").replace("port: 80", "port: 70000") + "zonse: 1\n"
    ran = shell.run("plan", shell.write(spec))
    assert_answer(ran, WRONG_SPEC, "web.yaml:3:", "web.yaml:5:17", "web.yaml:6:1", "elbplan did not call AWS")
    assert box.calls == []


def test_a_file_that_is_not_there(shell: Shell) -> None:
    assert_answer(shell.run("plan", str(shell.folder / "wbe.yaml")), WRONG_SPEC, "wbe.yaml")


def test_a_file_that_may_not_be_read(shell: Shell) -> None:
    """Uses a folder instead of a file, because root can read any file."""
    loop = shell.folder / "loop.yaml"
    loop.symlink_to(loop)
    assert_answer(shell.run("plan", str(loop)), WRONG_SPEC, "loop.yaml")


def test_a_folder_without_specs(shell: Shell) -> None:
    (shell.folder / "empty").mkdir()
    assert_answer(shell.run("plan", str(shell.folder / "empty")), WRONG_SPEC, "empty")


# The account ------------------------------------------------------------------------------------------------------


def test_without_credentials_it_says_how_to_get_some(shell: Shell) -> None:
    shell.set(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
    began = time.monotonic()
    assert_answer(shell.run("plan", shell.write(specs.HTTP)), WRONG, "no AWS credentials", "aws configure", "--sandbox")
    assert time.monotonic() - began < SOON


def test_half_of_the_credentials_is_none(shell: Shell) -> None:
    shell.set(AWS_SECRET_ACCESS_KEY=None)
    assert_answer(shell.run("plan", shell.write(specs.HTTP)), WRONG, "incomplete", "AWS_SECRET_ACCESS_KEY")


def test_a_profile_that_is_not_there(shell: Shell) -> None:
    assert_answer(shell.run("plan", "--profile", "nobody", shell.write(specs.HTTP)), WRONG, "nobody", "list-profiles")


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "ExpiredToken", "UnauthorizedOperation"])
def test_credentials_that_aws_refuses(shell: Shell, box: Box, code: str) -> None:
    box.fault("error", code=code, message="no", status=403)
    assert_answer(shell.run("plan", shell.write(specs.HTTP)), WRONG, code, "credentials")
    box.clear_faults()


@pytest.mark.parametrize("region", ["ap-northeast2", "seoul", "AP-NORTHEAST-2", "us_east_1"])
def test_a_region_that_cannot_be_one(shell: Shell, region: str) -> None:
    assert_answer(shell.run("plan", "--region", region, shell.write(specs.HTTP)), WRONG, region, "region")


def test_without_any_region(shell: Shell) -> None:
    spec = specs.HTTP.replace("region: ap-northeast-2\n", "")
    assert_answer(shell.run("plan", shell.write(spec)), WRONG, "web.yaml", "no region", "AWS_REGION")


def test_an_empty_region_has_nothing_of_what_the_spec_describes(shell: Shell, box: Box) -> None:
    client = box.client("ec2", "eu-north-1")
    vpc = client.describe_vpcs()["Vpcs"][0]["VpcId"]
    for subnet in client.describe_subnets()["Subnets"]:
        client.delete_subnet(SubnetId=subnet["SubnetId"])
    client.delete_vpc(VpcId=vpc)
    box.clear_calls()
    assert_answer(shell.run("plan", "--region", "eu-north-1", shell.write(specs.HTTP)), WRONG, "eu-north-1", "network")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("command", ["plan", "apply", "destroy", "status"])
def test_an_endpoint_that_refuses_connections_is_told_soon(shell: Shell, command: str) -> None:
    shell.set(AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port()}")
    flags = {"apply": ["--yes"], "destroy": ["--confirm", "my-web"]}.get(command, [])
    began = time.monotonic()
    ran = shell.run(command, *flags, shell.write(specs.HTTP))
    took = time.monotonic() - began
    assert_answer(ran, WRONG, "cannot reach AWS", "AWS_ENDPOINT_URL")
    assert took < SOON


def test_a_name_that_leads_nowhere_is_told_soon(shell: Shell) -> None:
    shell.set(AWS_ENDPOINT_URL="http://no-such-host.invalid")
    began = time.monotonic()
    assert_answer(shell.run("plan", shell.write(specs.HTTP)), WRONG, "cannot reach AWS")
    assert time.monotonic() - began < SOON


def test_a_domain_without_a_zone(shell: Shell) -> None:
    spec = specs.COURSE.replace("api.example.com", "api.example.org")
    assert_answer(shell.run("plan", shell.write(spec)), WRONG, "web.yaml", "api.example.org", "example.com")


def test_an_instance_that_is_not_there(shell: Shell) -> None:
    spec = specs.HEAD + "targets: {instances: [i-0123456789abcdef0], port: 80}\n"
    ran = shell.run("apply", "--yes", shell.write(spec))
    assert ran.code == 5
    assert "there is no instance i-0123456789abcdef0 in ap-northeast-2" in ran.err
    assert "hint: check the region, the account and the spelling" in ran.err


def test_a_tag_nobody_wears(shell: Shell) -> None:
    spec = specs.HEAD + "targets: {tag: app=web, port: 80}\n"
    assert_answer(shell.run("plan", shell.write(spec)), WRONG, "web.yaml", "tag:app=web")


def test_a_zone_the_region_does_not_have(shell: Shell) -> None:
    spec = specs.HTTP.replace("[a, c]", "[a, x]")
    assert_answer(shell.run("plan", shell.write(spec)), WRONG, "ap-northeast-2x", "zones that have one")
