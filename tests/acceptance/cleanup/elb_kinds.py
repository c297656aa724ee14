"""Load balancers, target groups, certificates, DNS records, functions, roles, parameters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..aws import Aws, Params, public_zones
from ..settings import Settings
from .items import Item, Kind, has_tag

TAGS_AT_ONCE = 20


def _elb(aws: Aws, settings: Settings, kind: str, found: list[Params], name: str, arn: str) -> Iterator[Item]:
    """Those with a name of the run. Listeners and rules go with their load balancer."""
    arns = [resource[arn] for resource in found if resource[name].startswith(settings.stack)]
    for start in range(0, len(arns), TAGS_AT_ONCE):
        batch = arns[start : start + TAGS_AT_ONCE]
        for described in aws.ask("elbv2", "describe_tags", ResourceArns=batch)["TagDescriptions"]:
            yield Item(kind, described["ResourceArn"], has_tag(described["Tags"], settings))


def _balancers(aws: Aws, settings: Settings) -> Iterator[Item]:
    found = aws.ask("elbv2", "describe_load_balancers")["LoadBalancers"]
    return _elb(aws, settings, "load balancer", found, "LoadBalancerName", "LoadBalancerArn")


def _groups(aws: Aws, settings: Settings) -> Iterator[Item]:
    found = aws.ask("elbv2", "describe_target_groups")["TargetGroups"]
    return _elb(aws, settings, "target group", found, "TargetGroupName", "TargetGroupArn")


def _certificates(aws: Aws, settings: Settings) -> Iterator[Item]:
    for certificate in aws.ask("acm", "list_certificates").get("CertificateSummaryList", []):
        if certificate.get("DomainName", "").startswith(f"{settings.stack}."):
            arn = certificate["CertificateArn"]
            tags = aws.ask("acm", "list_tags_for_certificate", CertificateArn=arn).get("Tags", [])
            yield Item("certificate", arn, has_tag(tags, settings))


def _records(aws: Aws, settings: Settings) -> Iterator[Item]:
    """Records have no tags: those under the name of the run, which no other run has, in every public zone."""
    for zone in public_zones(aws):
        name = f"{settings.stack}.{zone['Name']}"
        answer = aws.ask(
            "route53", "list_resource_record_sets", HostedZoneId=zone["Id"], StartRecordName=name, StartRecordType="A",
            MaxItems="50",
        )  # fmt: skip
        for record in answer.get("ResourceRecordSets", []):
            if record["Name"] == name or record["Name"].endswith(f".{name}"):
                data = {"zone": zone["Id"], "record": record}
                yield Item("DNS record", f"{record['Type']} {record['Name']}", data=data)


def _delete_record(aws: Aws, item: Item) -> None:
    batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": item.data["record"]}]}
    aws.ask("route53", "change_resource_record_sets", HostedZoneId=item.data["zone"], ChangeBatch=batch)


def _functions(aws: Aws, settings: Settings) -> Iterator[Item]:
    for function in aws.ask("lambda", "list_functions").get("Functions", []):
        if function["FunctionName"].startswith(settings.stack):
            tags = aws.ask("lambda", "list_tags", Resource=function["FunctionArn"]).get("Tags", {})
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            yield Item("function", function["FunctionName"], has_tag(pairs, settings))


def _roles(aws: Aws, settings: Settings) -> Iterator[Item]:
    for role in aws.ask("iam", "list_roles").get("Roles", []):
        if role["RoleName"].startswith(settings.stack):
            tags = aws.ask("iam", "list_role_tags", RoleName=role["RoleName"]).get("Tags", [])
            yield Item("role", role["RoleName"], has_tag(tags, settings))


def _parameters(aws: Aws, settings: Settings) -> Iterator[Item]:
    """The run records of the stack, whose path has the name of the run, and the parameter of a question."""
    records = aws.ask("ssm", "get_parameters_by_path", Path=f"/elbplan/{settings.stack}", Recursive=True)
    for record in records.get("Parameters", []):
        yield Item("parameter", record["Name"], data={"lease": _lease(record.get("Value", ""))})
    filters = [{"Key": "Name", "Values": [f"/elbplan-acceptance/{settings.run}"]}]
    for parameter in aws.ask("ssm", "describe_parameters", ParameterFilters=filters).get("Parameters", []):
        tags = aws.ask("ssm", "list_tags_for_resource", ResourceType="Parameter", ResourceId=parameter["Name"])
        yield Item("parameter", parameter["Name"], has_tag(tags.get("TagList", []), settings))


def _lease(value: str) -> float:
    """The `lease_seconds` of a record that says that its run goes on; otherwise 0."""
    try:
        record: Any = json.loads(value)
        return float(record["lease_seconds"]) if record["state"] == "running" else 0.0
    except (ValueError, KeyError, TypeError):
        return 0.0


KINDS = (
    Kind("parameters", "parameter", _parameters, lambda aws, item: _drop(aws, "ssm", "delete_parameter", Name=item.id)),
    Kind("DNS records", "DNS record", _records, _delete_record),
    Kind("load balancers", "load balancer", _balancers,
         lambda aws, item: _drop(aws, "elbv2", "delete_load_balancer", LoadBalancerArn=item.id)),
    Kind("target groups", "target group", _groups,
         lambda aws, item: _drop(aws, "elbv2", "delete_target_group", TargetGroupArn=item.id)),
    Kind("certificates", "certificate", _certificates,
         lambda aws, item: _drop(aws, "acm", "delete_certificate", CertificateArn=item.id)),
    Kind("functions", "function", _functions,
         lambda aws, item: _drop(aws, "lambda", "delete_function", FunctionName=item.id)),
    Kind("roles", "role", _roles, lambda aws, item: _drop(aws, "iam", "delete_role", RoleName=item.id)),
)  # fmt: skip
"""The run records come first: a live elbplan of the run loses its lock with them, and writes nothing more."""


def _drop(aws: Aws, service: str, operation: str, **params: Any) -> None:
    aws.ask(service, operation, **params)
