"""Rule priorities.

The first rule without a priority is followed by the next ones; an explicit priority stays. Dropped from the spec, it
gives way to that of the order, since no state outside the spec remembers it. 50000 is accepted and 50001 refused; a
taken priority names its holder; a swap and a rotation of ten rules are one SetRulePriorities.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from elbplan.errors import Refused, SpecProblem
from elbplan.spec import load

from .kit import Case

HEAD = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
listeners:
  - listen: 80/http
    forward: web
    rules:
"""


def spec(names: Sequence[str], priorities: Sequence[int | None] = ()) -> str:
    fixed = [*priorities, *[None] * len(names)]
    lines = [
        f"      - {{name: {name}, path: /{name}, respond: 404{f', priority: {number}' if number else ''}}}\n"
        for name, number in zip(names, fixed, strict=False)
    ]
    return HEAD + "".join(lines)


def priorities(case: Case) -> dict[str, str]:
    """The priority of each rule, by its path."""
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    rules = elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
    return {rule["Conditions"][0]["Values"][0]: rule["Priority"] for rule in rules if not rule["IsDefault"]}


def test_priorities_follow_from_the_order_and_a_fixed_one_stays(case: Case) -> None:
    case.apply(spec(["a", "b"]))
    assert priorities(case) == {"/a": "10", "/b": "20"}
    case.apply(spec(["a", "b", "c"], [None, None, 50000]))
    assert priorities(case) == {"/a": "10", "/b": "20", "/c": "50000"}
    case.destroy(spec(["a"]))


def test_a_fixed_priority_that_is_dropped_is_that_of_the_order_again(case: Case) -> None:
    case.apply(spec(["a"], [7]))
    assert priorities(case) == {"/a": "7"}
    assert case.apply(spec(["a"])).actions == ["SetRulePriorities"]
    assert priorities(case) == {"/a": "10"}
    case.destroy(spec(["a"]))


def test_a_rule_of_somebody_else_holds_its_priority(case: Case) -> None:
    case.apply(spec([]).replace("    rules:\n", ""))
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (rule,) = elb.create_rule(
        ListenerArn=listener["ListenerArn"], Priority=7, Actions=listener["DefaultActions"],
        Conditions=[{"Field": "path-pattern", "Values": ["/theirs"]}],
    )["Rules"]  # fmt: skip
    with pytest.raises(Refused) as refused:
        case.plan(spec(["a"], [7]))
    assert rule["RuleArn"] in str(refused.value)
    elb.delete_rule(RuleArn=rule["RuleArn"])
    case.destroy(spec(["a"]))


def test_a_priority_above_50000_is_refused() -> None:
    with pytest.raises(SpecProblem, match="50001 is out of range"):
        load(["-"], stdin=io.StringIO(spec(["a"], [50001])))


def test_a_taken_priority_names_its_holder() -> None:
    with pytest.raises(SpecProblem, match=r"rule\.80-a already has priority 7"):
        load(["-"], stdin=io.StringIO(spec(["a", "b"], [7, 7])))


@pytest.mark.parametrize("names", ["ab", "abcdefghij"])
def test_a_swap_and_a_rotation_are_one_call(case: Case, names: str) -> None:
    case.apply(spec(names))
    sent = case.apply(spec([*names[1:], names[0]]))
    assert sent.actions == ["SetRulePriorities"]
    assert priorities(case)[f"/{names[0]}"] == str(10 * len(names))
    case.destroy(spec(names))


def test_a_rotation_that_is_killed_is_continued(case: Case) -> None:
    case.crash_sweep(spec("abc"), spec("bca"))
