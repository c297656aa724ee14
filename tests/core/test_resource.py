"""References: read from text, found wherever they stand, and rewritten, one becoming several in a list."""

from __future__ import annotations

import pytest

from elbplan.core.address import Address, AwsId, Lookup, Points
from elbplan.core.resource import differing_fields, plain, references, rewrite
from elbplan.kinds.listener import Listener
from elbplan.kinds.load_balancer import LoadBalancer
from elbplan.kinds.target import Target
from elbplan.kinds.target_group import TargetGroup
from elbplan.kinds.targets import Targets

WEB = Address("target_group", "web")
TAGGED = Lookup("instance", "tag:app=web")


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("web", Address("target_group", "web")),
        (
            "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/x/1",
            AwsId("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/x/1"),
        ),
        ("arn:aws-cn:x", AwsId("arn:aws-cn:x")),
        ("tag:app=web", Lookup("target_group", "tag:app=web")),
        ("name:prod", Lookup("target_group", "name:prod")),
        (" web ", Address("target_group", "web")),
    ],
)
def test_a_reference_is_read_from_its_text(text, ref):
    points = Points("target_group")
    assert points.parse(text) == ref
    assert points.parse(points.text(ref)) == ref


@pytest.mark.parametrize("id", ["sg-0a1b", "i-0a1b", "subnet-0a", "vpc-0a", "eipalloc-0a", "Z0123456789ABC"])
def test_aws_own_ids_are_ids(id):
    assert Points("instance").parse(id) == AwsId(id)


@pytest.mark.parametrize("word", ["sg-web", "i-am-a-name", "Zurich", "subnet-a1-x"])
def test_a_name_that_only_begins_like_an_id_is_a_name(word):
    assert isinstance(Points("instance").parse(word), Address)


@pytest.mark.parametrize("wrong", ["", "  ", None, 7, ["web"]])
def test_anything_else_is_no_reference(wrong):
    with pytest.raises(ValueError, match="should name a"):
        Points("instance").parse(wrong)


def test_an_address_is_printed_and_read_back():
    assert Address.parse(str(WEB)) == WEB
    assert Address.parse("record.api.example.com") == Address("record", "api.example.com")
    for wrong in ("web", ".web", "target_group.", ""):
        with pytest.raises(ValueError, match="is not an address"):
            Address.parse(wrong)


def test_references_are_found_wherever_they_stand():
    listener = Listener(
        load_balancer="main", port=80, protocol="HTTP", action={"type": "forward", "groups": [{"group": "web"}]}
    )
    assert set(references(listener)) == {Address("load_balancer", "main"), WEB}


def test_a_loose_reference_orders_nothing():
    group = TargetGroup(port=80, balancer=Address("load_balancer", "main"))
    assert set(references(group)) == {Address("load_balancer", "main")}
    assert set(references(group, loose=False)) == set()


def becoming(**several):
    return lambda ref: tuple(AwsId(one) for one in several["ids"]) if isinstance(ref, Lookup) else (ref,)


def test_in_a_list_one_may_become_several():
    balancer = LoadBalancer(subnets=(Lookup("subnet", "*"),))
    assert rewrite(balancer, becoming(ids=["subnet-b", "subnet-a"])).subnets == (AwsId("subnet-a"), AwsId("subnet-b"))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_part_whose_reference_became_several_is_repeated_with_all_else_the_same(count):
    targets = Targets(group=WEB, members=(Target(instance=TAGGED, port=8080), Target(address="10.0.0.1", port=1)))
    found = rewrite(targets, becoming(ids=[f"i-{number}" for number in range(count)]))
    assert [(str(m.instance), m.port) for m in found.members if m.instance] == [(f"i-{n}", 8080) for n in range(count)]
    assert [m.address for m in found.members if m.address] == ["10.0.0.1"]


def test_canonical_order_is_made_anew():
    swap = {"a": AwsId("z"), "b": AwsId("y")}
    groups = [{"group": "a", "weight": 1}, {"group": "b", "weight": 2}]
    listener = Listener(load_balancer="main", port=80, protocol="HTTP", action={"type": "forward", "groups": groups})
    found = rewrite(listener, lambda ref: (swap.get(ref.name, ref),))
    assert [str(share.group) for share in found.action.groups] == ["y", "z"]


def test_what_is_write_only_is_neither_compared_nor_shown():
    from elbplan.kinds.record import Record

    one = Record(name="a.example.com", zone="Z0123456789ABC", load_balancer="main", take_over=True)
    other = one.model_copy(update={"take_over": False})
    assert differing_fields(one, other) == ()
    assert "take_over" not in plain(one)
