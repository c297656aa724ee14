"""Default actions order.

Cognito or OIDC first, forward last; an answer of AWS in another order is no difference; a missing action is restored by
ModifyListener.
"""

from __future__ import annotations

from typing import Any

from elbplan.kinds.aws.actions import actions_from_aws

from .kit import NOTHING, Case

REGION = "ap-northeast-2"
COGNITO = (
    "{cognito: {user_pool: 'arn:aws:cognito-idp:ap-northeast-2:123456789012:userpool/ap-northeast-2_a', "
    "client_id: web, domain: example}}"
)
SPEC = f"""
name: my-web
region: {REGION}
zones: [a, c]
domain: api.example.com
targets: {{ips: [172.31.0.5], port: 80}}
listeners:
  - listen: 443/https
    login: {COGNITO}
"""


def listener_of(case: Case) -> dict[str, Any]:
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    found: dict[str, Any] = listener
    return found


def test_the_login_is_first_and_the_forward_last(case: Case) -> None:
    sent = case.apply(SPEC).only("CreateListener")["DefaultActions"]
    assert [(action["Type"], int(action["Order"])) for action in sent] == [("authenticate-cognito", 1), ("forward", 2)]
    case.destroy(SPEC)


def test_an_answer_in_another_order_is_the_same(case: Case) -> None:
    case.apply(SPEC)
    actions = listener_of(case)["DefaultActions"]
    assert [action["Type"] for action in actions] == ["authenticate-cognito", "forward"]
    assert actions_from_aws(list(reversed(actions))) == actions_from_aws(actions)
    case.destroy(SPEC)


def test_a_missing_login_is_restored(case: Case) -> None:
    case.apply(SPEC)
    listener = listener_of(case)
    forward = {key: value for key, value in listener["DefaultActions"][1].items() if key != "Order"}
    case.client("elbv2").modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[forward])
    sent = case.apply(SPEC)
    assert sent.actions == ["ModifyListener"]
    assert [action["Type"] for action in sent.only("ModifyListener")["DefaultActions"]] == [
        "authenticate-cognito",
        "forward",
    ]
    case.destroy(SPEC)


def test_a_run_that_is_killed_at_any_write_is_continued(case: Case) -> None:
    without = SPEC.replace(f"    login: {COGNITO}\n", "")
    case.crash_sweep(without, SPEC)
    case.crash_sweep(SPEC, NOTHING)
