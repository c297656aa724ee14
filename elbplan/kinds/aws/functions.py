"""The permission that a Lambda function gives a target group to invoke it.

AWS refuses to register a function without it, and a new permission takes some seconds to be known everywhere:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#prepare-lambda-function
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from ...core.call import Call, WriteProgram

NOT_ALLOWED = ("AccessDeniedException",)
"""The credentials may not change the policy. Others may have given the permission, so elbplan goes on."""


def functions_in(addresses: Iterable[str | None]) -> list[str]:
    """The addresses that are ARNs of functions."""
    return [address for address in addresses if address and ":lambda:" in address]


def _statement(group: str) -> str:
    """The id of the statement for this group: one function can be in several groups."""
    return f"elbplan-{'-'.join(group.split('/')[1:])}"


def _statements(answer: Mapping[str, str]) -> set[str]:
    """The ids of the statements in the policy of a function."""
    policy = json.loads(answer.get("Policy") or "{}")
    return {str(statement.get("Sid")) for statement in policy.get("Statement") or ()}


def allow_invoke(functions: Iterable[str], group: str) -> WriteProgram:
    """Lets the group invoke the functions that do not allow it yet."""
    for function in functions:
        described = yield Call("lambda", "GetPolicy", {"FunctionName": function}, optional=True)
        if _statement(group) in _statements(described):
            continue
        params = {
            "FunctionName": function,
            "StatementId": _statement(group),
            "Action": "lambda:InvokeFunction",
            "Principal": "elasticloadbalancing.amazonaws.com",
            "SourceArn": group,
        }
        yield Call("lambda", "AddPermission", params, done_if=("ResourceConflictException", *NOT_ALLOWED))
    return {}


def remove_invoke(functions: Iterable[str], group: str) -> WriteProgram:
    """Removes the permissions that `allow_invoke` gave."""
    for function in functions:
        params = {"FunctionName": function, "StatementId": _statement(group)}
        yield Call("lambda", "RemovePermission", params, done_if=("ResourceNotFoundException", *NOT_ALLOWED))
    return {}
