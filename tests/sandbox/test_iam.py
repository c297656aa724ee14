"""IAM on the simulator: which statements apply, what each service checks, and how AWS answers a denied call."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from elbplan.sandbox.iam.policies import MalformedPolicy, Need, check_document, decide

from .kit import AMI, REGION, Kit, refused

TAGS = [{"Key": "elbplan:stack", "Value": "web"}]
OWN = {"StringEquals": {"aws:ResourceTag/elbplan:stack": "web"}}
NEW = {"StringEquals": {"aws:RequestTag/elbplan:stack": "web"}}
ROLE = {"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}}


def allow(action: Any, resource: Any = "*", condition: Any = None, effect: str = "Allow") -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def denial(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("statements", "need", "decision"),
    [
        ([allow("ec2:Describe*")], Need("ec2:DescribeVpcs"), "allowed"),
        ([allow("ec2:Describe*")], Need("ec2:CreateTags"), "implicitDeny"),
        ([allow("EC2:describevpcs")], Need("ec2:DescribeVpcs"), "allowed"),
        ([allow("*"), allow("ec2:*", effect="Deny")], Need("ec2:DescribeVpcs"), "explicitDeny"),
        ([allow("a:B", "arn:aws:a:*:1:x/*")], Need("a:B", "arn:aws:a:r:1:x/y/z"), "allowed"),
        ([allow("a:B", "arn:aws:a:*:1:x/*")], Need("a:B", "arn:aws:a:r:2:x/y"), "implicitDeny"),
    ],
)
def test_rule_39_nothing_is_allowed_that_no_statement_allows(
    statements: list[dict[str, Any]], need: Need, decision: str
) -> None:
    assert decide([document(*statements)], need) == decision


@pytest.mark.parametrize(
    ("condition", "keys", "fits"),
    [
        ({"StringEquals": {"k": ["a", "b"]}}, {"k": ["b"]}, True),
        ({"StringEquals": {"k": "a"}}, {}, False),
        ({"StringEquals": {"K": "a"}}, {"k": ["a"]}, True),
        ({"StringNotEquals": {"k": "a"}}, {}, True),
        ({"StringLike": {"k": "_*.example.com"}}, {"k": ["_x.example.com"]}, True),
        ({"StringEqualsIfExists": {"k": "a"}}, {}, True),
        ({"Null": {"k": "true"}}, {}, True),
        ({"Null": {"k": "true"}}, {"k": ["a"]}, False),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ["a", "c"]}, False),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ["a", "c"]}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {}, False),
    ],
)
def test_rule_39_every_condition_must_fit(condition: Any, keys: dict[str, list[str]], fits: bool) -> None:
    decision = decide([document(allow("a:B", condition=condition))], Need("a:B", keys=keys))
    assert (decision == "allowed") is fits


@pytest.mark.parametrize(
    "wrong",
    [
        {"Statement": [allow("a:B")]},
        document(),
        document({**allow("a:B"), "Sid": "with space"}),
        document({**allow("a:B"), "Sid": "x"}, {**allow("a:C"), "Sid": "x"}),
        document(allow("NoService")),
        document(allow("a:B", "not-an-arn")),
        document(allow("a:B", condition={"StringAlike": {"k": "a"}})),
    ],
)
def test_rule_39_a_malformed_policy_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedPolicy):
        check_document(wrong)


def test_without_a_policy_everything_is_allowed_and_a_reset_removes_policies(kit: Kit) -> None:
    kit.box.policy(document(allow("ec2:DescribeVpcs")))
    with refused("AccessDenied"):
        kit.elb.describe_load_balancers()
    kit.box.policy(None)
    assert kit.elb.describe_load_balancers()["LoadBalancers"] == []


def test_a_policy_of_one_key_leaves_the_others_alone(kit: Kit) -> None:
    kit.box.policy(document(allow("ec2:DescribeVpcs")), key="AKIASOMEBODYELSE")
    assert kit.elb.describe_load_balancers()["LoadBalancers"] == []


def test_rule_39_each_service_has_its_own_words_for_a_denial(kit: Kit) -> None:
    kit.box.policy(document(allow("sts:Nothing")))
    with pytest.raises(ClientError) as elb:
        kit.elb.delete_target_group(TargetGroupArn="arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b")
    assert denial(elb) == (
        "AccessDenied",
        "User: arn:aws:iam::" + kit.box.account_id + ":user/sandbox is not authorized to perform: "
        "elasticloadbalancing:DeleteTargetGroup on resource: "
        "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/a/b because no identity-based policy allows the "
        "elasticloadbalancing:DeleteTargetGroup action",
    )
    with pytest.raises(ClientError) as ec2:
        kit.ec2.delete_security_group(GroupId=kit.default_group)
    code, message = denial(ec2)
    assert code == "UnauthorizedOperation"
    assert message.startswith("You are not authorized to perform this operation. User: arn:aws:iam::")
    assert "Encoded authorization failure message: " in message
    with pytest.raises(ClientError) as ssm:
        kit.ssm.get_parameter(Name="/elbplan/web/runs/1")
    assert denial(ssm)[0] == "AccessDeniedException"
    assert "on resource: arn:aws:ssm:eu-central-1:" in denial(ssm)[1]
    kit.box.policy(document(allow("*"), allow("acm:ListCertificates", effect="Deny")))
    with pytest.raises(ClientError) as acm:
        kit.acm.list_certificates()
    assert denial(acm)[1].endswith("acm:ListCertificates with an explicit deny in an identity-based policy")


def test_rule_39_tags_at_creation_need_the_tagging_action_too(kit: Kit) -> None:
    create = allow("elasticloadbalancing:CreateTargetGroup", condition=NEW)
    kit.box.policy(document(create))
    with refused("AccessDenied"):
        kit.group(Tags=TAGS)
    created = {"StringEquals": {"elasticloadbalancing:CreateAction": "CreateTargetGroup"}}
    kit.box.policy(document(create, allow("elasticloadbalancing:AddTags", condition=created)))
    arn = kit.group(Tags=TAGS)
    with refused("AccessDenied"):
        kit.elb.add_tags(ResourceArns=[arn], Tags=TAGS)
    with refused("AccessDenied"):
        kit.group("untagged")


def test_rule_39_a_listener_and_a_rule_are_checked_on_their_parents(kit: Kit) -> None:
    balancer, group = kit.balancer(Tags=TAGS)["LoadBalancerArn"], kit.group()
    kit.box.policy(document(allow("elasticloadbalancing:CreateListener", balancer, OWN)))
    listener = kit.listener(balancer, group)
    other = kit.box.client("elbv2", REGION)
    with refused("AccessDenied"):
        other.create_rule(ListenerArn=listener, Priority=1, Conditions=[], Actions=[])
    kit.box.policy(document(allow("elasticloadbalancing:CreateListener", balancer.replace("web", "other"))))
    with refused("AccessDenied"):
        kit.listener(balancer, group, 81)


def test_rule_39_the_first_load_balancer_needs_the_service_linked_role(kit: Kit) -> None:
    create = allow("elasticloadbalancing:CreateLoadBalancer")
    kit.box.policy(document(create))
    with pytest.raises(ClientError) as caught:
        kit.balancer()
    assert "iam:CreateServiceLinkedRole on resource: arn:aws:iam::" in denial(caught)[1]
    kit.box.policy(document(create, allow("iam:CreateServiceLinkedRole", condition=ROLE)))
    kit.balancer()
    kit.box.policy(document(create))
    kit.balancer("second")


def test_rule_39_no_tag_limits_the_order_of_rules(kit: Kit) -> None:
    balancer, group = kit.balancer()["LoadBalancerArn"], kit.group()
    listener = kit.listener(balancer, group)
    condition = [{"Field": "path-pattern", "Values": ["/a"]}]
    action = [{"Type": "forward", "TargetGroupArn": group}]
    params = {"ListenerArn": listener, "Priority": 1, "Conditions": condition, "Actions": action, "Tags": TAGS}
    rule = kit.elb.create_rule(**params)["Rules"][0]["RuleArn"]
    kit.box.policy(document(allow("elasticloadbalancing:*", condition=OWN)))
    kit.elb.modify_rule(RuleArn=rule, Actions=action)
    with refused("AccessDenied"):
        kit.elb.set_rule_priorities(RulePriorities=[{"RuleArn": rule, "Priority": 2}])


def test_rule_39_run_instances_is_checked_on_all_that_it_uses_and_makes(kit: Kit) -> None:
    image = kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
    params = {
        "ImageId": image, "SubnetId": kit.subnets[0], "MinCount": 1, "MaxCount": 1,
        "SecurityGroupIds": [kit.default_group], "TagSpecifications": [{"ResourceType": "instance", "Tags": TAGS}],
    }  # fmt: skip
    kinds = ("image", "subnet", "security-group", "network-interface", "volume")
    others = [f"arn:aws:ec2:{REGION}:*:{kind}/*" for kind in kinds if kind != "image"]
    others.append(f"arn:aws:ec2:{REGION}::image/*")
    instance = allow("ec2:RunInstances", f"arn:aws:ec2:{REGION}:*:instance/*", NEW)
    created = {"StringEquals": {"ec2:CreateAction": "RunInstances"}}
    tag = allow("ec2:CreateTags", f"arn:aws:ec2:{REGION}:*:instance/*", created)
    for missing in others:
        rest = [arn for arn in others if arn != missing]
        kit.box.policy(document(instance, tag, allow("ec2:RunInstances", rest)))
        with refused("UnauthorizedOperation"):
            kit.ec2.run_instances(**params)
    kit.box.policy(document(instance, allow("ec2:RunInstances", others)))
    with refused("UnauthorizedOperation"):
        kit.ec2.run_instances(**params)
    whole = document(instance, tag, allow("ec2:RunInstances", others))
    kit.box.policy(whole)
    with refused("UnauthorizedOperation"):
        kit.ec2.run_instances(**params, IamInstanceProfile={"Name": "web"})
    kit.ec2.run_instances(**params)


def test_rule_39_rules_with_tags_are_checked_on_the_rules_too(kit: Kit) -> None:
    group = f"arn:aws:ec2:{REGION}:*:security-group/*"
    kit.box.policy(document(allow("ec2:AuthorizeSecurityGroupIngress", group)))
    kit.let_in(kit.default_group, 81)
    rule = {"IpProtocol": "tcp", "FromPort": 82, "ToPort": 82, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    tags = [{"ResourceType": "security-group-rule", "Tags": TAGS}]
    with refused("UnauthorizedOperation"):
        kit.ec2.authorize_security_group_ingress(
            GroupId=kit.default_group, IpPermissions=[rule], TagSpecifications=tags
        )


def test_rule_39_a_security_group_is_checked_on_its_vpc_too(kit: Kit) -> None:
    kit.box.policy(document(allow("ec2:CreateSecurityGroup", f"arn:aws:ec2:{REGION}:*:security-group/*")))
    with refused("UnauthorizedOperation"):
        kit.ec2.create_security_group(GroupName="a", Description="a", VpcId=kit.vpc)


def test_rule_39_an_address_is_checked_on_its_instance_too(kit: Kit) -> None:
    image = kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"]
    run = kit.ec2.run_instances(ImageId=image, SubnetId=kit.subnets[0], MinCount=1, MaxCount=1)
    allocation = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    params = {"AllocationId": allocation, "InstanceId": run["Instances"][0]["InstanceId"]}
    kit.box.policy(document(allow("ec2:AssociateAddress", f"arn:aws:ec2:{REGION}:*:elastic-ip/*")))
    with refused("UnauthorizedOperation"):
        kit.ec2.associate_address(**params)


def test_rule_39_records_are_limited_by_name_type_and_action(kit: Kit) -> None:
    key = "route53:ChangeResourceRecordSets"
    condition = {
        "ForAllValues:StringLike": {f"{key}NormalizedRecordNames": ["\\052.example.com", "_*.example.com"]},
        "ForAllValues:StringEquals": {f"{key}RecordTypes": "TXT", f"{key}Actions": "CREATE"},
    }
    kit.box.policy(document(allow(key, f"arn:aws:route53:::hostedzone/{kit.zone.rpartition('/')[2]}", condition)))

    def change(name: str, type: str = "TXT", action: str = "CREATE") -> None:
        record = {"Name": name, "Type": type, "TTL": 60, "ResourceRecords": [{"Value": '"a"'}]}
        changes = [{"Action": action, "ResourceRecordSet": record}]
        kit.dns.change_resource_record_sets(HostedZoneId=kit.zone, ChangeBatch={"Changes": changes})

    change("*.Example.com.")
    change("_a.example.com")
    for wrong in (("b.example.com",), ("_b.example.com", "SPF"), ("_b.example.com", "TXT", "UPSERT")):
        with refused("AccessDenied"):
            change(*wrong)


def test_rule_39_a_certificate_with_tags_needs_the_tagging_action_too(kit: Kit) -> None:
    kit.box.policy(document(allow("acm:RequestCertificate", condition=NEW)))
    with refused("AccessDeniedException"):
        kit.acm.request_certificate(DomainName="a.example.com", ValidationMethod="DNS", Tags=TAGS)
    kit.box.policy(document(allow(["acm:RequestCertificate", "acm:AddTagsToCertificate"], condition=NEW)))
    arn = kit.acm.request_certificate(DomainName="a.example.com", ValidationMethod="DNS", Tags=TAGS)["CertificateArn"]
    kit.box.policy(document(allow("acm:DescribeCertificate", condition=OWN)))
    assert kit.acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainName"] == "a.example.com"


def test_rule_39_parameters_are_checked_by_their_paths(kit: Kit) -> None:
    ours = f"arn:aws:ssm:{REGION}:*:parameter/elbplan/web/*"
    kit.box.policy(document(allow(["ssm:PutParameter", "ssm:GetParametersByPath", "ssm:GetParameter"], ours)))
    kit.ssm.put_parameter(Name="/elbplan/web/runs/1", Value="1", Type="String")
    assert len(kit.ssm.get_parameters_by_path(Path="/elbplan/web/runs")["Parameters"]) == 1
    for name in ("/elbplan/other/runs/1", AMI):
        with refused("AccessDeniedException"):
            kit.ssm.get_parameter(Name=name)
    public = f"arn:aws:ssm:{REGION}::parameter/aws/service/*"
    kit.box.policy(document(allow("ssm:GetParameter", public)))
    assert kit.ssm.get_parameter(Name=AMI)["Parameter"]["Value"].startswith("ami-")


def test_rule_39_a_secret_is_checked_by_its_arn(kit: Kit) -> None:
    client = kit.box.client("secretsmanager", REGION)
    client.create_secret(Name="web/oidc", SecretString="hunter2")
    client.create_secret(Name="web/other", SecretString="hunter2")
    pattern = f"arn:aws:secretsmanager:{REGION}:*:secret:web/oidc-??????"
    kit.box.policy(document(allow("secretsmanager:GetSecretValue", pattern)))
    assert client.get_secret_value(SecretId="web/oidc")["SecretString"] == "hunter2"
    with refused("AccessDeniedException"):
        client.get_secret_value(SecretId="web/other")


def test_rule_39_an_auto_scaling_group_is_checked_by_its_name(kit: Kit) -> None:
    for name in ("fleet", "other"):
        kit.box.create_fixture("auto_scaling_group", name, region=REGION)
    group = kit.group()
    pattern = f"arn:aws:autoscaling:{REGION}:*:autoScalingGroup:*:autoScalingGroupName/fleet"
    kit.box.policy(document(allow("autoscaling:AttachTrafficSources", pattern)))
    client = kit.box.client("autoscaling", REGION)
    sources = [{"Identifier": group, "Type": "elbv2"}]
    client.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=sources)
    with refused("AccessDenied"):
        client.attach_traffic_sources(AutoScalingGroupName="other", TrafficSources=sources)


def test_rule_39_a_function_is_checked_with_the_principal(kit: Kit) -> None:
    condition = {"StringEquals": {"lambda:Principal": "elasticloadbalancing.amazonaws.com"}}
    kit.box.policy(document(allow("lambda:AddPermission", f"arn:aws:lambda:{REGION}:*:function:web", condition)))
    client = kit.box.client("lambda", REGION)
    params = {"FunctionName": "web", "StatementId": "a", "Action": "lambda:InvokeFunction"}
    client.add_permission(**params, Principal="elasticloadbalancing.amazonaws.com")
    with refused("AccessDeniedException"):
        client.add_permission(**{**params, "StatementId": "b"}, Principal="s3.amazonaws.com")


def test_simulate_principal_policy_says_what_is_allowed(kit: Kit) -> None:
    kit.box.policy(document(allow("ec2:Describe*")))
    kit.box.policy(document(allow(["ec2:Describe*", "iam:SimulatePrincipalPolicy"])))
    answer = kit.box.client("iam").simulate_principal_policy(
        PolicySourceArn="arn:aws:iam::123456789012:user/sandbox", ActionNames=["ec2:DescribeVpcs", "ec2:RunInstances"]
    )
    results = {result["EvalActionName"]: result["EvalDecision"] for result in answer["EvaluationResults"]}
    assert results == {"ec2:DescribeVpcs": "allowed", "ec2:RunInstances": "implicitDeny"}


def test_the_log_has_what_iam_checked(kit: Kit) -> None:
    kit.box.policy(document(allow("*")))
    kit.group(Tags=TAGS)
    (call,) = [call for call in kit.box.calls if call.action == "CreateTargetGroup"]
    assert call.actions == ["elasticloadbalancing:AddTags", "elasticloadbalancing:CreateTargetGroup"]


def test_who_am_i_needs_no_permission(kit: Kit) -> None:
    kit.box.policy(document(allow("ec2:DescribeVpcs")))
    assert kit.box.client("sts", REGION).get_caller_identity()["Account"] == kit.box.account_id
