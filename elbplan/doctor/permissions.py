"""Checks that the credentials have the permissions that elbplan needs.

IAM can say so (`iam:SimulatePrincipalPolicy`). Where it may not be asked, elbplan tries some calls that change nothing:
reads, and EC2's DryRun. Elastic Load Balancing, ACM and Route 53 have no DryRun, so their writes stay unchecked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..core.call import DENIED, DENIED_ANSWER, FAILED_ANSWER, Answer, Call
from ..errors import AwsProblem
from ..kinds.aws.ownership import STACK
from ..kinds.aws.queries import LOAD_BALANCERS, TARGET_GROUPS
from ..live.worker_threads import WorkerThreads
from .access import Identity
from .check import Check, ok, unknown

PERMISSIONS = ("iam:GetRole", "iam:SimulatePrincipalPolicy")

ACTIONS_A_CALL = 100
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

DRY_RUNS: Mapping[str, Call] = {
    "ec2:CreateSecurityGroup": Call(
        "ec2", "CreateSecurityGroup", {"GroupName": "elbplan-doctor", "Description": "elbplan doctor", "DryRun": True}
    ),
    "ec2:AllocateAddress": Call("ec2", "AllocateAddress", {"Domain": "vpc", "DryRun": True}),
}

Needs = Mapping[str, Sequence[str]]
"""The actions that each command needs."""
Send = Callable[[Call], Answer]


def permission_checks(send: Send, identity: Identity, needs: Needs) -> Iterator[Check]:
    """Yields a line for each command. Raises nothing."""
    if identity.is_root:
        yield ok("permissions", "the root user may do everything, unless an organization forbids it")
        return
    actions = sorted({action for wanted in needs.values() for action in wanted})
    decisions = _simulated(send, identity, actions)
    if decisions is None:
        yield from _tried(send, needs)
        return
    for command, wanted in needs.items():
        yield _check(command, [action for action in wanted if decisions.get(action, "") != ALLOWED], len(wanted))


ALLOWED = "allowed"


def _check(command: str, denied: Sequence[str], number: int) -> Check:
    if not denied:
        return ok("permissions", f"{command}: all {number} actions are allowed")
    text = f"{command}: {len(denied)} of {number} actions are not allowed: {_some(denied)}"
    return Check("permissions", "failed", text, "an administrator allows them", f"elbplan permissions {command}")


def _some(actions: Sequence[str], most: int = 4) -> str:
    more = len(actions) - most
    return ", ".join(actions[:most]) + (f" and {more} more" if more > 0 else "")


def _simulated(send: Send, identity: Identity, actions: Sequence[str]) -> dict[str, str] | None:
    """IAM's decisions by action; None if elbplan may not ask.

    IAM judges the user or the role, without the policy of its session:
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    source = _principal(send, identity.arn)
    decisions: dict[str, str] = {}
    for start in range(0, len(actions), ACTIONS_A_CALL):
        params = {"PolicySourceArn": source, "ActionNames": list(actions[start : start + ACTIONS_A_CALL])}
        try:
            answer = send(Call("iam", "SimulatePrincipalPolicy", params, no_retry=True))
        except AwsProblem:
            return None
        results = answer.get("EvaluationResults", [])
        decisions |= {result["EvalActionName"]: result["EvalDecision"] for result in results}
    return decisions


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
    wanted_by_any = {action for wanted in needs.values() for action in wanted}
    calls = {action: call for action, call in {**READS, **DRY_RUNS}.items() if action in wanted_by_any}
    with WorkerThreads(len(calls)) as threads:
        results = threads.map(lambda call: _is_denied(send, call), calls.values())
    denied = [action for action, result in zip(calls, results, strict=True) if result]
    for command, wanted in needs.items():
        if refused := [action for action in denied if action in wanted]:
            yield _check(command, refused, len(wanted))
    if not denied:
        text = f"{len(calls)} of {len(wanted_by_any)} actions tried, none is denied; the others are not checked"
        yield unknown("permissions", text, "to check all of them, allow iam:SimulatePrincipalPolicy")


def _is_denied(send: Send, call: Call) -> bool:
    """True if AWS denies the call. Other failures do not count here."""
    tried = Call(call.service, call.operation, call.params, done_if=(DRY_RUN,), no_retry=True)
    try:
        send(tried)
    except AwsProblem as problem:
        return problem.code in DENIED
    return False
