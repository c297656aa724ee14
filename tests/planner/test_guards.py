"""The guards before the first write: names, ports and priorities are free, and nothing protected is deleted."""

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
FOREIGN = "arn:aws:a-stranger"
ZONE = "Z0123456789ABC"


def test_a_free_name_is_the_default_name():
    planned = plan(desired(SPEC), [])
    assert step(planned, "create load_balancer.main").name == "shop"
    assert step(planned, "create target_group.web").name == "shop-web"


def test_if_the_old_resource_has_the_name_the_new_name_ends_in_a_digest():
    want = desired(SPEC.replace("port: 80", "port: 8080"))
    taken = {"target_group": {"shop-web": id_of(WEB)}}
    name = step(plan(want, alive(desired(SPEC)), names_in_use=taken), "create target_group.web").name
    assert name == f"shop-web-{digest(want[WEB])}"


def test_if_the_stack_has_that_name_too_it_gets_a_number():
    want = desired(SPEC.replace("port: 80", "port: 8080"))
    mine, tail = id_of(WEB), digest(want[WEB])
    taken = {"target_group": {"shop-web": mine, f"shop-web-{tail}": mine, f"shop-web-{tail}-2": mine}}
    planned = plan(want, alive(desired(SPEC)), names_in_use=taken)
    assert step(planned, "create target_group.web").name == f"shop-web-{tail}-3"


def test_names_are_as_short_as_aws_requires():
    spec = SPEC.replace("shop", "a-stack-with-24-letters-")[:-1].replace("letters-", "letters1")
    long = spec.replace("targets: {port: 80}", "groups: {a-group-with-a-long-name: {servers: web, port: 80}}")
    group = Address("target_group", "a-group-with-a-long-name")
    planned = plan(
        desired(long),
        alive(desired(long.replace("80}", "81}"))),
        names_in_use={"target_group": Everything(id_of(group))},
    )
    name = step(planned, "create target_group.a-group-with-a-long-name").name
    assert len(name) <= 32
    assert not name.startswith("-")
    assert "--" not in name


class Everything(dict):
    """The old resource has every name that has no number after its digest."""

    def __init__(self, holder):
        super().__init__()
        self.holder = holder

    def get(self, name, default=None):
        return default if name.endswith("-2") else self.holder


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ({"load_balancer": {"shop": FOREIGN}}, "the name shop is taken by"),
        ({"target_group": {"shop-web": FOREIGN}}, "the name shop-web is taken by"),
        ({"security_group": {"vpc-1/shop-lb": FOREIGN}}, "the name shop-lb is taken by"),
    ],
)
def test_a_name_of_others_is_refused_and_the_message_names_the_holder(taken, words):
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), [], names_in_use=taken)
    assert words in refused.value.what
    assert FOREIGN in refused.value.what
    assert "choose another name" in refused.value.hint


def test_a_security_group_of_that_name_in_another_vpc_is_no_conflict():
    plan(desired(SPEC), [], names_in_use={"security_group": {"vpc-2/shop-lb": FOREIGN}})


def test_a_pinned_name_that_the_old_resource_has_is_refused():
    want = desired(SPEC + "overrides: {target_group.web: {name: pinned}}\n")
    changed = desired(SPEC.replace("port: 80", "port: 8080") + "overrides: {target_group.web: {name: pinned}}\n")
    with pytest.raises(Refused, match="pinned"):
        plan(changed, alive(want), names_in_use={"target_group": {"pinned": id_of(WEB)}})


def missing(kind):
    """All live resources of the stack except those of this kind."""
    return [live for live in alive(desired(SPEC)) if live.address.kind != kind]


@pytest.mark.parametrize(
    ("kind", "place", "words"),
    [
        ("listener", f"{id_of(MAIN)}/443", "port 443 of load_balancer.main is taken"),
        ("record", f"{ZONE}/api.example.com/A", "api.example.com already has a record"),
        ("record", f"{ZONE}/api.example.com/CNAME", "api.example.com already has a record"),
    ],
)
def test_a_port_or_record_of_others_is_refused_and_the_message_names_the_holder(kind, place, words):
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), missing(kind), names_in_use={kind: {place: FOREIGN}})
    assert words in refused.value.what
    assert FOREIGN in refused.value.what


def test_a_priority_of_others_is_refused():
    spec = SPEC + "listeners: [{listen: 443/https, rules: [{name: deep, path: /deep/*, forward: web}]}]\n"
    lives = [live for live in alive(desired(spec)) if live.address.kind != "rule"]
    priority = desired(spec)[Address("rule", "443-deep")].priority
    place = f"{id_of(Address('listener', '443'))}/{priority}"
    with pytest.raises(Refused, match=f"priority {priority} is taken"):
        plan(desired(spec), lives, names_in_use={"rule": {place: FOREIGN}})


def test_the_listener_of_the_stack_is_no_conflict():
    lives = alive(desired(SPEC))
    listener = id_of(Address("listener", "443"))
    assert plan(desired(SPEC), lives, names_in_use={"listener": {f"{id_of(MAIN)}/443": listener}}).empty


def test_a_record_is_taken_over_if_the_spec_says_so():
    planned = plan(
        desired(SPEC + "take_over: true\n"),
        missing("record"),
        names_in_use={"record": {f"{ZONE}/api.example.com/A": FOREIGN}},
    )
    assert step(planned, "create record.api.example.com").after.take_over


def protected():
    lives = alive(desired(SPEC + "protect: true\n"))
    assert any(getattr(live.model, "attributes", {}).get("deletion_protection.enabled") == "true" for live in lives)
    return lives


@pytest.mark.parametrize("want", [{}, desired(SPEC + "access: internal\nprotect: true\n")], ids=["destroy", "replace"])
def test_a_protected_load_balancer_is_neither_deleted_nor_replaced(want):
    with pytest.raises(Refused) as refused:
        plan(want, protected())
    assert "deletion protection" in refused.value.what
    assert "protect: false" in refused.value.hint


BARE = SPEC.replace("domain: api.example.com\n", "")


def beside(first, second, **created):
    """Two load balancers with the same address and no record; the new one is protected."""
    lives = [*alive(desired(first)), *(live for live in alive(desired(second), "-new") if live.address == MAIN)]
    return [replace(live, facts={**live.facts, "created": created.get("new" if "-new" in live.id else "old", "")})
            if live.address == MAIN else live for live in lives]  # fmt: skip


def test_of_two_load_balancers_without_a_record_the_older_one_serves():
    new = BARE + "access: internal\nprotect: true\n"
    lives = beside(BARE, new, old="2026-01-01", new="2026-01-02")
    for want in (desired(BARE), {}):
        ids = [s.id for s in plan(want, lives).steps if s.address.kind == "load_balancer" and s.writes]
        assert any(id.startswith("update load_balancer.main") for id in ids), ids
        assert ids.index(next(i for i in ids if i.startswith("update"))) < len(ids) - 1
    assert not plan(desired(BARE), lives).hazards


@pytest.mark.parametrize("created", [{}, {"old": "2026-01-02", "new": "2026-01-01"}])
def test_if_it_is_unknown_which_load_balancer_serves_the_protected_one_is_kept(created):
    with pytest.raises(Refused, match="deletion protection"):
        plan(desired(BARE), beside(BARE, BARE + "access: internal\nprotect: true\n", **created))


def test_protection_can_be_removed_first():
    planned = plan(desired(SPEC), protected())
    assert [s.id for s in planned.steps] == ["update load_balancer.main"]


def test_one_error_has_all_refusals():
    taken = {"record": {f"{ZONE}/api.example.com/A": FOREIGN}, "listener": {f"{id_of(MAIN)}/443": "arn:aws:another"}}
    lives = [live for live in alive(desired(SPEC)) if live.address.kind not in ("listener", "record")]
    with pytest.raises(Refused) as refused:
        plan(desired(SPEC), lives, names_in_use=taken)
    assert FOREIGN in refused.value.what
    assert "arn:aws:another" in refused.value.what


def test_the_digest_depends_on_immutable_fields_only():
    group = TargetGroup(port=80)
    assert digest(group) == digest(group.model_copy(update={"tags": {"a": "b"}}))
    assert digest(group) != digest(TargetGroup(port=81))


def test_two_long_names_that_begin_alike_stay_different():
    groups = "groups: {checkout-orders: {servers: web, port: 80}, checkout-orders-new: {servers: web, port: 80}}\n"
    listeners = "listeners: [{listen: 80/http, forward: {checkout-orders: 1, checkout-orders-new: 1}}]\n"
    spec = SPEC.replace("targets: {port: 80}", groups + listeners).replace("domain: api.example.com\n", "")
    planned = plan(desired(spec.replace("name: shop", "name: a-shop-with-a-long-name")), [])
    names = [step.name for step in planned.steps if step.id.startswith("create target_group.")]
    assert len(set(names)) == 2
    assert all(len(name) <= 32 for name in names)
