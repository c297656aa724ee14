"""Before the first write: names are free, places are ours, nothing protected goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.core.address import Address
from elbplan.core.resource import digest
from elbplan.errors import Refused
from elbplan.kinds.target_group import TargetGroup

from ..core.kit import alive, desired, id_of, plan, step

SPEC = """
name: shop
region: eu-west-1
zones: [a, c]
domain: api.example.com
servers: {count: 1}
targets: {port: 80}
"""
WEB, MAIN = Address("target_group", "web"), Address("load_balancer", "main")
STRANGER = "arn:aws:a-stranger"
ZONE = "Z0123456789ABC"


def test_a_free_name_is_the_plain_one():
    drawn = plan(desired(SPEC), [])
    assert step(drawn, "create load_balancer.main").name == "shop"
    assert step(drawn, "create target_group.web").name == "shop-web"


def test_where_our_own_older_one_has_the_name_the_new_ones_ends_in_a_digest():
    want = desired(SPEC.replace("port: 80", "port: 8080"))
    taken = {"target_group": {"shop-web": id_of(WEB)}}
    name = step(plan(want, alive(desired(SPEC)), taken=taken), "create target_group.web").name
    assert name == f"shop-web-{digest(want[WEB])}"


def test_if_even_that_is_ours_it_is_numbered():
    want = desired(SPEC.replace("port: 80", "port: 8080"))
    mine, tail = id_of(WEB), digest(want[WEB])
    taken = {"target_group": {"shop-web": mine, f"shop-web-{tail}": mine, f"shop-web-{tail}-2": mine}}
    drawn = plan(want, alive(desired(SPEC)), taken=taken)
    assert step(drawn, "create target_group.web").name == f"shop-web-{tail}-3"


def test_names_fit_into_what_aws_takes():
    spec = SPEC.replace("shop", "a-stack-with-24-letters-")[:-1].replace("letters-", "letters1")
    long = spec.replace("targets: {port: 80}", "groups: {a-group-with-a-long-name: {servers: web, port: 80}}")
    group = Address("target_group", "a-group-with-a-long-name")
    drawn = plan(
        desired(long), alive(desired(long.replace("80}", "81}"))), taken={"target_group": Everything(id_of(group))}
    )
    name = step(drawn, "create target_group.a-group-with-a-long-name").name
    assert len(name) <= 32
    assert not name.startswith("-")
    assert "--" not in name


class Everything(dict):
    """Our old one holds every name that has no digest's number after it."""

    def __init__(self, holder):
        super().__init__()
        self.holder = holder

    def get(self, name, default=None):
        return default if name.endswith("-2") else self.holder


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ({"load_balancer": {"shop": STRANGER}}, "the name shop is taken by"),
        ({"target_group": {"shop-web": STRANGER}}, "the name shop-web is taken by"),
        ({"security_group": {"vpc-1/shop-lb": STRANGER}}, "the name shop-lb is taken by"),
    ],
)
def test_a_strangers_name_is_refused_and_he_is_named(taken, words):
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), [], taken=taken)
    assert words in refused.value.what
    assert STRANGER in refused.value.what
    assert "choose another name" in refused.value.hint


def test_a_group_of_that_name_in_another_network_is_in_nobodys_way():
    plan(desired(SPEC), [], taken={"security_group": {"vpc-2/shop-lb": STRANGER}})


def test_a_pinned_name_cannot_stand_beside_its_old_owner():
    want = desired(SPEC + "overrides: {target_group.web: {name: pinned}}\n")
    changed = desired(SPEC.replace("port: 80", "port: 8080") + "overrides: {target_group.web: {name: pinned}}\n")
    with pytest.raises(Refused, match="pinned"):
        plan(changed, alive(want), taken={"target_group": {"pinned": id_of(WEB)}})


def missing(kind):
    """All of the stack is there but what is of this kind."""
    return [one for one in alive(desired(SPEC)) if one.address.kind != kind]


@pytest.mark.parametrize(
    ("kind", "place", "words"),
    [
        ("listener", f"{id_of(MAIN)}/443", "port 443 of load_balancer.main is taken"),
        ("record", f"{ZONE}/api.example.com/A", "api.example.com already has a record"),
        ("record", f"{ZONE}/api.example.com/CNAME", "api.example.com already has a record"),
    ],
)
def test_a_place_a_stranger_holds_is_refused_and_he_is_named(kind, place, words):
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), missing(kind), taken={kind: {place: STRANGER}})
    assert words in refused.value.what
    assert STRANGER in refused.value.what


def test_a_priority_a_stranger_holds_is_refused():
    spec = SPEC + "listeners: [{listen: 443/https, rules: [{name: deep, path: /deep/*, forward: web}]}]\n"
    lives = [one for one in alive(desired(spec)) if one.address.kind != "rule"]
    priority = desired(spec)[Address("rule", "443-deep")].priority
    place = f"{id_of(Address('listener', '443'))}/{priority}"
    with pytest.raises(Refused, match=f"priority {priority} is taken"):
        plan(desired(spec), lives, taken={"rule": {place: STRANGER}})


def test_our_own_listener_is_no_stranger():
    lives = alive(desired(SPEC))
    listener = id_of(Address("listener", "443"))
    assert plan(desired(SPEC), lives, taken={"listener": {f"{id_of(MAIN)}/443": listener}}).empty


def test_a_name_may_be_taken_over_if_the_spec_says_so():
    drawn = plan(
        desired(SPEC + "take_over: true\n"),
        missing("record"),
        taken={"record": {f"{ZONE}/api.example.com/A": STRANGER}},
    )
    assert step(drawn, "create record.api.example.com").after.take_over


def protected():
    lives = alive(desired(SPEC + "protect: true\n"))
    assert any(getattr(one.model, "attributes", {}).get("deletion_protection.enabled") == "true" for one in lives)
    return lives


@pytest.mark.parametrize("want", [{}, desired(SPEC + "access: internal\nprotect: true\n")], ids=["destroy", "replace"])
def test_what_is_protected_neither_goes_nor_is_replaced(want):
    with pytest.raises(Refused) as refused:
        plan(want, protected())
    assert "deletion protection" in refused.value.what
    assert "protect: false" in refused.value.hint


BARE = SPEC.replace("domain: api.example.com\n", "")


def beside(first, second, **created):
    """Two balancers of one address, nobody's name leads to either; the new one is protected."""
    lives = [*alive(desired(first)), *(one for one in alive(desired(second), "-new") if one.address == MAIN)]
    return [replace(one, facts={**one.facts, "created": created.get("new" if "-new" in one.id else "old", "")})
            if one.address == MAIN else one for one in lives]  # fmt: skip


def test_of_two_balancers_without_a_name_the_older_one_is_served():
    new = BARE + "access: internal\nprotect: true\n"
    lives = beside(BARE, new, old="2026-01-01", new="2026-01-02")
    for want in (desired(BARE), {}):
        ids = [one.id for one in plan(want, lives).steps if one.address.kind == "load_balancer" and one.writes]
        assert any(id.startswith("update load_balancer.main") for id in ids), ids
        assert ids.index(next(i for i in ids if i.startswith("update"))) < len(ids) - 1
    assert not plan(desired(BARE), lives).hazards


@pytest.mark.parametrize("created", [{}, {"old": "2026-01-02", "new": "2026-01-01"}])
def test_where_nobody_knows_who_is_served_what_is_protected_stays(created):
    with pytest.raises(Refused, match="deletion protection"):
        plan(desired(BARE), beside(BARE, BARE + "access: internal\nprotect: true\n", **created))


def test_protection_can_be_taken_away_first():
    drawn = plan(desired(SPEC), protected())
    assert [one.id for one in drawn.steps] == ["update load_balancer.main"]


def test_all_refusals_are_told_at_once():
    taken = {"record": {f"{ZONE}/api.example.com/A": STRANGER}, "listener": {f"{id_of(MAIN)}/443": "arn:aws:another"}}
    lives = [one for one in alive(desired(SPEC)) if one.address.kind not in ("listener", "record")]
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), lives, taken=taken)
    assert STRANGER in refused.value.what
    assert "arn:aws:another" in refused.value.what


def test_the_digest_is_of_what_cannot_change_in_place():
    group = TargetGroup(port=80)
    assert digest(group) == digest(group.model_copy(update={"tags": {"a": "b"}}))
    assert digest(group) != digest(TargetGroup(port=81))


def test_two_long_names_that_begin_alike_stay_two():
    groups = "groups: {checkout-orders: {servers: web, port: 80}, checkout-orders-new: {servers: web, port: 80}}\n"
    listeners = "listeners: [{listen: 80/http, forward: {checkout-orders: 1, checkout-orders-new: 1}}]\n"
    spec = SPEC.replace("targets: {port: 80}", groups + listeners).replace("domain: api.example.com\n", "")
    drawn = plan(desired(spec.replace("name: shop", "name: a-shop-with-a-long-name")), [])
    names = [step.name for step in drawn.steps if step.id.startswith("create target_group.")]
    assert len(set(names)) == 2
    assert all(len(name) <= 32 for name in names)
