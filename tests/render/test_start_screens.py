"""The screens of init and doctor, at 80 and 120 columns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from rich.text import Text

from elbplan.doctor.check import Check, ok, unknown
from elbplan.render.doctor import doctor_document, doctor_end, doctor_rows
from elbplan.render.starter import NewSpec, end_rows, found_rows, init_document, question_rows
from elbplan.render.style import Style
from elbplan.starter.facts import AccountFacts
from elbplan.starter.interview import Answers, interview
from elbplan.starter.questions import Question, answer_default, domain_question, servers_question
from tests.starter.accounts import COURSE

from .golden import assert_golden

CHECKS = (
    ok("versions", "elbplan 0.1.0, Python 3.13.1, boto3 1.44.8, botocore 1.44.8"),
    ok("terminal", "80 columns, utf-8"),
    Check("sandbox", "warning", "not installed: moto, trustme",
          "for --sandbox, rehearse and the first steps without an account, install the extra",
          "pipx install 'elbplan[sandbox]'"),
    ok("files", "/home/anna/.local/state/elbplan is writable, 82.6 GB free"),
    unknown("specs", "there is no folder specs/ here", "write a first spec", "elbplan init"),
    ok("endpoint", "https://sts.ap-northeast-2.amazonaws.com answers in 48 ms"),
    ok("clock", "agrees with AWS"),
    ok("credentials", "account 123456789012, role deploy (from AWS SSO, profile work), valid until 2026-11-30 20:00Z"),
    ok("region", "ap-northeast-2 (from AWS_REGION)"),
    Check("permissions", "failed", "apply: 2 of 53 actions are not allowed: elasticloadbalancing:CreateLoadBalancer, "
          "elasticloadbalancing:CreateTargetGroup", "give this policy to an administrator",
          "elbplan permissions specs/web.yaml apply"),
    Check("quotas", "warning", "5 of 5 Elastic IPs are used: no more can be created",
          "delete what nobody uses, or ask AWS for more",
          "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 "
          "--desired-value 10"),
    ok("quotas", "3 of 50 load balancers, 4 of 3000 target groups, 1 of 2500 certificates, 100 rules for each"),
    ok("lock", "Parameter Store answers: locks and run records can be read"),
)  # fmt: skip


def doctor_screen(style: Style) -> Iterator[Text]:
    for check in CHECKS:
        yield from doctor_rows(check, style)
    yield from doctor_end(CHECKS, style)


def new_spec(facts: AccountFacts, record: str = "") -> NewSpec:
    answers = interview(facts, "my-web", answer_default, lambda zone, domain: record)
    return NewSpec("specs/my-web.yaml", answers, facts, "elbplan plan specs/my-web.yaml", "elbplan import")


def init_screen(style: Style) -> Iterator[Text]:
    yield from found_rows(COURSE, style)
    for question in (servers_question(COURSE), domain_question(COURSE, ["my-web.example.com"])):
        yield from question_rows(question, style)
        yield style.line(f"{question.text} [{question.default}]: ")
    yield from end_rows(new_spec(COURSE), style)


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_of_the_doctor(width: int) -> None:
    assert_golden(f"doctor-{width}", doctor_screen(Style(width)))


@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_of_init(width: int) -> None:
    assert_golden(f"init-{width}", [Text(line.plain.rstrip()) for line in init_screen(Style(width))])


def test_init_without_an_account() -> None:
    assert_golden("init-without-account-80", end_rows(new_spec(AccountFacts("ap-northeast-2")), Style(80)))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("ascii", [False, True])
def test_no_line_but_a_command_is_wider_than_the_screen(width: int, ascii: bool) -> None:
    style = Style(width, ascii)
    lines = [line.plain for line in (*doctor_screen(style), *init_screen(style))]
    commands = ("aws service-quotas", "elbplan plan")
    assert [line for line in lines if cell_len(line) > width and not any(word in line for word in commands)] == []
    assert all(line.isascii() for line in lines if ascii)


def test_a_long_row_of_servers_stays_one_line() -> None:
    question = Question("x", "y", str, ("a" * 300, "한" * 300))
    assert [cell_len(line.plain) <= 60 for line in question_rows(question, Style(60))] == [True] * 3


def test_documents() -> None:
    document = doctor_document(CHECKS, lambda text: text.replace("anna", "***"))
    assert (document["healthy"], len(document["checks"])) == (False, 13)
    assert document["checks"][3]["text"].startswith("/home/***/")
    assert document["checks"][4]["command"] == "elbplan init"
    spec = init_document(new_spec(COURSE, "A 192.0.2.9"))
    assert (spec["domain"], spec["tag"], spec["account"]) == ("", "app=web", "123456789012")
    assert "load balancer server already sends requests" in spec["notes"][0]


def test_a_domain_that_stays_where_it_is_is_named() -> None:
    answers = Answers("my-web", "eu-west-1", domain="www.example.com", record="A 192.0.2.9")
    spec = NewSpec("x.yaml", answers, COURSE, "elbplan plan x.yaml", "elbplan import")
    assert "www.example.com keeps its record A 192.0.2.9" in "".join(line.plain for line in end_rows(spec, Style(120)))
