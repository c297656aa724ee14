"""Names.

A generated name has at most 32 characters and is valid. A name that AWS refuses is refused before AWS is asked.
"""

from __future__ import annotations

import io
import re

import pytest

from elbplan.errors import SpecProblem
from elbplan.spec import load

from .kit import Case

VALID = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
SPEC = """
name: STACK
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""


@pytest.mark.parametrize("stack", ["my-web", "internal-tools", "a-name-of-24-characters1"])
def test_a_generated_name_is_valid(case: Case, stack: str) -> None:
    spec = SPEC.replace("STACK", stack)
    name = case.apply(spec).only("CreateLoadBalancer")["Name"]
    assert VALID.fullmatch(name)
    assert not name.startswith("internal-")


def test_a_replacement_has_another_valid_name(case: Case) -> None:
    spec = SPEC.replace("STACK", "a-name-of-24-characters1")
    case.apply(spec)
    (balancer,) = [step for step in case.plan(spec + "access: internal\n").steps if step.name and step.do == "create"
                   and step.address.kind == "load_balancer"]  # fmt: skip
    assert VALID.fullmatch(balancer.name)
    assert balancer.name != "a-name-of-24-characters1"


@pytest.mark.parametrize("name", ["internal-x", "-x", "x-", "a" * 33, "a_b", "a.b"])
def test_a_name_that_aws_refuses_is_refused_at_once(name: str) -> None:
    spec = SPEC.replace("STACK", "my-web") + f'overrides: {{load_balancer: {{name: "{name}"}}}}\n'
    with pytest.raises(SpecProblem) as caught:
        load(["-"], stdin=io.StringIO(spec))
    (problem,) = caught.value.problems
    assert "name" in problem.what


def test_a_name_that_aws_takes_is_kept(case: Case) -> None:
    spec = SPEC.replace("STACK", "my-web") + f"overrides: {{load_balancer: {{name: {'a' * 32}}}}}\n"
    assert case.apply(spec).only("CreateLoadBalancer")["Name"] == "a" * 32
