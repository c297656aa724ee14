"""The screens of verify, at 80 and 120 columns, and its lines and documents."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address
from elbplan.render.style import Style
from elbplan.render.verify import (
    answer_error,
    apply_rows,
    changed_lines,
    verify_document,
    verify_end_document,
    verify_screen,
)
from elbplan.verification.check import Check, Verification, failed, ok, skipped

from .golden import assert_golden

PLACE = "ap-northeast-2 · account 123456789012"
COMMAND = "elbplan verify specs/web.yaml --watch"
BALANCER, LISTENER, CERTIFICATE, GROUP, RULE = map(
    Address.parse, ("load_balancer.main", "listener.443", "certificate.main", "target_group.web", "rule.admin")
)
ANSWERS = Verification(
    "my-web",
    (
        ok("load-balancer", "load_balancer.main", "active"),
        ok("listener", "listener.443", "listens on 443/HTTPS"),
        Check(
            "certificate", "certificate.main", "ok", "only 12 days left, until 2026-12-12",
            "AWS renews it only while its validation record exists, and its zone is delegated",
            "elbplan plan specs/web.yaml", warning=True, facts={"days_left": 12},
        ),
        ok("targets", "target_group.web", "2 of 2 healthy (1 in 2a, 1 in 2c)"),
        Check(
            "dns", "api.example.com A", "ok",
            "4 of 4 name servers answer with the load balancer; not spread yet: the DNS of this machine answers "
            "192.0.2.9",
        ),
        ok("answer", "https://api.example.com/", "answers 200 in 48 ms", status=200, milliseconds=48),
        skipped("rule", "rule.admin", "only for clients with the ip 10.0.0.0/8"),
    ),
    0.93,
    addresses=(BALANCER, LISTENER, CERTIFICATE, GROUP, RULE),
)  # fmt: skip
FAILS = Verification(
    "my-web",
    (
        ok("load-balancer", "load_balancer.main", "active"),
        failed(
            "security-path", "load_balancer.main", "load_balancer.main is closed on port 443 for 0.0.0.0/0",
            "add the rule 443 from 0.0.0.0/0 to sg-0123456789abcdef0",
            "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id sg-0123456789abcdef0 "
            "--protocol tcp --port 443 --cidr 0.0.0.0/0",
        ),
        failed(
            "delegation", "example.com", "example.com is not delegated: no parent zone has name servers for it",
            "enter these name servers at the registrar of example.com, or in its parent zone: "
            "ns-1.awsdns-00.com, ns-2.awsdns-00.net, ns-3.awsdns-00.org, ns-4.awsdns-00.co.uk",
        ),
        failed("connection", "port 443", "no answer within 5 s: the security group or the network ACL is closed"),
    ),
    6.2,
    addresses=(BALANCER, LISTENER),
)  # fmt: skip
SKIPPED = Verification("my-web", (skipped("connection", "load_balancer.main", "no network here"),), 0.1)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(("name", "verification"), [("verify", ANSWERS), ("verify-failed", FAILS)])
def test_the_screen_of_verify(name: str, verification: Verification, width: int) -> None:
    assert_golden(f"{name}-{width}", verify_screen(verification, Style(width), PLACE))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_but_a_command_is_wider_than_the_screen(width: int) -> None:
    for verification in (ANSWERS, FAILS):
        lines = [line.plain for line in verify_screen(verification, Style(width), PLACE)]
        assert [line for line in lines if len(line) > width and "aws ec2 authorize" not in line] == []


def test_the_screen_without_other_characters_than_ascii() -> None:
    assert_golden("verify-ascii-80", verify_screen(ANSWERS, Style(80, ascii=True), PLACE))


@pytest.mark.parametrize(("name", "verification"), [("answers", ANSWERS), ("no-answer", FAILS), ("not-asked", SKIPPED)])
def test_the_end_of_an_apply(name: str, verification: Verification) -> None:
    assert_golden(f"end-{name}", apply_rows(verification, Style(80), COMMAND))


def test_quiet_shows_the_result_and_what_failed() -> None:
    short = [line.plain for line in verify_screen(ANSWERS, Style(120), PLACE, short=True)]
    assert short == ["✓ https://api.example.com answers 200 in 48 ms"]
    assert "load balancer  main: active" not in "\n".join(
        line.plain for line in verify_screen(FAILS, Style(120), PLACE, short=True)
    )


def test_a_log_has_a_line_for_each_change() -> None:
    assert [line.split(":")[1] for line in changed_lines(None, FAILS)] == [
        " security load balancer main", " delegation example.com", " connection port 443"
    ]  # fmt: skip
    assert changed_lines(FAILS, FAILS) == []
    assert changed_lines(FAILS, Verification("my-web", (ok("delegation", "example.com", "delegated"),))) == [
        "my-web: delegation example.com: ok: delegated"
    ]


def test_documents() -> None:
    document = verify_document(ANSWERS)
    assert (document["answers"], document["state"], len(document["checks"])) == (True, "ok", 7)
    assert document["checks"][2]["days_left"] == 12
    assert document["checks"][5] == {
        "name": "answer", "subject": "https://api.example.com/", "state": "ok", "warning": False,
        "text": "answers 200 in 48 ms", "status": 200, "milliseconds": 48,
    }  # fmt: skip
    end = verify_end_document(FAILS, 3)
    assert (end["type"], end["exit"], end["verify"]["answers"], end["error"]["kind"]) == (
        "verify",
        3,
        False,
        "no answer",
    )
    assert "error" not in verify_end_document(ANSWERS, 0)
    assert answer_error(Verification("x", problem="no region"))["what"] == "no region"


def test_values_of_variables_are_hidden() -> None:
    def redact(text: str) -> str:
        return text.replace("2 of 2", "***")

    assert "2 of 2" not in "\n".join(line.plain for line in verify_screen(ANSWERS, Style(120), PLACE, redact))
    assert "2 of 2" not in str(verify_document(ANSWERS, redact))
