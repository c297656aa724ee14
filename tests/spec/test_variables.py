"""`${VAR}` in values."""

from __future__ import annotations

from elbplan.core.address import Address
from elbplan.kinds.target_group import TargetGroup

from .kit import problems, resource, stack

BASE = "name: x\ntargets: {instances: [i-0aaa]}\n"


def test_a_variable_is_replaced_by_its_value() -> None:
    assert stack(BASE + "region: ${A}-west-${B}\n", {"A": "eu", "B": "1"}).region == "eu-west-1"


def test_an_unset_variable_is_a_problem_at_its_place() -> None:
    (problem,) = problems(BASE + "region: ${REGION}\n")
    assert (problem.line, problem.column) == (3, 9)
    assert "REGION is not set" in problem.what


def test_an_unset_or_empty_variable_has_its_default() -> None:
    text = BASE + "region: ${R:-eu-west-1}\n"
    assert stack(text).region == stack(text, {"R": ""}).region == "eu-west-1"


def test_an_unquoted_variable_has_the_type_of_its_value() -> None:
    text = "name: x\ntargets:\n  instances: [i-0aaa]\n  port: ${PORT}\n"
    group = stack(text, {"PORT": "8080"}).resources[Address("target_group", "web")]
    assert isinstance(group, TargetGroup)
    assert group.port == 8080


def test_a_double_dollar_is_a_literal_dollar() -> None:
    script = 'name: x\nservers: {user_data: "echo $${HOME} $HOME"}\ntargets: {port: 80}\n'
    assert resource(script, "instance.web-1").user_data == "echo ${HOME} $HOME"


def test_the_value_of_a_variable_is_not_yaml_and_not_replaced_again() -> None:
    text = 'name: x\nservers: {user_data: "${A}"}\ntargets: {port: 80}\n'
    resources = stack(text, {"A": "{b: ${C}}", "C": "no"}).resources
    assert resources[Address("instance", "web-1")].user_data == "{b: ${C}}"


def test_variables_in_keys_are_not_replaced() -> None:
    (problem,) = problems(BASE + 'tags: {"${A}": b}\n', {"A": "a"})
    assert problem.what == 'the key of a tag cannot have the character "$"'


def test_a_surrogate_from_the_environment_is_refused() -> None:
    assert problems(BASE + 'tags: {a: "${A}"}\n', {"A": "\udc80"})
