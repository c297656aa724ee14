"""Checks a call against the policies of its caller, and answers as AWS does if they do not allow it."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..server.call_log import LoggedCall
from . import ec2, edge, elb, other_services
from .policies import Decision, Document, Need, as_list, check_document, decide

EVERYBODY = ""
SERVICES: dict[str, Callable[[CallContext, LoggedCall], Iterator[Need]]] = {
    "elbv2": elb.needs,
    "ec2": ec2.needs,
    "acm": other_services.acm,
    "route53": other_services.route53,
    "ssm": other_services.ssm,
    "secretsmanager": other_services.secretsmanager,
    "lambda": other_services.functions,
    "autoscaling": other_services.autoscaling,
    "s3": edge.s3,
    "shield": edge.shield,
    "wafv2": edge.wafv2,
}
NEEDS_NOTHING = (("sts", "GetCallerIdentity"),)
"""https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html ("No permissions are required")"""


def set_policies(account: Any, documents: Any, key: str = EVERYBODY) -> None:
    """Gives an access key these policies; without a key, everybody. None: everything is allowed again.

    Raises MalformedPolicy, a ValueError.
    """
    known = account.memory("policies")
    if documents is None:
        known.pop(key, None)
        return
    several = as_list(documents)
    for document in several:
        check_document(document)
    known[key] = several


def policies_of(context: CallContext) -> list[Document] | None:
    """The policies of the caller; None if nothing limits it."""
    known = context.account.memory("policies")
    found: list[Document] | None = known.get(context.key, known.get(EVERYBODY))
    return found


def needs_of(context: CallContext, call: LoggedCall) -> list[Need]:
    """All authorizations that AWS asks for."""
    if (call.service, call.action) in NEEDS_NOTHING:
        return []
    return list(SERVICES.get(call.service, other_services.plain)(context, call))


def authorize(context: CallContext, call: LoggedCall) -> None:
    """Notes the IAM actions of the call in the log. Raises AwsError if a policy is set that does not allow one."""
    documents = policies_of(context)
    if documents is None:
        return
    needs = needs_of(context, call)
    call.needs = [asdict(need) for need in needs]
    for need in needs:
        decision = decide(documents, need)
        if decision != "allowed":
            raise denial(context, call.service, need, decision)
    if call.action == "CreateLoadBalancer":
        context.account.memory("service roles")["elb"] = True


JSON_SERVICES = (
    "acm",
    "ssm",
    "secretsmanager",
    "lambda",
    "resourcegroupstaggingapi",
    "service-quotas",
    "pricing",
    "wafv2",
    "shield",
)


@rule(39)
def denial(context: CallContext, service: str, need: Need, decision: Decision) -> AwsError:
    """The error names the caller, the action and, if the action has one, the resource; EC2 adds an encoded message.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation)
    """
    where = f" on resource: {need.resource}" if need.resource != "*" else ""
    because = f"because no identity-based policy allows the {need.action} action"
    if decision == "explicitDeny":
        because = "with an explicit deny in an identity-based policy"
    words = f"User: {caller(context)} is not authorized to perform: {need.action}{where} {because}"
    if service == "ec2":
        encoded = "" if need.resource == "*" else f". Encoded authorization failure message: {_encoded(need)}"
        text = f"You are not authorized to perform this operation. {words}{encoded}"
        return AwsError("UnauthorizedOperation", text, 403)
    if service in JSON_SERVICES:
        return AwsError("AccessDeniedException", words, 403 if service == "lambda" else 400)
    return AwsError("AccessDenied", words, 403)


def caller(context: CallContext) -> str:
    """The ARN of the caller."""
    session = context.account.root.sessions.get(context.key)
    partition = context.arn("iam", "").split(":")[1]
    return session.arn if session else f"arn:{partition}:iam::{context.account_id}:user/sandbox"


def _encoded(need: Need) -> str:
    """Only AWS can decode its message (sts:DecodeAuthorizationMessage); this is as long as a short one of AWS."""
    text = json.dumps({"allowed": False, "action": need.action, "resource": need.resource}) * 4
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def simulate(context: CallContext, params: Params) -> dict[str, Any]:
    """SimulatePrincipalPolicy: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html"""
    documents = policies_of(context)
    entries = params.get("ContextEntries") or ()
    keys = {entry["ContextKeyName"]: list(entry.get("ContextKeyValues") or ()) for entry in entries}
    results = []
    for action in params.get("ActionNames") or ():
        for resource in params.get("ResourceArns") or ["*"]:
            decision = "allowed" if documents is None else decide(documents, Need(action, resource, keys))
            results.append({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision})
    return {"EvaluationResults": results, "IsTruncated": False}
