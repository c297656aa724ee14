"""Questions about listeners, actions and the logs of load balancers."""

from __future__ import annotations

from collections.abc import Mapping

from ..aws import Params
from .asker import Asker, Finding, Question, compared


def listener_while_provisioning(asker: Asker) -> Finding:
    (balancer,) = asker.ask("elbv2", "describe_load_balancers", LoadBalancerArns=[asker.arn])["LoadBalancers"]
    state = balancer["State"]["Code"]
    refused = asker.refusal("elbv2", "create_listener", **_listener(asker, 81, _fixed_response()))
    if state != "provisioning":
        return Finding("not settled", f"the load balancer was {state} at once")
    took = asker.wait_until_active(asker.arn)
    text = f"refused with {refused.code}" if refused else "accepted"
    return compared(refused is None, f"{text} while provisioning; active {took:.0f} s later")


def empty_query(asker: Asker) -> Finding:
    redirect = {"Protocol": "HTTPS", "Port": "443", "Query": "", "StatusCode": "HTTP_301"}
    action = {"Type": "redirect", "RedirectConfig": redirect}
    created = asker.ask("elbv2", "create_listener", **_listener(asker, 82, action))["Listeners"][0]
    arn = created["ListenerArn"]
    (listener,) = asker.ask("elbv2", "describe_listeners", ListenerArns=[arn])["Listeners"]
    query = listener["DefaultActions"][0]["RedirectConfig"].get("Query")
    return compared(query == "", "missing" if query is None else f"{query!r}")


def sticky_group_beside_another(asker: Asker) -> Finding:
    sticky, other = asker.http_group("sticky"), asker.http_group("other")
    attributes = [{"Key": "stickiness.enabled", "Value": "true"}, {"Key": "stickiness.type", "Value": "lb_cookie"}]
    asker.ask("elbv2", "modify_target_group_attributes", TargetGroupArn=sticky, Attributes=attributes)
    forward = {
        "TargetGroups": [{"TargetGroupArn": sticky, "Weight": 1}, {"TargetGroupArn": other, "Weight": 0}],
        "TargetGroupStickinessConfig": {"Enabled": False},
    }
    listener = _listener(asker, 83, {"Type": "forward", "ForwardConfig": forward})
    refused = asker.refusal("elbv2", "create_listener", **listener)
    return compared(refused is not None, f"refused with {refused.code}" if refused else "accepted")


def empty_log_bucket(asker: Asker) -> Finding:
    texts = []
    for logs in ("access_logs", "connection_logs"):
        attributes = [{"Key": f"{logs}.s3.enabled", "Value": "false"}, {"Key": f"{logs}.s3.bucket", "Value": ""}]
        refused = asker.refusal(
            "elbv2", "modify_load_balancer_attributes", LoadBalancerArn=asker.arn, Attributes=attributes
        )
        texts.append(f"{logs}: {f'refused with {refused.code}' if refused else 'accepted'}")
    return compared(all("refused" in text for text in texts), "; ".join(texts))


def gateway_forward(asker: Asker) -> Finding:
    """A gateway load balancer of its own; first the form that elbplan sends, then the one with weights."""
    gateway = asker.ask(
        "elbv2", "create_load_balancer", Name=asker.name("gw"), Type="gateway", Tags=asker.tag_list,
        Subnets=[asker.network.subnets[0]],
    )["LoadBalancers"][0]["LoadBalancerArn"]  # fmt: skip
    group = asker.gateway_group("geneve")
    weighted = {
        "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": False},
    }
    refused = asker.refusal(
        "elbv2", "create_listener", LoadBalancerArn=gateway, Tags=asker.tag_list,
        DefaultActions=[{"Type": "forward", "ForwardConfig": weighted}],
    )  # fmt: skip
    plain = asker.refusal(
        "elbv2", "create_listener", LoadBalancerArn=gateway, Tags=asker.tag_list,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )  # fmt: skip
    if plain is not None and refused is not None:
        return Finding("otherwise", f"even the form without weights is refused: {plain}")
    return compared(refused is not None, f"refused with {refused.code}" if refused else "accepted")


def _listener(asker: Asker, port: int, action: Mapping[str, object]) -> Params:
    return {
        "LoadBalancerArn": asker.arn,
        "Protocol": "HTTP",
        "Port": port,
        "DefaultActions": [action],
        "Tags": asker.tag_list,
    }


def _fixed_response() -> Params:
    return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}


QUESTIONS = (
    Question(
        "listener-while-provisioning",
        "Does CreateListener work while the load balancer is provisioning?",
        "yes; elbplan waits for `active` nevertheless",
        "elbplan/kinds/load_balancer.py: if yes, listeners need not wait, which saves two minutes",
        listener_while_provisioning,
    ),
    Question(
        "empty-query",
        'What does AWS answer for a redirect that was created with `Query: ""`?',
        'the empty text ""',
        "elbplan/kinds/aws/actions.py: if it is missing, plans would never be empty",
        empty_query,
    ),
    Question(
        "sticky-beside-another",
        "Is a forward to a sticky group and another one refused without stickiness between groups?",
        "yes",
        "elbplan/kinds/aws/action_transitions.py: sticky groups could be exchanged in the same forward",
        sticky_group_beside_another,
    ),
    Question(
        "empty-log-bucket",
        "Does AWS refuse an empty bucket of access logs and connection logs that are off?",
        "yes, both",
        "elbplan/kinds/aws/load_balancer_attributes.py: a bucket could return to its default",
        empty_log_bucket,
    ),
    Question(
        "gateway-forward",
        "Does a listener of a gateway load balancer take a forward with weights and stickiness?",
        "no; elbplan sends the target group only, which is right in both cases",
        "elbplan/sandbox/elbv2/actions.py: `check_gateway_forward`",
        gateway_forward,
    ),
)
