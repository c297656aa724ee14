"""Rules: canonical conditions, moves in one call, and births behind a header nobody sends."""

from __future__ import annotations

from elbplan.core.address import Address, AwsId
from elbplan.kinds.aws.actions import Forward, Redirect, Respond, WeightedGroup
from elbplan.kinds.aws.conditions import Condition
from elbplan.kinds.rule import GATE, KIND, Rule, attach_only_rule, attaching_rule

from .kit import BALANCER, GROUP, LISTENER, OTHER, RULE, at, one, operations, owned, play, read

HTTPS = AwsId(LISTENER)
API = Condition(field="path-pattern", values=("/api/*",))
HOST = Condition(field="host-header", values=("a.example.com",))


def to(arn=GROUP):
    return Forward(groups=(WeightedGroup(group=AwsId(arn)),))


def rule(*conditions, priority=10, action=None, **rest):
    return Rule(listener=HTTPS, priority=priority, conditions=conditions or (API,), action=action or to(), **rest)


def live(*rules, tags=None):
    ours = {raw["RuleArn"]: owned("rule.api") for raw in rules} if tags is None else tags
    answers = {
        "DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerArn": BALANCER}]},
        "DescribeTargetGroups": {"TargetGroups": []},
        "DescribeListeners": {"Listeners": [{"ListenerArn": LISTENER}]},
        "DescribeRules": {"Rules": [*rules, {"RuleArn": f"{RULE}-default", "IsDefault": True, "Priority": "default"}]},
        "tags": {BALANCER: owned("load_balancer.main"), **ours},
    }
    return read(KIND, answers)


RAW = {
    "RuleArn": RULE,
    "Priority": "10",
    "IsDefault": False,
    "Conditions": [
        {"Field": "path-pattern", "Values": ["/api/*"], "PathPatternConfig": {"Values": ["/api/*"]}},
        {"Field": "host-header", "Values": ["a.example.com"]},
    ],
    "Actions": [{"Type": "forward", "TargetGroupArn": GROUP}],
}


def test_a_rule_reads_as_it_was_meant_whatever_the_order_of_its_conditions():
    assert one(live(RAW)).model == rule(HOST, API) == rule(API, HOST)


def test_the_default_rule_is_the_listeners_own():
    assert live().ours == {}


def test_a_strangers_rule_is_known_by_its_priority_only():
    found = live(RAW, tags={RULE: []})
    assert found.ours == {}
    assert found.names_in_use == {f"{LISTENER}/10": RULE}


def test_conditions_and_action_change_in_one_call():
    calls, _ = play(KIND.update(rule(), rule(HOST, action=Respond(status=404)), at(KIND, id=RULE)))
    assert operations(calls) == ["ModifyRule"]
    assert set(calls[0].params) == {"RuleArn", "Conditions", "Actions"}


def test_all_moves_are_one_call():
    ids = {Address("rule", "a"): f"{RULE}a", Address("rule", "b"): f"{RULE}b"}
    calls, _ = play(KIND.reorder({Address("rule", "b"): 1, Address("rule", "a"): 2}, at(KIND, ids=ids)))
    assert [call.params["RulePriorities"] for call in calls] == [
        [{"RuleArn": f"{RULE}a", "Priority": 2}, {"RuleArn": f"{RULE}b", "Priority": 1}]
    ]


def test_a_rule_to_an_idle_group_is_born_behind_a_header_nobody_sends():
    (first, born), (last, served) = KIND.create_path(rule(), set())
    assert (first, last, served) == ("expand", "switch", rule())
    assert [c.name for c in born.conditions] == [GATE]
    assert born.action == rule().action


def test_a_rule_to_a_busy_group_or_to_none_comes_when_traffic_moves():
    assert KIND.create_path(rule(), {AwsId(GROUP)}) == [("switch", rule())]
    redirect = rule(action=Redirect(path="/new"))
    assert KIND.create_path(redirect, set()) == [("switch", redirect)]


def test_the_header_of_a_gate_differs_from_rule_to_rule():
    assert attach_only_rule(rule(API)).conditions != attach_only_rule(rule(HOST)).conditions
    assert attach_only_rule(rule(priority=1)).conditions == attach_only_rule(rule(priority=2)).conditions


def test_a_rule_that_becomes_a_forward_gets_another_to_attach_its_group():
    redirect = rule(action=Redirect(path="/new"))
    address, helper = KIND.temporary_resource(Address("rule", "api"), redirect, rule(), set())
    assert (str(address), helper.conditions[0].name) == ("rule.api-gate", GATE)
    assert KIND.temporary_resource(Address("rule", "api"), rule(), rule(action=to(OTHER)), set()) is None


def test_a_rule_that_attaches_several_groups_has_group_stickiness_if_one_is_sticky():
    both, address = [AwsId(GROUP), AwsId(OTHER)], Address("listener", "80")
    for groups, alone, sticky in ((both, {both[0]}, 1), (both, set(), None), (both[:1], {both[0]}, None)):
        assert attaching_rule(address, "80", groups, alone)[1].action.sticky == sticky


def test_the_way_to_another_group_never_leaves_the_old_condition_early():
    way = KIND.update_path(rule(), rule(HOST, action=to(OTHER)), {AwsId(GROUP)})
    assert [(phase, model.conditions) for phase, model in way] == [
        ("expand", (API,)),
        ("switch", (HOST,)),
        ("contract", (HOST,)),
    ]


def test_a_rule_is_made_once_and_a_gone_one_is_done():
    calls, facts = play(KIND.create(rule(), at(KIND)), {"CreateRule": {"Rules": [{"RuleArn": RULE}]}})
    assert calls[0].no_retry
    assert facts == {"id": RULE}
    calls, _ = play(KIND.delete(rule(), at(KIND, id=RULE)))
    assert calls[0].done_if == ("RuleNotFound",)
