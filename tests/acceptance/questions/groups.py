"""Questions about target groups, their health checks and targets."""

from __future__ import annotations

import io
import json
import zipfile

from ..aws import CallRefused, Params
from .asker import Asker, Finding, Question, compared


def alb_group_with_tcp_check(asker: Asker) -> Finding:
    settings: Params = {
        "Name": asker.name("alb-tcp"), "TargetType": "alb", "Protocol": "TCP", "Port": 80,
        "VpcId": asker.network.vpc, "HealthCheckProtocol": "TCP", "Tags": asker.tag_list,
    }  # fmt: skip
    refused = asker.refusal("elbv2", "create_target_group", **settings)
    return compared(refused is not None, f"refused with {refused.code}: {refused.message}" if refused else "accepted")


def gateway_check_codes(asker: Asker) -> Finding:
    try:
        asker.gateway_group(
            "codes", HealthCheckProtocol="HTTP", HealthCheckPath="/", Matcher={"HttpCode": "200-299"}
        )  # fmt: skip
    except CallRefused as refused:
        return compared(True, f"refused with {refused.code}: {refused.message}")
    return compared(False, "accepted")


def path_after_a_tcp_check(asker: Asker) -> Finding:
    check = {"HealthCheckProtocol": "HTTP", "HealthCheckPath": "/was-http"}
    group = asker.group("path", Protocol="TCP", Port=80, VpcId=asker.network.vpc, **check)
    asker.ask("elbv2", "modify_target_group", TargetGroupArn=group, HealthCheckProtocol="TCP")
    (live,) = asker.ask("elbv2", "describe_target_groups", TargetGroupArns=[group])["TargetGroups"]
    path = live.get("HealthCheckPath")
    return compared(not path, f"still answered: {path}" if path else "no longer answered")


def quic_without_server_id(asker: Asker) -> Finding:
    if not asker.servers.instances:
        raise LookupError("no server to register: the story made none")
    group = asker.group("quic", Protocol="QUIC", Port=443, VpcId=asker.servers.vpc)
    targets = [{"Id": asker.servers.instances[0]}]
    refused = asker.refusal("elbv2", "register_targets", TargetGroupArn=group, Targets=targets)
    code = refused.code if refused else ""
    return compared(code == "ValidationError", f"refused with {code}: {refused.message}" if refused else "accepted")


CODE = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def zone_of_a_function(asker: Asker) -> Finding:
    function = _function(asker)
    group = asker.group("lambda", TargetType="lambda")
    asker.ask(
        "lambda", "add_permission", FunctionName=function, StatementId="elb", Action="lambda:InvokeFunction",
        Principal="elasticloadbalancing.amazonaws.com", SourceArn=group,
    )  # fmt: skip
    asker.ask("elbv2", "register_targets", TargetGroupArn=group, Targets=[{"Id": function}])
    (target,) = asker.ask("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]
    zone = target["Target"].get("AvailabilityZone")
    return compared(zone in (None, "all"), f"the zone {zone!r}" if zone else "no zone")


def _function(asker: Asker) -> str:
    """Makes a function and its role, which AWS lets Lambda use only after some seconds. Returns the ARN."""
    role = asker.ask(
        "iam", "create_role", RoleName=asker.name("lambda"), AssumeRolePolicyDocument=json.dumps(TRUST),
        Tags=asker.tag_list,
    )["Role"]["Arn"]  # fmt: skip
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", CODE)
    settings: Params = {
        "FunctionName": asker.name("lambda"), "Runtime": "python3.12", "Role": role, "Handler": "index.handler",
        "Code": {"ZipFile": package.getvalue()}, "Tags": asker.tags,
    }  # fmt: skip
    made: list[str] = []

    def usable() -> bool:
        try:
            made.append(asker.ask("lambda", "create_function", **settings)["FunctionArn"])
        except CallRefused as refused:
            if refused.code != "InvalidParameterValueException":
                raise
        return bool(made)

    asker.aws.wait_until("Lambda can use the new role", usable, timeout=60)
    return made[0]


QUESTIONS = (
    Question(
        "alb-group-tcp-check",
        "Does AWS take a TCP health check for a target group of type `alb`?",
        "no; elbplan refuses it, and sends HTTP by default",
        "elbplan/spec/validate/checks/groups.py could allow it",
        alb_group_with_tcp_check,
    ),
    Question(
        "gateway-check-codes",
        "Does AWS refuse other success codes than 200-399 for a GENEVE group?",
        "yes",
        "elbplan/spec/short: `health: {codes: ...}` could be allowed for gateways",
        gateway_check_codes,
    ),
    Question(
        "path-after-tcp-check",
        "An HTTP health check becomes a TCP check: does AWS still answer the path?",
        "no",
        "elbplan/kinds/aws/health_check.py must ignore the path of TCP checks, or plans would never be empty",
        path_after_a_tcp_check,
    ),
    Question(
        "quic-server-id",
        "With which code does AWS refuse a QUIC target without server id?",
        "ValidationError",
        "elbplan/sandbox/elbv2/targets.py: `check_quic_server_ids`",
        quic_without_server_id,
    ),
    Question(
        "lambda-zone",
        "Which zone does DescribeTargetHealth answer for a Lambda function?",
        "none, or `all`",
        "elbplan/kinds/targets.py: the zone must not make a function another target",
        zone_of_a_function,
    ),
)
