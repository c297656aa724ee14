"""`adopt:` names resources that exist, and `network: {security_groups: ...}` groups that are not the stack's."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.stack import Stack
from elbplan.errors import SpecProblem
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.security_group import SecurityGroup
from elbplan.spec import expand_text, load_text
from elbplan.spec.yaml.tree import Source

GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc24d8a067"
HEAD = "name: shop\nregion: eu-west-1\ntargets: {instances: [i-0aaa], port: 80}\n"


def load(text: str) -> Stack:
    (stack,) = load_text(Source("web.yaml", text, "."), {})
    return stack


def problems(text: str) -> list[str]:
    with pytest.raises(SpecProblem) as problem:
        load(text)
    return [f"{found.line}: {found.what}" for found in problem.value.problems]


def adopt(*lines: str) -> str:
    return f"{HEAD}adopt:\n" + "".join(f"  {line}\n" for line in lines)


def test_addresses_and_ids() -> None:
    stack = load(adopt("security_group.lb: sg-0a1", f'target_group.web: "{GROUP}"'))
    assert stack.adopt == {Address("security_group", "lb"): "sg-0a1", Address("target_group", "web"): GROUP}


def test_it_is_no_part_of_what_the_spec_describes() -> None:
    assert load(adopt("security_group.lb: sg-0a1")).spec_hash == load(HEAD).spec_hash


def test_the_long_form_keeps_it() -> None:
    stack = load(adopt(f'target_group.web: "{GROUP}"'))
    assert load(expand_text([stack])).adopt == stack.adopt


WRONG = {
    "web: sg-0a1": '5: "web" is not an address',
    "targets.web: sg-0a1": "5: targets.web needs no line in adopt:",
    "record.a.example.com: Z0A1B2C3D4": "5: record.a.example.com needs no line in adopt:",
    "instance.web-1: i-0a1": "5: elbplan cannot adopt instance.web-1",
    "security_group.lb: my-group": '5: "my-group" is not the AWS id of a security group',
    "target_group.web: sg-0a1": '5: "sg-0a1" is not the AWS id of a target group',
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_is_said_at_its_line(line: str) -> None:
    assert problems(adopt(line)) == [WRONG[line]]


def test_one_resource_has_one_address() -> None:
    found = problems(adopt("security_group.lb: sg-0a1", "security_group.other: sg-0a1"))
    assert found == ["6: security_group.lb already adopts sg-0a1"]


def test_security_groups_that_are_not_the_stacks() -> None:
    stack = load(f"{HEAD}network: {{security_groups: [sg-0a1, sg-0b2]}}\n")
    balancer = stack.resources[Address("load_balancer", "main")]
    assert isinstance(balancer, LoadBalancer)
    assert balancer.security_groups == (AwsId("sg-0a1"), AwsId("sg-0b2"))
    assert not [address for address in stack.resources if address.kind == "security_group"]


def test_servers_let_the_named_groups_in() -> None:
    stack = load("name: shop\nnetwork: {security_groups: sg-0a1}\nservers: {count: 1}\ntargets: {port: 8080}\n")
    group = stack.resources[Address("security_group", "web-servers")]
    assert isinstance(group, SecurityGroup)
    assert [(rule.group, rule.from_port) for rule in group.ingress] == [(AwsId("sg-0a1"), 8080)]


def test_allow_is_for_the_own_group() -> None:
    found = problems(f"{HEAD}network: {{security_groups: [sg-0a1]}}\nallow: 10.0.0.0/8\n")
    assert found == ["5: allow: is for the load balancer's own security group, and network: names others"]


def test_only_a_network_load_balancer_can_be_without_a_group() -> None:
    assert problems(f"{HEAD}network: {{security_groups: []}}\n") == [
        "4: a load balancer of type application cannot be without a security group"
    ]
    stack = load(f"{HEAD}type: network\nnetwork: {{security_groups: []}}\n")
    balancer = stack.resources[Address("load_balancer", "main")]
    assert isinstance(balancer, LoadBalancer)
    assert balancer.security_groups == ()


def test_a_duration_would_count_from_the_creation_of_what_is_adopted() -> None:
    line = f'adopt: {{target_group.web: "{GROUP}"}}\n'
    (problem,) = problems(f"{HEAD}{line}expires: 8h\n")
    assert problem == "5: expires: 8h counts from the creation of the oldest resource, and adopt: names older ones"
    assert load(f"{HEAD}{line}expires: 2026-12-01T18:00Z\n").expires
    assert load(f"{HEAD}expires: 8h\n").expires == "8h"
