"""Name taken by foreign LB.

CreateLoadBalancer with the settings of an existing load balancer answers with that one. elbplan looks at the tags
first: it refuses the plan, names the ARN, and writes nothing. Its own, after a run that was killed, it knows again.
"""

from __future__ import annotations

import pytest

from elbplan.errors import Refused

from .kit import NOTHING, Case

SPEC = "name: shop\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"


def foreign(case: Case, name: str, **rest: str) -> str:
    subnets = case.stage.ids["subnets"]
    balancer = case.client("elbv2").create_load_balancer(Name=name, Subnets=[subnets["a"], subnets["c"]], **rest)
    return str(balancer["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.mark.parametrize("scheme", ["internet-facing", "internal"], ids=["same settings", "other settings"])
def test_a_load_balancer_of_others_is_never_taken(case: Case, scheme: str) -> None:
    arn = foreign(case, "shop", Scheme=scheme)
    case.box.clear_calls()
    with pytest.raises(Refused, match="which elbplan did not make") as refused:
        case.plan(SPEC)
    assert arn in str(refused.value)
    assert case.box.writes() == []
    assert case.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == []


def test_the_name_is_free_again_when_it_is_gone(case: Case) -> None:
    arn = foreign(case, "shop")
    with pytest.raises(Refused):
        case.plan(SPEC)
    case.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)
    assert case.apply(SPEC).only("CreateLoadBalancer")["Name"] == "shop"
    case.destroy(SPEC)


def test_one_that_appears_after_the_plan_is_not_taken_either(case: Case) -> None:
    plan = case.plan(SPEC)
    arn = foreign(case, "shop", Scheme="internet-facing")
    assert not case.stage.run(plan).complete
    assert case.client("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"] == []
    assert case.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"] == []


def test_its_own_one_is_no_stranger_after_a_run_that_was_killed(case: Case) -> None:
    spec = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nlisteners: [{listen: 80, respond: 200}]\n"
    case.crash_sweep(NOTHING, spec)
