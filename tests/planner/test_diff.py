"""Compares desired and live resources: which are created, updated, replaced, deleted or kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.change import field_difference
from elbplan.kinds import KINDS
from elbplan.kinds.aws.ingress_rules import IngressRule
from elbplan.kinds.aws.token_checks import TokenCheck
from elbplan.kinds.security_group import SecurityGroup
from elbplan.kinds.target_group import TargetGroup
from elbplan.planner.diff import diff

from ..core.kit import alive, desired

SPEC = """
name: shop
region: eu-west-1
zones: [a, c]
servers: {count: 1}
targets: {port: 80}
"""
RULE = "listeners:\n  - {listen: 80/http, rules: [{name: deep, path: /deep/*, forward: web}]}\n"
WEB, LISTENER, DEEP = Address("target_group", "web"), Address("listener", "80"), Address("rule", "80-deep")


def compare(want, lives, ignore=()):
    return diff(want, lives, KINDS, ignore)


def action(comparison, address):
    return [(c.action, c.fields) for c in comparison.changes if c.address == address]


def changed(lives, address, **fields):
    """The same live resources, but this one differs."""
    return [
        replace(live, model=live.model.model_copy(update=fields)) if live.address == address else live for live in lives
    ]


def test_a_desired_resource_that_aws_does_not_have_is_created():
    comparison = compare(desired(SPEC), [])
    assert {change.action for change in comparison.changes} == {"create"}


def test_a_live_resource_that_the_spec_does_not_have_is_deleted():
    comparison = compare({}, alive(desired(SPEC)))
    assert {change.action for change in comparison.changes} == {"delete"}


def test_equal_resources_are_kept():
    comparison = compare(desired(SPEC), alive(desired(SPEC)))
    assert comparison.pending == ()
    assert len(comparison.lives) == len(desired(SPEC))


def test_a_replacement_keeps_the_fields_that_the_spec_leaves_to_another_tool():
    """The load balancer changes its scheme, so everything behind it is replaced."""
    check = TokenCheck(issuer="https://id.example.com", jwks_endpoint="https://id.example.com/keys")
    rewrites = ({"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]}},)
    lives = changed(alive(desired(SPEC + RULE)), DEEP, leading_actions=(check,), transforms=rewrites)
    want = desired(SPEC + RULE + "access: internal\n")
    for pattern, taken in (("rule.*.leading_actions", (check,)), ("rule.*.transforms", ())):
        comparison = compare(want, lives, [pattern])
        (found,) = [change for change in comparison.changes if change.address == DEEP]
        assert (found.action, found.after.leading_actions) == ("replace", taken)
        assert found.after.transforms == (() if taken else rewrites)


def test_parents_come_before_children():
    kinds = [change.address.kind for change in compare(desired(SPEC), []).changes]
    assert kinds == sorted(kinds, key=list(KINDS).index)


def test_an_update_names_each_field_that_differs():
    lives = changed(alive(desired(SPEC)), WEB, attributes={"stickiness.enabled": "true"})
    (change,) = compare(desired(SPEC), lives).pending
    assert (change.action, change.fields) == ("update", ("attributes",))
    assert "stickiness.enabled true → false" in change.because


def test_an_immutable_field_forces_a_replacement_and_the_old_resource_is_deposed():
    comparison = compare(desired(SPEC.replace("80", "8080")), alive(desired(SPEC)))
    (change,) = [c for c in comparison.pending if c.address == WEB]
    assert (change.action, change.fields) == ("replace", ("port",))
    assert change.live.address.deposed
    assert "port 80 → 8080" in change.because


def test_a_rule_that_refers_to_the_old_group_differs():
    """Two groups have the same address, and the rule refers to the first: the address alone would look equal."""
    spec = SPEC + RULE
    old, new = alive(desired(spec), "-old"), alive(desired(spec.replace("port: 80}", "port: 8080}")))
    groups = [live for live in new if live.address in (WEB, Address("targets", "web"))]
    lives = [*old, *groups]
    comparison = compare(desired(spec.replace("port: 80}", "port: 8080}")), lives)
    assert action(comparison, DEEP) == [("update", ("action",))]
    assert action(comparison, LISTENER) == [("update", ("action",))]
    (old_group,) = [c for c in comparison.changes if c.address.kind == "target_group" and c.action == "delete"]
    assert old_group.address.deposed
    assert old_group.because == "left over from a replacement"


def test_of_two_equal_resources_the_one_with_references_is_kept():
    lives = alive(desired(SPEC))
    twin = replace(next(live for live in lives if live.address == WEB), id="arn:aws:a-twin")
    for several in ([twin, *lives], [*lives, twin]):
        comparison = compare(desired(SPEC), several)
        (going,) = comparison.pending
        assert (going.action, going.live.id) == ("delete", "arn:aws:a-twin")


def test_of_two_resources_the_one_that_fits_the_spec_is_kept_even_without_references():
    want = desired(SPEC.replace("port: 80", "port: 8080"))
    (fresh,) = [live for live in changed(alive(want), WEB, balancer=None) if live.address == WEB]
    comparison = compare(want, [*alive(desired(SPEC), "-old"), fresh])
    assert comparison.lives[WEB].id == "arn:aws:target_group:web"
    assert [c.action for c in comparison.changes if c.address.name == "web" and c.address.kind == "target_group"] == [
        "keep",
        "delete",
    ]


def test_none_means_that_aws_decides():
    group = SecurityGroup(vpc=AwsId("vpc-1"), ingress=(IngressRule(port=80, cidr="0.0.0.0/0"),))
    address = Address("security_group", "lb")
    out = (IngressRule(protocol="tcp", port=443, cidr="10.0.0.0/8"),)
    lives = changed(alive({address: group}), address, egress=out, name="anything")
    assert compare({address: group}, lives).pending == ()
    closed = group.model_copy(update={"egress": ()})
    assert action(compare({address: closed}, lives), address) == [("update", ("egress",))]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("target_group.web.attributes", True),
        ("target_group.*.attributes", True),
        ("*.attributes", True),
        ("target_group.web.*", True),
        ("target_group.api.attributes", False),
        ("target_group.web.health", False),
    ],
)
def test_an_ignored_field_is_not_changed(pattern, left):
    lives = changed(alive(desired(SPEC)), WEB, attributes={"stickiness.enabled": "true"})
    comparison = compare(desired(SPEC), lives, [pattern])
    assert (comparison.pending == ()) is left


def test_an_ignored_field_does_not_hide_other_fields():
    group = next(live.model for live in alive(desired(SPEC)) if live.address == WEB)
    other = group.health.model_copy(update={"path": "/other"})
    lives = changed(alive(desired(SPEC)), WEB, attributes={"stickiness.enabled": "true"}, health=other)
    assert action(compare(desired(SPEC), lives, ["*.attributes"]), WEB) == [("update", ("health",))]


def test_a_group_without_targets_in_the_spec_is_filled_by_others():
    want = {address: resource for address, resource in desired(SPEC).items() if address.kind != "targets"}
    assert compare(want, alive(desired(SPEC))).pending == ()


def test_the_targets_of_a_deleted_group_are_deleted():
    actions = {str(c.address): c.action for c in compare({}, alive(desired(SPEC))).changes}
    assert actions["targets.web"] == actions["target_group.web"] == "delete"


def test_differences_are_short_texts():
    old, new = TargetGroup(port=80, tags={"a": "1"}), TargetGroup(port=8080, tags={"a": "2", "b": "x" * 99})
    assert field_difference(old, new, "port") == "port 80 → 8080"
    assert field_difference(old, new, "tags").startswith("tags: a 1 → 2, b none → xxx")
    assert len(field_difference(old, new, "tags")) < 99


def test_resources_stand_in_the_order_of_their_addresses_whatever_order_aws_has():
    lives = alive(desired(SPEC.replace("count: 1", "count: 11")))
    for own in (lives, list(reversed(lives))):
        gone = [change.address.name for change in compare({}, own).changes if change.address.kind == "instance"]
        assert gone == [f"web-{number}" for number in range(1, 12)]


def test_a_group_that_has_no_targets_and_shall_have_none_is_not_changed():
    want = desired(SPEC.replace("servers: {count: 1}\n", "").replace("{port: 80}", "{port: 80, instances: []}"))
    assert compare(want, [live for live in alive(want) if live.address.kind != "targets"]).pending == ()
