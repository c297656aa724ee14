"""Questions about tags, idempotency and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from elbplan.kinds.aws.load_balancer_attributes import attribute_defaults
from elbplan.kinds.aws.target_group_attributes import TargetGroupFields, defaults

from ..aws import CallRefused, tag_list
from .asker import Asker, Finding, Question, compared


def mixed_tags(asker: Asker) -> Finding:
    arns = [asker.arn, asker.http_group("mixed")]
    refused = asker.refusal("elbv2", "describe_tags", ResourceArns=arns)
    return compared(refused is None, f"refused with {refused.code}" if refused else "both are answered in one call")


def balancer_with_other_tags(asker: Asker) -> Finding:
    first, settings = asker.arn, {**asker.balancer_settings, "Tags": _other_tags(asker)}
    try:
        second = asker.ask("elbv2", "create_load_balancer", **settings)["LoadBalancers"][0]["LoadBalancerArn"]
    except CallRefused as refused:
        return compared(False, f"refused with {refused.code}")
    return _idempotency(asker, first, second)


def group_with_other_tags(asker: Asker) -> Finding:
    first = asker.http_group("twice")
    settings = {"Name": asker.name("twice"), "Protocol": "HTTP", "Port": 80, "VpcId": asker.network.vpc}
    try:
        answer = asker.ask("elbv2", "create_target_group", **settings, Tags=_other_tags(asker))
    except CallRefused as refused:
        return compared(False, f"refused with {refused.code}")
    return _idempotency(asker, first, answer["TargetGroups"][0]["TargetGroupArn"])


def _other_tags(asker: Asker) -> list[dict[str, str]]:
    return tag_list({**asker.tags, "purpose": "another caller"})


def _idempotency(asker: Asker, first: str, second: str) -> Finding:
    if second != first:
        return compared(False, "a second resource with the same name was created")
    (described,) = asker.ask("elbv2", "describe_tags", ResourceArns=[first])["TagDescriptions"]
    added = "purpose" in {tag["Key"] for tag in described["Tags"]}
    text = "the new tags were added" if added else "its tags stay as they were"
    return compared(not added, f"the existing resource is answered; {text}")


def tag_characters(asker: Asker) -> Finding:
    refused = asker.refusal(
        "elbv2", "add_tags", ResourceArns=[asker.http_group("tags")], Tags=tag_list({"note": "a#b,c"})
    )
    return compared(refused is not None, f"refused with {refused.code}" if refused else "accepted")


def group_defaults(asker: Asker) -> Finding:
    http = asker.http_group("defaults")
    tcp = asker.group("defaults-tcp", Protocol="TCP", Port=80, VpcId=asker.network.vpc)
    fields: Mapping[str, TargetGroupFields] = {
        http: SimpleNamespace(target_type="instance", protocol="HTTP", protocol_version="HTTP1"),
        tcp: SimpleNamespace(target_type="instance", protocol="TCP", protocol_version=None),
    }
    texts = []
    for arn, group in fields.items():
        attributes = asker.ask("elbv2", "describe_target_group_attributes", TargetGroupArn=arn)["Attributes"]
        texts.append(_differences(f"{group.protocol} group", _values(attributes), defaults(group)))
    return compared(not any(texts), "; ".join(filter(None, texts)) or "all are as in the table")


def balancer_defaults(asker: Asker) -> Finding:
    attributes = asker.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=asker.arn)["Attributes"]
    wanted = attribute_defaults("application", "internet-facing")
    text = _differences("application load balancer", _values(attributes), wanted)
    return compared(not text, text or "all are as in the table")


def _values(attributes: list[dict[str, str]]) -> dict[str, str]:
    return {attribute["Key"]: attribute.get("Value", "") for attribute in attributes}


def _differences(what: str, live: Mapping[str, str], table: Mapping[str, str]) -> str:
    """The attributes that AWS answers with another value than elbplan's table. Unknown ones do not count."""
    wrong = [f"{key} is {live[key]!r}, not {value!r}" for key, value in table.items() if live.get(key, value) != value]
    missing = [key for key in table if key not in live]
    wrong += [f"not answered: {', '.join(missing)}"] if missing else []
    return f"{what}: {'; '.join(wrong)}" if wrong else ""


QUESTIONS = (
    Question(
        "mixed-tags",
        "Does DescribeTags take the ARNs of a load balancer and of a target group in one call?",
        "yes",
        "elbplan/live/batch.py would ask by kind; without that, nothing works",
        mixed_tags,
    ),
    Question(
        "balancer-other-tags",
        "CreateLoadBalancer again with the same settings and other tags: which answer?",
        "the existing load balancer, its tags unchanged",
        "elbplan/kinds/load_balancer.py: if AWS refuses, no stranger's load balancer can be taken for the own one",
        balancer_with_other_tags,
    ),
    Question(
        "group-other-tags",
        "CreateTargetGroup again with the same settings and other tags: which answer?",
        "the existing target group, its tags unchanged",
        "elbplan/kinds/target_group.py: as for load balancers",
        group_with_other_tags,
    ),
    Question(
        "tag-characters",
        "Does Elastic Load Balancing refuse a tag value with # and a comma?",
        "yes",
        "elbplan/spec/validate: the check of tags would allow more",
        tag_characters,
    ),
    Question(
        "group-defaults",
        "Are the default attributes of a new target group those of the table (also dns_failover...count = 1)?",
        "yes",
        "elbplan/kinds/aws/target_group_attributes.py: the table; a wrong value shows as a change right after apply",
        group_defaults,
    ),
    Question(
        "balancer-defaults",
        "Are the default attributes of a new application load balancer those of the table?",
        "yes",
        "elbplan/kinds/aws/load_balancer_attributes.py: the table",
        balancer_defaults,
    ),
)
