"""Checks that the credentials have the permissions that elbplan needs.

IAM can say so (`iam:SimulatePrincipalPolicy`). Where it may not be asked, elbplan tries some calls that change nothing:
reads, and EC2's DryRun. Elastic Load Balancing, ACM and Route 53 have no DryRun, so their writes stay unchecked.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.address import Address
from ..core.call import DENIED, DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ..core.stack import Stack
from ..errors import AwsProblem
from ..kinds import KINDS
from ..kinds.aws.ownership import STACK, ownership, specification
from ..kinds.aws.queries import LOAD_BALANCERS, TARGET_GROUPS
from ..live.worker_threads import WorkerThreads
from ..permissions.policy import BESIDE_THE_KINDS, COMMANDS, policy
from ..permissions.statements import Statement
from .access import Identity
from .check import Check, ok, unknown

PERMISSIONS = ("iam:GetRole", "iam:SimulatePrincipalPolicy")

SESSION = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([^/]+)/")
DRY_RUN = "DryRunOperation"
"""EC2's answer to a request with DryRun that would work:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html"""

NOTHING = {"Filters": [{"Name": "vpc-id", "Values": ["vpc-00000000"]}]}
"""A filter that selects nothing, so that the answer has one page."""

READS: Mapping[str, Call] = {
    "elasticloadbalancing:DescribeLoadBalancers": LOAD_BALANCERS,
    "elasticloadbalancing:DescribeTargetGroups": TARGET_GROUPS,
    "ec2:DescribeInstances": Call("ec2", "DescribeInstances", NOTHING),
    "ec2:DescribeSecurityGroups": Call("ec2", "DescribeSecurityGroups", NOTHING),
    "ec2:DescribeSubnets": Call("ec2", "DescribeSubnets", NOTHING),
    "acm:ListCertificates": Call("acm", "ListCertificates", {"MaxItems": 1}),
    "route53:ListHostedZones": Call("route53", "ListHostedZones", {"MaxItems": "1"}),
    "tag:GetResources": Call(
        "resourcegroupstaggingapi", "GetResources", {"TagFilters": [{"Key": STACK, "Values": ["elbplan-doctor"]}]}
    ),
}
"""A small call for some of the reads."""


def dry_runs(stack: str) -> dict[str, Call]:
    """Creates that EC2 only checks, with the ownership tags that a policy may ask for."""
    group = {"GroupName": "elbplan-doctor", "Description": "elbplan doctor", "DryRun": True}
    tags = ownership(stack, Address("security_group", "lb"), {}), ownership(stack, Address("elastic_ip", "web-1"), {})
    group["TagSpecifications"] = specification("security-group", tags[0])
    address = {"Domain": "vpc", "DryRun": True, "TagSpecifications": specification("elastic-ip", tags[1])}
    return {
        "ec2:CreateSecurityGroup": Call("ec2", "CreateSecurityGroup", group),
        "ec2:AllocateAddress": Call("ec2", "AllocateAddress", address),
    }


MOST_STACKS = 3
"""Stacks for which IAM is asked. The policies of further stacks differ in names only, as a rule."""

PARALLEL = 4
ALLOWED = "allowed"

Send = Callable[[Call], Answer]


@dataclass(frozen=True)
class Needs:
    """What elbplan needs.

    statements  of the policy for all commands
    actions     of each command
    optional    the actions that elbplan can do without
    stack       the name of one stack
    specs       the files of the stacks, as a command names them; empty: any stack
    """

    statements: tuple[Statement, ...]
    actions: Mapping[str, frozenset[str]]
    optional: frozenset[str] = frozenset()
    stack: str = "elbplan-doctor"
    specs: tuple[str, ...] = ()


def needs_of(stacks: Sequence[Stack], account: str = "", region: str = "") -> Needs:
    """Returns the needs of these stacks; without stacks those of any stack."""
    several: list[Stack | None] = [*stacks[:MOST_STACKS]] or [None]
    statements = [s for stack in several for s in policy(stack, account=account, region=region).statements]
    declared = [*BESIDE_THE_KINDS, *(permission for kind in KINDS.values() for permission in kind.permissions)]
    required = {permission.action for permission in declared if not permission.without_it}
    return Needs(
        tuple(dict.fromkeys(statements)),
        {name: frozenset(a for stack in several for a in policy(stack, name).actions) for name in COMMANDS},
        frozenset({permission.action for permission in declared} - required),
        stacks[0].name if stacks else "elbplan-doctor",
        tuple(dict.fromkeys(stack.file for stack in stacks if stack.file)),
    )


def permission_checks(send: Send, identity: Identity, needs: Needs) -> Iterator[Check]:
    """Yields a line for each command. Raises nothing."""
    if identity.is_root:
        yield ok("permissions", "the root user may do everything, unless an organization forbids it")
        return
    denied = _simulated(send, identity, needs.statements)
    if denied is None:
        yield from _tried(send, needs)
        return
    for command, actions in needs.actions.items():
        yield _check(command, denied & actions, needs, len(actions))


def _check(command: str, denied: frozenset[str], needs: Needs, number: int) -> Check:
    fix, show = "give this policy to an administrator", shlex.join(["elbplan", "permissions", *needs.specs, command])
    if required := denied - needs.optional:
        text = f"{command}: {len(required)} of {number} actions are not allowed: {_some(sorted(required))}"
        return Check("permissions", "failed", text, fix, show)
    if denied:
        text = f"{command}: not allowed, and elbplan can do without: {_some(sorted(denied))}"
        return Check("permissions", "warning", text, fix, show)
    return ok("permissions", f"{command}: all {number} actions are allowed")


def _some(actions: Sequence[str], most: int = 4) -> str:
    more = len(actions) - most
    return ", ".join(actions[:most]) + (f" and {more} more" if more > 0 else "")


def _simulated(send: Send, identity: Identity, statements: Sequence[Statement]) -> frozenset[str] | None:
    """The actions that IAM does not allow; None if elbplan may not ask.

    IAM judges the user or the role, without the policy of its session:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    source = _principal(send, identity.arn)
    with WorkerThreads(PARALLEL) as threads:
        try:
            answers = threads.map(lambda statement: send(_simulation(source, statement)), statements)
        except AwsProblem:
            return None
    denied = [action for each in zip(statements, answers, strict=True) for action in _denied(*each)]
    return frozenset(denied)


def _simulation(source: str, statement: Statement) -> Call:
    """The question whether a policy allows what the statement allows. Patterns of ARNs stand for themselves."""
    params: dict[str, Any] = {
        "PolicySourceArn": source,
        "ActionNames": list(statement.actions),
        "ResourceArns": list(statement.resources),
    }
    entries = [_entry(*condition) for condition in statement.conditions if condition[0] != "Null"]
    return Call(
        "iam", "SimulatePrincipalPolicy", params | ({"ContextEntries": entries} if entries else {}), no_retry=True
    )


def _entry(operator: str, key: str, values: Sequence[str]) -> dict[str, Any]:
    """The value of a condition's key in the request."""
    if operator.startswith("ForAllValues:"):
        return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": "stringList"}
    return {"ContextKeyName": key, "ContextKeyValues": [values[0]], "ContextKeyType": "string"}


def _denied(statement: Statement, answer: Answer) -> Iterator[str]:
    """The actions that are allowed for none of the statement's resources: each has its own types of resources."""
    allowed = set()
    for result in answer.get("EvaluationResults", []):
        decisions = [r["EvalResourceDecision"] for r in result.get("ResourceSpecificResults") or ()]
        if ALLOWED in (decisions or [result["EvalDecision"]]):
            allowed.add(result["EvalActionName"])
    yield from (action for action in statement.actions if action not in allowed)


def _principal(send: Send, arn: str) -> str:
    """The ARN of the user, or of the role of a session. A role's path is not in the ARN of its session."""
    session = SESSION.match(arn)
    if not session:
        return arn
    call = Call("iam", "GetRole", {"RoleName": session[3]}, may_be_denied=True, has_fallback=True)
    answer = send(call)
    if answer in (DENIED_ANSWER, FAILED_ANSWER):
        return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
    return str(answer["Role"]["Arn"])


def _tried(send: Send, needs: Needs) -> Iterator[Check]:
    wanted = frozenset[str]().union(*needs.actions.values())
    calls = {action: call for action, call in {**READS, **dry_runs(needs.stack)}.items() if action in wanted}
    with WorkerThreads(max(1, len(calls))) as threads:
        results = threads.map(lambda call: _is_denied(send, call), calls.values())
    denied = frozenset(action for action, result in zip(calls, results, strict=True) if result)
    for command, actions in needs.actions.items():
        if refused := denied & actions:
            yield _check(command, refused, needs, len(actions))
    if not denied:
        text = f"{len(calls)} of {len(wanted)} actions tried, none is denied; the others are not checked"
        yield unknown("permissions", text, "to check all of them, allow iam:SimulatePrincipalPolicy")


def _is_denied(send: Send, call: Call) -> bool:
    """True if AWS denies the call. Other failures do not count here."""
    tried = Call(call.service, call.operation, call.params, done_if=(DRY_RUN,), no_retry=True)
    try:
        send(tried)
    except AwsProblem as problem:
        return problem.code in DENIED
    return False
