"""The long form: the fields of the kinds, alone or together with the short form."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId, Lookup
from elbplan.spec import expand_text

from .kit import everything, problems, resource, stack, stacks

LISTENER = """
listener:
  l: {load_balancer: main, port: 80, protocol: HTTP, action: {type: forward, groups: [{group: web}]}}
"""
LB = "name: x\nload_balancer: {main: {subnets: [subnet-0a, subnet-0b]}}\n"


def test_references_are_ids_names_of_this_stack_or_lookups() -> None:
    text = LB + "target_group: {g: {port: 80, vpc: default, balancer: main}}\n"
    text += "targets: {g: {group: g, members: [{instance: i-0a}, {instance: 'tag:a=b'}, {instance: mine}]}}\n"
    text += "instance: {mine: {image: ami-0a, subnet: a}}\n"
    text += LISTENER.replace("web", "g")
    members = {m.instance for m in resource(text, "targets.g").members}
    assert members == {AwsId("i-0a"), Lookup("instance", "tag:a=b"), Address("instance", "mine")}
    assert resource(text, "instance.mine").subnet == Lookup("subnet", "a")


def test_port_sets_both_ends_of_the_range() -> None:
    text = "name: x\nsecurity_group: {s: {vpc: vpc-0a, ingress: [{port: 5, cidr: 10.0.0.0/8}]}}\n"
    (opening,) = resource(text, "security_group.s").ingress
    assert (opening.from_port, opening.to_port) == (5, 5)


def test_attributes_may_be_written_as_numbers_and_booleans() -> None:
    text = "name: x\nload_balancer: {m: {subnets: [subnet-0a, subnet-0b], attributes: {a: 5, b: true}}}\n"
    assert resource(text, "load_balancer.m").attributes == {"a": "5", "b": "true"}


def test_both_forms_may_be_in_one_spec() -> None:
    text = "name: x\ntargets: {port: 80}\nelastic_ip: {spare: {}}\n"
    assert Address("elastic_ip", "spare") in everything(text)


def test_a_resource_of_both_forms_is_a_problem_whose_hint_is_overrides() -> None:
    (problem,) = problems("name: x\ntargets: {port: 80}\ntarget_group: {web: {port: 81, vpc: default}}\n")
    assert "already defines" in problem.what
    assert "overrides: {target_group.web" in problem.hint


@pytest.mark.parametrize(
    ("targets", "long"),
    [
        ("{web: {group: web, members: []}}", True),
        ("{health: {group: health, members: [{instance: i-0a}]}}", True),
        ("{health: {path: /x}}", False),
        ("{tag: {group: blue}}", False),
        ("{port: 80}", False),
    ],
)
def test_targets_is_a_key_of_both_forms_and_its_content_decides(targets: str, long: bool) -> None:
    name = "health" if "group: health" in targets else "web"
    block = f"target_group: {{{name}: {{port: 80, vpc: default, balancer: main}}}}\n"
    listener = LISTENER.replace("group: web", f"group: {name}")
    text = f"{LB}{block}{listener}targets: {targets}\n" if long else f"name: x\ntargets: {targets}\n"
    assert (Address("listener", "80") in everything(text)) is not long


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        ("{subnets: [subnet-0a, subnet-0b], attributes: [a]}", "attributes must be a map"),
        ("{subnets: subnet-0a}", "subnets must be a list"),
        ("{subnets: [{a: b}]}", "subnets: should name a subnet"),
        ("{}", "subnets is missing"),
        ("{subnets: [a, c], ip_address_type: ipv5}", "is not one of ipv4"),
        ("{subnets: [a, c], tags: {a: 5}}", "a must be text, not 5"),
        ("{subnets: [a, c], tags: no}", "tags must be a map"),
        ("null", "must be a map of fields, not nothing"),
    ],
)
def test_fields_of_the_wrong_kind_are_refused_in_plain_words(bad: str, what: str) -> None:
    (problem,) = problems(f"name: x\nload_balancer: {{main: {bad}}}\n")
    assert what in problem.what


def test_true_is_not_a_number_and_yes_is_not_true() -> None:
    record = "{name: a.example.com, zone: Z0123456789A, load_balancer: main, take_over: yes}"
    group = "{port: true, vpc: default, balancer: main}"
    found = problems(f"{LB}record: {{r: {record}}}\ntarget_group: {{g: {group}}}\n")
    assert [p.what for p in found if p.line >= 3] == [
        'take_over must be true or false, not "yes"',
        "port must be a whole number, not true",
    ]


def test_the_long_form_shows_immutable_fields_even_with_the_default_value() -> None:
    text = expand_text([stack("name: x\ntargets: {port: 80}\n")])
    for line in ("type: application", "scheme: internet-facing", "target_type: instance", "protocol: HTTP"):
        assert line in text
    assert "ip_address_type: ipv4" in text
    assert "evaluate_target_health" not in text


def test_text_that_looks_like_a_variable_survives_the_long_form() -> None:
    text = 'name: x\nservers: {user_data: "a $${B} 22:30"}\ntargets: {port: 80}\ntags: {b: "on"}\n'
    (again,) = stacks(expand_text([stack(text)]))
    assert again.resources == stack(text).resources


def test_a_name_like_an_id_is_refused() -> None:
    (problem,) = problems("name: x\nelastic_ip: {i-0abc: {}}\n")
    assert problem.what == '"i-0abc" is not a valid name'
