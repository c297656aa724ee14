"""The screens of `elbplan explain`: a word, and what it found in AWS. Also with long names, Hangul, and in ASCII."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address
from elbplan.explain.diagnosis import Diagnosis, Finding, ok, unknown
from elbplan.explain.words import find
from elbplan.render.diagnosis import diagnosis_screen
from elbplan.render.explain import explanation_screen
from elbplan.render.style import Style

from .golden import assert_golden

COMMAND = (
    "aws ec2 authorize-security-group-ingress --region ap-northeast-2 --group-id sg-0e --ip-permissions "
    '"IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=172.31.0.0/20}]"'
)
CLOSED = Finding(
    "cause", "server-c (i-0bbbbbbbbbbbbbbbb), port 80", "unhealthy: Target.Timeout (Request timed out)",
    "no inbound rule of sg-0e allows 80 from sg-01b",
    "write `open: true` at the targets, or add the rule 80 from 172.31.0.0/20 to sg-0e", COMMAND, "Target.Timeout",
)  # fmt: skip
FINDINGS = (
    ok("target_group.web", "listener.443 forwards to it"),
    ok("server-a (i-0aaaaaaaaaaaaaaaa), port 80", "healthy"),
    ok("주문 서버 서울 첫째 (i-0ccccccccccccccccc), port 80", "healthy"),
    CLOSED,
    Finding("cause", "n" * 63 + " (i-0ddddddddddddddddd), port 80", *[getattr(CLOSED, field) for field in (
        "text", "cause", "fix", "command", "more")]),
    unknown("network ACLs", "elbplan could not read the network ACLs: AWS refused DescribeNetworkAcls"),
)  # fmt: skip


def diagnosis(*findings: Finding) -> Diagnosis:
    return Diagnosis(
        "targets.web",
        "my-web",
        "ap-northeast-2",
        "123456789012",
        findings,
        (Address("target_group", "web"), Address("listener", "443")),
    )


@pytest.mark.parametrize("width", [80, 120])
def test_what_was_found(width: int) -> None:
    assert_golden(f"explain-targets-{width}", diagnosis_screen(diagnosis(*FINDINGS), Style(width), "elbplan verify"))


def test_nothing_was_found() -> None:
    *_, last = diagnosis_screen(diagnosis(*FINDINGS[:2]), Style(80), "elbplan verify web.yaml")
    assert last.plain == "Next  elbplan verify web.yaml"


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("word", ["Target.Timeout", "503", "targets-unverified", "exit 5"])
def test_a_word(word: str, width: int) -> None:
    explanation = find(word)
    assert explanation is not None
    assert_golden(f"explain-{word.replace(' ', '-')}-{width}", explanation_screen(explanation, word, Style(width)))


@pytest.mark.parametrize("width", range(60, 201, 7))
def test_only_names_urls_and_commands_are_wider_than_the_screen(width: int) -> None:
    lines = [line.plain for line in diagnosis_screen(diagnosis(*FINDINGS), Style(width, ascii=True), "elbplan verify")]
    assert not [line for line in lines if len(line) > max(width, 80) and not line.lstrip().startswith("aws ")]
    assert all(line.isascii() for line in lines)
