"""The names of the stacks of one region: in the tags of resources, and in Parameter Store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.call import Answer, ReadProgram
from ..kinds.aws.inventory import spec_in
from ..kinds.aws.ownership import STACK, tag_mapping
from ..kinds.aws.queries import instances_in
from ..run.lock.record import RunRecord
from ..run.lock.record_parser import read as read_record
from .asking import RESOURCES_PER_TAG_CALL, ask, is_usable, not_checked
from .leftover import NotChecked

PERMISSIONS = (
    "tag:GetResources",
    "ssm:DescribeParameters",
    "ssm:GetParameters",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeAddresses",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTags",
)
ROOT = "/elbplan"
RUN = re.compile(rf"{ROOT}/(?P<stack>[^/]+)/runs/(?P<number>\d+)")
INVENTORY = re.compile(rf"{ROOT}/(?P<stack>[^/]+)/inventory")
NAMES_PER_CALL = 10
"""The largest number of names in one GetParameters."""

INDEX = "the tag index"
LEDGER = "run records"


@dataclass(frozen=True)
class TaggedNames:
    """Names of stacks, and what could not be read."""

    names: frozenset[str] = frozenset()
    not_checked: Sequence[NotChecked] = ()


def tagged_names(region: str) -> ReadProgram[TaggedNames]:
    """The names in the tag index. If it does not answer, those in the tags of all resources that can have them."""
    call = ask("resourcegroupstaggingapi", "GetResources", TagFilters=[{"Key": STACK}], ResourcesPerPage=100)
    (answer,) = yield [call]
    if is_usable(answer):
        tags = [tag_mapping(raw.get("Tags")) for raw in answer["ResourceTagMappingList"]]
        return TaggedNames(frozenset(own[STACK] for own in tags if own.get(STACK)))
    (reason,) = not_checked(INDEX, region, [call], [answer])
    names = yield from _scanned_names(region)
    missing = NotChecked(INDEX, region, f"{reason.why}; elbplan read the tags of all load balancers instead")
    return TaggedNames(names.names, [missing, *names.not_checked])


def _scanned_names(region: str) -> ReadProgram[TaggedNames]:
    """The names in the tags of instances, security groups, Elastic IPs, load balancers and target groups."""
    tagged: Any = {"Filters": [{"Name": "tag-key", "Values": [STACK]}]}
    calls = [
        *(
            ask("ec2", operation, **tagged)
            for operation in ("DescribeInstances", "DescribeSecurityGroups", "DescribeAddresses")
        ),
        ask("elbv2", "DescribeLoadBalancers"),
        ask("elbv2", "DescribeTargetGroups"),
    ]
    answers = yield calls
    missing = not_checked("stacks", region, calls, answers)
    instances, groups, addresses, balancers, target_groups = (answer if is_usable(answer) else {} for answer in answers)
    raws = [*instances_in(instances), *groups.get("SecurityGroups", ()), *addresses.get("Addresses", ())]
    names = {tag_mapping(raw.get("Tags")).get(STACK, "") for raw in raws}
    arns = [raw["LoadBalancerArn"] for raw in balancers.get("LoadBalancers", ())]
    arns += [raw["TargetGroupArn"] for raw in target_groups.get("TargetGroups", ())]
    batches = [arns[start : start + RESOURCES_PER_TAG_CALL] for start in range(0, len(arns), RESOURCES_PER_TAG_CALL)]
    asks = [ask("elbv2", "DescribeTags", ResourceArns=batch) for batch in batches]
    described = (yield asks) if asks else []
    missing += not_checked("stacks", region, asks, described)
    for answer in described:
        for raw in answer["TagDescriptions"] if is_usable(answer) else ():
            names.add(tag_mapping(raw.get("Tags")).get(STACK, ""))
    return TaggedNames(frozenset(filter(None, names)), missing)


@dataclass(frozen=True)
class Ledger:
    """By stack: its last run, and the path of its spec, as far as they are recorded; and what could not be read."""

    runs: Mapping[str, RunRecord | None] = field(default_factory=dict)
    specs: Mapping[str, str] = field(default_factory=dict)
    not_checked: Sequence[NotChecked] = ()


def last_runs(region: str) -> ReadProgram[Ledger]:
    """The last run of each stack that has records. Names and dates come in large pages, values only for the last."""
    filters = [{"Key": "Path", "Option": "Recursive", "Values": [ROOT]}]
    call = ask("ssm", "DescribeParameters", ParameterFilters=filters, MaxResults=50)
    (answer,) = yield [call]
    if not is_usable(answer):
        return Ledger(not_checked=not_checked(LEDGER, region, [call], [answer]))
    last: dict[str, str] = {}
    for name in sorted(raw["Name"] for raw in answer["Parameters"]):
        if match := RUN.fullmatch(name):
            last[match["stack"]] = name
    names = list(last.values())
    asks = [
        ask("ssm", "GetParameters", Names=names[start : start + NAMES_PER_CALL])
        for start in range(0, len(names), NAMES_PER_CALL)
    ]
    answers = (yield asks) if asks else []
    records = dict(_records(answers))
    runs = {stack: records.get(name) for stack, name in last.items()}
    return Ledger(runs, dict(recorded_specs(answer["Parameters"])), not_checked(LEDGER, region, asks, answers))


def recorded_specs(parameters: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The stacks that have an inventory, each with the path of its spec; empty if that is not recorded."""
    for raw in parameters:
        if match := INVENTORY.fullmatch(raw["Name"]):
            yield match["stack"], spec_in(raw.get("Description") or "")


def _records(answers: Sequence[Answer]) -> Iterator[tuple[str, RunRecord | None]]:
    for answer in answers:
        for raw in answer["Parameters"] if is_usable(answer) else ():
            stack = RUN.fullmatch(raw["Name"])
            assert stack
            yield (
                raw["Name"],
                read_record(
                    stack["stack"], raw["Name"], raw["Value"], raw.get("LastModifiedDate"), raw.get("Version", 0)
                ),
            )
