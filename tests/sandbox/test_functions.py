"""Rules 15 and 21: Lambda functions and load balancers as targets."""

from __future__ import annotations

import pytest

from .kit import REGION, Kit, refused

FUNCTION = f"arn:aws:lambda:{REGION}:123456789012:function:shop"
ELB = "elasticloadbalancing.amazonaws.com"


@pytest.fixture
def group(kit: Kit) -> str:
    return str(kit.elb.create_target_group(Name="code", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"])


def allow(kit: Kit, group: str, id: str = "elb", function: str = FUNCTION) -> None:
    client = kit.box.client("lambda", REGION)
    permission = {"Action": "lambda:InvokeFunction", "Principal": ELB, "SourceArn": group}
    client.add_permission(FunctionName=function, StatementId=id, **permission)


def test_rule_21_a_function_has_no_port_protocol_or_vpc(kit: Kit) -> None:
    for field in ({"Port": 80}, {"Protocol": "HTTP"}, {"VpcId": kit.vpc}):
        with refused("ValidationError"):
            kit.elb.create_target_group(Name="code", TargetType="lambda", **field)


def test_rule_15_a_group_must_be_allowed_to_invoke_its_function(kit: Kit, group: str) -> None:
    target = [{"Id": FUNCTION}]
    with refused("AccessDenied"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=target)
    allow(kit, group.replace("/code/", "/other/"))
    with refused("AccessDenied"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=target)
    allow(kit, group, "for-this-group")
    kit.elb.register_targets(TargetGroupArn=group, Targets=target)


def test_rule_15_a_group_has_one_function(kit: Kit, group: str) -> None:
    with refused("ValidationError"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0"}])
    for function in (FUNCTION, f"{FUNCTION}:prod"):
        allow(kit, group, function=function)
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": FUNCTION}])
    with refused("TooManyTargets"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": f"{FUNCTION}:prod"}])


def test_rule_15_statements_of_a_policy_have_one_id_each(kit: Kit, group: str) -> None:
    client = kit.box.client("lambda", REGION)
    with refused("ResourceNotFoundException"):
        client.remove_permission(FunctionName=FUNCTION, StatementId="elb")
    allow(kit, group)
    with refused("ResourceConflictException"):
        allow(kit, group)
    client.remove_permission(FunctionName=FUNCTION, StatementId="elb")
    with refused("ResourceNotFoundException"):
        client.get_policy(FunctionName=FUNCTION)


def test_rule_15_a_load_balancer_as_a_target_listens_on_the_port_of_the_group(kit: Kit) -> None:
    group = kit.group("front", TargetType="alb", Protocol="TCP")
    network = kit.balancer("network", Type="network")["LoadBalancerArn"]
    with refused("InvalidTarget"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": network}])
    application = kit.balancer()["LoadBalancerArn"]
    with refused("InvalidTarget"):
        kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": application}])
    kit.listener(application, kit.group())
    kit.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": application}])
