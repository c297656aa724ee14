"""`profile:` and `role:` of specs: each stack is in its account, and a problem of its credentials is its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.sandbox.box import Box
from elbplan.verification.network import NoNetwork

from .kit import CommandResult, PipeStream

REGION = "eu-central-1"
STAGING, PROD = "111111111111", "210987654321"
ROLE = f"arn:aws:iam::{PROD}:role/deploy"
PROFILES = f"""
[default]
aws_access_key_id = AKIAX
aws_secret_access_key = secret
[profile staging]
aws_access_key_id = {STAGING}
aws_secret_access_key = secret
"""
REST = "region: eu-central-1\nzones: [a, b]\nservers: {count: 2}\ntargets: {port: 80, health: /health}\n"


@dataclass
class Company:
    """A folder with the specs of several accounts, and the credentials of a person."""

    box: Box
    folder: Path
    environ: dict[str, str]

    def write(self, name: str, lines: str = "") -> str:
        file = self.folder / f"{name}.yaml"
        file.write_text(f"name: {name}\n{lines}\n{REST}")
        return str(file)

    def run(self, *words: str) -> CommandResult:
        out, err = PipeStream(), PipeStream()
        code = run(words, Terminal(PipeStream(), out, err, self.environ), network=NoNetwork("there is none in a test"))
        return CommandResult(code, out.getvalue(), err.getvalue())

    def stacks_in(self, account: str) -> set[str]:
        resources = self.box.in_account(account).snapshot()
        return {id.split("/")[2] for id in resources if ":loadbalancer/" in id}


@pytest.fixture
def company(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    (tmp_path / "config").write_text(PROFILES)
    environ = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ENDPOINT_URL": box.url,
        "XDG_STATE_HOME": str(tmp_path),
    }
    box.reset()
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for account in ("", STAGING, PROD):
        box.in_account(account).create_defaults(REGION)
    return Company(box, tmp_path, environ)


def test_one_command_applies_to_several_accounts(company: Company) -> None:
    specs = [
        company.write("web"),
        company.write("web-staging", "profile: staging"),
        company.write("web-prod", f"role: {ROLE}\naccount: {PROD}"),
    ]
    applied = company.run("apply", "--yes", *specs)
    assert applied.code == 0, applied.err
    assert company.stacks_in("") == {"web"}
    assert company.stacks_in(STAGING) == {"web-staging"}
    assert company.stacks_in(PROD) == {"web-prod"}
    assert company.run("plan", "--exit-code", *specs).code == 0
    assert (
        company.run("destroy", *[f"--confirm={name}" for name in ("web", "web-staging", "web-prod")], *specs).code == 0
    )
    assert not company.stacks_in("") | company.stacks_in(STAGING) | company.stacks_in(PROD)


def test_the_same_stack_in_two_accounts(company: Company) -> None:
    """A stack's name is its identity within one account and region only."""
    spec = company.write("web")
    for profile, account in (("staging", STAGING), ("default", "")):
        assert company.run("apply", "--yes", "--profile", profile, spec).code == 0
        assert company.stacks_in(account) == {"web"}
    assert company.run("destroy", "--confirm=web", spec).code == 0
    assert company.stacks_in(STAGING) == {"web"}
    assert not company.stacks_in("")


def test_the_option_profile_comes_before_the_spec(company: Company) -> None:
    spec = company.write("web", "profile: nobody")
    assert company.run("plan", "--profile", "staging", spec).code == 0
    missing = company.run("plan", spec)
    assert missing.code == 1
    assert "The config profile (nobody) could not be found" in missing.err
    assert "aws configure list-profiles" in missing.err


@pytest.mark.parametrize(
    ("lines", "code", "text"),
    [
        ("profile: nobody", 1, "The config profile (nobody) could not be found"),
        (f"role: {ROLE}", 1, f"{ROLE}, the role of stack bad, cannot be assumed: AccessDenied"),
        (f"account: {STAGING}", 5, f"stack bad belongs to account {STAGING}"),
    ],
)
def test_wrong_credentials_of_one_stack_do_not_stop_the_others(
    company: Company, lines: str, code: int, text: str
) -> None:
    company.box.fault("error", action="AssumeRole", code="AccessDenied", status=403)
    specs = [company.write("bad", lines), company.write("good")]
    planned = company.run("plan", *specs)
    assert planned.code == code
    assert text in " ".join(planned.out.split())
    assert "+ load balancer" in planned.out
    applied = company.run("apply", "--yes", *specs)
    assert applied.code == code
    assert text in " ".join(applied.err.split())
    assert company.stacks_in("") == {"good"}
    status = company.run("status", *specs)
    assert status.code == code
    assert "✗ bad" in status.out


def test_the_account_is_asked_once_for_all_stacks_with_the_same_credentials(company: Company) -> None:
    specs = [company.write(name, f"role: {ROLE}\naccount: {PROD}") for name in ("a", "b", "c")]
    company.box.clear_calls()
    assert company.run("plan", *specs).code == 0
    counts = company.box.counts()
    assert (counts["AssumeRole"], counts["GetCallerIdentity"]) == (1, 2), "the second is of the plan"


def test_list_and_leftovers_say_which_accounts_of_the_specs_they_did_not_read(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(company.folder)
    (company.folder / "specs").mkdir()
    specs = [company.write("specs/web"), company.write("specs/api", "profile: staging")]
    specs.append(company.write("specs/shop", f"role: {ROLE}"))
    for spec in specs:
        text = Path(spec).read_text().replace("name: specs/", "name: ")
        Path(spec).write_text(text)
    assert company.run("apply", "--yes", "--no-verify", *specs).code == 0
    for command in ("list", "leftovers"):
        shown = " ".join(company.run(command).out.split())
        assert f"Not read profile staging, of api: elbplan {command} --profile staging" in shown
        assert f"Not read role {ROLE}, of shop: elbplan {command} --profile NAME" in shown
        document = json.loads(company.run(command, "--json").out)
        assert [other["profile"] for other in document["not_read"]] == ["staging", None]
        assert document["not_read"][1] == {"profile": None, "role": ROLE, "account": PROD, "stacks": ["shop"]}
    assert [stack["stack"] for stack in json.loads(company.run("list", "--json").out)["stacks"]] == ["web"]
    assert "not read: profile staging, of api" in company.run("destroy", "--expired", "--yes").err
    assert "Not read profile staging" not in company.run("list", "--profile", "staging").out


READS = [
    ["plan"],
    ["status"],
    ["runs"],
    ["map"],
    ["explain", "load_balancer.main"],
    ["open"],
    ["unlock"],
    ["lint", "--live"],
    ["verify"],
]
"""Commands that read a stack, by its spec."""

DEFAULT_KEY = "AKIAX"
"""The access key of the environment, which is that of no stack here."""


@pytest.mark.parametrize("lines", ["profile: staging", f"role: {ROLE}"], ids=["profile", "role"])
def test_every_command_reads_a_stack_with_its_own_credentials(
    company: Company, monkeypatch: pytest.MonkeyPatch, lines: str
) -> None:
    """The stack has migrations, and its account is not that of the environment."""
    monkeypatch.chdir(company.folder)
    account = STAGING if "staging" in lines else PROD
    spec = company.write("web", lines)
    assert company.run("plan", spec, "--save", "first").code == 0
    applied = company.run("apply", "--yes", "--no-verify", spec)
    assert applied.code == 0, applied.err
    assert company.stacks_in(account) == {"web"}
    assert company.stacks_in("") == set()
    assert company.run("plan", "--exit-code", spec).code == 0

    company.box.clear_calls()
    for words in READS:
        read = company.run(*words, spec)
        assert read.code in (0, 3), [words, read.err, read.out]
        assert "has no load balancer" not in read.err
    assert "there is no drift" in company.run("accept-drift", spec).err
    others = [call.action for call in company.box.calls if call.key == DEFAULT_KEY]
    assert set(others) <= {"AssumeRole"}

    text = Path(spec).read_text().replace("port: 80", "port: 81")
    Path(spec).write_text(text)
    assert company.run("plan", spec, "--save", "port_81").code == 0
    assert company.run("apply", "--yes", "--no-verify", "--allow", "health-check-changes", spec).code == 0
    assert company.run("plan", "--exit-code", spec).code == 0
    shown = json.loads(company.run("runs", spec, "--json").out)
    assert len(shown["stacks"][0]["runs"]) >= 2
    assert company.run("destroy", "--confirm=web", spec).code == 0
    assert not company.stacks_in(account)
