"""Names: a generated name has at most 32 characters and is valid; a wrong one is refused at validate."""

from __future__ import annotations

import re

import pytest

from elbplan.errors import SpecProblem

from .kit import Case

STACK = "a-stack-with-a-long-name"
GROUP = "a-group-with-a-long-name"
SPEC = f"""
name: {STACK}
region: ap-northeast-2
zones: [a, c]
groups:
  {GROUP}: {{ips: [172.31.0.9], port: 80}}
  {GROUP[:-1]}x: {{ips: [172.31.0.9], port: 80}}
listeners:
  - listen: 80
    forward: {GROUP}
    rules: [{{path: /x, forward: {GROUP[:-1]}x}}]
"""
AWS_NAME = re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)")


def test_a_generated_name_is_short_valid_and_unlike_the_others(case: Case) -> None:
    sent = case.apply(SPEC)
    names = [params["Name"] for params in sent.of("CreateTargetGroup", "CreateLoadBalancer")]
    assert len(set(names)) == 3
    assert [name for name in names if not AWS_NAME.fullmatch(name)] == []
    case.destroy(SPEC)


SHORT = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.90], port: 80}\n"


def test_a_replacement_gets_a_name_beside_the_old_one(case: Case) -> None:
    first = case.apply(SHORT).only("CreateTargetGroup")["Name"]
    second = case.apply(SHORT.replace("port: 80", "port: 8080")).only("CreateTargetGroup")["Name"]
    assert first == "my-web-web"
    assert re.fullmatch("my-web-web-[0-9a-f]{8}", second)
    case.destroy(SHORT)


def test_the_second_name_is_found_again_after_a_kill(case: Case) -> None:
    case.crash_sweep(SHORT, SHORT.replace("port: 80", "port: 8080"))


def test_a_stack_whose_name_begins_with_a_word_of_aws_gets_another_one(case: Case) -> None:
    spec = "name: internal-x\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
    assert case.apply(spec).only("CreateLoadBalancer")["Name"] == "lb-internal-x"
    case.destroy(spec)


def test_a_fixed_name_that_is_too_long_is_refused_before_aws_is_asked(case: Case) -> None:
    case.box.clear_calls()
    with pytest.raises(SpecProblem, match="has 49 characters, and AWS allows 32"):
        case.plan(SPEC + "names: fixed\n")
    assert list(case.box.calls) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("internal-x", "internal-"),
        *((bad, "not a name that AWS accepts") for bad in ("-x", "x-", "my_web")),
        ("a" * 33, "32"),
    ],
)
def test_an_own_name_that_aws_refuses_is_refused_before_aws_is_asked(case: Case, name: str, why: str) -> None:
    case.box.clear_calls()
    with pytest.raises(SpecProblem, match=why):
        case.plan(f'{SHORT}overrides: {{load_balancer.main: {{name: "{name}"}}}}\n')
    assert list(case.box.calls) == []
