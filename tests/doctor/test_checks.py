"""Each check of the doctor: what is well, what is not, and what to do."""

from __future__ import annotations

import configparser
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from elbplan.doctor.access import Identity, RegionFacts, clock_check, credentials_check, endpoint_check, region_check
from elbplan.doctor.check import healthy
from elbplan.doctor.places import MigrationFacts, SpecFacts, folder_check, migrations_checks, specs_check
from elbplan.doctor.quotas import Quota, quota_checks
from elbplan.doctor.software import (
    LEAST,
    SANDBOX_LEAST,
    Screen,
    installed,
    numbers,
    sandbox_check,
    terminal_check,
    version_checks,
)
from elbplan.errors import AwsProblem
from elbplan.live.access import CredentialFacts, Reached, RouteFacts, route_facts

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
USER = Identity("123456789012", "arn:aws:iam::123456789012:user/anna")
NO_ROUTE = RouteFacts({})


def test_the_oldest_versions_are_those_of_the_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(Path(__file__).parents[2] / "setup.cfg")
    required = setup["options"]["install_requires"].split()
    assert dict(line.split(">=") for line in required) == LEAST
    extra = setup["options.extras_require"]["sandbox"].replace("[server]", "").split()
    assert dict(line.split(">=") for line in extra) == SANDBOX_LEAST


def test_these_versions_are_well() -> None:
    (check,) = version_checks("0.1.0")
    assert check.state == "ok"
    assert installed("boto3") in check.text


@pytest.mark.parametrize(
    ("package", "found", "text"),
    [
        ("boto3", "1.20.0", "boto3 1.20.0 is older than 1.35"),
        ("botocore", "1.20.1", "do not belong together"),
        ("rich", "", "rich is not installed"),
    ],
)
def test_a_version_that_does_not_work_fails(package: str, found: str, text: str) -> None:
    def version_of(name: str) -> str:
        return found if name == package else installed(name)

    checks = list(version_checks("0.1.0", version_of))
    assert not healthy(checks)
    assert any(text in check.text for check in checks)


def test_numbers_of_versions_are_compared_as_numbers() -> None:
    assert numbers("1.10.0rc1") > numbers("1.9")
    assert numbers("odd") == ()


def test_the_sandbox_is_optional() -> None:
    assert sandbox_check().state == "ok"
    missing = sandbox_check(lambda name: "")
    assert (missing.state, missing.command) == ("warning", "pipx install 'elbplan[sandbox]'")
    assert sandbox_check(lambda name: "1.0").state == "warning"


@pytest.mark.parametrize(
    ("screen", "state"),
    [
        (Screen("utf-8", 80), "ok"),
        (Screen("utf-8", 40), "warning"),
        (Screen("cp949", 80, ascii=True), "warning"),
        (Screen("ascii", 40, terminal=False, ascii=True), "ok"),
    ],
)
def test_the_terminal(screen: Screen, state: str) -> None:
    assert terminal_check(screen).state == state


def test_the_folder_must_be_writable_and_have_space(tmp_path: Path) -> None:
    assert folder_check(tmp_path / "new" / "state").state == "ok"
    assert list((tmp_path / "new" / "state").iterdir()) == []
    assert folder_check(tmp_path, lambda folder: 5_000_000).text == f"only 5 MB are free at {tmp_path}"
    (tmp_path / "file").write_text("")
    blocked = folder_check(tmp_path / "file" / "state")
    assert blocked.state == "failed"
    assert "XDG_STATE_HOME" in blocked.fix


def test_specs() -> None:
    assert specs_check(SpecFacts("specs/", False)).command == "elbplan init"
    assert specs_check(SpecFacts("specs/", True, ["a", "b"])).text == "2 stacks: a, b"
    broken = specs_check(SpecFacts("specs/", True, ["a"], ["specs/b.yaml:3: unknown key"]))
    assert (broken.state, broken.text) == ("failed", "1 of 2 load: specs/b.yaml:3: unknown key")


def test_migrations() -> None:
    assert list(migrations_checks(MigrationFacts("migrations"), [])) == []
    (fine,) = migrations_checks(MigrationFacts("migrations", ["a"]), ["a"])
    assert fine.state == "ok"
    (lost,) = migrations_checks(MigrationFacts("migrations", ["a", "gone"]), ["a"])
    assert (lost.state, lost.text[:5]) == ("warning", "gone:")
    (wrong,) = migrations_checks(MigrationFacts("migrations", ["a"], ["0002_x.yaml:1: edited"]), ["a"])
    assert (wrong.state, wrong.command) == ("failed", "elbplan lint")


def test_the_connection() -> None:
    assert endpoint_check(NO_ROUTE, Reached("https://sts.eu-west-1.amazonaws.com", 0.048)).state == "ok"
    elsewhere = endpoint_check(RouteFacts({"AWS_ENDPOINT_URL_EC2": "http://x"}), Reached("https://sts"))
    assert (elsewhere.state, "AWS_ENDPOINT_URL_EC2" in elsewhere.text) == ("warning", True)
    silent = endpoint_check(RouteFacts({}, "http://proxy:3128"), Reached("https://sts", problem="Connection refused"))
    assert silent.state == "failed"
    assert "through the proxy http://proxy:3128" in silent.text


def test_a_password_of_a_proxy_and_ignored_endpoints_are_not_shown() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://x", "AWS_CA_BUNDLE": "/ca.pem", "HTTPS_PROXY": "http://me:secret@proxy:3128"}
    facts = route_facts(environ)
    assert (facts.proxy, facts.bundle, dict(facts.endpoints)) == (
        "http://proxy:3128", "/ca.pem", {"AWS_ENDPOINT_URL": "http://x"}
    )  # fmt: skip
    assert not route_facts({**environ, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}).endpoints


@pytest.mark.parametrize(
    ("skew", "state", "text"),
    [
        (0.4, "ok", "agrees with AWS"),
        (-30, "ok", "30 s behind AWS"),
        (90, "warning", "90 s ahead of AWS"),
        (-301, "failed", "301 s behind AWS"),
        (None, "unknown", "the answer has no time"),
    ],
)
def test_the_clock(skew: float | None, state: str, text: str) -> None:
    check = clock_check(Reached("https://sts", 0.1, skew))
    assert (check.state, check.text) == (state, text)


def test_credentials() -> None:
    facts = CredentialFacts("environment variables", "work")
    fine = credentials_check(facts, USER, NOW)
    assert fine.text == "account 123456789012, user anna (from environment variables, profile work)"
    role = Identity("123456789012", "arn:aws:sts::123456789012:assumed-role/deploy/me")
    lasting = credentials_check(CredentialFacts("AWS SSO", expires=NOW + timedelta(hours=8), temporary=True), role, NOW)
    assert (lasting.state, lasting.text[-29:]) == ("ok", ", valid until 2026-11-30 20:00Z"[-29:])
    assert "role deploy" in lasting.text
    ending = credentials_check(CredentialFacts("AWS SSO", expires=NOW + timedelta(minutes=5)), role, NOW)
    assert (ending.state, ending.command) == ("warning", "aws sso login")
    root = credentials_check(facts, Identity("123456789012", "arn:aws:iam::123456789012:root"), NOW)
    assert (root.state, "root user" in root.text) == ("warning", True)
    none = credentials_check(CredentialFacts(problem=AwsProblem("there are no AWS credentials", hint="x")), USER, NOW)
    assert (none.state, none.fix) == ("failed", "x")
    refused = credentials_check(facts, Identity(problem=AwsProblem("AWS refused", hint="log in")), NOW)
    assert (refused.state, refused.fix) == ("failed", "log in")


@pytest.mark.parametrize(
    ("region", "opt_in", "state"),
    [
        ("eu-west-1", "opt-in-not-required", "ok"),
        ("eu-west-1", "", "ok"),
        ("ap-east-1", "opted-in", "ok"),
        ("ap-east-1", "not-opted-in", "failed"),
        ("ap-east-1", "", "unknown"),
        ("eu-wset-1", "", "failed"),
        ("", "", "failed"),
    ],
)
def test_the_region(region: str, opt_in: str, state: str) -> None:
    assert region_check(RegionFacts(region, "the spec", opt_in)).state == state


def test_quotas_that_are_nearly_reached_have_their_own_line() -> None:
    quotas = [
        Quota("load balancers", 3, 50),
        Quota("Elastic IPs", 5, 5, "ec2", "L-0263D0A3"),
        Quota("rules for each", None, 100),
    ]
    full, rest, missing = quota_checks(quotas, ["certificates"])
    assert (full.state, full.text) == ("warning", "5 of 5 Elastic IPs are used: no more can be created")
    assert full.command.endswith("--service-code ec2 --quota-code L-0263D0A3 --desired-value 10")
    assert (rest.state, rest.text) == ("ok", "3 of 50 load balancers, 100 rules for each")
    assert (missing.state, missing.text) == ("unknown", "AWS does not say: certificates")
